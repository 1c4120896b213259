// Threads that wait at an address, as `memory.atomic.wait` does.
//
// Waiters stand in queues, one for all addresses with the same hash, in the order in which they came. The queue's lock is held
// from the comparison until the waiter stands in the queue, and while waiters are chosen, so no wake-up is lost; who was chosen
// is out of the queue and counted, whatever its clock says. Waiters live on their threads' stacks: nothing is allocated.
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <pthread.h>
#include <time.h>

typedef struct waiter {
    struct waiter *next;
    uint64_t address;
    pthread_cond_t woken;
    uint32_t is_woken;
} waiter;

typedef struct queue {
    pthread_mutex_t lock;
    waiter *first;
    waiter **end; // where the next one goes; 0 while nobody has waited
} queue;

enum { QUEUE_BITS = 6 };
static queue queues[1 << QUEUE_BITS];
static pthread_once_t queues_once = PTHREAD_ONCE_INIT;

static void make_queues(void) {
    for (uint32_t index = 0; index < 1u << QUEUE_BITS; index++) {
        pthread_mutex_init(&queues[index].lock, 0); // cannot fail with default attributes
        queues[index].end = &queues[index].first;
    }
}

static queue *queue_of(uint64_t address) {
    pthread_once(&queues_once, make_queues);
    return &queues[(address >> 2) * 0x9E3779B97F4A7C15u >> (64 - QUEUE_BITS)];
}

static uint64_t value_at(uint64_t address, uint32_t bytes) {
    if (bytes == 4) return __atomic_load_n((const uint32_t *)(uintptr_t)address, __ATOMIC_SEQ_CST);
    return __atomic_load_n((const uint64_t *)(uintptr_t)address, __ATOMIC_SEQ_CST);
}

/// None of it allocates, and so none of it can fail.
static void make_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

/// `timeout` nanoseconds from now. 0: further away than a clock can say.
static int find_deadline(struct timespec *deadline, int64_t timeout) {
    clock_gettime(CLOCK_MONOTONIC, deadline);
    int64_t nanoseconds = deadline->tv_nsec + timeout % 1000000000;
    int64_t seconds = timeout / 1000000000 + nanoseconds / 1000000000;
    if (seconds > INT32_MAX) return 0;
    deadline->tv_sec += (time_t)seconds;
    deadline->tv_nsec = (long)(nanoseconds % 1000000000);
    return 1;
}

static void leave(queue *queue, waiter *waiter) {
    struct waiter **link = &queue->first;
    while (*link != waiter) link = &(*link)->next;
    *link = waiter->next;
    if (queue->end == &waiter->next) queue->end = link;
}

uint32_t precast_wait(uint64_t address, uint32_t bytes, uint64_t expected, int64_t timeout) {
    waiter self = {.address = address};
    struct timespec deadline;
    int is_timed = timeout >= 0 && find_deadline(&deadline, timeout);
    make_condition(&self.woken);
    queue *queue = queue_of(address);
    uint32_t result = PRECAST_WAIT_UNEQUAL;
    pthread_mutex_lock(&queue->lock);
    if (value_at(address, bytes) == expected) {
        *queue->end = &self;
        queue->end = &self.next;
        int error = 0;
        while (!self.is_woken && error != ETIMEDOUT) {
            error = is_timed ? pthread_cond_timedwait(&self.woken, &queue->lock, &deadline) : pthread_cond_wait(&self.woken, &queue->lock);
        }
        if (!self.is_woken) leave(queue, &self);
        result = self.is_woken ? PRECAST_WAIT_WOKEN : PRECAST_WAIT_TIMED_OUT;
    }
    pthread_mutex_unlock(&queue->lock);
    pthread_cond_destroy(&self.woken);
    return result;
}

uint32_t precast_notify(uint64_t address, uint32_t count) {
    queue *queue = queue_of(address);
    uint32_t woken = 0;
    pthread_mutex_lock(&queue->lock);
    waiter **link = &queue->first;
    while (*link && woken < count) {
        waiter *waiter = *link;
        if (waiter->address != address) {
            link = &waiter->next;
            continue;
        }
        *link = waiter->next;
        if (queue->end == &waiter->next) queue->end = link;
        waiter->is_woken = 1;
        pthread_cond_signal(&waiter->woken); // it cannot go on, and so not end, before the lock is released
        woken++;
    }
    pthread_mutex_unlock(&queue->lock);
    return woken;
}

uint32_t precast_waiters(uint64_t address) {
    queue *queue = queue_of(address);
    uint32_t count = 0;
    pthread_mutex_lock(&queue->lock);
    for (const waiter *waiter = queue->first; waiter; waiter = waiter->next) count += waiter->address == address;
    pthread_mutex_unlock(&queue->lock);
    return count;
}
