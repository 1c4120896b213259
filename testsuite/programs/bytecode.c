// A stack machine: a compiler for a small language to bytecode, and the interpreter that runs it.
// The language has integers, arrays, while, if, functions with recursion.
// bytecode [SCALE]        runs the built-in programs
// bytecode FILE           runs a program from a file, "-" for standard input
#include "support.h"

typedef enum {
    HALT, CONST8, CONST32, LOAD, STORE, LOAD_GLOBAL, STORE_GLOBAL, LOAD_ITEM, STORE_ITEM, NEW_ARRAY, ADD, SUB, MUL, DIV, MOD,
    AND, OR, XOR, SHL, SHR, LT, LE, GT, GE, EQ, NE, NOT, NEG, JUMP, JUMP_IF_FALSE, CALL, RETURN, POP, PRINT, OP_COUNT
} Op;

enum { CODE_LIMIT = 1 << 16, STACK_LIMIT = 1 << 16, NAME_LIMIT = 256, HEAP_LIMIT = 1 << 22, FRAME_LIMIT = 4096 };

typedef enum { T_END, T_NUMBER, T_NAME, T_PUNCT } TokenKind;

typedef struct {
    char name[24];
    uint32_t address;  // of a function: code; of a variable: slot
    uint32_t arity;
} Name;

typedef struct {
    const char *at;
    TokenKind kind;
    char text[24];
    int32_t number;
    uint32_t line;
    uint8_t code[CODE_LIMIT];
    uint32_t count;
    Name functions[NAME_LIMIT], globals[NAME_LIMIT], locals[NAME_LIMIT];
    uint32_t function_count, global_count, local_count, locals_used;
    bool in_function;
} Compiler;

static void syntax_error(Compiler *c, const char *why) {
    fflush(stdout);
    printf("line %u: %s near '%s'\n", (unsigned)c->line, why, c->text);
    exit(4);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_figure(char c) { return c >= '0' && c <= '9'; }

static void next(Compiler *c) {
    for (;; c->at++) {
        if (*c->at == '\n') c->line++;
        if (*c->at == '#') {
            while (c->at[1] && c->at[1] != '\n') c->at++;
        } else if (*c->at != ' ' && *c->at != '\n' && *c->at != '\t') {
            break;
        }
    }
    uint32_t n = 0;
    if (is_letter(*c->at)) {
        c->kind = T_NAME;
        while ((is_letter(*c->at) || is_figure(*c->at)) && n < 23) c->text[n++] = *c->at++;
    } else if (is_figure(*c->at)) {
        uint32_t v = 0;
        c->kind = T_NUMBER;
        while (is_figure(*c->at)) {
            v = v * 10 + (uint32_t)(*c->at - '0');
            if (n < 23) c->text[n++] = *c->at;
            c->at++;
        }
        c->number = (int32_t)v;
    } else if (*c->at) {
        static const char *const pairs[] = {"<=", ">=", "==", "!=", "<<", ">>"};
        c->kind = T_PUNCT;
        c->text[n++] = *c->at++;
        for (uint32_t i = 0; i < 6; i++)
            if (pairs[i][0] == c->text[0] && pairs[i][1] == *c->at) {
                c->text[n++] = *c->at++;
                break;
            }
    } else {
        c->kind = T_END;
    }
    c->text[n] = 0;
}

static bool is(Compiler *c, const char *s) { return c->kind != T_END && !strcmp(c->text, s); }

static bool accept(Compiler *c, const char *s) {
    if (!is(c, s)) return false;
    next(c);
    return true;
}

static void expect(Compiler *c, const char *s) {
    if (!accept(c, s)) syntax_error(c, "something else expected");
}

static void emit(Compiler *c, uint8_t b) {
    if (c->count == CODE_LIMIT) syntax_error(c, "program too large");
    c->code[c->count++] = b;
}

static void emit32(Compiler *c, uint32_t v) {
    for (int i = 0; i < 4; i++) emit(c, (uint8_t)(v >> (8 * i)));
}

static void patch(Compiler *c, uint32_t at, uint32_t v) {
    for (int i = 0; i < 4; i++) c->code[at + (uint32_t)i] = (uint8_t)(v >> (8 * i));
}

static uint32_t emit_jump(Compiler *c, Op op) {
    emit(c, op);
    emit32(c, 0);
    return c->count - 4;
}

static Name *find(Name *names, uint32_t count, const char *text) {
    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(names[i].name, text)) return &names[i];
    return NULL;
}

static Name *declare(Compiler *c, Name *names, uint32_t *count, uint32_t address) {
    if (*count == NAME_LIMIT) syntax_error(c, "too many names");
    Name *n = &names[(*count)++];
    strcpy(n->name, c->text);
    n->address = address;
    n->arity = 0;
    return n;
}

