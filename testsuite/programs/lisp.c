// A small Lisp: reader, printer, environments, closures, tail calls, garbage collection by mark and sweep.
// lisp [SCALE]      runs the built-in programs      lisp FILE     runs a file, "-" for standard input; exit code 6 after an error
#include "support.h"

typedef enum { NIL, FIXNUM, SYMBOL, PAIR, PRIMITIVE, CLOSURE, FREE } Tag;

typedef struct Cell Cell;
typedef Cell *(*Native)(Cell *args);

struct Cell {
    Tag tag;
    bool marked;
    union {
        int64_t number;
        const char *name;
        struct { Cell *car, *cdr; };               // PAIR; FREE links by car
        struct { Native native; const char *label; };
        struct { Cell *lambda, *environment; };    // lambda: (parameters body…)
    };
};

enum { HEAP = 200000, ROOTS = 60000 };

static Cell heap[HEAP], nil_cell = {.tag = NIL}, *const nil = &nil_cell;
static Cell *free_list, *symbols, *globals, *roots[ROOTS];
static Cell *s_quote, *s_if, *s_define, *s_lambda, *s_let, *s_begin, *s_cond, *s_else, *s_true, *s_set, *s_while;
static uint32_t root_count, collections, depth;
static uint64_t allocations;

static void stop(const char *why) {
    printf("error: %s\n", why);
    fflush(stdout);
    exit(6);
}

static void mark(Cell *c) {
    while (!c->marked) {
        c->marked = true;
        if (c->tag != PAIR && c->tag != CLOSURE) return;
        mark(c->car);
        c = c->cdr;
    }
}

static void collect(void) {
    collections++;
    mark(symbols);
    mark(globals);
    for (uint32_t i = 0; i < root_count; i++) mark(roots[i]);
    free_list = NULL;
    uint32_t freed = 0;
    for (uint32_t i = 0; i < HEAP; i++) {
        if (!heap[i].marked) {
            heap[i].tag = FREE;
            heap[i].car = free_list;
            free_list = &heap[i];
            freed++;
        }
        heap[i].marked = false;
    }
    nil->marked = false;
    if (freed < HEAP / 100) stop("out of cells");
}

static void protect(Cell *c) {
    if (root_count == ROOTS) stop("too many temporaries");
    roots[root_count++] = c;
}

static Cell *cell(Tag tag) {
    if (!free_list) collect();
    Cell *c = free_list;
    free_list = c->car;
    c->tag = tag;
    allocations++;
    return c;
}

static Cell *cons(Cell *a, Cell *b) {
    if (!free_list) {
        protect(a);
        protect(b);
        collect();
        root_count -= 2;
    }
    Cell *c = cell(PAIR);
    c->car = a;
    c->cdr = b;
    return c;
}

static Cell *number(int64_t v) {
    Cell *c = cell(FIXNUM);
    c->number = v;
    return c;
}

static Cell *symbol(const char *name, uint32_t length) {
    for (Cell *s = symbols; s->tag == PAIR; s = s->cdr)
        if (strlen(s->car->name) == length && !memcmp(s->car->name, name, length)) return s->car;
    char *copy = allocate(length + 1);
    memcpy(copy, name, length);
    copy[length] = 0;
    Cell *c = cell(SYMBOL);
    c->name = copy;
    symbols = cons(c, symbols);
    return c;
}

static Cell *car(Cell *c) {
    if (c->tag != PAIR) stop("a pair was expected");
    return c->car;
}

static Cell *cdr(Cell *c) {
    if (c->tag != PAIR) stop("a pair was expected");
    return c->cdr;
}

// --- Reader and printer ---

static const char *source;

static void skip(void) {
    for (; *source; source++) {
        if (*source == ';') while (source[1] && source[1] != '\n') source++;
        else if (*source != ' ' && *source != '\n' && *source != '\t') return;
    }
}

static Cell *read(void) {
    skip();
    uint32_t base = root_count;
    if (*source == '(') {
        source++;
        for (skip(); *source != ')'; skip()) {
            if (!*source) stop("list not closed");
            protect(read());
        }
        source++;
        Cell *list = nil;
        while (root_count > base) {
            list = cons(roots[root_count - 1], list);
            root_count--;
        }
        return list;
    }
    if (*source == '\'') {
        source++;
        Cell *c = cons(read(), nil);
        return cons(s_quote, c);
    }
    if (*source == ')' || !*source) stop("expression expected");
    const char *start = source;
    while (*source && !strchr(" \n\t()';", *source)) source++;
    uint32_t length = (uint32_t)(source - start);
    bool negative = *start == '-' && length > 1;
    if (start[negative] >= '0' && start[negative] <= '9') return number(strtoll(start, NULL, 10));
    if (length == 3 && !memcmp(start, "nil", 3)) return nil;
    return symbol(start, length);
}

