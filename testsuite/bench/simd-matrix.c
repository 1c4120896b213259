// 128-bit floats: matrix products by rows, transposition by shuffles, reciprocals, conversions, comparisons and blends.
// wasm: -msimd128
#include <wasm_simd128.h>
#include "support.h"

enum { n = 128 };
static float a[n][n], b[n][n], c[n][n];

static void multiply(void) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j += 16) {
            v128_t s0 = wasm_f32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
            for (int k = 0; k < n; k++) {
                v128_t x = wasm_v128_load32_splat(&a[i][k]);
                s0 = wasm_f32x4_add(s0, wasm_f32x4_mul(x, wasm_v128_load(&b[k][j])));
                s1 = wasm_f32x4_add(s1, wasm_f32x4_mul(x, wasm_v128_load(&b[k][j + 4])));
                s2 = wasm_f32x4_add(s2, wasm_f32x4_mul(x, wasm_v128_load(&b[k][j + 8])));
                s3 = wasm_f32x4_add(s3, wasm_f32x4_mul(x, wasm_v128_load(&b[k][j + 12])));
            }
            wasm_v128_store(&c[i][j], s0);
            wasm_v128_store(&c[i][j + 4], s1);
            wasm_v128_store(&c[i][j + 8], s2);
            wasm_v128_store(&c[i][j + 12], s3);
        }
    }
}
static void transpose(void) {
    for (int i = 0; i < n; i += 4) {
        for (int j = 0; j < n; j += 4) {
            v128_t r0 = wasm_v128_load(&c[i][j]), r1 = wasm_v128_load(&c[i + 1][j]), r2 = wasm_v128_load(&c[i + 2][j]), r3 = wasm_v128_load(&c[i + 3][j]);
            v128_t t0 = wasm_i32x4_shuffle(r0, r1, 0, 4, 1, 5), t1 = wasm_i32x4_shuffle(r2, r3, 0, 4, 1, 5);
            v128_t t2 = wasm_i32x4_shuffle(r0, r1, 2, 6, 3, 7), t3 = wasm_i32x4_shuffle(r2, r3, 2, 6, 3, 7);
            wasm_v128_store(&a[j][i], wasm_i64x2_shuffle(t0, t1, 0, 2));
            wasm_v128_store(&a[j + 1][i], wasm_i64x2_shuffle(t0, t1, 1, 3));
            wasm_v128_store(&a[j + 2][i], wasm_i64x2_shuffle(t2, t3, 0, 2));
            wasm_v128_store(&a[j + 3][i], wasm_i64x2_shuffle(t2, t3, 1, 3));
        }
    }
}
static int scale(void) {
    v128_t most = wasm_f32x4_splat(0);
    for (int i = 0; i < n * n; i += 4) most = wasm_f32x4_pmax(most, wasm_f32x4_abs(wasm_v128_load(&a[0][0] + i)));
    float high = wasm_f32x4_extract_lane(most, 0);
    v128_t factor = wasm_f32x4_splat(high > 0 ? 1 / high : 1), half = wasm_f32x4_splat(0.5f);
    v128_t counts = wasm_i32x4_splat(0);
    for (int i = 0; i < n * n; i += 4) {
        v128_t x = wasm_f32x4_mul(wasm_v128_load(&a[0][0] + i), factor), big = wasm_f32x4_gt(x, half);
        counts = wasm_i32x4_sub(counts, big);
        counts = wasm_i32x4_add(counts, wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_floor(x)));
        wasm_v128_store(&a[0][0] + i, wasm_v128_bitselect(wasm_f32x4_sqrt(x), x, big));
    }
    return wasm_i32x4_extract_lane(counts, 0) + wasm_i32x4_extract_lane(counts, 3);
}

int main(void) {
    Random random = {13};
    for (int i = 0; i < n * n; i++) (&a[0][0])[i] = (float)random_below(&random, 100) / 64, (&b[0][0])[i] = (float)random_below(&random, 100) / 128;
    int total = 0;
    bench_start();
    for (int round = 0; round < 60; round++) {
        multiply();
        transpose();
        total += scale();
    }
    bench_end();
    printf("%d %.5e\n", total, (double)a[3][5]);
}
