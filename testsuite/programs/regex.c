// Regular expressions: parsed to an NFA program, run by a set-of-threads machine with captures (Pike's) and by a lazily built DFA.
// Syntax: . [a-z] [^…] \d \w \s \b ^ $ ( ) (?: ) | * + ? {m,n} and lazy *? +? ??
// regex [KIB]            a list of patterns over generated text
// regex PATTERN FILE     prints matching lines with their first match in brackets; exit code 1 if there is none
#include "support.h"

typedef enum { BYTE_SET, SPLIT, JUMP, SAVE, LINE_START, LINE_END, WORD_EDGE, MATCH } Op;

typedef struct {
    Op op;
    uint32_t x, y;  // SPLIT: preferred and other target; BYTE_SET: set index; SAVE: slot
} Inst;

typedef struct {
    uint32_t bits[8];
} Set;

enum { MAX_INSTS = 4096, MAX_SETS = 512, MAX_SLOTS = 20 };

typedef struct {
    Inst insts[MAX_INSTS];
    Set sets[MAX_SETS];
    uint32_t count, set_count, groups;
    const char *at;
    const char *error;
} Regex;

static bool set_has(const Set *s, uint8_t b) { return s->bits[b >> 5] >> (b & 31) & 1; }
static void set_add(Set *s, uint8_t b) { s->bits[b >> 5] |= 1u << (b & 31); }

static void set_range(Set *s, uint32_t lo, uint32_t hi) {
    for (; lo <= hi; lo++) set_add(s, (uint8_t)lo);
}

static bool is_word(uint8_t b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_';
}

static bool set_class(Set *s, char c) {
    Set t = {{0}};
    switch (c | 0x20) {
    case 'd': set_range(&t, '0', '9'); break;
    case 'w':
        for (uint32_t b = 0; b < 256; b++)
            if (is_word((uint8_t)b)) set_add(&t, (uint8_t)b);
        break;
    case 's':
        set_range(&t, 9, 13);
        set_add(&t, ' ');
        break;
    default: return false;
    }
    bool negated = !(c & 0x20);
    for (int i = 0; i < 8; i++) s->bits[i] |= negated ? ~t.bits[i] : t.bits[i];
    return true;
}

static uint32_t emit(Regex *r, Op op, uint32_t x, uint32_t y) {
    if (r->count == MAX_INSTS) {
        r->error = "pattern too large";
        return 0;
    }
    r->insts[r->count] = (Inst){op, x, y};
    return r->count++;
}

static void emit_set(Regex *r, const Set *s) {
    if (r->set_count == MAX_SETS) {
        r->error = "too many classes";
        return;
    }
    r->sets[r->set_count] = *s;
    emit(r, BYTE_SET, r->set_count++, 0);
}

// Opens a gap of one instruction at `at`: every target at or beyond it moves.
static void open_gap(Regex *r, uint32_t at) {
    emit(r, JUMP, 0, 0);
    if (r->error) return;
    memmove(r->insts + at + 1, r->insts + at, (r->count - 1 - at) * sizeof(Inst));
    for (uint32_t i = at + 1; i < r->count; i++) {
        Inst *n = &r->insts[i];
        if (n->op == SPLIT || n->op == JUMP) {
            if (n->x >= at) n->x++;
            if (n->op == SPLIT && n->y >= at) n->y++;
        }
    }
}

static void emit_split(Regex *r, uint32_t at, uint32_t body, uint32_t exit, bool lazy) {
    r->insts[at] = (Inst){SPLIT, lazy ? exit : body, lazy ? body : exit};
}

static void copy_fragment(Regex *r, const Inst *from, uint32_t n, uint32_t old_base) {
    uint32_t base = r->count;
    for (uint32_t i = 0; i < n && !r->error; i++) {
        Inst c = from[i];
        if (c.op == SPLIT || c.op == JUMP) {
            c.x = c.x - old_base + base;
            if (c.op == SPLIT) c.y = c.y - old_base + base;
        }
        emit(r, c.op, c.x, c.y);
    }
}