static void print(Cell *c) {
    switch (c->tag) {
    case NIL: printf("()"); break;
    case FIXNUM: printf("%lld", (long long)c->number); break;
    case SYMBOL: printf("%s", c->name); break;
    case PRIMITIVE: printf("<%s>", c->label); break;
    case CLOSURE: printf("<closure>"); break;
    case FREE: printf("<free>"); break;
    case PAIR:
        putchar('(');
        for (;; c = c->cdr) {
            print(c->car);
            if (c->cdr->tag != PAIR) break;
            putchar(' ');
        }
        if (c->cdr->tag != NIL) {
            printf(" . ");
            print(c->cdr);
        }
        putchar(')');
    }
}

// --- Evaluation: an environment is a list of (symbol . value) ---

static Cell *lookup(Cell *name, Cell *environment) {
    for (Cell *e = environment; e->tag == PAIR; e = e->cdr)
        if (e->car->car == name) return e->car;
    for (Cell *e = globals; e->tag == PAIR; e = e->cdr)
        if (e->car->car == name) return e->car;
    printf("error: unbound %s\n", name->name);
    exit(6);
}

static Cell *eval(Cell *x, Cell *env);

static Cell *eval_list(Cell *list, Cell *env) {
    uint32_t base = root_count;
    for (; list->tag == PAIR; list = list->cdr) protect(eval(list->car, env));
    Cell *values = nil;
    while (root_count > base) {
        values = cons(roots[root_count - 1], values);
        root_count--;
    }
    return values;
}

static Cell *bind(Cell *names, Cell *values, Cell *env) {
    uint32_t base = root_count;
    protect(values);
    protect(env);
    for (; names->tag == PAIR; names = names->cdr, values = cdr(values)) {
        Cell *pair = cons(names->car, car(values));
        env = cons(pair, env);
        roots[base + 1] = env;
    }
    if (values->tag != NIL) stop("too many arguments");
    root_count = base;
    return env;
}

static void define_global(Cell *name, Cell *value) {
    for (Cell *e = globals; e->tag == PAIR; e = e->cdr)
        if (e->car->car == name) {
            e->car->cdr = value;
            return;
        }
    protect(value);
    globals = cons(cons(name, value), globals);
    root_count--;
}

static Cell *eval(Cell *x, Cell *env) {
    uint32_t base = root_count;
    if (++depth > 2000) stop("recursion too deep");
    protect(x);
    protect(env);
    for (;;) {
        roots[base] = x;
        roots[base + 1] = env;
        root_count = base + 2;
        Cell *result = NULL;
        if (x->tag == SYMBOL) result = lookup(x, env)->cdr;
        else if (x->tag != PAIR) result = x;
        else {
            Cell *head = x->car, *rest = x->cdr;
            if (head == s_quote) result = car(rest);
            else if (head == s_if) {
                bool yes = eval(car(rest), env)->tag != NIL;
                Cell *branches = cdr(rest);
                x = yes ? car(branches) : branches->cdr->tag == PAIR ? branches->cdr->car : nil;
                continue;
            } else if (head == s_cond) {
                x = nil;
                for (; rest->tag == PAIR; rest = rest->cdr)
                    if (car(rest->car) == s_else || eval(rest->car->car, env)->tag != NIL) {
                        x = car(cdr(rest->car));
                        break;
                    }
                continue;
            } else if (head == s_define) {
                Cell *name = car(rest);
                if (name->tag == PAIR) {
                    Cell *closure = cell(CLOSURE);
                    closure->lambda = closure->environment = nil;
                    protect(closure);
                    closure->lambda = cons(name->cdr, cdr(rest));
                    closure->environment = env;
                    name = name->car;
                    define_global(name, closure);
                } else {
                    define_global(name, eval(car(cdr(rest)), env));
                }
                result = name;
            } else if (head == s_set) {
                Cell *value = eval(car(cdr(rest)), env);
                lookup(car(rest), env)->cdr = value;
                result = value;
            } else if (head == s_lambda) {
                result = cell(CLOSURE);
                result->lambda = rest;
                result->environment = env;
            } else if (head == s_let) {
                for (Cell *b = car(rest); b->tag == PAIR; b = b->cdr) {
                    Cell *value = eval(car(cdr(b->car)), roots[base + 1]);
                    Cell *pair = cons(b->car->car, value);
                    roots[base + 1] = cons(pair, roots[base + 1]);
                }
                env = roots[base + 1];
                rest = cdr(rest);
                for (; rest->cdr->tag == PAIR; rest = rest->cdr) eval(rest->car, env);
                x = rest->car;
                continue;
            } else if (head == s_begin) {
                for (; rest->cdr->tag == PAIR; rest = rest->cdr) eval(rest->car, env);
                x = rest->car;
                continue;
            } else if (head == s_while) {
                while (eval(car(rest), env)->tag != NIL)
                    for (Cell *b = rest->cdr; b->tag == PAIR; b = b->cdr) eval(b->car, env);
                result = nil;
            } else {
                Cell *f = eval(head, env);
                protect(f);
                Cell *args = eval_list(rest, env);
                protect(args);
                if (f->tag == PRIMITIVE) result = f->native(args);
                else if (f->tag == CLOSURE) {
                    env = bind(f->lambda->car, args, f->environment);
                    roots[base + 1] = env;
                    Cell *body = f->lambda->cdr;
                    for (; body->cdr->tag == PAIR; body = body->cdr) eval(body->car, env);
                    x = body->car;
                    continue;
                } else stop("not a function");
            }
        }
        root_count = base;
        depth--;
        return result;
    }
}

