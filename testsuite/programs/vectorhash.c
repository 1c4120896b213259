// BLAKE2s, ChaCha20, base64 there and back, UTF-8 checks and bit counts, sixteen bytes at a time.
// vectorhash [KIB] [ROUNDS]
// wasm: -msimd128
#include "simd.h"
#include "support.h"

#define ROTATE_LANES(v, a, b, c, d) __builtin_shufflevector(v, v, a, b, c, d)

static inline u32x4 rotate_right(u32x4 v, int n) { return v >> n | v << (32 - n); }
static inline u32x4 shuffle_bytes(u32x4 v, u8x16 order) { return (u32x4)swizzle((u8x16)v, order); }

// --- BLAKE2s (RFC 7693), a row of the state in each vector ---

static const uint32_t blake_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint8_t blake_order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

typedef struct {
    u32x4 a, b, c, d;
} Rows;

static inline void blake_half(Rows *r, u32x4 first, u32x4 second) {
    const u8x16 by16 = {2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13};
    const u8x16 by8 = {1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12};
    r->a += r->b + first;
    r->d = shuffle_bytes(r->d ^ r->a, by16);
    r->c += r->d;
    r->b = rotate_right(r->b ^ r->c, 12);
    r->a += r->b + second;
    r->d = shuffle_bytes(r->d ^ r->a, by8);
    r->c += r->d;
    r->b = rotate_right(r->b ^ r->c, 7);
}

static inline u32x4 gather(const uint32_t *m, const uint8_t *order, int start) {
    return (u32x4){m[order[start]], m[order[start + 2]], m[order[start + 4]], m[order[start + 6]]};
}

static void blake_block(uint32_t h[8], const uint8_t *p, uint64_t length, int last) {
    uint32_t m[16];
    memcpy(m, p, sizeof m);
    const u32x4 low = load32(h), high = load32(h + 4);
    Rows r = {low, high, load32(blake_start), load32(blake_start + 4)};
    r.d ^= (u32x4){(uint32_t)length, (uint32_t)(length >> 32), last ? ~0u : 0, 0};
    for (int round = 0; round < 10; round++) {
        const uint8_t *order = blake_order[round];
        blake_half(&r, gather(m, order, 0), gather(m, order, 1));
        r.b = ROTATE_LANES(r.b, 1, 2, 3, 0);
        r.c = ROTATE_LANES(r.c, 2, 3, 0, 1);
        r.d = ROTATE_LANES(r.d, 3, 0, 1, 2);
        blake_half(&r, gather(m, order, 8), gather(m, order, 9));
        r.b = ROTATE_LANES(r.b, 3, 0, 1, 2);
        r.c = ROTATE_LANES(r.c, 2, 3, 0, 1);
        r.d = ROTATE_LANES(r.d, 1, 2, 3, 0);
    }
    store(h, (u8x16)(low ^ r.a ^ r.c));
    store(h + 4, (u8x16)(high ^ r.b ^ r.d));
}

static void blake(uint32_t h[8], const uint8_t *p, uint32_t n) {
    memcpy(h, blake_start, sizeof blake_start);
    h[0] ^= 0x01010020;
    uint64_t done = 0;
    while (n - done > 64) {
        blake_block(h, p + done, done + 64, 0);
        done += 64;
    }
    uint8_t rest[64] = {0};
    memcpy(rest, p + done, n - done);
    blake_block(h, rest, n, 1);
}

// --- ChaCha20 (RFC 8439), four blocks at once: a word of each in every vector ---

static inline void quarter(u32x4 *s, int a, int b, int c, int d) {
    s[a] += s[b], s[d] = rotate_right(s[d] ^ s[a], 16);
    s[c] += s[d], s[b] = rotate_right(s[b] ^ s[c], 20);
    s[a] += s[b], s[d] = rotate_right(s[d] ^ s[a], 24);
    s[c] += s[d], s[b] = rotate_right(s[b] ^ s[c], 25);
}