static void quantify(Regex *r, uint32_t start, uint32_t low, uint32_t high, bool lazy) {
    uint32_t n = r->count - start;
    Inst *body = allocate(n * sizeof(Inst));
    memcpy(body, r->insts + start, n * sizeof(Inst));
    r->count = start;
    for (uint32_t i = 0; i < low && !r->error; i++) copy_fragment(r, body, n, start);
    if (high == UINT32_MAX) {
        uint32_t loop = emit(r, SPLIT, 0, 0);
        copy_fragment(r, body, n, start);
        emit(r, JUMP, loop, 0);
        if (!r->error) emit_split(r, loop, loop + 1, r->count, lazy);
    } else {
        for (uint32_t i = low; i < high && !r->error; i++) {
            uint32_t skip = emit(r, SPLIT, 0, 0);
            copy_fragment(r, body, n, start);
            if (!r->error) emit_split(r, skip, skip + 1, r->count, lazy);
        }
    }
    free(body);
}

static void parse_alternatives(Regex *r);

static void parse_set(Regex *r) {
    Set s = {{0}};
    bool negated = *r->at == '^';
    if (negated) r->at++;
    bool first = true;
    while (*r->at && (*r->at != ']' || first)) {
        first = false;
        uint8_t lo = (uint8_t)*r->at++;
        if (lo == '\\' && *r->at) {
            if (set_class(&s, *r->at)) {
                r->at++;
                continue;
            }
            lo = (uint8_t)*r->at++;
        }
        if (r->at[0] == '-' && r->at[1] && r->at[1] != ']') {
            set_range(&s, lo, (uint8_t)r->at[1]);
            r->at += 2;
        } else {
            set_add(&s, lo);
        }
    }
    if (*r->at != ']') {
        r->error = "class not closed";
        return;
    }
    r->at++;
    if (negated)
        for (int i = 0; i < 8; i++) s.bits[i] = ~s.bits[i];
    emit_set(r, &s);
}

static void parse_atom(Regex *r) {
    Set s = {{0}};
    char c = *r->at++;
    switch (c) {
    case '(': {
        bool captures = strncmp(r->at, "?:", 2) != 0;
        uint32_t group = captures ? ++r->groups : 0;
        if (!captures) r->at += 2;
        if (captures && 2 * group + 1 >= MAX_SLOTS) {
            r->error = "too many groups";
            return;
        }
        if (captures) emit(r, SAVE, 2 * group, 0);
        parse_alternatives(r);
        if (*r->at != ')') {
            r->error = "group not closed";
            return;
        }
        r->at++;
        if (captures) emit(r, SAVE, 2 * group + 1, 0);
        return;
    }
    case '[': parse_set(r); return;
    case '^': emit(r, LINE_START, 0, 0); return;
    case '$': emit(r, LINE_END, 0, 0); return;
    case '.':
        memset(&s, 0xff, sizeof s);
        s.bits['\n' >> 5] &= ~(1u << '\n');
        break;
    case '\\':
        c = *r->at;
        if (!c) {
            r->error = "pattern ends in a backslash";
            return;
        }
        r->at++;
        if (c == 'b') {
            emit(r, WORD_EDGE, 0, 0);
            return;
        }
        if (!set_class(&s, c)) set_add(&s, (uint8_t)c);
        break;
    case '*': case '+': case '?': r->error = "nothing to repeat"; return;
    default: set_add(&s, (uint8_t)c);
    }
    emit_set(r, &s);
}

