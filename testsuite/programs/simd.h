// Vectors of 16 bytes: arithmetic is the compiler's own on vector types; what these lack is WebAssembly's instruction, or natively a loop that
// does the same.
#ifndef PRECAST_SIMD_H
#define PRECAST_SIMD_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#define VECTOR __attribute__((vector_size(16), aligned(1), may_alias))
typedef uint8_t u8x16 VECTOR;
typedef int8_t i8x16 VECTOR;
typedef uint16_t u16x8 VECTOR;
typedef int16_t i16x8 VECTOR;
typedef uint32_t u32x4 VECTOR;
typedef int32_t i32x4 VECTOR;
typedef uint64_t u64x2 VECTOR;
typedef float f32x4 VECTOR;
typedef double f64x2 VECTOR;

#ifdef __wasm_simd128__
#define LANES(result, type, instruction, ...) return (result)(instruction);
#else
#define LANES(result, type, instruction, ...) \
    result r; \
    for (unsigned i = 0; i < sizeof r / sizeof(type); i++) r[i] = (type)(__VA_ARGS__); \
    return r;
#endif

static inline int clamp(int x, int low, int high) { return x < low ? low : x > high ? high : x; }
static inline int32_t saturate(float x) {
    return x != x ? 0 : x <= -2147483648.0f ? INT32_MIN : x >= 2147483648.0f ? INT32_MAX : (int32_t)x;
}
static inline float low_of(float a, float b) { return a == b ? (signbit(a) ? a : b) : a < b ? a : b; }
static inline float high_of(float a, float b) { return a == b ? (signbit(a) ? b : a) : a > b ? a : b; }

static inline u8x16 load8(const void *p) { return *(const u8x16 *)p; }
static inline u32x4 load32(const void *p) { return *(const u32x4 *)p; }
static inline f32x4 load_float(const void *p) { return *(const f32x4 *)p; }
static inline void store(void *p, u8x16 v) { *(u8x16 *)p = v; }

static inline u8x16 swizzle(u8x16 a, u8x16 b) { LANES(u8x16, uint8_t, wasm_i8x16_swizzle((v128_t)a, (v128_t)b), b[i] < 16 ? a[b[i] & 15] : 0) }
static inline u8x16 add_saturating(u8x16 a, u8x16 b) { LANES(u8x16, uint8_t, wasm_u8x16_add_sat((v128_t)a, (v128_t)b), clamp(a[i] + b[i], 0, 255)) }
static inline u8x16 average(u8x16 a, u8x16 b) { LANES(u8x16, uint8_t, wasm_u8x16_avgr((v128_t)a, (v128_t)b), (a[i] + b[i] + 1) / 2) }
static inline u8x16 count_bits(u8x16 a) { LANES(u8x16, uint8_t, wasm_i8x16_popcnt((v128_t)a), __builtin_popcount(a[i])) }
static inline i16x8 add_words(i16x8 a, i16x8 b) { LANES(i16x8, int16_t, wasm_i16x8_add_sat((v128_t)a, (v128_t)b), clamp(a[i] + b[i], -32768, 32767)) }
static inline i16x8 scale_words(i16x8 a, i16x8 b) {
    LANES(i16x8, int16_t, wasm_i16x8_q15mulr_sat((v128_t)a, (v128_t)b), clamp((a[i] * b[i] + 0x4000) >> 15, -32768, 32767))
}
static inline i16x8 absolute(i16x8 a) { LANES(i16x8, int16_t, wasm_i16x8_abs((v128_t)a), a[i] < 0 ? -a[i] : a[i]) }
static inline i16x8 widen_low(u8x16 a) { LANES(i16x8, int16_t, wasm_u16x8_extend_low_u8x16((v128_t)a), a[i]) }
static inline i16x8 widen_high(u8x16 a) { LANES(i16x8, int16_t, wasm_u16x8_extend_high_u8x16((v128_t)a), a[8 + i]) }
static inline u8x16 narrow(i16x8 a, i16x8 b) { LANES(u8x16, uint8_t, wasm_u8x16_narrow_i16x8((v128_t)a, (v128_t)b), clamp(i < 8 ? a[i] : b[i - 8], 0, 255)) }
static inline i32x4 dot(i16x8 a, i16x8 b) {
    LANES(i32x4, int32_t, wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b), (uint32_t)(a[2 * i] * b[2 * i]) + (uint32_t)(a[2 * i + 1] * b[2 * i + 1]))
}
static inline u32x4 add_pairs(u16x8 a) { LANES(u32x4, uint32_t, wasm_u32x4_extadd_pairwise_u16x8((v128_t)a), a[2 * i] + a[2 * i + 1]) }
static inline u16x8 add_byte_pairs(u8x16 a) { LANES(u16x8, uint16_t, wasm_u16x8_extadd_pairwise_u8x16((v128_t)a), a[2 * i] + a[2 * i + 1]) }
static inline i32x4 truncate(f32x4 a) { LANES(i32x4, int32_t, wasm_i32x4_trunc_sat_f32x4((v128_t)a), saturate(a[i])) }
static inline f32x4 to_float(i32x4 a) { LANES(f32x4, float, wasm_f32x4_convert_i32x4((v128_t)a), a[i]) }
static inline f32x4 smaller(f32x4 a, f32x4 b) { LANES(f32x4, float, wasm_f32x4_min((v128_t)a, (v128_t)b), low_of(a[i], b[i])) }
static inline f32x4 larger(f32x4 a, f32x4 b) { LANES(f32x4, float, wasm_f32x4_max((v128_t)a, (v128_t)b), high_of(a[i], b[i])) }
static inline f32x4 square_root(f32x4 a) { LANES(f32x4, float, wasm_f32x4_sqrt((v128_t)a), sqrtf(a[i])) }
static inline f32x4 round_down(f32x4 a) { LANES(f32x4, float, wasm_f32x4_floor((v128_t)a), floorf(a[i])) }
static inline u32x4 choose(u32x4 mask, u32x4 yes, u32x4 no) { LANES(u32x4, uint32_t, wasm_v128_bitselect((v128_t)yes, (v128_t)no, (v128_t)mask), (yes[i] & mask[i]) | (no[i] & ~mask[i])) }

// A bit for each byte whose top bit is set.
static inline unsigned sign_bits(u8x16 a) {
#ifdef __wasm_simd128__
    return wasm_i8x16_bitmask((v128_t)a);
#else
    unsigned bits = 0;
    for (int i = 0; i < 16; i++) bits |= (unsigned)(a[i] >> 7) << i;
    return bits;
#endif
}
static inline int any(u32x4 a) {
#ifdef __wasm_simd128__
    return wasm_v128_any_true((v128_t)a);
#else
    return (a[0] | a[1] | a[2] | a[3]) != 0;
#endif
}

#endif
