// Dense matrices: multiplication plain, transposed and blocked in double, single and 32-bit integers; Strassen; Gauss-Jordan
// over a prime field; powers of a 0/1 matrix in bits.
// matrix [N]
#include <math.h>

#include "support.h"

#define DEFINE_MULTIPLY(name, Type)                                                       \
    static void name##_plain(uint32_t n, const Type *a, const Type *b, Type *c) {         \
        for (uint32_t i = 0; i < n; i++)                                                  \
            for (uint32_t j = 0; j < n; j++) {                                            \
                Type sum = 0;                                                             \
                for (uint32_t k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];      \
                c[i * n + j] = sum;                                                       \
            }                                                                             \
    }                                                                                     \
    static void name##_rows(uint32_t n, const Type *a, const Type *b, Type *c) {          \
        memset(c, 0, (size_t)n * n * sizeof(Type));                                       \
        for (uint32_t i = 0; i < n; i++)                                                  \
            for (uint32_t k = 0; k < n; k++) {                                            \
                Type x = a[i * n + k];                                                    \
                for (uint32_t j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];        \
            }                                                                             \
    }                                                                                     \
    static void name##_blocked(uint32_t n, const Type *a, const Type *b, Type *c) {       \
        enum { BLOCK = 32 };                                                              \
        memset(c, 0, (size_t)n * n * sizeof(Type));                                       \
        for (uint32_t ii = 0; ii < n; ii += BLOCK)                                        \
            for (uint32_t kk = 0; kk < n; kk += BLOCK)                                    \
                for (uint32_t jj = 0; jj < n; jj += BLOCK)                                \
                    for (uint32_t i = ii; i < n && i < ii + BLOCK; i++)                   \
                        for (uint32_t k = kk; k < n && k < kk + BLOCK; k++) {             \
                            Type x = a[i * n + k];                                        \
                            for (uint32_t j = jj; j < n && j < jj + BLOCK; j++)           \
                                c[i * n + j] += x * b[k * n + j];                         \
                        }                                                                 \
    }                                                                                     \
    static void name##_test(uint32_t n) {                                                 \
        Type *a = allocate(n * n * sizeof *a), *b = allocate(n * n * sizeof *b);          \
        Type *c = allocate(n * n * sizeof *c);                                            \
        Random r = {51};                                                                  \
        for (uint32_t i = 0; i < n * n; i++) {                                            \
            a[i] = (Type)((int32_t)random_below(&r, 200) - 100);                          \
            b[i] = (Type)((int32_t)random_below(&r, 200) - 100);                          \
        }                                                                                 \
        void (*const ways[])(uint32_t, const Type *, const Type *, Type *) = {            \
            name##_plain, name##_rows, name##_blocked};                                   \
        for (int w = 0; w < 3; w++) {                                                     \
            ways[w](n, a, b, c);                                                          \
            double trace = 0, sum = 0;                                                    \
            for (uint32_t i = 0; i < n; i++) trace += (double)c[i * n + i];               \
            for (uint32_t i = 0; i < n * n; i++) sum += (double)c[i] * (double)(i % 7);   \
            printf(#name " %d: trace %.1f, sum %.1f\n", w, trace, sum);                   \
        }                                                                                 \
        free(a);                                                                          \
        free(b);                                                                          \
        free(c);                                                                          \
    }

DEFINE_MULTIPLY(double, double)
DEFINE_MULTIPLY(float, float)
DEFINE_MULTIPLY(int32, uint32_t)
DEFINE_MULTIPLY(int64, uint64_t)

// --- Strassen on doubles that hold integers, so that the order of additions does not show ---

static void add(uint32_t n, const double *a, uint32_t sa, const double *b, uint32_t sb, double sign, double *c) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) c[i * n + j] = a[i * sa + j] + sign * b[i * sb + j];
}

static void accumulate(uint32_t n, const double *m, double sign, double *c, uint32_t sc) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) c[i * sc + j] += sign * m[i * n + j];
}

static void strassen(uint32_t n, const double *a, uint32_t sa, const double *b, uint32_t sb, double *c) {
    if (n <= 32) {
        memset(c, 0, (size_t)n * n * sizeof *c);
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t k = 0; k < n; k++)
                for (uint32_t j = 0; j < n; j++) c[i * n + j] += a[i * sa + k] * b[k * sb + j];
        return;
    }
    uint32_t h = n / 2, cells = h * h;
    const double *a11 = a, *a12 = a + h, *a21 = a + h * sa, *a22 = a21 + h;
    const double *b11 = b, *b12 = b + h, *b21 = b + h * sb, *b22 = b21 + h;
    double *c11 = c, *c12 = c + h, *c21 = c + h * n, *c22 = c21 + h;
    double *x = allocate(3 * cells * sizeof *x), *y = x + cells, *m = y + cells;
    memset(c, 0, (size_t)n * n * sizeof *c);
    add(h, a11, sa, a22, sa, 1, x);
    add(h, b11, sb, b22, sb, 1, y);
    strassen(h, x, h, y, h, m);
    accumulate(h, m, 1, c11, n);
    accumulate(h, m, 1, c22, n);
    add(h, a21, sa, a22, sa, 1, x);
    strassen(h, x, h, b11, sb, m);
    accumulate(h, m, 1, c21, n);
    accumulate(h, m, -1, c22, n);
    add(h, b12, sb, b22, sb, -1, y);
    strassen(h, a11, sa, y, h, m);
    accumulate(h, m, 1, c12, n);
    accumulate(h, m, 1, c22, n);
    add(h, b21, sb, b11, sb, -1, y);
    strassen(h, a22, sa, y, h, m);
    accumulate(h, m, 1, c11, n);
    accumulate(h, m, 1, c21, n);
    add(h, a11, sa, a12, sa, 1, x);
    strassen(h, x, h, b22, sb, m);
    accumulate(h, m, -1, c11, n);
    accumulate(h, m, 1, c12, n);
    add(h, a21, sa, a11, sa, -1, x);
    add(h, b11, sb, b12, sb, 1, y);
    strassen(h, x, h, y, h, m);
    accumulate(h, m, 1, c22, n);
    add(h, a12, sa, a22, sa, -1, x);
    add(h, b21, sb, b22, sb, 1, y);
    strassen(h, x, h, y, h, m);
    accumulate(h, m, 1, c11, n);
    free(x);
}

