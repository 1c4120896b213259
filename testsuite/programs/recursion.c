// Deep and wide recursion: Ackermann, mutual recursion, queens, permutations, an expression grammar, flood fill, a solver for sudoku.
// recursion [SCALE]
#include "support.h"

static uint64_t calls;

static uint32_t ackermann(uint32_t m, uint32_t n) {
    calls++;
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static int32_t takeuchi(int32_t x, int32_t y, int32_t z) {
    calls++;
    return y < x ? takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y)) : z;
}

// Depth without bound by the compiler: the result of the deeper call is used by the shallower one.
__attribute__((noinline)) static uint64_t odd_depth(uint32_t n, uint64_t salt);

__attribute__((noinline)) static uint64_t even_depth(uint32_t n, uint64_t salt) {
    if (n == 0) return salt;
    uint64_t deeper = odd_depth(n - 1, salt * 3 + n);
    return deeper ^ (deeper >> 7) ^ (salt + n);
}

__attribute__((noinline)) static uint64_t odd_depth(uint32_t n, uint64_t salt) {
    if (n == 0) return ~salt;
    uint64_t deeper = even_depth(n - 1, salt ^ (salt << 5));
    return deeper * 0x9e3779b97f4a7c15u + salt;
}

static uint32_t hofstadter_male(uint32_t n);

static uint32_t hofstadter_female(uint32_t n) {
    calls++;
    return n == 0 ? 1 : n - hofstadter_male(hofstadter_female(n - 1));
}

static uint32_t hofstadter_male(uint32_t n) {
    calls++;
    return n == 0 ? 0 : n - hofstadter_female(hofstadter_male(n - 1));
}

static uint32_t queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
    calls++;
    if (columns == all) return 1;
    uint32_t count = 0;
    for (uint32_t open = all & ~(columns | left | right); open; open &= open - 1) {
        uint32_t bit = open & (0 - open);
        count += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

static void permute(uint8_t *items, uint32_t n, uint32_t from, uint64_t *hash) {
    if (from == n) {
        *hash = fnv_bytes(*hash, items, n);
        calls++;
        return;
    }
    for (uint32_t i = from; i < n; i++) {
        uint8_t t = items[from];
        items[from] = items[i];
        items[i] = t;
        permute(items, n, from + 1, hash);
        items[i] = items[from];
        items[from] = t;
    }
}

static uint64_t hanoi(uint32_t n, uint32_t from, uint32_t to, uint64_t h) {
    if (n == 0) return h;
    h = hanoi(n - 1, from, 6 - from - to, h);
    h = h * 31 + from * 4 + to;
    return hanoi(n - 1, 6 - from - to, to, h);
}

// --- Expressions by recursive descent ---

typedef struct {
    const char *at;
    uint32_t depth, deepest;
} Scanner;

static double sum(Scanner *s);

static double factor(Scanner *s) {
    double v;
    if (++s->depth > s->deepest) s->deepest = s->depth;
    if (*s->at == '(') {
        s->at++;
        v = sum(s);
        if (*s->at == ')') s->at++;
    } else if (*s->at == '-') {
        s->at++;
        v = -factor(s);
    } else {
        char *end;
        v = strtod(s->at, &end);
        s->at = end;
    }
    s->depth--;
    return v;
}

static double product(Scanner *s) {
    double v = factor(s);
    while (*s->at == '*' || *s->at == '/') {
        char op = *s->at++;
        double w = factor(s);
        v = op == '*' ? v * w : w != 0 ? v / w : 0;
    }
    return v;
}

static double sum(Scanner *s) {
    double v = product(s);
    while (*s->at == '+' || *s->at == '-') {
        char op = *s->at++;
        double w = product(s);
        v = op == '+' ? v + w : v - w;
    }
    return v;
}

static char *write_expression(char *out, Random *r, uint32_t depth) {
    if (depth == 0) return out + sprintf(out, "%u.5", (unsigned)random_below(r, 10));
    bool parentheses = random_below(r, 3) != 0;
    if (parentheses) *out++ = '(';
    out = write_expression(out, r, depth - 1);
    *out++ = "+-*/"[random_below(r, 4)];
    out = write_expression(out, r, random_below(r, depth));
    if (parentheses) *out++ = ')';
    return out;
}

static void expressions(uint32_t count) {
    char *text = allocate(1 << 20);
    Random r = {91};
    double total = 0;
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < count; i++) {
        *write_expression(text, &r, 9) = 0;
        Scanner s = {text, 0, 0};
        double v = sum(&s);
        if (v < 1e9 && v > -1e9) total += v;
        if (s.deepest > deepest) deepest = s.deepest;
    }
    memset(text, '(', 1500);
    strcpy(text + 1500, "7");
    Scanner s = {text, 0, 0};
    printf("expressions: %.9g, deepest %u, %g in %u\n", total, (unsigned)deepest, sum(&s), (unsigned)s.deepest);
    free(text);
}