static void parse_sequence(Regex *r) {
    while (!r->error && *r->at && *r->at != '|' && *r->at != ')') {
        uint32_t start = r->count, low, high;
        parse_atom(r);
        while (!r->error && *r->at) {
            char c = *r->at;
            if (c == '*') low = 0, high = UINT32_MAX;
            else if (c == '+') low = 1, high = UINT32_MAX;
            else if (c == '?') low = 0, high = 1;
            else if (c == '{') {
                char *end;
                low = high = (uint32_t)strtoul(r->at + 1, &end, 10);
                if (*end == ',') high = end[1] == '}' ? UINT32_MAX : (uint32_t)strtoul(end + 1, NULL, 10);
                while (*end && *end != '}') end++;
                if (!*end || (high != UINT32_MAX && (high < low || high > 1000))) {
                    r->error = "bad repetition";
                    return;
                }
                r->at = end;
            } else break;
            r->at++;
            bool lazy = *r->at == '?';
            if (lazy) r->at++;
            quantify(r, start, low, high, lazy);
        }
    }
}

static void parse_alternatives(Regex *r) {
    uint32_t start = r->count;
    parse_sequence(r);
    if (r->error || *r->at != '|') return;
    r->at++;
    open_gap(r, start);
    uint32_t jump = emit(r, JUMP, 0, 0);
    if (r->error) return;
    r->insts[start] = (Inst){SPLIT, start + 1, r->count};
    parse_alternatives(r);
    r->insts[jump].x = r->count;
}

static bool regex_parse(Regex *r, const char *pattern) {
    memset(r, 0, sizeof *r);
    r->at = pattern;
    emit(r, SAVE, 0, 0);
    parse_alternatives(r);
    if (!r->error && *r->at) r->error = "unmatched )";
    emit(r, SAVE, 1, 0);
    emit(r, MATCH, 0, 0);
    return !r->error;
}

// --- Threads ---

typedef struct {
    uint32_t pc;
    int32_t slots[MAX_SLOTS];
} Thread;

typedef struct {
    Thread *threads;
    uint32_t count;
    uint32_t *mark;  // generation in which a pc was added
} List;

typedef struct {
    const Regex *r;
    const uint8_t *text;
    int32_t length, at;
    uint32_t generation;
    List now, next;
} Machine;

static void add_thread(Machine *m, List *l, uint32_t pc, int32_t *slots) {
    for (;;) {
        if (l->mark[pc] == m->generation) return;
        l->mark[pc] = m->generation;
        const Inst *i = &m->r->insts[pc];
        bool before, after;
        int32_t old;
        switch (i->op) {
        case JUMP: pc = i->x; continue;
        case SPLIT:
            add_thread(m, l, i->x, slots);
            pc = i->y;
            continue;
        case SAVE:
            old = slots[i->x];
            slots[i->x] = m->at;
            add_thread(m, l, pc + 1, slots);
            slots[i->x] = old;
            return;
        case LINE_START:
            if (m->at > 0 && m->text[m->at - 1] != '\n') return;
            pc++;
            continue;
        case LINE_END:
            if (m->at < m->length && m->text[m->at] != '\n') return;
            pc++;
            continue;
        case WORD_EDGE:
            before = m->at > 0 && is_word(m->text[m->at - 1]);
            after = m->at < m->length && is_word(m->text[m->at]);
            if (before == after) return;
            pc++;
            continue;
        case BYTE_SET:
        case MATCH: {
            Thread *t = &l->threads[l->count++];
            t->pc = pc;
            memcpy(t->slots, slots, sizeof t->slots);
            return;
        }
        }
    }
}

static void machine_open(Machine *m, const Regex *r) {
    memset(m, 0, sizeof *m);
    m->r = r;
    List *lists[] = {&m->now, &m->next};
    for (int i = 0; i < 2; i++) {
        lists[i]->threads = allocate(r->count * sizeof(Thread));
        lists[i]->mark = allocate(r->count * sizeof(uint32_t));
        memset(lists[i]->mark, 0, r->count * sizeof(uint32_t));
    }
}

static void machine_close(Machine *m) {
    free(m->now.threads);
    free(m->now.mark);
    free(m->next.threads);
    free(m->next.mark);
}