// --- Primitives ---

static int64_t integer(Cell *c) {
    if (c->tag != FIXNUM) stop("a number was expected");
    return c->number;
}

static Cell *truth(bool b) { return b ? s_true : nil; }
static Cell *second(Cell *a) { return car(cdr(a)); }

static Cell *p_add(Cell *a) {
    uint64_t sum = 0;
    for (; a->tag == PAIR; a = a->cdr) sum += (uint64_t)integer(a->car);
    return number((int64_t)sum);
}
static Cell *p_mul(Cell *a) {
    uint64_t product = 1;
    for (; a->tag == PAIR; a = a->cdr) product *= (uint64_t)integer(a->car);
    return number((int64_t)product);
}
static Cell *p_sub(Cell *a) {
    uint64_t first = (uint64_t)integer(car(a));
    return number((int64_t)(a->cdr->tag == NIL ? 0 - first : first - (uint64_t)integer(second(a))));
}
static Cell *p_div(Cell *a) {
    if (integer(second(a)) == 0) stop("division by zero");
    return number(integer(car(a)) / integer(second(a)));
}
static Cell *p_mod(Cell *a) {
    if (integer(second(a)) == 0) stop("division by zero");
    return number(integer(car(a)) % integer(second(a)));
}
static Cell *p_less(Cell *a) { return truth(integer(car(a)) < integer(second(a))); }
static Cell *p_equal(Cell *a) { return truth(integer(car(a)) == integer(second(a))); }
static Cell *p_eq(Cell *a) { return truth(car(a) == second(a)); }
static Cell *p_car(Cell *a) { return car(car(a)); }
static Cell *p_cdr(Cell *a) { return cdr(car(a)); }
static Cell *p_cons(Cell *a) { return cons(car(a), second(a)); }
static Cell *p_null(Cell *a) { return truth(car(a)->tag == NIL); }
static Cell *p_pair(Cell *a) { return truth(car(a)->tag == PAIR); }
static Cell *p_list(Cell *a) { return a; }
static Cell *p_print(Cell *a) {
    for (Cell *c = a; c->tag == PAIR; c = c->cdr) {
        print(c->car);
        putchar(c->cdr->tag == PAIR ? ' ' : '\n');
    }
    return nil;
}
static Cell *p_apply(Cell *a) {
    Cell *quoted = nil;
    uint32_t base = root_count;
    for (Cell *c = second(a); c->tag == PAIR; c = c->cdr) protect(cons(s_quote, cons(c->car, nil)));
    while (root_count > base) {
        quoted = cons(roots[root_count - 1], quoted);
        root_count--;
    }
    return eval(cons(car(a), quoted), nil);
}

