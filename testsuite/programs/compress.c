// LZ77 with hash chains and lazy matching, coded with two canonical Huffman codes a block; and the way back.
// compress [KIB]    generated text        compress FILE    a file, "-" for standard input
#include "support.h"

enum {
    WINDOW = 1 << 15,
    MIN_MATCH = 3,
    MAX_MATCH = 258,
    CHAIN = 48,
    BLOCK = 1 << 14,  // symbols in a block
    MAX_BITS = 15,
    LITERALS = 256 + 1 + 32,  // bytes, end of block, length classes
    DISTANCES = 32,
};

typedef struct {
    uint8_t *bytes;
    uint32_t count, capacity;
    uint64_t bits;
    uint32_t bit_count;
} Writer;

static void write_byte(Writer *w, uint8_t b) {
    if (w->count == w->capacity) w->bytes = reallocate(w->bytes, w->capacity = w->capacity ? w->capacity * 2 : 4096);
    w->bytes[w->count++] = b;
}

static void write_bits(Writer *w, uint32_t value, uint32_t n) {
    w->bits |= (uint64_t)value << w->bit_count;
    w->bit_count += n;
    while (w->bit_count >= 8) {
        write_byte(w, (uint8_t)w->bits);
        w->bits >>= 8;
        w->bit_count -= 8;
    }
}

typedef struct {
    const uint8_t *bytes;
    uint32_t at, count;
    uint64_t bits;
    uint32_t bit_count;
} Reader;

static void refill(Reader *r) {
    while (r->bit_count <= 56) {
        uint64_t b = r->at < r->count ? r->bytes[r->at] : 0;
        r->at++;
        r->bits |= b << r->bit_count;
        r->bit_count += 8;
    }
}

static uint32_t read_bits(Reader *r, uint32_t n) {
    refill(r);
    uint32_t v = (uint32_t)(r->bits & ((1u << n) - 1));
    r->bits >>= n;
    r->bit_count -= n;
    return v;
}

// Lengths and distances are classed by their two leading bits, the rest follows as it is.
static uint32_t classify(uint32_t v, uint32_t *extra, uint32_t *extra_bits) {
    if (v < 4) {
        *extra = *extra_bits = 0;
        return v;
    }
    uint32_t top = 31 - (uint32_t)__builtin_clz(v);
    *extra_bits = top - 1;
    *extra = v & ((1u << (top - 1)) - 1);
    return 2 * top + (v >> (top - 1) & 1);
}

static uint32_t unclassify(uint32_t c, Reader *r) {
    if (c < 4) return c;
    uint32_t n = c / 2 - 1;
    return ((2u | (c & 1)) << n) + read_bits(r, n);
}

// --- Huffman ---

typedef struct {
    uint8_t length[LITERALS];
    uint16_t code[LITERALS];  // bit-reversed
} Code;

static uint32_t reverse_bits(uint32_t v, uint32_t n) {
    uint32_t out = 0;
    for (uint32_t i = 0; i < n; i++, v >>= 1) out = out << 1 | (v & 1);
    return out;
}

static void assign_codes(Code *c, uint32_t n) {
    uint32_t count[MAX_BITS + 1] = {0}, next[MAX_BITS + 2] = {0};
    for (uint32_t i = 0; i < n; i++) count[c->length[i]]++;
    count[0] = 0;
    for (uint32_t b = 1; b <= MAX_BITS; b++) next[b + 1] = (next[b] + count[b]) << 1;
    for (uint32_t i = 0; i < n; i++)
        if (c->length[i]) c->code[i] = (uint16_t)reverse_bits(next[c->length[i]]++, c->length[i]);
}

typedef struct {
    uint32_t weight;
    uint16_t node;
} HeapItem;

static bool lighter(HeapItem a, HeapItem b) { return a.weight != b.weight ? a.weight < b.weight : a.node < b.node; }

static void sift_down(HeapItem *heap, uint32_t n, uint32_t i) {
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= n) return;
        if (child + 1 < n && lighter(heap[child + 1], heap[child])) child++;
        if (!lighter(heap[child], heap[i])) return;
        HeapItem t = heap[i];
        heap[i] = heap[child];
        heap[child] = t;
        i = child;
    }
}