static bool search(Machine *m, const uint8_t *text, int32_t length, int32_t from, int32_t *captures) {
    bool matched = false;
    int32_t empty[MAX_SLOTS];
    memset(empty, 0xff, sizeof empty);
    m->text = text;
    m->length = length;
    m->at = from;
    m->now.count = 0;
    m->generation++;
    for (;; m->at++) {
        if (!matched) add_thread(m, &m->now, 0, empty);
        if (m->now.count == 0 && matched) break;
        int32_t here = m->at++;
        m->generation++;
        m->next.count = 0;
        for (uint32_t k = 0; k < m->now.count; k++) {
            Thread *t = &m->now.threads[k];
            const Inst *i = &m->r->insts[t->pc];
            if (i->op == MATCH) {
                memcpy(captures, t->slots, sizeof t->slots);
                matched = true;
                break;
            }
            if (here < length && set_has(&m->r->sets[i->x], text[here])) add_thread(m, &m->next, t->pc + 1, t->slots);
        }
        m->at = here;
        List swap = m->now;
        m->now = m->next;
        m->next = swap;
        if (here >= length) break;
    }
    return matched;
}

// --- Lazy DFA: finds only whether and where the leftmost match that ends first, ends ---

enum { MAX_STATES = 2048, UNBUILT = -1, DEAD = -2 };

typedef struct {
    const Regex *r;
    int32_t next[MAX_STATES][256];
    uint16_t *members[MAX_STATES];
    uint32_t sizes[MAX_STATES];
    bool accepts[MAX_STATES];
    uint32_t count;
    uint32_t *mark;
    uint32_t generation;
} DFA;

static void close_over(DFA *d, uint32_t pc, uint16_t *out, uint32_t *n) {
    if (d->mark[pc] == d->generation) return;
    d->mark[pc] = d->generation;
    const Inst *i = &d->r->insts[pc];
    switch (i->op) {
    case JUMP: close_over(d, i->x, out, n); break;
    case SPLIT:
        close_over(d, i->x, out, n);
        close_over(d, i->y, out, n);
        break;
    case SAVE: close_over(d, pc + 1, out, n); break;
    default: out[(*n)++] = (uint16_t)pc;
    }
}

static int compare_pcs(const void *a, const void *b) { return *(const uint16_t *)a - *(const uint16_t *)b; }

static int32_t intern(DFA *d, uint16_t *members, uint32_t n) {
    qsort(members, n, sizeof *members, compare_pcs);
    for (uint32_t i = 0; i < d->count; i++)
        if (d->sizes[i] == n && !memcmp(d->members[i], members, n * sizeof *members)) return (int32_t)i;
    if (d->count == MAX_STATES) die("too many states");
    uint32_t s = d->count++;
    d->members[s] = allocate(n * sizeof *members);
    memcpy(d->members[s], members, n * sizeof *members);
    d->sizes[s] = n;
    d->accepts[s] = false;
    for (uint32_t i = 0; i < n; i++)
        if (d->r->insts[members[i]].op == MATCH) d->accepts[s] = true;
    for (int b = 0; b < 256; b++) d->next[s][b] = UNBUILT;
    return (int32_t)s;
}

static int32_t step(DFA *d, int32_t state, uint8_t b) {
    uint16_t members[MAX_INSTS];
    uint32_t n = 0;
    d->generation++;
    for (uint32_t i = 0; i < d->sizes[state]; i++) {
        const Inst *inst = &d->r->insts[d->members[state][i]];
        if (inst->op == BYTE_SET && set_has(&d->r->sets[inst->x], b)) close_over(d, d->members[state][i] + 1u, members, &n);
    }
    close_over(d, 0, members, &n);
    return d->next[state][b] = intern(d, members, n);
}

