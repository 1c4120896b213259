// A JSON parser (RFC 8259), printer and query.
// json [RECORDS] [ROUNDS]   a generated document, parsed, printed and parsed again
// json FILE                 parses and pretty-prints a file, "-" for standard input; exit code 3 if it is malformed
#include "support.h"

typedef enum { NULL_, FALSE_, TRUE_, NUMBER, STRING, ARRAY, OBJECT } Kind;

typedef struct Value Value;
struct Value {
    Kind kind;
    uint32_t count;  // bytes of a string, elements of an array, members of an object
    union {
        double number;
        char *string;
        Value *elements;  // of an object: key, value, key, value …
    };
};

// Values and strings live in an arena that is dropped whole.
typedef struct Chunk {
    struct Chunk *next;
    uint32_t used, capacity;
} Chunk;

static Chunk *arena;

static void *arena_allocate(uint32_t n) {
    n = (n + 7) & ~7u;
    if (!arena || arena->capacity - arena->used < n) {
        uint32_t capacity = n > 65536 ? n : 65536;
        Chunk *c = allocate(sizeof(Chunk) + capacity);
        c->next = arena;
        c->used = 0;
        c->capacity = capacity;
        arena = c;
    }
    void *p = (char *)(arena + 1) + arena->used;
    arena->used += n;
    return p;
}

static void arena_drop(void) {
    while (arena) {
        Chunk *next = arena->next;
        free(arena);
        arena = next;
    }
}

typedef struct {
    const uint8_t *start, *at;
    const char *error;
    uint32_t depth;
    Value *stack;
    uint32_t stack_count, stack_capacity;
} Parser;

static void skip_space(Parser *p) {
    while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r') p->at++;
}

static bool fail(Parser *p, const char *why) {
    if (!p->error) p->error = why;
    return false;
}

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex4(Parser *p, uint32_t *out) {
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(*p->at);
        if (d < 0) return fail(p, "four hexadecimal digits expected");
        v = v << 4 | (uint32_t)d;
        p->at++;
    }
    *out = v;
    return true;
}

static char *put_utf8(char *out, uint32_t c) {
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 63));
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    }
    return out;
}

static bool parse_string(Parser *p, Value *v) {
    const uint8_t *scan = ++p->at;
    while (*scan != '"' && *scan) scan += *scan == '\\' && scan[1] ? 2 : 1;
    if (!*scan) return fail(p, "unterminated string");
    char *out = arena_allocate((uint32_t)(scan - p->at) + 1);
    v->kind = STRING;
    v->string = out;
    while (*p->at != '"') {
        uint8_t c = *p->at++;
        if (c < 0x20) return fail(p, "control character in string");
        if (c != '\\') {
            *out++ = (char)c;
            continue;
        }
        uint32_t code;
        switch (c = *p->at++) {
        case '"': case '\\': case '/': *out++ = (char)c; break;
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 't': *out++ = '\t'; break;
        case 'u':
            if (!parse_hex4(p, &code)) return false;
            if (code >= 0xd800 && code < 0xdc00 && p->at[0] == '\\' && p->at[1] == 'u') {
                uint32_t low;
                p->at += 2;
                if (!parse_hex4(p, &low)) return false;
                if (low < 0xdc00 || low > 0xdfff) return fail(p, "unpaired surrogate");
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            } else if (code >= 0xd800 && code < 0xe000) {
                return fail(p, "unpaired surrogate");
            }
            out = put_utf8(out, code);
            break;
        default: return fail(p, "unknown escape");
        }
    }
    p->at++;
    *out = 0;
    v->count = (uint32_t)(out - v->string);
    return true;
}

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static bool parse_number(Parser *p, Value *v) {
    const uint8_t *s = p->at;
    if (*s == '-') s++;
    if (!is_digit(*s)) return fail(p, "digit expected");
    if (*s == '0' && is_digit(s[1])) return fail(p, "leading zero");
    while (is_digit(*s)) s++;
    if (*s == '.') {
        if (!is_digit(*++s)) return fail(p, "digit expected after the point");
        while (is_digit(*s)) s++;
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        if (*s == '+' || *s == '-') s++;
        if (!is_digit(*s)) return fail(p, "digit expected in the exponent");
        while (is_digit(*s)) s++;
    }
    v->kind = NUMBER;
    v->number = strtod((const char *)p->at, NULL);
    p->at = s;
    return true;
}