static void build_code(Code *c, const uint32_t *frequency, uint32_t n) {
    uint32_t weights[LITERALS];
    memcpy(weights, frequency, n * sizeof *weights);
    for (;;) {
        HeapItem heap[LITERALS];
        uint16_t parent[2 * LITERALS];
        uint32_t used = 0, nodes = n, longest = 0;
        memset(c, 0, sizeof *c);
        for (uint32_t i = 0; i < n; i++)
            if (weights[i]) heap[used++] = (HeapItem){weights[i], (uint16_t)i};
        if (used == 0) return;
        if (used == 1) {
            c->length[heap[0].node] = 1;
            return assign_codes(c, n);
        }
        for (uint32_t i = used / 2; i-- > 0;) sift_down(heap, used, i);
        while (used > 1) {
            HeapItem a = heap[0];
            heap[0] = heap[--used];
            sift_down(heap, used, 0);
            HeapItem b = heap[0];
            parent[a.node] = parent[b.node] = (uint16_t)nodes;
            heap[0] = (HeapItem){a.weight + b.weight, (uint16_t)nodes++};
            sift_down(heap, used, 0);
        }
        for (uint32_t i = 0; i < n; i++) {
            if (!weights[i]) continue;
            uint32_t depth = 0;
            for (uint32_t node = i; node != nodes - 1; node = parent[node]) depth++;
            c->length[i] = (uint8_t)depth;
            if (depth > longest) longest = depth;
        }
        if (longest <= MAX_BITS) return assign_codes(c, n);
        for (uint32_t i = 0; i < n; i++)
            if (weights[i]) weights[i] = weights[i] / 2 + 1;
    }
}

static void write_lengths(Writer *w, const Code *c, uint32_t n) {
    for (uint32_t i = 0; i < n;) {
        uint32_t run = 1;
        while (i + run < n && c->length[i + run] == c->length[i] && run < 16) run++;
        write_bits(w, c->length[i], 4);
        write_bits(w, run - 1, 4);
        i += run;
    }
}

typedef struct {
    uint16_t entry[1 << MAX_BITS];  // symbol << 4 | length
} Decoder;

static void read_code(Reader *r, Decoder *d, uint32_t n) {
    Code c;
    memset(&c, 0, sizeof c);
    for (uint32_t i = 0; i < n;) {
        uint8_t length = (uint8_t)read_bits(r, 4);
        uint32_t run = read_bits(r, 4) + 1;
        while (run-- && i < n) c.length[i++] = length;
    }
    assign_codes(&c, n);
    memset(d, 0, sizeof *d);
    for (uint32_t i = 0; i < n; i++)
        if (c.length[i])
            for (uint32_t k = c.code[i]; k < 1u << MAX_BITS; k += 1u << c.length[i])
                d->entry[k] = (uint16_t)(i << 4 | c.length[i]);
}

static uint32_t decode(Reader *r, const Decoder *d) {
    refill(r);
    uint16_t e = d->entry[r->bits & ((1u << MAX_BITS) - 1)];
    if (!e) die("corrupt stream");
    r->bits >>= e & 15;
    r->bit_count -= e & 15;
    return e >> 4;
}

// --- LZ77 ---

typedef struct {
    const uint8_t *bytes;
    uint32_t count;
    int32_t head[WINDOW];
    int32_t previous[WINDOW];
} Matcher;

static uint32_t hash3(const uint8_t *p) { return ((uint32_t)p[0] << 10 ^ (uint32_t)p[1] << 5 ^ p[2]) * 0x9e3779b1u >> 17; }

static void insert(Matcher *m, uint32_t at) {
    if (at + MIN_MATCH > m->count) return;
    uint32_t h = hash3(m->bytes + at);
    m->previous[at % WINDOW] = m->head[h];
    m->head[h] = (int32_t)at;
}

static uint32_t longest_match(const Matcher *m, uint32_t at, uint32_t *distance) {
    uint32_t best = 0, limit = m->count - at < MAX_MATCH ? m->count - at : MAX_MATCH;
    if (limit < MIN_MATCH) return 0;
    const uint8_t *here = m->bytes + at;
    int32_t candidate = m->head[hash3(here)];
    for (int chain = CHAIN; chain && candidate >= 0 && at - (uint32_t)candidate < WINDOW; chain--) {
        const uint8_t *there = m->bytes + candidate;
        if (there[best] == here[best]) {
            uint32_t n = 0;
            while (n < limit && there[n] == here[n]) n++;
            if (n > best) {
                best = n;
                *distance = at - (uint32_t)candidate;
                if (n == limit) break;
            }
        }
        int32_t next = m->previous[candidate % WINDOW];
        if (next >= candidate) break;
        candidate = next;
    }
    return best >= MIN_MATCH ? best : 0;
}

typedef struct {
    uint16_t length;  // 0: a literal
    uint16_t value;   // literal or distance
} Symbol;