static void expression(Compiler *c);

static void primary(Compiler *c) {
    if (c->kind == T_NUMBER) {
        bool small = c->number >= 0 && c->number < 128;
        emit(c, small ? CONST8 : CONST32);
        if (small) emit(c, (uint8_t)c->number);
        else emit32(c, (uint32_t)c->number);
        next(c);
    } else if (accept(c, "(")) {
        expression(c);
        expect(c, ")");
    } else if (accept(c, "-")) {
        primary(c);
        emit(c, NEG);
    } else if (accept(c, "not")) {
        primary(c);
        emit(c, NOT);
    } else if (accept(c, "array")) {
        expect(c, "(");
        expression(c);
        expect(c, ")");
        emit(c, NEW_ARRAY);
    } else if (c->kind == T_NAME) {
        Name *f = find(c->functions, c->function_count, c->text);
        Name *l = find(c->locals, c->local_count, c->text), *g = find(c->globals, c->global_count, c->text);
        if (f) {
            uint32_t n = 0;
            next(c);
            expect(c, "(");
            while (!is(c, ")")) {
                expression(c);
                n++;
                if (!accept(c, ",")) break;
            }
            expect(c, ")");
            if (n != f->arity) syntax_error(c, "wrong number of arguments");
            emit(c, CALL);
            emit(c, (uint8_t)n);
            emit32(c, f->address);
        } else if (l || g) {
            emit(c, l ? LOAD : LOAD_GLOBAL);
            emit(c, (uint8_t)(l ? l : g)->address);
            next(c);
        } else {
            syntax_error(c, "unknown name");
        }
    } else {
        syntax_error(c, "expression expected");
    }
    while (accept(c, "[")) {
        expression(c);
        expect(c, "]");
        emit(c, LOAD_ITEM);
    }
}

static void binary(Compiler *c, uint32_t level) {
    static const struct { const char *text; Op op; uint32_t level; } operators[] = {
        {"==", EQ, 0}, {"!=", NE, 0}, {"<=", LE, 1}, {">=", GE, 1}, {"<", LT, 1}, {">", GT, 1}, {"|", OR, 2}, {"^", XOR, 2},
        {"&", AND, 3}, {"<<", SHL, 4}, {">>", SHR, 4}, {"+", ADD, 5}, {"-", SUB, 5}, {"*", MUL, 6}, {"/", DIV, 6}, {"%", MOD, 6}};
    if (level == 7) {
        primary(c);
        return;
    }
    binary(c, level + 1);
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < sizeof operators / sizeof *operators; i++)
            if (operators[i].level == level && is(c, operators[i].text)) {
                next(c);
                binary(c, level + 1);
                emit(c, operators[i].op);
                again = true;
                break;
            }
    }
}

static void expression(Compiler *c) { binary(c, 0); }

static void statement(Compiler *c);

static void block(Compiler *c) {
    uint32_t visible = c->local_count;
    expect(c, "{");
    while (!is(c, "}") && c->kind != T_END) statement(c);
    expect(c, "}");
    c->local_count = visible;
}

static void store_to(Compiler *c, Name *l, Name *g) {
    emit(c, l ? STORE : STORE_GLOBAL);
    emit(c, (uint8_t)(l ? l : g)->address);
}

static void statement(Compiler *c) {
    if (accept(c, "if")) {
        expression(c);
        uint32_t otherwise = emit_jump(c, JUMP_IF_FALSE);
        block(c);
        if (accept(c, "else")) {
            uint32_t end = emit_jump(c, JUMP);
            patch(c, otherwise, c->count);
            block(c);
            patch(c, end, c->count);
        } else {
            patch(c, otherwise, c->count);
        }
    } else if (accept(c, "while")) {
        uint32_t top = c->count;
        expression(c);
        uint32_t out = emit_jump(c, JUMP_IF_FALSE);
        block(c);
        patch(c, emit_jump(c, JUMP), top);
        patch(c, out, c->count);
    } else if (accept(c, "return")) {
        expression(c);
        expect(c, ";");
        emit(c, RETURN);
    } else if (accept(c, "print")) {
        expression(c);
        expect(c, ";");
        emit(c, PRINT);
    } else if (accept(c, "var")) {
        Name *l = NULL, *g = NULL;
        if (c->kind != T_NAME) syntax_error(c, "name expected");
        if (c->in_function) {
            l = declare(c, c->locals, &c->local_count, c->locals_used++);
            if (c->locals_used > 255) syntax_error(c, "too many variables");
        } else {
            g = declare(c, c->globals, &c->global_count, c->global_count);
        }
        next(c);
        expect(c, "=");
        expression(c);
        expect(c, ";");
        store_to(c, l, g);
    } else {
        Name *l = find(c->locals, c->local_count, c->text), *g = find(c->globals, c->global_count, c->text);
        const char *back = c->at;
        if (c->kind == T_NAME && (l || g)) {
            next(c);
            if (accept(c, "=")) {
                expression(c);
                expect(c, ";");
                store_to(c, l, g);
                return;
            }
            if (accept(c, "[")) {
                emit(c, l ? LOAD : LOAD_GLOBAL);
                emit(c, (uint8_t)(l ? l : g)->address);
                expression(c);
                expect(c, "]");
                expect(c, "=");
                expression(c);
                expect(c, ";");
                emit(c, STORE_ITEM);
                return;
            }
            c->at = back;
            syntax_error(c, "assignment expected");
        }
        expression(c);
        expect(c, ";");
        emit(c, POP);
    }
}