static uint32_t count_ends(const Regex *r, const uint8_t *text, uint32_t length, uint32_t *states) {
    DFA *d = allocate(sizeof *d);
    d->r = r;
    d->count = d->generation = 0;
    d->mark = allocate(r->count * sizeof(uint32_t));
    memset(d->mark, 0, r->count * sizeof(uint32_t));
    uint16_t members[MAX_INSTS];
    uint32_t n = 0, found = 0;
    d->generation++;
    close_over(d, 0, members, &n);
    int32_t start = intern(d, members, n), state = start;
    for (uint32_t i = 0; i < length; i++) {
        int32_t next = d->next[state][text[i]];
        state = next >= 0 ? next : step(d, state, text[i]);
        if (d->accepts[state]) {
            found++;
            state = start;
        }
    }
    *states = d->count;
    for (uint32_t i = 0; i < d->count; i++) free(d->members[i]);
    free(d->mark);
    free(d);
    return found;
}

static bool has_assertions(const Regex *r) {
    for (uint32_t i = 0; i < r->count; i++)
        if (r->insts[i].op >= LINE_START && r->insts[i].op <= WORD_EDGE) return true;
    return false;
}

static void run_pattern(const char *pattern, const uint8_t *text, uint32_t length) {
    Regex *r = allocate(sizeof *r);
    if (!regex_parse(r, pattern)) {
        printf("%-36s error: %s\n", pattern, r->error);
        free(r);
        return;
    }
    Machine m;
    int32_t captures[MAX_SLOTS];
    machine_open(&m, r);
    uint32_t found = 0, states = 0, ends = 0;
    uint64_t h = FNV_BASIS;
    for (int32_t at = 0; at <= (int32_t)length && search(&m, text, (int32_t)length, at, captures);) {
        found++;
        for (uint32_t i = 0; i < 2 * (r->groups + 1); i++) h = fnv_u64(h, (uint32_t)captures[i]);
        at = captures[1] > captures[0] ? captures[1] : captures[1] + 1;
    }
    machine_close(&m);
    if (!has_assertions(r))
        for (int k = 0; k < 4; k++) ends = count_ends(r, text, length, &states);
    printf("%-36s %7u matches %016llx  %7u ends, %u states\n", pattern, (unsigned)found, (unsigned long long)h,
           (unsigned)ends, (unsigned)states);
    free(r);
}

static int grep(const char *pattern, const char *path) {
    Regex *r = allocate(sizeof *r);
    if (!regex_parse(r, pattern)) {
        printf("error: %s\n", r->error);
        return 2;
    }
    uint32_t n;
    uint8_t *text = read_file(path, &n);
    Machine m;
    int32_t c[MAX_SLOTS];
    machine_open(&m, r);
    uint32_t shown = 0, line = 1;
    for (uint8_t *s = text; s < text + n; line++) {
        uint8_t *end = memchr(s, '\n', (size_t)(text + n - s));
        if (!end) end = text + n;
        if (search(&m, s, (int32_t)(end - s), 0, c)) {
            printf("%u:%.*s[%.*s]%.*s\n", (unsigned)line, (int)c[0], s, (int)(c[1] - c[0]), s + c[0],
                   (int)(end - s) - (int)c[1], s + c[1]);
            shown++;
        }
        s = end + 1;
    }
    machine_close(&m);
    free(text);
    free(r);
    return shown ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc == 3 && !is_number(argv[1])) return grep(argv[1], argv[2]);
    uint32_t n = size_argument(argc, argv, 1, 640) * 1024;
    uint8_t *text = make_text(n, 5);
    static const char *const patterns[] = {
        "stone", "(cast|arch|beam)", "[a-d][a-z]*e", "\\b(\\w+)ly\\b", "^the .*$", "(?:be|under)\\s(\\w{4,6})",
        "w(a|e|i)+(t|ght)", "(a|b|ab)*(c|st)", "e.{0,3}?r", "[^ ,\n]{9,}", "(s)(t)(o)?(n)?", "(", "a{3,1}", "x*",
        "(the|of|and),? (the|of|and),? (the|of|and)"};
    bench_start();
    for (uint32_t i = 0; i < sizeof patterns / sizeof *patterns; i++) run_pattern(patterns[i], text, n);
    bench_end();
    free(text);
    return 0;
}