static void push(Parser *p, Value v) {
    if (p->stack_count == p->stack_capacity) {
        p->stack_capacity = p->stack_capacity ? p->stack_capacity * 2 : 256;
        p->stack = reallocate(p->stack, p->stack_capacity * sizeof(Value));
    }
    p->stack[p->stack_count++] = v;
}

static bool parse_value(Parser *p, Value *v);

static bool parse_container(Parser *p, Value *v, uint8_t close) {
    uint32_t base = p->stack_count;
    if (++p->depth > 500) return fail(p, "nested too deeply");
    p->at++;
    skip_space(p);
    bool more = *p->at != close;
    while (more) {
        Value item;
        if (close == '}') {
            if (*p->at != '"') return fail(p, "member name expected");
            if (!parse_string(p, &item)) return false;
            push(p, item);
            skip_space(p);
            if (*p->at++ != ':') return fail(p, "colon expected");
        }
        if (!parse_value(p, &item)) return false;
        push(p, item);
        skip_space(p);
        more = *p->at == ',';
        if (more) {
            p->at++;
            skip_space(p);
        }
    }
    if (*p->at != close) return fail(p, "comma or end of container expected");
    p->at++;
    p->depth--;
    uint32_t n = p->stack_count - base;
    v->kind = close == '}' ? OBJECT : ARRAY;
    v->count = close == '}' ? n / 2 : n;
    v->elements = arena_allocate(n * (uint32_t)sizeof(Value));
    if (n) memcpy(v->elements, p->stack + base, n * sizeof(Value));
    p->stack_count = base;
    return true;
}

static bool parse_word(Parser *p, Value *v, const char *word, Kind kind) {
    size_t n = strlen(word);
    if (strncmp((const char *)p->at, word, n)) return fail(p, "unknown word");
    p->at += n;
    v->kind = kind;
    v->count = 0;
    return true;
}

static bool parse_value(Parser *p, Value *v) {
    skip_space(p);
    switch (*p->at) {
    case '{': return parse_container(p, v, '}');
    case '[': return parse_container(p, v, ']');
    case '"': return parse_string(p, v);
    case 't': return parse_word(p, v, "true", TRUE_);
    case 'f': return parse_word(p, v, "false", FALSE_);
    case 'n': return parse_word(p, v, "null", NULL_);
    case 0: return fail(p, "value expected, the input ends");
    default: return parse_number(p, v);
    }
}

static bool parse(const uint8_t *text, Value *v, Parser *p) {
    memset(p, 0, sizeof *p);
    p->start = p->at = text;
    bool ok = parse_value(p, v);
    if (ok) {
        skip_space(p);
        if (*p->at) ok = fail(p, "text after the value");
    }
    free(p->stack);
    return ok;
}

// --- Printing ---

typedef struct {
    char *bytes;
    uint32_t count, capacity;
} Text;

static void put(Text *t, const char *s, uint32_t n) {
    if (t->capacity - t->count < n) {
        while (t->capacity - t->count < n) t->capacity = t->capacity ? t->capacity * 2 : 4096;
        t->bytes = reallocate(t->bytes, t->capacity);
    }
    memcpy(t->bytes + t->count, s, n);
    t->count += n;
}

static void put_string(Text *t, const char *s, uint32_t n) {
    put(t, "\"", 1);
    for (uint32_t i = 0; i < n; i++) {
        char c = s[i], buffer[8];
        switch (c) {
        case '"': put(t, "\\\"", 2); break;
        case '\\': put(t, "\\\\", 2); break;
        case '\n': put(t, "\\n", 2); break;
        case '\t': put(t, "\\t", 2); break;
        default:
            if ((uint8_t)c < 0x20) {
                snprintf(buffer, sizeof buffer, "\\u%04x", (unsigned)(uint8_t)c);
                put(t, buffer, 6);
            } else {
                put(t, &c, 1);
            }
        }
    }
    put(t, "\"", 1);
}

static void put_line(Text *t, int indent) {
    static const char spaces[] = "                                ";
    if (indent < 0) return;
    put(t, "\n", 1);
    put(t, spaces, (uint32_t)(indent * 2 < 32 ? indent * 2 : 32));
}