static void chacha_blocks(uint8_t *p, const uint32_t state[16]) {
    u32x4 start[16], s[16];
    for (int i = 0; i < 16; i++) start[i] = (u32x4){state[i], state[i], state[i], state[i]};
    start[12] += (u32x4){0, 1, 2, 3};
    memcpy(s, start, sizeof s);
    for (int round = 0; round < 10; round++) {
        quarter(s, 0, 4, 8, 12), quarter(s, 1, 5, 9, 13), quarter(s, 2, 6, 10, 14), quarter(s, 3, 7, 11, 15);
        quarter(s, 0, 5, 10, 15), quarter(s, 1, 6, 11, 12), quarter(s, 2, 7, 8, 13), quarter(s, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i += 4) {
        u32x4 a = s[i] + start[i], b = s[i + 1] + start[i + 1], c = s[i + 2] + start[i + 2], d = s[i + 3] + start[i + 3];
        u32x4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        u32x4 AB = __builtin_shufflevector(a, b, 2, 6, 3, 7), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        u32x4 blocks[4] = {__builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                           __builtin_shufflevector(AB, CD, 0, 1, 4, 5), __builtin_shufflevector(AB, CD, 2, 3, 6, 7)};
        for (int k = 0; k < 4; k++) store(p + 64 * k + 4 * i, load8(p + 64 * k + 4 * i) ^ (u8x16)blocks[k]);
    }
}

static void chacha(uint8_t *p, uint32_t n, const uint32_t key[8]) {
    uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(state + 4, key, 32);
    for (uint32_t at = 0; at + 256 <= n; at += 256, state[12] += 4) chacha_blocks(p + at, state);
}

// --- Base64: twelve bytes are sixteen letters ---

static uint32_t encode(uint8_t *out, const uint8_t *in, uint32_t n) {
    const u8x16 spread = {1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10};
    const u8x16 offsets = {71, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 237, 240, 65, 0, 0};
    uint32_t written = 0;
    for (; n >= 16; n -= 12, in += 12, written += 16) {
        u32x4 v = (u32x4)swizzle(load8(in), spread);
        u32x4 sextets = (v >> 10 & 0x3f) | (v << 4 & 0x3f00) | (v >> 6 & 0x3f0000) | (v << 8 & 0x3f000000);
        u8x16 s = (u8x16)sextets, over = (u8x16)(s > 51) & (s - 51), upper = (u8x16)(s < 26) & 13;
        store(out + written, s + swizzle(offsets, over | upper));
    }
    return written;
}

static uint32_t decode(uint8_t *out, const uint8_t *in, uint32_t n) {
    const u8x16 pack = {2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255};
    uint32_t written = 0;
    for (; n >= 16; n -= 16, in += 16, written += 12) {
        u8x16 c = load8(in);
        u8x16 is_upper = (u8x16)(c >= 'A') & (u8x16)(c <= 'Z'), is_lower = (u8x16)(c >= 'a'), is_digit = (u8x16)(c >= '0') & (u8x16)(c <= '9');
        u8x16 s = c + (is_upper & 191) + (is_lower & 185) + (is_digit & 4) + ((u8x16)(c == '+') & 19) + ((u8x16)(c == '/') & 16);
        u32x4 v = (u32x4)s;
        u32x4 triples = (v << 18 & 0xfc0000) | (v << 4 & 0x3f000) | (v >> 10 & 0xfc0) | v >> 24;
        store(out + written, swizzle((u8x16)triples, pack));
    }
    return written;
}

// --- Text and bits ---

// The characters of UTF-8 text: bytes that do not continue one.
static uint64_t characters(const uint8_t *p, uint32_t n) {
    uint64_t count = 0;
    for (uint32_t i = 0; i + 16 <= n; i += 16) count += (uint64_t)__builtin_popcount(sign_bits((u8x16)((i8x16)load8(p + i) > -65)));
    return count;
}

static uint64_t ones(const uint8_t *p, uint32_t n) {
    u32x4 sum = {0};
    for (uint32_t i = 0; i + 16 <= n; i += 16) sum += add_pairs(add_byte_pairs(count_bits(load8(p + i))));
    return (uint64_t)sum[0] + sum[1] + sum[2] + sum[3];
}

static void show(const char *what, const uint32_t h[8]) {
    printf("%-10s", what);
    for (int i = 0; i < 32; i++) printf("%02x", ((const uint8_t *)h)[i]);
    printf("\n");
}

int main(int argc, char **argv) {
    uint32_t n = size_argument(argc, argv, 1, 1024) * 1024, rounds = size_argument(argc, argv, 2, 24);
    uint8_t *data = allocate(n + 16), *text = allocate(n * 2 + 32), *back = allocate(n + 32);
    Random random = {7};
    for (uint32_t i = 0; i < n; i++) data[i] = (uint8_t)random_next(&random);
    uint32_t h[8], key[8];
    blake(h, (const uint8_t *)"abc", 3);
    show("abc", h);
    bench_start();
    for (uint32_t round = 0; round < rounds; round++) {
        blake(key, data, n);
        chacha(data, n, key);
    }
    uint32_t letters = 0, bytes = 0;
    uint64_t bits = 0, starts = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        letters = encode(text, data, n);
        bytes = decode(back, text, letters);
        bits += ones(back, bytes);
        starts += characters(data + round, n - round);
    }
    bench_end();
    blake(h, data, n);
    show("stream", h);
    blake(h, text, letters);
    show("base64", h);
    printf("%u letters, %u bytes, %s\n", letters, bytes, memcmp(data, back, bytes) ? "different" : "the same");
    printf("%llu ones, %llu characters\n", (unsigned long long)bits, (unsigned long long)starts);
    return 0;
}
