// Bit sets and bit tricks: a sieve, population counts, leading and trailing zeros, n queens, de-interleaving, CRC without a table.
#include "support.h"

enum { limit = 2000000 };
static uint64_t set[limit / 64 + 1];

static int queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
    if (columns == all) return 1;
    int found = 0;
    for (uint32_t free = all & ~(columns | left | right); free; free &= free - 1) {
        uint32_t bit = free & -free;
        found += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}
static uint32_t deinterleave(uint64_t x) {
    x &= 0x5555555555555555u;
    x = (x | x >> 1) & 0x3333333333333333u;
    x = (x | x >> 2) & 0x0f0f0f0f0f0f0f0fu;
    x = (x | x >> 4) & 0x00ff00ff00ff00ffu;
    x = (x | x >> 8) & 0x0000ffff0000ffffu;
    return (uint32_t)(x | x >> 16);
}
static uint32_t crc(uint32_t c, uint8_t byte) {
    c ^= byte;
    for (int i = 0; i < 8; i++) c = c >> 1 ^ (0xedb88320u & -(c & 1));
    return c;
}

int main(void) {
    uint64_t h = 0;
    Random random = {7};
    bench_start();
    for (int round = 0; round < 4; round++) {
        memset(set, 0, sizeof set);
        for (uint32_t i = 2; i * i < limit; i++) {
            if (set[i / 64] >> i % 64 & 1) continue;
            for (uint32_t j = i * i; j < limit; j += i) set[j / 64] |= 1ull << j % 64;
        }
        for (size_t i = 0; i < limit / 64; i++) {
            h += (uint64_t)__builtin_popcountll(set[i]);
            if (set[i]) h += (uint64_t)(__builtin_clzll(set[i]) ^ __builtin_ctzll(set[i]));
        }
    }
    h += (uint64_t)queens((1 << 11) - 1, 0, 0, 0);
    uint32_t c = ~0u;
    for (int i = 0; i < 2000000; i++) {
        uint64_t x = random_next(&random);
        h += deinterleave(x) + deinterleave(x >> 1);
        c = crc(c, (uint8_t)x);
    }
    bench_end();
    printf("%llu %08x\n", (unsigned long long)h, c);
}