static void start(void) {
    static const struct { const char *name; Native native; } table[] = {
        {"+", p_add}, {"*", p_mul}, {"-", p_sub}, {"/", p_div}, {"mod", p_mod}, {"<", p_less}, {"=", p_equal}, {"eq", p_eq}, {"car", p_car},
        {"cdr", p_cdr}, {"cons", p_cons}, {"null", p_null}, {"pair", p_pair}, {"list", p_list}, {"print", p_print}, {"apply", p_apply}};
    static const struct { const char *name; Cell **at; } words[] = {
        {"quote", &s_quote}, {"if", &s_if}, {"define", &s_define}, {"lambda", &s_lambda}, {"let", &s_let}, {"begin", &s_begin},
        {"cond", &s_cond}, {"else", &s_else}, {"t", &s_true}, {"set!", &s_set}, {"while", &s_while}};
    symbols = globals = nil;
    collect();
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) *words[i].at = symbol(words[i].name, (uint32_t)strlen(words[i].name));
    for (uint32_t i = 0; i < sizeof table / sizeof *table; i++) {
        Cell *p = cell(PRIMITIVE);
        p->native = table[i].native;
        p->label = table[i].name;
        define_global(symbol(p->label, (uint32_t)strlen(p->label)), p);
    }
    define_global(s_true, s_true);
}

static void run(const char *text) {
    source = text;
    for (skip(); *source; skip()) {
        Cell *x = read();
        protect(x);
        eval(x, nil);
        root_count--;
    }
}

static const char prelude[] =
    "(define (map f l) (if (null l) nil (cons (f (car l)) (map f (cdr l)))))"
    "(define (fold f a l) (if (null l) a (fold f (f a (car l)) (cdr l))))"
    "(define (filter p l) (cond ((null l) nil) ((p (car l)) (cons (car l) (filter p (cdr l)))) (else (filter p (cdr l)))))"
    "(define (append a b) (if (null a) b (cons (car a) (append (cdr a) b))))"
    "(define (range a b) (if (< a b) (cons a (range (+ a 1) b)) nil))"
    "(define (not x) (if x nil t))";

static const char programs[] =
    "(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))"
    "(print 'fib (fib 16))"
    "(define (tak x y z) (if (< y x) (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y)) z))"
    "(print 'tak (tak 10 6 3))"
    "(define (sort l) (if (null l) nil (let ((p (car l)) (r (cdr l)))"
    "  (append (sort (filter (lambda (x) (< x p)) r)) (cons p (sort (filter (lambda (x) (not (< x p))) r)))))))"
    "(define (noise n x) (if (= n 0) nil (cons (mod x 1000) (noise (- n 1) (mod (+ (* x 1103515245) 12345) 2147483648)))))"
    "(let ((l (sort (noise 200 7)))) (print 'sorted (car l) (fold + 0 l) (fold (lambda (a x) (mod (+ (* a 31) x) 1000003)) 0 l)))"
    "(define (safe q d l) (cond ((null l) t) ((= (car l) q) nil) ((= (car l) (+ q d)) nil) ((= (car l) (- q d)) nil)"
    "  (else (safe q (+ d 1) (cdr l)))))"
    "(define (queens n k l) (if (= k 0) 1 (fold + 0 (map (lambda (q) (if (safe q 1 l) (queens n (- k 1) (cons q l)) 0)) (range 0 n)))))"
    "(print 'queens (queens 6 6 nil))"
    "(define (counter) (let ((n 0)) (lambda () (set! n (+ n 1)))))"
    "(define tick (counter)) (tick) (tick) (print 'counter (tick) (apply + (list 1 2 3)) 'a '(1 (2 . (3)) ()) car tick)"
    "(define i 0) (define s 0) (while (< i 3000) (set! s (mod (+ (* s 7) i) 10007)) (set! i (+ i 1))) (print 'loop s)"
    "(define (primes n) (let ((sieve (lambda (self l) (if (null l) nil"
    "  (cons (car l) (self self (filter (lambda (x) (< 0 (mod x (car l)))) (cdr l)))))))) (sieve sieve (range 2 n))))"
    "(print (primes 120))";

int main(int argc, char **argv) {
    start();
    run(prelude);
    if (argc > 1 && !is_number(argv[1])) {
        uint32_t n;
        run((const char *)read_file(argv[1], &n));
        return 0;
    }
    uint32_t scale = size_argument(argc, argv, 1, 30);
    bench_start();
    while (scale--) run(programs);
    bench_end();
    printf("%llu cells, %u collections\n", (unsigned long long)allocations, (unsigned)collections);
    return 0;
}
