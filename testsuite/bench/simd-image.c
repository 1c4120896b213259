// 128-bit integers: brightness with saturation, a blur, a histogram of maxima, gray from colours, Adler-32.
// wasm: -msimd128
#include <wasm_simd128.h>
#include "support.h"

enum { width = 640, height = 360 };
static uint8_t from[width * height + 64], to[width * height + 64];

static uint32_t adler(const uint8_t *p, size_t n) {
    uint32_t a = 1, b = 0;
    const v128_t weights = wasm_i8x16_make(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    for (size_t i = 0; i + 16 <= n; i += 16) {
        v128_t x = wasm_v128_load(p + i);
        v128_t sums = wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(x));
        v128_t low = wasm_u16x8_extmul_low_u8x16(x, weights), high = wasm_u16x8_extmul_high_u8x16(x, weights);
        v128_t products = wasm_i32x4_add(wasm_u32x4_extadd_pairwise_u16x8(low), wasm_u32x4_extadd_pairwise_u16x8(high));
        uint32_t s = wasm_u32x4_extract_lane(sums, 0) + wasm_u32x4_extract_lane(sums, 1) + wasm_u32x4_extract_lane(sums, 2) + wasm_u32x4_extract_lane(sums, 3);
        uint32_t t = wasm_u32x4_extract_lane(products, 0) + wasm_u32x4_extract_lane(products, 1) + wasm_u32x4_extract_lane(products, 2) + wasm_u32x4_extract_lane(products, 3);
        b = (b + 16 * a + t) % 65521;
        a = (a + s) % 65521;
    }
    return b << 16 | a;
}

int main(void) {
    Random random = {11};
    for (int i = 0; i < width * height; i++) from[i] = (uint8_t)random_next(&random);
    uint64_t h = 0;
    bench_start();
    for (int round = 0; round < 250; round++) {
        v128_t bright = wasm_i8x16_splat((int8_t)(round & 31)), most = wasm_i8x16_splat(0);
        for (int i = 0; i < width * height; i += 16) {
            v128_t x = wasm_u8x16_add_sat(wasm_v128_load(from + i), bright);
            most = wasm_u8x16_max(most, x);
            wasm_v128_store(to + i, x);
        }
        for (int y = 1; y + 1 < height; y++) {
            for (int x = 0; x < width; x += 16) {
                uint8_t *at = to + y * width + x;
                v128_t vertical = wasm_u8x16_avgr(wasm_v128_load(at - width), wasm_v128_load(at + width));
                v128_t horizontal = wasm_u8x16_avgr(wasm_v128_load(at - 1), wasm_v128_load(at + 1));
                wasm_v128_store(at, wasm_u8x16_avgr(wasm_v128_load(at), wasm_u8x16_avgr(vertical, horizontal)));
            }
        }
        h = h * 31 + adler(to, width * height) + wasm_u8x16_extract_lane(most, 5) + (uint64_t)wasm_i8x16_bitmask(wasm_u8x16_gt(most, bright));
    }
    bench_end();
    printf("%016llx\n", (unsigned long long)h);
}
