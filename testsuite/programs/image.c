// A picture: fractal, blur, edges, colours, lighting, a rotation; bytes, words and floats four, eight and sixteen at a time.
// image [SIZE] [ROUNDS]
// wasm: -msimd128
#include "simd.h"
#include "support.h"

static inline f32x4 splat(float x) { return (f32x4){x, x, x, x}; }
static inline i16x8 splat_words(int16_t x) { return (i16x8){x, x, x, x, x, x, x, x}; }

// --- A fractal: four points until all have left ---

static void fractal(uint8_t *out, uint32_t size, float zoom) {
    for (uint32_t y = 0; y < size; y++) {
        f32x4 ci = splat((float)y / (float)size * 2.0f * zoom - zoom);
        for (uint32_t x = 0; x < size; x += 4) {
            f32x4 column = to_float((i32x4){0, 1, 2, 3} + (int32_t)x);
            f32x4 cr = column / (float)size * 2.5f * zoom - 1.8f * zoom, zr = splat(0), zi = splat(0);
            u32x4 count = {0};
            for (int i = 0; i < 96; i++) {
                f32x4 rr = zr * zr, ii = zi * zi;
                u32x4 inside = (u32x4)(rr + ii <= 4.0f);
                if (!any(inside)) break;
                count -= inside;
                zi = (zr + zr) * zi + ci;
                zr = rr - ii + cr;
            }
            for (uint32_t k = 0; k < 4; k++) out[y * size + x + k] = (uint8_t)(count[k] * 5 / 2);
        }
    }
}

// --- Bytes: a blur by averages, edges by Sobel's operator, contrast ---

static void blur(uint8_t *out, const uint8_t *in, uint32_t size) {
    memcpy(out, in, size * size);
    for (uint32_t y = 1; y + 1 < size; y++) {
        for (uint32_t x = 1; x + 17 <= size; x += 16) {
            const uint8_t *p = in + y * size + x;
            u8x16 across = average(load8(p - 1), load8(p + 1)), down = average(load8(p - size), load8(p + size));
            store(out + y * size + x, average(load8(p), average(across, down)));
        }
    }
}

static inline i16x8 slope(i16x8 a0, i16x8 a1, i16x8 a2, i16x8 b0, i16x8 b1, i16x8 b2) { return (b0 - a0) + ((b1 - a1) << 1) + (b2 - a2); }

static inline i16x8 edge_half(const uint8_t *p, uint32_t size, int high) {
    i16x8 v[3][3];
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            u8x16 bytes = load8(p + (i - 1) * (int)size + k - 1);
            v[i][k] = high ? widen_high(bytes) : widen_low(bytes);
        }
    i16x8 x = absolute(slope(v[0][0], v[1][0], v[2][0], v[0][2], v[1][2], v[2][2]));
    i16x8 y = absolute(slope(v[0][0], v[0][1], v[0][2], v[2][0], v[2][1], v[2][2]));
    return scale_words(add_words(x, y), splat_words(20000));
}

static void edges(uint8_t *out, const uint8_t *in, uint32_t size) {
    memset(out, 0, size * size);
    for (uint32_t y = 1; y + 1 < size; y++)
        for (uint32_t x = 1; x + 17 <= size; x += 16) {
            const uint8_t *p = in + y * size + x;
            store(out + y * size + x, narrow(edge_half(p, size, 0), edge_half(p, size, 1)));
        }
}

// The sum of squared differences.
static uint64_t difference(const uint8_t *a, const uint8_t *b, uint32_t n) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i + 16 <= n; i += 16) {
        u8x16 x = load8(a + i), y = load8(b + i);
        i16x8 low = widen_low(x) - widen_low(y), high = widen_high(x) - widen_high(y);
        u32x4 squares = (u32x4)(dot(low, low) + dot(high, high));
        sum += (uint64_t)squares[0] + squares[1] + squares[2] + squares[3];
    }
    return sum;
}

// --- Floats: colours from brightness, light from the slope, a picture turned ---

