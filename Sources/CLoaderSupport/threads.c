// Threads: locks, the alternate signal stack, and how much stack compiled code may take.
#define _GNU_SOURCE
#include "internal.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct precast_lock { pthread_mutex_t mutex; };

precast_lock *precast_lock_create(void) {
    precast_lock *lock = malloc(sizeof *lock);
    if (lock && pthread_mutex_init(&lock->mutex, 0)) {
        free(lock);
        lock = 0;
    }
    return lock;
}
void precast_lock_destroy(precast_lock *lock) {
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}
void precast_lock_acquire(precast_lock *lock) { pthread_mutex_lock(&lock->mutex); }
void precast_lock_release(precast_lock *lock) { pthread_mutex_unlock(&lock->mutex); }

THREAD_LOCAL uint64_t precast_thread_entry;
THREAD_LOCAL uint64_t precast_thread_serial;
static __thread uint64_t stack_bottom __attribute__((tls_model("initial-exec"))); // lowest usable address of this thread's stack

// The handler's own frames are small, but the kernel pushes the vector state (up to 11 KiB with AMX, 70 KiB with SME; it says how much)
// and a chained handler may want to print. One guard page below.
enum { HANDLER_STACK = 48 << 10, HANDLER_STACK_MINIMUM = 8 << 10, SIGNAL_FRAME = 16 << 10 };
#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

static size_t signal_frame(void) {
    size_t needed = (size_t)getauxval(AT_MINSIGSTKSZ);
    return needed > SIGNAL_FRAME ? needed : SIGNAL_FRAME;
}

/// Bytes of the alternate stack, without its guard page.
static size_t signal_stack_size(void) {
    size_t page = (size_t)getpagesize();
    return (HANDLER_STACK + signal_frame() + page - 1) & ~(page - 1);
}

static pthread_key_t exit_key;
static pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;
static int exit_key_error;

/// At thread exit: takes the alternate stack away and releases it, guard page included.
static void free_signal_stack(void *base) {
    stack_t current;
    if (sigaltstack(0, &current) == 0 && current.ss_sp == (char *)base + getpagesize()) {
        stack_t none = {.ss_flags = SS_DISABLE};
        sigaltstack(&none, 0);
    }
    munmap(base, signal_stack_size() + (size_t)getpagesize());
    precast_thread_serial = 0; // a later destructor that runs compiled code makes a new one
}

static void make_exit_key(void) { exit_key_error = pthread_key_create(&exit_key, free_signal_stack); }

/// Gives this thread an alternate signal stack unless it has one that is large enough.
static int make_signal_stack(void) {
    stack_t current;
    if (sigaltstack(0, &current) == 0 && !(current.ss_flags & SS_DISABLE) && current.ss_size >= HANDLER_STACK_MINIMUM + signal_frame()) return 0;
    if (pthread_once(&exit_key_once, make_exit_key) || exit_key_error) return -1;
    size_t guard = (size_t)getpagesize(), size = signal_stack_size();
    char *base = mmap(0, size + guard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (base == MAP_FAILED) return -1;
    stack_t stack = {.ss_sp = base + guard, .ss_size = size};
    if (mprotect(base, guard, PROT_NONE) || sigaltstack(&stack, 0) || pthread_setspecific(exit_key, base)) {
        munmap(base, size + guard);
        return -1;
    }
    return 0;
}

/// The main thread's stack grows on demand down to its resource limit. Asking the C library is no good: one reads
/// /proc/self/maps for it, another reports what is mapped so far. The program's file name lies at its very top.
static uint64_t main_stack_bottom(void) {
    struct rlimit limit;
    uint64_t page = (uint64_t)getpagesize(), size = 8u << 20;
    uint64_t top = getauxval(AT_EXECFN);
    if (!top) top = (uint64_t)(uintptr_t)__builtin_frame_address(0);
    if (getrlimit(RLIMIT_STACK, &limit) == 0) size = limit.rlim_cur;
    if (size > 1u << 30) size = 1u << 30; // unlimited: the kernel keeps at least this much free on 64-bit machines
    if (size > top) size = top;
    return ((top - size + page - 1) & ~(page - 1)) + page;
}

static uint64_t find_stack_bottom(void) {
    if (syscall(SYS_gettid) == getpid()) return main_stack_bottom();
    pthread_attr_t attributes;
    void *address = 0;
    size_t size = 0, guard = 0;
    if (pthread_getattr_np(pthread_self(), &attributes)) return 0;
    pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_getguardsize(&attributes, &guard);
    pthread_attr_destroy(&attributes);
    return (uint64_t)(uintptr_t)address + guard;
}

// ---- Marked host functions -------------------------------------------------------------------------------------------

static __thread const precast_host_call *host_call __attribute__((tls_model("initial-exec")));

const precast_host_call *precast_current_host_call(void) { return host_call; }
uint64_t precast_current_entry(void) { return precast_thread_entry; }

static uint64_t marked_call(precast_marked_function *record, precast_vmctx *caller, precast_slot *slots) {
    uint64_t (*function)(void *, precast_vmctx *, precast_slot *) = (__typeof__(function))(uintptr_t)record->marked.function;
    precast_host_call call = {.name = record->name, .entry = precast_thread_entry, .previous = (uint64_t)(uintptr_t)host_call};
    __atomic_signal_fence(__ATOMIC_SEQ_CST); // a signal handler of this thread sees the record complete
    host_call = &call;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    uint64_t result = function((void *)(uintptr_t)record->marked.environment, caller, slots);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    host_call = (const precast_host_call *)(uintptr_t)call.previous;
    return result;
}

void precast_mark_host_function(precast_marked_function *record, precast_host_function function, uint64_t name) {
    record->function.function = (uint64_t)(uintptr_t)marked_call;
    record->function.environment = (uint64_t)(uintptr_t)record;
    record->marked = function;
    record->name = name;
}

uint64_t precast_host_environment(const precast_host_function *function) {
    if (function->function != (uint64_t)(uintptr_t)marked_call) return function->environment;
    return ((const precast_marked_function *)(uintptr_t)function->environment)->marked.environment;
}

uint64_t precast_next_serial(void) {
    static uint64_t last;
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

uint32_t precast_prepare_thread(precast_store_state *state) {
    if (!precast_thread_serial) {
        if (make_signal_stack()) return 1;
        stack_bottom = find_stack_bottom();
        precast_thread_serial = precast_next_serial();
    }
    state->thread = precast_thread_serial;
    state->stack_floor = stack_bottom + state->host_reserve;
    return 0;
}

precast_store_state *precast_store_create(uint64_t stack_size, uint64_t host_reserve) {
    precast_store_state *state = precast_allocate(sizeof *state);
    if (!state) return 0;
    state->thread = UINT64_MAX; // no thread's serial
    state->stack_size = stack_size;
    state->host_reserve = host_reserve;
    return state;
}
