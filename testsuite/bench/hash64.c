// A 64-bit hash in the manner of xxHash: four lanes of multiply and rotate over a megabyte.
#include "support.h"

static const uint64_t prime1 = 0x9e3779b185ebca87u, prime2 = 0xc2b2ae3d27d4eb4fu, prime3 = 0x165667b19e3779f9u;

static uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }
static uint64_t mix(uint64_t lane, uint64_t input) { return rotate(lane + input * prime2, 31) * prime1; }

static uint64_t hash(const uint8_t *p, size_t n, uint64_t seed) {
    uint64_t lanes[4] = {seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        for (int lane = 0; lane < 4; lane++) {
            uint64_t word;
            memcpy(&word, p + i + 8 * lane, 8);
            lanes[lane] = mix(lanes[lane], word);
        }
    }
    uint64_t h = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18) + n;
    for (; i < n; i++) h = rotate(h ^ p[i] * prime3, 11) * prime1;
    h = (h ^ h >> 33) * prime2;
    h = (h ^ h >> 29) * prime3;
    return h ^ h >> 32;
}

int main(void) {
    size_t n = (1 << 20) + 13;
    uint8_t *data = malloc(n);
    if (!data) die("memory");
    Random random = {1};
    for (size_t i = 0; i < n; i++) data[i] = (uint8_t)random_next(&random);
    uint64_t h = 0;
    bench_start();
    for (int round = 0; round < 400; round++) h = hash(data, n, h);
    bench_end();
    printf("%016llx\n", (unsigned long long)h);
}
