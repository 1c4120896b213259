// Arithmetic on large integers, 64 bits a limb with 64×64→128-bit products: π, factorials, Fibonacci numbers, Karatsuba, and
// modular exponentiation by Montgomery's method.
// bigint [DIGITS]
#include "support.h"

typedef unsigned __int128 uint128;
typedef uint64_t Limb;

typedef struct {
    Limb *limbs;  // least significant first, no leading zeros
    uint32_t count;
} Natural;

static Natural natural(uint32_t capacity) { return (Natural){calloc(capacity ? capacity : 1, sizeof(Limb)), 0}; }

static void trim(Natural *n, uint32_t count) {
    while (count && n->limbs[count - 1] == 0) count--;
    n->count = count;
}

static Natural from_u64(Limb v) {
    Natural n = natural(1);
    n.limbs[0] = v;
    trim(&n, 1);
    return n;
}

static Limb add_limbs(Limb *out, const Limb *a, uint32_t n, const Limb *b, uint32_t m) {
    Limb carry = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint128 s = (uint128)a[i] + (i < m ? b[i] : 0) + carry;
        out[i] = (Limb)s;
        carry = (Limb)(s >> 64);
    }
    return carry;
}

static Limb sub_limbs(Limb *out, const Limb *a, uint32_t n, const Limb *b, uint32_t m) {
    Limb borrow = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint128 d = (uint128)a[i] - (i < m ? b[i] : 0) - borrow;
        out[i] = (Limb)d;
        borrow = (Limb)(d >> 64) & 1;
    }
    return borrow;
}

static Limb multiply_small(Limb *a, uint32_t n, Limb factor, Limb carry) {
    for (uint32_t i = 0; i < n; i++) {
        uint128 p = (uint128)a[i] * factor + carry;
        a[i] = (Limb)p;
        carry = (Limb)(p >> 64);
    }
    return carry;
}

// Divides by a divisor below 2^32, so that two 64-bit divisions do for a limb.
static uint32_t divide_small(Limb *a, uint32_t n, uint32_t divisor) {
    uint64_t rest = 0;
    for (uint32_t i = n; i-- > 0;) {
        uint64_t high = rest << 32 | a[i] >> 32, low = (high % divisor) << 32 | (uint32_t)a[i];
        a[i] = (high / divisor) << 32 | low / divisor;
        rest = low % divisor;
    }
    return (uint32_t)rest;
}

static void multiply_plain(Limb *out, const Limb *a, uint32_t n, const Limb *b, uint32_t m) {
    memset(out, 0, (n + m) * sizeof(Limb));
    for (uint32_t i = 0; i < n; i++) {
        Limb carry = 0;
        for (uint32_t j = 0; j < m; j++) {
            uint128 p = (uint128)a[i] * b[j] + out[i + j] + carry;
            out[i + j] = (Limb)p;
            carry = (Limb)(p >> 64);
        }
        out[i + m] = carry;
    }
}

enum { KARATSUBA = 40 };

static void multiply_square(Limb *out, const Limb *a, const Limb *b, uint32_t n) {
    if (n < KARATSUBA) {
        multiply_plain(out, a, n, b, n);
        return;
    }
    uint32_t low = n / 2, high = n - low, m = high + 1;
    Limb *x = calloc(4 * m, sizeof(Limb)), *y = x + m, *middle = y + m;
    if (!x) die("out of memory");
    x[high] = add_limbs(x, a + low, high, a, low);
    y[high] = add_limbs(y, b + low, high, b, low);
    multiply_square(middle, x, y, m);
    multiply_square(out, a, b, low);
    multiply_square(out + 2 * low, a + low, b + low, high);
    sub_limbs(middle, middle, 2 * m, out, 2 * low);
    sub_limbs(middle, middle, 2 * m, out + 2 * low, 2 * high);
    uint32_t room = 2 * n - low;
    add_limbs(out + low, out + low, room, middle, 2 * m < room ? 2 * m : room);
    free(x);
}

