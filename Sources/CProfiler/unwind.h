// One step out of a frame by `.eh_frame`, for signal handlers: no lock, no allocation, no write but to its result.
#ifndef PRECAST_UNWIND_H
#define PRECAST_UNWIND_H
#include <stdint.h>

#define HIDDEN __attribute__((visibility("hidden")))

// DWARF's numbers of registers.
#if defined(__x86_64__)
enum { FRAME_POINTER = 6, STACK_POINTER = 7, RETURN_ADDRESS = 16, REGISTERS = 17 };
#else
enum { FRAME_POINTER = 29, STACK_POINTER = 31, RETURN_ADDRESS = 30, REGISTERS = 32 };
#endif

typedef struct registers {
    uint64_t pc;
    uint64_t values[REGISTERS]; // those that functions save, the stack pointer and the return address; others are not kept up
} registers;

/// A return address as it was saved, without the signature that it may have.
static inline uint64_t return_address(uint64_t saved) {
#if defined(__aarch64__)
    register uint64_t link __asm__("x30") = saved;
    __asm__("hint #7" : "+r"(link)); // xpaclri
    return link;
#else
    return saved;
#endif
}

/// Code with unwind information: `index` is the address of its `.eh_frame_hdr`.
typedef struct unwound_code {
    uint64_t start;
    uint64_t end;
    uint64_t index;
} unwound_code;

/// Makes `state` that of the caller of the function that holds `pc`, an address in `code`. Only the stack from `low` to `high` is read.
/// `function` becomes the function's first address. Returns 0 if there is no rule that can be followed; then `state` is as it was.
HIDDEN int unwind_step(registers *state, const unwound_code *code, uint64_t pc, uint64_t low, uint64_t high, uint64_t *function);

#endif