static void flush_block(Writer *w, const Symbol *symbols, uint32_t n, bool last) {
    uint32_t literal_frequency[LITERALS] = {0}, distance_frequency[DISTANCES] = {0}, extra, bits;
    literal_frequency[256] = 1;
    for (uint32_t i = 0; i < n; i++) {
        if (symbols[i].length) {
            literal_frequency[257 + classify(symbols[i].length, &extra, &bits)]++;
            distance_frequency[classify(symbols[i].value, &extra, &bits)]++;
        } else {
            literal_frequency[symbols[i].value]++;
        }
    }
    Code literals, distances;
    build_code(&literals, literal_frequency, LITERALS);
    build_code(&distances, distance_frequency, DISTANCES);
    write_bits(w, last, 1);
    write_lengths(w, &literals, LITERALS);
    write_lengths(w, &distances, DISTANCES);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = symbols[i].length ? 257 + classify(symbols[i].length, &extra, &bits) : symbols[i].value;
        write_bits(w, literals.code[c], literals.length[c]);
        if (!symbols[i].length) continue;
        write_bits(w, extra, bits);
        c = classify(symbols[i].value, &extra, &bits);
        write_bits(w, distances.code[c], distances.length[c]);
        write_bits(w, extra, bits);
    }
    write_bits(w, literals.code[256], literals.length[256]);
}

static void compress(Writer *w, const uint8_t *bytes, uint32_t count) {
    Matcher *m = allocate(sizeof *m);
    Symbol *symbols = allocate((BLOCK + 2) * sizeof *symbols);
    m->bytes = bytes;
    m->count = count;
    memset(m->head, 0xff, sizeof m->head);
    memset(m->previous, 0xff, sizeof m->previous);
    uint32_t n = 0;
    for (uint32_t at = 0; at < count;) {
        uint32_t distance = 0, next_distance = 0, length = longest_match(m, at, &distance);
        insert(m, at);
        if (length && length < 32 && at + 1 < count && longest_match(m, at + 1, &next_distance) > length) length = 0;
        if (length) {
            symbols[n++] = (Symbol){(uint16_t)length, (uint16_t)distance};
            for (uint32_t k = 1; k < length; k++) insert(m, at + k);
            at += length;
        } else {
            symbols[n++] = (Symbol){0, bytes[at++]};
        }
        if (n >= BLOCK) {
            flush_block(w, symbols, n, false);
            n = 0;
        }
    }
    flush_block(w, symbols, n, true);
    write_bits(w, 0, 7);
    free(symbols);
    free(m);
}

static uint32_t decompress(const uint8_t *bytes, uint32_t count, uint8_t *out, uint32_t capacity) {
    Reader r = {bytes, 0, count, 0, 0};
    Decoder *literals = allocate(sizeof *literals), *distances = allocate(sizeof *distances);
    uint32_t n = 0;
    bool last;
    do {
        last = read_bits(&r, 1);
        read_code(&r, literals, LITERALS);
        read_code(&r, distances, DISTANCES);
        for (;;) {
            uint32_t symbol = decode(&r, literals);
            if (symbol == 256) break;
            if (symbol < 256) {
                if (n == capacity) die("output too long");
                out[n++] = (uint8_t)symbol;
                continue;
            }
            uint32_t length = unclassify(symbol - 257, &r);
            uint32_t distance = unclassify(decode(&r, distances), &r);
            if (distance > n || distance == 0 || length > capacity - n) die("match out of range");
            for (; length; length--, n++) out[n] = out[n - distance];
        }
    } while (!last);
    free(literals);
    free(distances);
    return n;
}

static void round_trip(const char *name, const uint8_t *bytes, uint32_t n) {
    Writer w = {0};
    compress(&w, bytes, n);
    uint8_t *back = allocate(n);
    uint32_t m = decompress(w.bytes, w.count, back, n);
    if (m != n || memcmp(bytes, back, n)) die("the bytes did not come back");
    printf("%-12s %9u -> %9u  %016llx\n", name, (unsigned)n, (unsigned)w.count,
           (unsigned long long)fnv_bytes(FNV_BASIS, w.bytes, w.count));
    free(back);
    free(w.bytes);
}

int main(int argc, char **argv) {
    if (argc > 1 && !is_number(argv[1])) {
        uint32_t n;
        uint8_t *bytes = read_file(argv[1], &n);
        round_trip("file", bytes, n);
        free(bytes);
        return 0;
    }
    uint32_t n = size_argument(argc, argv, 1, 3072) * 1024;
    uint8_t *text = make_text(n, 3), *noise = allocate(n), *runs = allocate(n);
    Random r = {9};
    for (uint32_t i = 0; i < n; i++) noise[i] = (uint8_t)random_next(&r);
    for (uint32_t i = 0; i < n;) {
        uint8_t b = (uint8_t)random_below(&r, 4);
        for (uint32_t run = 1 + random_below(&r, 300); run && i < n; run--) runs[i++] = b;
    }
    bench_start();
    round_trip("empty", text, 0);
    round_trip("one byte", text, 1);
    round_trip("text", text, n);
    round_trip("noise", noise, n / 4);
    round_trip("runs", runs, n);
    bench_end();
    free(text);
    free(noise);
    free(runs);
    return 0;
}