static void function(Compiler *c) {
    Name *f = declare(c, c->functions, &c->function_count, 0);
    c->in_function = true;
    c->local_count = c->locals_used = 0;
    next(c);
    expect(c, "(");
    while (c->kind == T_NAME) {
        declare(c, c->locals, &c->local_count, c->locals_used++);
        f->arity++;
        next(c);
        if (!accept(c, ",")) break;
    }
    expect(c, ")");
    uint32_t skip = emit_jump(c, JUMP);
    f->address = c->count;
    block(c);
    emit(c, CONST8);
    emit(c, 0);
    emit(c, RETURN);
    patch(c, skip, c->count);
    c->in_function = false;
    c->local_count = 0;
}

static void compile(Compiler *c, const char *source) {
    memset(c, 0, sizeof *c);
    c->at = source;
    c->line = 1;
    next(c);
    while (c->kind != T_END)
        if (accept(c, "def")) function(c);
        else statement(c);
    emit(c, HALT);
}

// --- The machine ---

typedef struct {
    uint32_t pc, base;
} Frame;

typedef struct {
    int32_t stack[STACK_LIMIT], globals[256], *heap;
    uint32_t heap_used;
    Frame frames[FRAME_LIMIT];
    uint64_t steps;
} VM;

static void runtime_error(const char *why, uint32_t pc) {
    printf("runtime error at %u: %s\n", (unsigned)pc, why);
    exit(5);
}

static uint32_t read32(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }

#define BINARY(expression)                     \
    {                                          \
        uint32_t b = (uint32_t)s[--sp];        \
        uint32_t a = (uint32_t)s[sp - 1];      \
        s[sp - 1] = (int32_t)(expression);     \
        break;                                 \
    }

enum { LOCALS = 64 };