// A negative indent prints on one line.
static void print(Text *t, const Value *v, int indent) {
    char buffer[40];
    int inner = indent < 0 ? -1 : indent + 1;
    bool object = v->kind == OBJECT;
    switch (v->kind) {
    case NULL_: put(t, "null", 4); break;
    case FALSE_: put(t, "false", 5); break;
    case TRUE_: put(t, "true", 4); break;
    case NUMBER: put(t, buffer, (uint32_t)snprintf(buffer, sizeof buffer, "%.17g", v->number)); break;
    case STRING: put_string(t, v->string, v->count); break;
    case ARRAY:
    case OBJECT:
        put(t, object ? "{" : "[", 1);
        for (uint32_t i = 0; i < v->count; i++) {
            if (i) put(t, ",", 1);
            put_line(t, inner);
            if (object) {
                put_string(t, v->elements[2 * i].string, v->elements[2 * i].count);
                put(t, ": ", indent < 0 ? 1 : 2);
            }
            print(t, &v->elements[object ? 2 * i + 1 : i], inner);
        }
        if (v->count) put_line(t, indent);
        put(t, object ? "}" : "]", 1);
    }
}

static const Value *member(const Value *v, const char *name) {
    if (v->kind != OBJECT) return NULL;
    for (uint32_t i = 0; i < v->count; i++)
        if (!strcmp(v->elements[2 * i].string, name)) return &v->elements[2 * i + 1];
    return NULL;
}

static void generate(Text *t, uint32_t records) {
    Random r = {7};
    char b[160];
    put(t, "{\"version\":1.5e0,\"records\":[", 28);
    for (uint32_t i = 0; i < records; i++) {
        int n = snprintf(b, sizeof b, "%s{\"id\":%u,\"name\":\"part \\u00e%x \\\"%u\\\"\",\"weight\":%.6f,\"tags\":[",
                         i ? ",\n " : "", (unsigned)i, (unsigned)(i % 16), (unsigned)random_below(&r, 1000),
                         (double)random_below(&r, 1000000) / 997.0);
        put(t, b, (uint32_t)n);
        for (uint32_t k = 0, tags = random_below(&r, 5); k < tags; k++) {
            n = snprintf(b, sizeof b, "%s\"t%u\"", k ? ", " : "", (unsigned)random_below(&r, 50));
            put(t, b, (uint32_t)n);
        }
        n = snprintf(b, sizeof b, "],\"at\":{\"x\":%d,\"y\":-%u.25,\"ok\":%s}}", (int)random_below(&r, 400) - 200,
                     (unsigned)random_below(&r, 90), i % 3 ? "true" : "null");
        put(t, b, (uint32_t)n);
    }
    put(t, "]}", 3);
}

int main(int argc, char **argv) {
    Value v;
    Parser p;
    if (argc > 1 && !is_number(argv[1])) {
        uint32_t n;
        uint8_t *bytes = read_file(argv[1], &n);
        if (!parse(bytes, &v, &p)) {
            uint32_t line = 1, column = 1;
            for (const uint8_t *s = p.start; s < p.at; s++) {
                column = *s == '\n' ? 1 : column + 1;
                line += *s == '\n';
            }
            printf("%u:%u: %s\n", (unsigned)line, (unsigned)column, p.error);
            return 3;
        }
        Text out = {0};
        print(&out, &v, 0);
        put(&out, "\n", 1);
        fwrite(out.bytes, 1, out.count, stdout);
        return 0;
    }
    Text source = {0};
    uint32_t rounds = size_argument(argc, argv, 2, 6);
    generate(&source, size_argument(argc, argv, 1, 20000));
    bench_start();
    for (uint32_t k = 0; k < rounds; k++) {
        if (!parse((const uint8_t *)source.bytes, &v, &p)) die(p.error);
        double weight = 0;
        uint32_t tags = 0;
        const Value *records = member(&v, "records");
        for (uint32_t i = 0; i < records->count; i++) {
            weight += member(&records->elements[i], "weight")->number;
            tags += member(&records->elements[i], "tags")->count;
        }
        Text out = {0};
        print(&out, &v, k % 2 ? 0 : -1);
        put(&out, "", 1);
        printf("round %u: %u bytes in, %u out, weight %.6f, %u tags, %016llx\n", (unsigned)k,
               (unsigned)source.count - 1, (unsigned)out.count - 1, weight, (unsigned)tags,
               (unsigned long long)fnv_bytes(FNV_BASIS, out.bytes, out.count));
        free(source.bytes);
        source = out;
        arena_drop();
    }
    bench_end();
    free(source.bytes);
    return 0;
}
