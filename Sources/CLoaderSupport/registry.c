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

#if defined(__GLIBC__)
extern void __register_frame(void *) __attribute__((weak));
extern void *__deregister_frame(void *) __attribute__((weak));
#endif

int32_t precast_unwinder_add(uint64_t frames) {
#if defined(__GLIBC__)
    if (__register_frame && __deregister_frame) {
        __register_frame((void *)(uintptr_t)frames);
        return 0;
    }
#endif
    (void)frames;
    return -ENOSYS;
}
void precast_unwinder_remove(uint64_t frames) {
#if defined(__GLIBC__)
    if (__deregister_frame) __deregister_frame((void *)(uintptr_t)frames);
#endif
    (void)frames;
}

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