static Natural multiply(Natural a, Natural b) {
    Natural out = natural(a.count + b.count);
    if (a.count < b.count) {
        Natural t = a;
        a = b;
        b = t;
    }
    if (b.count < KARATSUBA) {
        multiply_plain(out.limbs, a.limbs, a.count, b.limbs, b.count);
    } else {
        Limb *part = allocate(2 * b.count * sizeof(Limb)), *padded = allocate(b.count * sizeof(Limb));
        for (uint32_t at = 0; at < a.count; at += b.count) {
            uint32_t n = a.count - at < b.count ? a.count - at : b.count, room = a.count + b.count - at;
            memset(padded, 0, b.count * sizeof(Limb));
            memcpy(padded, a.limbs + at, n * sizeof(Limb));
            multiply_square(part, padded, b.limbs, b.count);
            add_limbs(out.limbs + at, out.limbs + at, room, part, 2 * b.count < room ? 2 * b.count : room);
        }
        free(part);
        free(padded);
    }
    trim(&out, a.count + b.count);
    return out;
}

static Natural add(Natural a, Natural b) {
    if (a.count < b.count) return add(b, a);
    Natural out = natural(a.count + 1);
    out.limbs[a.count] = add_limbs(out.limbs, a.limbs, a.count, b.limbs, b.count);
    trim(&out, a.count + 1);
    return out;
}

static Natural subtract(Natural a, Natural b) {
    Natural out = natural(a.count);
    if (sub_limbs(out.limbs, a.limbs, a.count, b.limbs, b.count)) die("negative difference");
    trim(&out, a.count);
    return out;
}

static char *decimal(Natural n) {
    Limb *work = allocate(n.count * sizeof(Limb));
    memcpy(work, n.limbs, n.count * sizeof(Limb));
    uint32_t capacity = n.count * 20 + 12, at = capacity, count = n.count;
    char *text = allocate(capacity + 1), *out;
    text[at] = 0;
    do {
        uint32_t chunk = divide_small(work, count, 1000000000);
        while (count && work[count - 1] == 0) count--;
        for (int i = 0; i < 9 && (count || chunk || i == 0); i++, chunk /= 10) text[--at] = (char)('0' + chunk % 10);
    } while (count);
    out = allocate(capacity - at + 1);
    memcpy(out, text + at, capacity - at + 1);
    free(text);
    free(work);
    return out;
}

static void show(const char *name, Natural n) {
    char *d = decimal(n);
    uint32_t length = (uint32_t)strlen(d);
    printf("%s: %u digits, %.20s…%s, %016llx\n", name, (unsigned)length, d, length > 20 ? d + length - 10 : "",
           (unsigned long long)fnv_bytes(FNV_BASIS, d, length));
    free(d);
}

// π = 16 arctan(1/5) - 4 arctan(1/239), in fixed point with the binary point below the top limb.
static void arctan_terms(Limb *sum, uint32_t n, uint32_t factor, uint32_t inverse, bool negative) {
    Limb *power = calloc(n, sizeof(Limb)), *term = allocate(n * sizeof(Limb));
    power[n - 1] = factor;
    divide_small(power, n, inverse);
    for (uint32_t k = 1, used = n; used; k += 2) {
        memcpy(term, power, n * sizeof(Limb));
        divide_small(term, used, k);
        bool minus = negative ^ (k % 4 == 3);
        if (minus) sub_limbs(sum, sum, n, term, used);
        else add_limbs(sum, sum, n, term, used);
        divide_small(power, used, inverse * inverse);
        while (used && power[used - 1] == 0) used--;
    }
    free(power);
    free(term);
}

static void pi(uint32_t digits) {
    uint32_t n = (uint32_t)(digits * 0.052) + 4;
    Limb *sum = calloc(n, sizeof(Limb));
    char *text = allocate(digits + 10);
    arctan_terms(sum, n, 16, 5, false);
    arctan_terms(sum, n, 4, 239, true);
    uint32_t at = 0;
    while (at < digits) {
        snprintf(text + at, 10, at ? "%09u" : "%u", (unsigned)sum[n - 1]);
        at += at ? 9 : 1;
        sum[n - 1] = 0;
        multiply_small(sum, n, 1000000000, 0);
    }
    printf("pi: %.30s…%.10s, %016llx\n", text, text + digits - 10, (unsigned long long)fnv_bytes(FNV_BASIS, text, digits));
    free(sum);
    free(text);
}

static void factorial(uint32_t n) {
    Natural f = natural(n + 2);
    f.limbs[0] = f.count = 1;
    for (uint32_t k = 2; k <= n; k++) {
        Limb carry = multiply_small(f.limbs, f.count, k, 0);
        if (carry) f.limbs[f.count++] = carry;
    }
    char name[32];
    snprintf(name, sizeof name, "%u!", (unsigned)n);
    show(name, f);
    free(f.limbs);
}