static void strassen_test(uint32_t limit) {
    uint32_t n = 32;
    while (n * 2 <= limit) n *= 2;
    double *a = allocate(n * n * sizeof *a), *b = allocate(n * n * sizeof *b);
    double *c = allocate(n * n * sizeof *c), *d = allocate(n * n * sizeof *d);
    Random r = {52};
    for (uint32_t i = 0; i < n * n; i++) {
        a[i] = (double)random_below(&r, 100);
        b[i] = (double)random_below(&r, 100) - 50;
    }
    strassen(n, a, n, b, n, c);
    double_rows(n, a, b, d);
    uint32_t different = 0;
    for (uint32_t i = 0; i < n * n; i++) different += c[i] != d[i];
    printf("strassen %u: %u cells differ, last %.0f\n", (unsigned)n, (unsigned)different, c[n * n - 1]);
    free(a);
    free(b);
    free(c);
    free(d);
}

// --- Inverse over the integers modulo a prime ---

enum { PRIME = 998244353 };

static uint32_t power_mod(uint64_t base, uint32_t exponent) {
    uint64_t result = 1;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1) result = result * base % PRIME;
        base = base * base % PRIME;
    }
    return (uint32_t)result;
}

static void inverse_test(uint32_t n) {
    uint32_t w = 2 * n, *m = calloc((size_t)n * w, sizeof *m);
    if (!m) die("out of memory");
    Random r = {53};
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) m[i * w + j] = random_below(&r, PRIME);
        m[i * w + n + i] = 1;
    }
    uint64_t determinant = 1;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t p = k;
        while (p < n && m[p * w + k] == 0) p++;
        if (p == n) die("singular");
        for (uint32_t j = 0; j < w && p != k; j++) {
            uint32_t t = m[k * w + j];
            m[k * w + j] = m[p * w + j];
            m[p * w + j] = t;
        }
        if (p != k) determinant = PRIME - determinant;
        determinant = determinant * m[k * w + k] % PRIME;
        uint64_t scale = power_mod(m[k * w + k], PRIME - 2);
        for (uint32_t j = 0; j < w; j++) m[k * w + j] = (uint32_t)(m[k * w + j] * scale % PRIME);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t f = m[i * w + k];
            if (i == k || f == 0) continue;
            for (uint32_t j = k; j < w; j++) m[i * w + j] = (uint32_t)((m[i * w + j] + (PRIME - f) * m[k * w + j]) % PRIME);
        }
    }
    uint64_t h = FNV_BASIS;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = n; j < w; j++) h = fnv_u64(h, m[i * w + j]);
    printf("inverse %u: determinant %llu, %016llx\n", (unsigned)n, (unsigned long long)determinant, (unsigned long long)h);
    free(m);
}

// --- Reachability in bits ---

static void closure_test(uint32_t n) {
    uint32_t words = (n + 63) / 64;
    uint64_t *rows = calloc((size_t)n * words, sizeof *rows);
    if (!rows) die("out of memory");
    Random r = {54};
    for (uint32_t i = 0; i < n + n / 4; i++) {
        uint32_t a = random_below(&r, n), b = random_below(&r, n);
        rows[a * words + b / 64] |= 1ull << (b % 64);
    }
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < n; i++)
            if (rows[i * words + k / 64] >> (k % 64) & 1)
                for (uint32_t w = 0; w < words; w++) rows[i * words + w] |= rows[k * words + w];
    uint32_t reachable = 0, leading = 0, trailing = 0;
    for (uint32_t i = 0; i < n * words; i++) {
        reachable += (uint32_t)__builtin_popcountll(rows[i]);
        if (rows[i]) {
            leading += (uint32_t)__builtin_clzll(rows[i]);
            trailing += (uint32_t)__builtin_ctzll(rows[i]);
        }
    }
    printf("closure %u: %u pairs, %u, %u\n", (unsigned)n, (unsigned)reachable, (unsigned)leading, (unsigned)trailing);
    free(rows);
}

int main(int argc, char **argv) {
    uint32_t n = size_argument(argc, argv, 1, 400);
    bench_start();
    double_test(n);
    float_test(n);
    int32_test(n);
    int64_test(n / 2);
    strassen_test(n);
    inverse_test(n / 2);
    closure_test(4 * n);
    bench_end();
    return 0;
}