static void colour(uint32_t *out, const uint8_t *in, const uint8_t *edge, uint32_t n) {
    for (uint32_t i = 0; i + 4 <= n; i += 4) {
        f32x4 grey = to_float((i32x4){in[i], in[i + 1], in[i + 2], in[i + 3]}) / 255.0f;
        f32x4 line = to_float((i32x4){edge[i], edge[i + 1], edge[i + 2], edge[i + 3]}) / 255.0f;
        f32x4 red = smaller(square_root(grey) + line, splat(1)), green = larger(grey * grey - line, splat(0));
        f32x4 blue = smaller(larger(1.5f * grey - 0.25f, splat(0)), splat(1));
        i32x4 r = truncate(red * 255.0f + 0.5f), g = truncate(green * 255.0f + 0.5f), b = truncate(blue * 255.0f + 0.5f);
        u32x4 packed = (u32x4)(r | g << 8 | b << 16), dark = (u32x4)(grey < 0.02f);
        store(out + i, (u8x16)choose(dark, (u32x4){0x202020, 0x202020, 0x202020, 0x202020}, packed));
    }
}

static void turn(uint32_t *out, const uint32_t *in, uint32_t size, float c, float s) {
    f32x4 middle = splat((float)size / 2);
    i32x4 limit = (i32x4){0} + (int32_t)size;
    for (uint32_t y = 0; y < size; y++)
        for (uint32_t x = 0; x < size; x += 4) {
            f32x4 dx = to_float((i32x4){0, 1, 2, 3} + (int32_t)x) - middle, dy = splat((float)y) - middle;
            i32x4 fx = truncate(round_down(dx * c - dy * s + middle)), fy = truncate(round_down(dx * s + dy * c + middle));
            i32x4 inside = (fx >= 0) & (fy >= 0) & (fx < limit) & (fy < limit), at = (fy * (int32_t)size + fx) & inside;
            u32x4 found = {in[at[0]], in[at[1]], in[at[2]], in[at[3]]};
            store(out + y * size + x, (u8x16)(found & (u32x4)inside));
        }
}

static double brightness(const uint32_t *in, uint32_t n) {
    f64x2 sum = {0, 0};
    for (uint32_t i = 0; i + 2 <= n; i += 2) {
        f64x2 v = {(double)(in[i] >> 8 & 255), (double)(in[i + 1] >> 8 & 255)};
        sum += v * v * (1.0 / 65025);
    }
    return sum[0] + sum[1];
}

int main(int argc, char **argv) {
    uint32_t size = (size_argument(argc, argv, 1, 512) + 15) & ~15u, rounds = size_argument(argc, argv, 2, 6), n = size * size;
    uint8_t *grey = allocate(n + 32), *soft = allocate(n + 32), *edge = allocate(n + 32);
    uint32_t *picture = allocate(4 * n + 32), *turned = allocate(4 * n + 32);
    uint64_t sum = FNV_BASIS, squares = 0;
    double light = 0;
    bench_start();
    for (uint32_t round = 0; round < rounds; round++) {
        fractal(grey, size, 1.0f / (float)(round + 1));
        for (int i = 0; i < 4; i++) {
            blur(soft, grey, size);
            blur(grey, soft, size);
        }
        edges(edge, grey, size);
        squares += difference(grey, soft, n) + difference(edge, grey, n);
        colour(picture, grey, edge, n);
        turn(turned, picture, size, 0.8f, 0.6f);
        light += brightness(turned, n);
        sum = fnv_bytes(sum, turned, 4 * (size_t)n);
    }
    bench_end();
    printf("picture %016llx\n", (unsigned long long)sum);
    printf("squares %llu\n", (unsigned long long)squares);
    printf("light %.9g\n", light);
    store(edge, add_saturating(load8(grey + 5 * size), load8(soft + 9 * size) >> 1));
    for (int i = 0; i < 16; i++) printf("%u ", edge[i]);
    printf("\n");
    return 0;
}