// F(2k) = F(k) (2 F(k+1) - F(k)), F(2k+1) = F(k)² + F(k+1)²
static void fibonacci(uint32_t n) {
    Natural a = from_u64(0), b = from_u64(1);
    for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
        Natural twice = add(b, b), t = subtract(twice, a), even = multiply(a, t), aa = multiply(a, a), bb = multiply(b, b);
        Natural odd = add(aa, bb);
        free(twice.limbs);
        free(t.limbs);
        free(aa.limbs);
        free(bb.limbs);
        free(a.limbs);
        free(b.limbs);
        a = even;
        b = odd;
        if (n & bit) {
            Natural next = add(a, b);
            free(a.limbs);
            a = b;
            b = next;
        }
    }
    show("fibonacci", a);
    free(a.limbs);
    free(b.limbs);
}

// --- Montgomery ---

enum { WIDTH = 16 };  // 1024 bits

static void montgomery_multiply(Limb *out, const Limb *a, const Limb *b, const Limb *modulus, Limb inverse) {
    Limb t[WIDTH + 2] = {0};
    for (int i = 0; i < WIDTH; i++) {
        Limb carry = 0;
        for (int j = 0; j < WIDTH; j++) {
            uint128 p = (uint128)a[j] * b[i] + t[j] + carry;
            t[j] = (Limb)p;
            carry = (Limb)(p >> 64);
        }
        uint128 s = (uint128)t[WIDTH] + carry;
        t[WIDTH] = (Limb)s;
        t[WIDTH + 1] = (Limb)(s >> 64);
        Limb m = t[0] * inverse;
        uint128 p = (uint128)m * modulus[0] + t[0];
        carry = (Limb)(p >> 64);
        for (int j = 1; j < WIDTH; j++) {
            p = (uint128)m * modulus[j] + t[j] + carry;
            t[j - 1] = (Limb)p;
            carry = (Limb)(p >> 64);
        }
        s = (uint128)t[WIDTH] + carry;
        t[WIDTH - 1] = (Limb)s;
        t[WIDTH] = t[WIDTH + 1] + (Limb)(s >> 64);
    }
    Limb reduced[WIDTH];
    Limb borrow = sub_limbs(reduced, t, WIDTH, modulus, WIDTH);
    memcpy(out, t[WIDTH] || !borrow ? reduced : t, sizeof reduced);
}

static void modular_power(uint32_t rounds) {
    Random r = {61};
    uint64_t h = FNV_BASIS;
    while (rounds--) {
        Limb modulus[WIDTH], base[WIDTH], result[WIDTH], inverse = 1;
        for (int i = 0; i < WIDTH; i++) {
            modulus[i] = random_next(&r);
            base[i] = random_next(&r);
        }
        modulus[0] |= 1;
        modulus[WIDTH - 1] |= 1ull << 63;
        base[WIDTH - 1] >>= 1;
        for (int i = 0; i < 6; i++) inverse *= 2 - modulus[0] * inverse;
        inverse = 0 - inverse;
        // 2^1024 mod m, then x·2^1024 mod m by doubling
        Limb one[WIDTH] = {0};
        sub_limbs(one, one, WIDTH, modulus, WIDTH);
        for (int i = 0; i < WIDTH * 64; i++) {
            Limb doubled[WIDTH], less[WIDTH];
            Limb carry = add_limbs(doubled, base, WIDTH, base, WIDTH);
            Limb borrow = sub_limbs(less, doubled, WIDTH, modulus, WIDTH);
            memcpy(base, carry || !borrow ? less : doubled, sizeof base);
        }
        memcpy(result, one, sizeof one);
        for (int i = 0; i < 256; i++) {
            montgomery_multiply(result, result, result, modulus, inverse);
            if (random_next(&r) & 1) montgomery_multiply(result, result, base, modulus, inverse);
        }
        for (int i = 0; i < WIDTH; i++) h = fnv_u64(h, result[i]);
    }
    printf("modular powers: %016llx\n", (unsigned long long)h);
}

int main(int argc, char **argv) {
    uint32_t digits = size_argument(argc, argv, 1, 10000);
    if (digits < 100) digits = 100;
    bench_start();
    pi(digits);
    factorial(digits / 2);
    fibonacci(digits * 100);
    modular_power(digits / 40);
    bench_end();
    return 0;
}
