// A writer takes room by moving `head`, fills it, and publishes the record by writing its first word, which says how long it is. The reader
// stops at a record that is not published, and clears what it has read before it gives the room back.
#define _GNU_SOURCE
#include "buffer.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { HEADER = 1 + sizeof(precast_sample) / 8 };
static const uint64_t PADDING = 1ull << 63; // no record: the rest of the ring, which one did not fit

static uint64_t *ring;
static uint64_t ring_words, head, tail, lost;

int32_t buffer_reset(uint64_t bytes) {
    if (ring) munmap(ring, ring_words * 8);
    ring_words = head = tail = lost = 0;
    ring = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED) {
        ring = 0;
        return -errno;
    }
    ring_words = bytes / 8;
    return 0;
}

void buffer_add(const precast_sample *sample, const uint64_t *frames) {
    uint64_t words = HEADER + sample->frame_count, from = __atomic_load_n(&head, __ATOMIC_RELAXED), padding;
    do {
        uint64_t left = ring_words - (from & (ring_words - 1));
        padding = words > left ? left : 0;
        if (from + padding + words - __atomic_load_n(&tail, __ATOMIC_ACQUIRE) > ring_words) {
            __atomic_add_fetch(&lost, 1, __ATOMIC_RELAXED);
            return;
        }
    } while (!__atomic_compare_exchange_n(&head, &from, from + padding + words, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    if (padding) __atomic_store_n(&ring[from & (ring_words - 1)], PADDING | padding, __ATOMIC_RELEASE);
    uint64_t *record = &ring[(from + padding) & (ring_words - 1)];
    memcpy(record + 1, sample, sizeof *sample);
    memcpy(record + HEADER, frames, sample->frame_count * 8ull);
    __atomic_store_n(record, words, __ATOMIC_RELEASE);
}

int32_t precast_profiler_read(precast_sample *sample, uint64_t *frames) {
    for (;;) {
        uint64_t from = __atomic_load_n(&tail, __ATOMIC_RELAXED);
        if (!ring || from == __atomic_load_n(&head, __ATOMIC_ACQUIRE)) return 0;
        uint64_t *record = &ring[from & (ring_words - 1)], words = __atomic_load_n(record, __ATOMIC_ACQUIRE);
        if (!words) return 0;
        int is_padding = (words & PADDING) != 0;
        words &= ~PADDING;
        if (!is_padding) {
            memcpy(sample, record + 1, sizeof *sample);
            memcpy(frames, record + HEADER, sample->frame_count * 8ull);
        }
        memset(record, 0, words * 8);
        __atomic_store_n(&tail, from + words, __ATOMIC_RELEASE);
        if (!is_padding) return 1;
    }
}

uint64_t precast_profiler_lost(void) { return __atomic_load_n(&lost, __ATOMIC_RELAXED); }
