// The entry of the programs in Swift: `NAME [SCALE]`.
#include "support.h"

void program(uint32_t scale);

#ifdef __wasm__
// Embedded Swift seeds its hashing from here.
void arc4random_buf(void *out, size_t n) {
    static Random r = {1};
    for (uint8_t *p = out; n--;) *p++ = (uint8_t)random_next(&r);
}
#endif

int main(int argc, char **argv) {
    uint32_t scale = size_argument(argc, argv, 1, 100);
    bench_start();
    program(scale);
    bench_end();
    return 0;
}
