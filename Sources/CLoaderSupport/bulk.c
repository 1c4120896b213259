// The bulk memory builtins. They check bounds themselves: no fault happens inside.
#include "internal.h"
#include <string.h>

static const precast_memory *memory_at(const precast_vmctx *vmctx, uint64_t index) {
    return ((const precast_memory *const *)(uintptr_t)vmctx->memories)[index];
}

static int is_outside(const precast_memory *memory, uint64_t start, uint64_t length) {
    uint64_t available = precast_memory_length(memory);
    return length > available || start > available - length;
}

static int64_t fail(const precast_vmctx *vmctx) {
    ((precast_store_context *)(uintptr_t)vmctx->store)->pending_trap = PRECAST_TRAP_MEMORY_OUT_OF_BOUNDS;
    return -1;
}

static int64_t memory_copy(precast_vmctx *vmctx, uint64_t to, uint64_t from, uint64_t destination, uint64_t source, uint64_t length) {
    const precast_memory *target = memory_at(vmctx, to), *origin = memory_at(vmctx, from);
    if (is_outside(target, destination, length) || is_outside(origin, source, length)) return fail(vmctx);
    memmove((void *)(uintptr_t)(target->base + destination), (const void *)(uintptr_t)(origin->base + source), length);
    return 0;
}

static int64_t memory_fill(precast_vmctx *vmctx, uint64_t index, uint64_t destination, uint64_t value, uint64_t length) {
    const precast_memory *memory = memory_at(vmctx, index);
    if (is_outside(memory, destination, length)) return fail(vmctx);
    memset((void *)(uintptr_t)(memory->base + destination), (int)(value & 0xFF), length);
    return 0;
}

uint64_t precast_memory_copy_address(void) { return (uint64_t)(uintptr_t)memory_copy; }
uint64_t precast_memory_fill_address(void) { return (uint64_t)(uintptr_t)memory_fill; }