// --- Flood fill ---

enum { SIDE = 48 };
static uint8_t grid[SIDE][SIDE];

static uint32_t fill(int x, int y, uint8_t colour) {
    if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || grid[y][x]) return 0;
    grid[y][x] = colour;
    return 1 + fill(x + 1, y, colour) + fill(x, y + 1, colour) + fill(x - 1, y, colour) + fill(x, y - 1, colour);
}

static void regions(void) {
    Random r = {92};
    uint32_t count = 0, largest = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) grid[y][x] = random_below(&r, 100) < 38 ? 255 : 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            uint32_t n = fill(x, y, (uint8_t)(1 + count % 250));
            count += n != 0;
            if (n > largest) largest = n;
        }
    printf("regions: %u, largest %u, %016llx\n", (unsigned)count, (unsigned)largest,
           (unsigned long long)fnv_bytes(FNV_BASIS, grid, sizeof grid));
}

// --- Sudoku ---

typedef struct {
    uint16_t rows[9], columns[9], boxes[9];
    uint8_t cells[81];
} Sudoku;

static void set_digit(Sudoku *s, uint32_t at, uint32_t bit, uint8_t digit) {
    uint32_t row = at / 9, column = at % 9;
    s->rows[row] ^= (uint16_t)bit;
    s->columns[column] ^= (uint16_t)bit;
    s->boxes[row / 3 * 3 + column / 3] ^= (uint16_t)bit;
    s->cells[at] = digit;
}

static uint32_t solve(Sudoku *s, uint32_t limit) {
    uint32_t best = 81, fewest = 10, options = 0;
    calls++;
    for (uint32_t i = 0; i < 81; i++) {
        if (s->cells[i]) continue;
        uint32_t open = 0x1ffu & ~(uint32_t)(s->rows[i / 9] | s->columns[i % 9] | s->boxes[i / 27 * 3 + i % 9 / 3]);
        uint32_t n = (uint32_t)__builtin_popcount(open);
        if (n < fewest) {
            fewest = n;
            best = i;
            options = open;
        }
    }
    if (best == 81) return 1;
    uint32_t found = 0;
    for (; options && found < limit; options &= options - 1) {
        uint32_t bit = options & (0 - options);
        set_digit(s, best, bit, (uint8_t)(1 + __builtin_ctz(bit)));
        found += solve(s, limit - found);
        if (found < limit) set_digit(s, best, bit, 0);
    }
    return found;
}

static void sudoku(const char *clues, uint32_t limit) {
    Sudoku s;
    memset(&s, 0, sizeof s);
    for (uint32_t i = 0; i < 81; i++)
        if (clues[i] != '.') set_digit(&s, i, 1u << (clues[i] - '1'), (uint8_t)(clues[i] - '0'));
    uint64_t before = calls;
    uint32_t found = solve(&s, limit);
    printf("sudoku: %u found in %llu calls", (unsigned)found, (unsigned long long)(calls - before));
    for (uint32_t i = 0; i < 81; i++) printf("%s%u", i % 27 ? "" : " ", (unsigned)s.cells[i]);
    printf("\n");
}

int main(int argc, char **argv) {
    uint32_t scale = size_argument(argc, argv, 1, 14);
    uint8_t items[10];
    for (uint32_t i = 0; i < 10; i++) items[i] = (uint8_t)('a' + i);
    bench_start();
    printf("ackermann: %u\n", (unsigned)ackermann(2, 300 + scale * 10));
    uint32_t n = scale < 6 ? 5 : 7;
    printf("ackermann(3, %u): %u\n", (unsigned)n, (unsigned)ackermann(3, n));
    printf("takeuchi: %d\n", (int)takeuchi((int32_t)scale + 8, (int32_t)scale / 2 + 3, 0));
    uint64_t h = 0;
    for (uint32_t i = 0; i < scale * 50; i++) h ^= even_depth(4000 + i % 7, h + i);
    printf("depth: %016llx\n", (unsigned long long)h);
    printf("hofstadter: %u %u\n", (unsigned)hofstadter_female(60 + scale), (unsigned)hofstadter_male(60 + scale));
    for (uint32_t k = 4; k <= 6 + scale / 2; k++) printf("queens %u: %u\n", (unsigned)k, (unsigned)queens((1u << k) - 1, 0, 0, 0));
    uint64_t permutations = FNV_BASIS;
    permute(items, scale < 6 ? 7 : 10, 0, &permutations);
    printf("permutations: %016llx\n", (unsigned long long)permutations);
    printf("hanoi: %016llx\n", (unsigned long long)hanoi(10 + scale, 1, 3, 0));
    expressions(scale * 200);
    regions();
    sudoku("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79", 2);
    sudoku("8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..", 1);
    sudoku(".................................................................................", scale * 300);
    bench_end();
    printf("%llu calls\n", (unsigned long long)calls);
    return 0;
}
