// ChaCha20: sixteen words that all want a register.
#include "support.h"

static uint32_t rotate(uint32_t x, int n) { return x << n | x >> (32 - n); }
#define QUARTER(a, b, c, d) \
    a += b, d = rotate(d ^ a, 16), c += d, b = rotate(b ^ c, 12), a += b, d = rotate(d ^ a, 8), c += d, b = rotate(b ^ c, 7)

static void block(uint32_t out[16], const uint32_t in[16]) {
    uint32_t x[16];
    memcpy(x, in, sizeof x);
    for (int round = 0; round < 10; round++) {
        QUARTER(x[0], x[4], x[8], x[12]);
        QUARTER(x[1], x[5], x[9], x[13]);
        QUARTER(x[2], x[6], x[10], x[14]);
        QUARTER(x[3], x[7], x[11], x[15]);
        QUARTER(x[0], x[5], x[10], x[15]);
        QUARTER(x[1], x[6], x[11], x[12]);
        QUARTER(x[2], x[7], x[8], x[13]);
        QUARTER(x[3], x[4], x[9], x[14]);
    }
    for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

int main(void) {
    uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, out[16];
    for (int i = 4; i < 16; i++) state[i] = 0x01020304u * (uint32_t)i;
    uint64_t h = FNV_BASIS;
    bench_start();
    for (int i = 0; i < 1500000; i++) {
        state[12] = (uint32_t)i;
        block(out, state);
        h = h * 31 + out[i & 15];
    }
    bench_end();
    printf("%016llx\n", (unsigned long long)h);
}
