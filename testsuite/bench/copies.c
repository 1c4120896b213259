// Copies of the shapes that real programs have: small fixed structures, short strings, an LZ-like decoder, moves that overlap, fills.
#include "support.h"

typedef struct { uint64_t a, b, c; uint32_t d; } Small;
typedef struct { uint8_t bytes[100]; } Medium;

static Small smalls[512];
static Medium mediums[512];
static char text[1 << 16], other[1 << 16];

static size_t unpack(char *to, size_t limit, Random *random) {
    size_t at = 64;
    memset(to, 'x', at);
    while (at + 80 < limit) {
        uint32_t choice = random_below(random, 4096), length = 1 + choice % 24, distance = 1 + (choice >> 5) % 60;
        if (choice & 1) {
            for (uint32_t i = 0; i < length; i++, at++) to[at] = to[at - distance];
        } else {
            memcpy(to + at, other + choice, length);
            at += length;
        }
    }
    return at;
}

int main(void) {
    Random random = {3};
    for (size_t i = 0; i < sizeof other; i++) other[i] = (char)random_below(&random, 256);
    uint64_t h = FNV_BASIS;
    bench_start();
    for (int round = 0; round < 300; round++) {
        for (int i = 0; i < 4096; i++) {
            uint32_t from = random_below(&random, 512), to = random_below(&random, 512);
            Small small = smalls[from];
            small.a += (uint64_t)i;
            small.d ^= (uint32_t)small.a;
            smalls[to] = small;
            mediums[to] = mediums[from];
            mediums[to].bytes[i % 100] = (uint8_t)i;
        }
        h = h * 31 + unpack(text, sizeof text, &random);
        memmove(text + 100 + round % 50, text + 90, 30000);
        memset(text + 40000, round, 5000 + (size_t)round);
        h = h * 31 + (uint8_t)text[(size_t)round * 200];
    }
    bench_end();
    for (int i = 0; i < 512; i++) h = fnv_u64(fnv_bytes(h, mediums[i].bytes, 100), smalls[i].a);
    printf("%016llx\n", (unsigned long long)h);
}
