// The ranges of loaded code, for signal handlers.
//
// Readers are signal handlers: they may take no lock. The ranges lie sorted in an immutable array that writers replace as
// a whole. A reader announces itself, then loads the array's address; a writer publishes the new array first and frees the
// old one once it has seen no reader announced, so no reader can still hold the old address. Readers hold it for a binary
// search only, and never while they chain to a foreign handler.
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

typedef struct range_array {
    uint64_t count;
    precast_code_range ranges[];
} range_array;

static range_array *published;
static uint64_t readers;
static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;

// The system unwinder learns one rule for a module's whole text: the caller's frame is behind the frame pointer. It holds at
// every return address, since functions without a frame call nothing, and where the entry's frame is found so are all
// registers. So registering costs the same however much code there is, and reads nothing of the artifact.
#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
extern void __register_frame(void *) __attribute__((weak));
extern void *__deregister_frame(void *) __attribute__((weak));

typedef struct unwind_section {
    struct { uint32_t length, id; uint8_t bytes[16]; } common;
    struct { uint32_t length, common; uint64_t start, bytes; } function;
    uint32_t end;
} unwind_section;
_Static_assert(sizeof(unwind_section) == 56, "unwind section");

static uint64_t register_unwind(const precast_code_range *range) {
#if defined(__x86_64__)
    enum { FRAME_POINTER = 6, RETURN_ADDRESS = 16 };
#else
    enum { FRAME_POINTER = 29, RETURN_ADDRESS = 30 };
#endif
    static const uint8_t rule[16] = {
        1, 0, 1, 0x78, RETURN_ADDRESS,                    // version, no augmentation, code factor 1, data factor -8
        0x0C, FRAME_POINTER, 16,                          // CFA is the frame pointer + 16
        0x80 | FRAME_POINTER, 2, 0x80 | RETURN_ADDRESS, 1, // at CFA - 16, at CFA - 8
    };
    unwind_section *section = range->unwind && __register_frame ? calloc(1, sizeof *section) : 0;
    if (!section) return 0; // unwinding stops at compiled code then
    section->common.length = sizeof section->common - 4;
    memcpy(section->common.bytes, rule, sizeof rule);
    section->function.length = sizeof section->function - 4;
    section->function.common = sizeof section->common + 4;
    section->function.start = range->text;
    section->function.bytes = range->text_end - range->text;
    __register_frame(section);
    return (uint64_t)(uintptr_t)section;
}
static void deregister_unwind(uint64_t section) {
    if (!section) return;
    if (__deregister_frame) __deregister_frame((void *)(uintptr_t)section);
    free((void *)(uintptr_t)section);
}
#else
static uint64_t register_unwind(const precast_code_range *range) {
    (void)range;
    return 0;
}
static void deregister_unwind(uint64_t section) { (void)section; }
#endif

/// The number of ranges that start at or below `pc`.
static uint64_t position(const range_array *array, uint64_t pc) {
    uint64_t low = 0, high = array ? array->count : 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (array->ranges[middle].text <= pc) low = middle + 1;
        else high = middle;
    }
    return low;
}

uint32_t precast_code_find(uint64_t pc, precast_code_range *range) {
    uint32_t found = 0;
    __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
    const range_array *array = __atomic_load_n(&published, __ATOMIC_SEQ_CST);
    uint64_t index = position(array, pc);
    if (index && pc < array->ranges[index - 1].text_end) {
        *range = array->ranges[index - 1];
        found = 1;
    }
    __atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
    return found;
}

static void publish(range_array *next) {
    range_array *old = __atomic_exchange_n(&published, next, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&readers, __ATOMIC_SEQ_CST)) sched_yield();
    free(old);
}

int32_t precast_code_add(const precast_code_range *range, uint32_t install_handlers) {
    if (install_handlers) {
        int error = precast_install_handlers();
        if (error) return -error;
    }
    pthread_mutex_lock(&writer);
    uint64_t count = published ? published->count : 0;
    range_array *next = malloc(sizeof *next + (count + 1) * sizeof next->ranges[0]);
    if (next) {
        uint64_t index = position(published, range->text);
        next->count = count + 1;
        if (index) memcpy(next->ranges, published->ranges, index * sizeof *range);
        next->ranges[index] = *range;
        next->ranges[index].unwind = register_unwind(range);
        if (index < count) memcpy(next->ranges + index + 1, published->ranges + index, (count - index) * sizeof *range);
        publish(next);
    }
    pthread_mutex_unlock(&writer);
    return next ? 0 : -ENOMEM;
}

void precast_code_remove(uint64_t text) {
    pthread_mutex_lock(&writer);
    uint64_t index = position(published, text);
    if (index && published->ranges[index - 1].text == text) {
        uint64_t count = published->count;
        deregister_unwind(published->ranges[index - 1].unwind);
        range_array *next = count > 1 ? malloc(sizeof *next + (count - 1) * sizeof next->ranges[0]) : 0;
        if (next) {
            next->count = count - 1;
            memcpy(next->ranges, published->ranges, (index - 1) * sizeof next->ranges[0]);
            memcpy(next->ranges + index - 1, published->ranges + index, (count - index) * sizeof next->ranges[0]);
            publish(next);
        } else if (count == 1) {
            publish(0);
        } else {
            // No memory for a smaller array: make the entry match nothing. Readers only ever see the end lowered.
            __atomic_store_n(&published->ranges[index - 1].text_end, text, __ATOMIC_SEQ_CST);
        }
    }
    pthread_mutex_unlock(&writer);
}
