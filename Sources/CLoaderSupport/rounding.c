// Rounding for processors without an instruction for it. System V: `vmctx` and the number.
#include "internal.h"

static float ceil_f32(void *context, float value) { (void)context; return __builtin_ceilf(value); }
static float floor_f32(void *context, float value) { (void)context; return __builtin_floorf(value); }
static float trunc_f32(void *context, float value) { (void)context; return __builtin_truncf(value); }
static float nearest_f32(void *context, float value) { (void)context; return __builtin_rintf(value); }
static double ceil_f64(void *context, double value) { (void)context; return __builtin_ceil(value); }
static double floor_f64(void *context, double value) { (void)context; return __builtin_floor(value); }
static double trunc_f64(void *context, double value) { (void)context; return __builtin_trunc(value); }
static double nearest_f64(void *context, double value) { (void)context; return __builtin_rint(value); }

uint64_t precast_rounding_address(uint32_t operation) {
    switch (operation) {
    case 0: return (uint64_t)(uintptr_t)ceil_f32;
    case 1: return (uint64_t)(uintptr_t)floor_f32;
    case 2: return (uint64_t)(uintptr_t)trunc_f32;
    case 3: return (uint64_t)(uintptr_t)nearest_f32;
    case 4: return (uint64_t)(uintptr_t)ceil_f64;
    case 5: return (uint64_t)(uintptr_t)floor_f64;
    case 6: return (uint64_t)(uintptr_t)trunc_f64;
    case 7: return (uint64_t)(uintptr_t)nearest_f64;
    default: return 0;
    }
}