static void run(VM *vm, const uint8_t *code) {
    int32_t *s = vm->stack;
    uint32_t pc = 0, sp = LOCALS, base = 0, frames = 0;
    uint64_t steps = 0;
    for (;;) {
        steps++;
        switch ((Op)code[pc++]) {
        case HALT: vm->steps = steps; return;
        case CONST8: s[sp++] = code[pc++]; break;
        case CONST32: s[sp++] = (int32_t)read32(code + pc); pc += 4; break;
        case LOAD: s[sp++] = s[base + code[pc++]]; break;
        case STORE: s[base + code[pc++]] = s[--sp]; break;
        case LOAD_GLOBAL: s[sp++] = vm->globals[code[pc++]]; break;
        case STORE_GLOBAL: vm->globals[code[pc++]] = s[--sp]; break;
        case LOAD_ITEM: {
            uint32_t i = (uint32_t)s[--sp], a = (uint32_t)s[sp - 1];
            if (a == 0 || a >= vm->heap_used || i >= (uint32_t)vm->heap[a - 1]) runtime_error("index out of range", pc);
            s[sp - 1] = vm->heap[a + i];
            break;
        }
        case STORE_ITEM: {
            sp -= 3;
            uint32_t a = (uint32_t)s[sp], i = (uint32_t)s[sp + 1];
            if (a == 0 || a >= vm->heap_used || i >= (uint32_t)vm->heap[a - 1]) runtime_error("index out of range", pc);
            vm->heap[a + i] = s[sp + 2];
            break;
        }
        case NEW_ARRAY: {
            uint32_t n = (uint32_t)s[sp - 1];
            if (n >= HEAP_LIMIT || vm->heap_used + n + 1 > HEAP_LIMIT) runtime_error("heap full", pc);
            vm->heap[vm->heap_used] = (int32_t)n;
            memset(vm->heap + vm->heap_used + 1, 0, n * sizeof(int32_t));
            s[sp - 1] = (int32_t)(vm->heap_used + 1);
            vm->heap_used += n + 1;
            break;
        }
        case ADD: BINARY(a + b)
        case SUB: BINARY(a - b)
        case MUL: BINARY(a * b)
        case DIV:
            if (s[sp - 1] == 0) runtime_error("division by zero", pc);
            BINARY(b == ~0u ? 0 - a : (uint32_t)((int32_t)a / (int32_t)b))
        case MOD:
            if (s[sp - 1] == 0) runtime_error("division by zero", pc);
            BINARY(b == ~0u ? 0 : (uint32_t)((int32_t)a % (int32_t)b))
        case AND: BINARY(a & b)
        case OR: BINARY(a | b)
        case XOR: BINARY(a ^ b)
        case SHL: BINARY(a << (b & 31))
        case SHR: BINARY(a >> (b & 31))
        case LT: BINARY((int32_t)a < (int32_t)b)
        case LE: BINARY((int32_t)a <= (int32_t)b)
        case GT: BINARY((int32_t)a > (int32_t)b)
        case GE: BINARY((int32_t)a >= (int32_t)b)
        case EQ: BINARY(a == b)
        case NE: BINARY(a != b)
        case NOT: s[sp - 1] = !s[sp - 1]; break;
        case NEG: s[sp - 1] = (int32_t)(0 - (uint32_t)s[sp - 1]); break;
        case JUMP: pc = read32(code + pc); break;
        case JUMP_IF_FALSE: pc = s[--sp] ? pc + 4 : read32(code + pc); break;
        case CALL: {
            uint32_t n = code[pc], target = read32(code + pc + 1);
            if (frames == FRAME_LIMIT || sp + LOCALS + 64 > STACK_LIMIT) runtime_error("stack overflow", pc);
            vm->frames[frames++] = (Frame){pc + 5, base};
            base = sp - n;
            sp = base + LOCALS;
            pc = target;
            break;
        }
        case RETURN: {
            if (frames == 0) runtime_error("return outside a function", pc);
            int32_t result = s[sp - 1];
            sp = base;
            s[sp++] = result;
            base = vm->frames[--frames].base;
            pc = vm->frames[frames].pc;
            break;
        }
        case POP: sp--; break;
        case PRINT: printf("%d\n", (int)s[--sp]); break;
        case OP_COUNT:
        default: runtime_error("bad instruction", pc);
        }
    }
}

static void execute(const char *name, const char *source) {
    Compiler *c = allocate(sizeof *c);
    VM *vm = allocate(sizeof *vm);
    memset(vm, 0, sizeof *vm);
    vm->heap = allocate(HEAP_LIMIT * sizeof(int32_t));
    vm->heap_used = 1;
    compile(c, source);
    run(vm, c->code);
    printf("%s: %u bytes of code %016llx, %llu steps\n", name, (unsigned)c->count,
           (unsigned long long)fnv_bytes(FNV_BASIS, c->code, c->count), (unsigned long long)vm->steps);
    free(vm->heap);
    free(vm);
    free(c);
}

int main(int argc, char **argv) {
    if (argc > 1 && !is_number(argv[1])) {
        uint32_t n;
        uint8_t *source = read_file(argv[1], &n);
        execute("file", (const char *)source);
        return 0;
    }
    uint32_t scale = size_argument(argc, argv, 1, 300);
    static const char fib[] = "def fib(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); }\n"
                              "var k = 0; var t = 0; while k < %u { t = t + fib(18); k = k + 1; } print t;";
    static const char sieve[] =
        "var n = %u * 5000; var a = array(n); var i = 2; var count = 0;\n"
        "while i < n { if a[i] == 0 { count = count + 1; var j = i + i; while j < n { a[j] = 1; j = j + i; } } i = i + 1; }\n"
        "print count;";
    static const char mix[] =
        "def mix(x) { var k = 0; while k < 13 { x = (x ^ (x << 13)); x = x ^ (x >> 17); x = x ^ (x << 5); k = k + 1; } return x; }\n"
        "def gcd(a, b) { while b != 0 { var t = a %% b; a = b; b = t; } return a; }\n"
        "var i = 0; var s = 0; var limit = %u * 1000;\n"
        "while i < limit { s = s * 31 + gcd(mix(i + 1) & 65535, 5040); if i %% 10000 == 0 { print s; } i = i + 1; } print s;";
    static const struct { const char *name, *source; } programs[] = {{"fib", fib}, {"sieve", sieve}, {"mix", mix}};
    bench_start();
    for (uint32_t i = 0; i < 3; i++) {
        char source[1024];
        snprintf(source, sizeof source, programs[i].source, (unsigned)scale);
        execute(programs[i].name, source);
    }
    bench_end();
    return 0;
}
