#define _GNU_SOURCE
#include "buffer.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <loader_support.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static uint64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    return clock_gettime(clock, &now) ? UINT64_MAX : (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// ---- The host's code ------------------------------------------------------------------------------------------------------
//
// Between a builtin that compiled code called and the place of interruption may be any code of the host's. It is left by its own unwind
// information, whose place is looked up ahead: the functions that know it take locks.

enum { HOST_CODE = 512 };
static unwound_code host_code[HOST_CODE];
static uint32_t host_code_count;

static int add_host_code(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    uint64_t index = 0;
    for (int number = 0; number < object->dlpi_phnum; number++) {
        if (object->dlpi_phdr[number].p_type == PT_GNU_EH_FRAME) index = object->dlpi_addr + object->dlpi_phdr[number].p_vaddr;
    }
    for (int number = 0; number < object->dlpi_phnum && index && host_code_count < HOST_CODE; number++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[number];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
        uint64_t start = object->dlpi_addr + segment->p_vaddr;
        host_code[host_code_count++] = (unwound_code){.start = start, .end = start + segment->p_memsz, .index = index};
    }
    return 0;
}

static const unwound_code *find_host_code(uint64_t pc) {
    for (uint32_t number = 0; number < host_code_count; number++) {
        if (pc >= host_code[number].start && pc < host_code[number].end) return &host_code[number];
    }
    return 0;
}

static int find_compiled_code(uint64_t pc, unwound_code *code) {
    precast_code_range range;
    if (!precast_code_find(pc, &range)) return 0;
    *code = (unwound_code){.start = range.text, .end = range.text_end, .index = range.unwind_index};
    return 1;
}

// ---- One sample -----------------------------------------------------------------------------------------------------------

typedef struct stack {
    uint32_t count;
    uint32_t flags;
    uint64_t frames[PRECAST_SAMPLE_FRAMES];
} stack;

static int add(stack *to, uint64_t frame) {
    if (to->count == PRECAST_SAMPLE_FRAMES) {
        to->flags |= PRECAST_SAMPLE_CUT;
        return 0;
    }
    to->frames[to->count++] = frame;
    return 1;
}

/// Adds a compiled frame by its return address `pc`, and those around it in its activation by their frame pointers. A call is looked up
/// by an address inside it.
static void add_calls(stack *to, const precast_entry *entry, uint64_t pc, uint64_t fp, uint64_t low) {
    uint64_t limit = (uint64_t)(uintptr_t)entry;
    if (!add(to, pc - 1)) return;
    while (fp != entry->fp) {
        if (fp < low || fp >= limit || fp % 8) {
            to->flags |= PRECAST_SAMPLE_CUT;
            return;
        }
        const uint64_t *frame = (const uint64_t *)(uintptr_t)fp;
        if (!add(to, return_address(frame[1]) - 1)) return;
        low = fp + 16;
        fp = frame[0];
    }
}

/// The call of a marked host function that compiled code of this activation made, if it is under way.
static const precast_host_call *call_from(const precast_entry *entry) {
    const precast_host_call *call = precast_current_host_call();
    while (call && call->entry != (uint64_t)(uintptr_t)entry) call = (const precast_host_call *)(uintptr_t)call->previous;
    return call;
}

/// The activation that runs: from the interrupted instruction, in compiled code or in what it called.
static void add_running(stack *to, const precast_entry *entry, registers state) {
    uint64_t low = state.values[STACK_POINTER], high = (uint64_t)(uintptr_t)entry, function = 0;
    unwound_code code;
    if (low >= high) return; // on its way in or out
    if (find_compiled_code(state.pc, &code)) {
        add(to, state.pc);
        if (!code.index || !unwind_step(&state, &code, state.pc, low, high, &function)) to->flags |= PRECAST_SAMPLE_CUT;
        else if (state.values[STACK_POINTER] < high) add_calls(to, entry, state.pc, state.values[FRAME_POINTER], state.values[STACK_POINTER]);
        return;
    }
    const precast_host_call *call = call_from(entry);
    if (call) {
        const precast_store_state *store = (const precast_store_state *)(uintptr_t)entry->state;
        if (add(to, PRECAST_FRAME_HOST_CALL | call->name)) add_calls(to, entry, store->context.exit_pc, store->context.exit_fp, low);
        return;
    }
    uint64_t pc = state.pc;
    for (unsigned depth = 0; depth < 64; depth++) {
        const unwound_code *host = find_host_code(pc);
        if (!host || !unwind_step(&state, host, pc, low, high, &function)) break;
        if (state.values[STACK_POINTER] >= high) return;
        pc = state.pc - 1;
        if (find_compiled_code(pc, &code)) {
            if (add(to, PRECAST_FRAME_HOST_CODE | function)) add_calls(to, entry, state.pc, state.values[FRAME_POINTER], state.values[STACK_POINTER]);
            return;
        }
    }
    add(to, PRECAST_FRAME_HOST_CODE);
    to->flags |= PRECAST_SAMPLE_CUT;
}

/// The activations around: each called the host by its store's exit record, or, if the store was entered again since, by the one that
/// this entry put aside.
static void add_waiting(stack *to, const precast_entry *innermost) {
    const precast_entry *inner = innermost, *outer;
    while ((outer = (const precast_entry *)(uintptr_t)inner->thread_previous) && !(to->flags & PRECAST_SAMPLE_CUT)) {
        const precast_store_state *store = (const precast_store_state *)(uintptr_t)outer->state;
        uint64_t pc = store->context.exit_pc, fp = store->context.exit_fp;
        for (const precast_entry *other = innermost; other != outer; other = (const precast_entry *)(uintptr_t)other->thread_previous) {
            if (other->state == outer->state) pc = other->exit_pc, fp = other->exit_fp;
        }
        const precast_host_call *call = call_from(outer);
        if (!add(to, call ? PRECAST_FRAME_HOST_CALL | call->name : PRECAST_FRAME_HOST_CODE)) return;
        if (pc) add_calls(to, outer, pc, fp, (uint64_t)(uintptr_t)inner);
        inner = outer;
    }
}

static registers interrupted(const ucontext_t *context) {
    registers state = {0};
#if defined(__x86_64__)
    static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    for (unsigned number = 0; number < 16; number++) state.values[number] = (uint64_t)context->uc_mcontext.gregs[order[number]];
    state.pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    for (unsigned number = 0; number < 31; number++) state.values[number] = context->uc_mcontext.regs[number];
    state.values[STACK_POINTER] = context->uc_mcontext.sp;
    state.pc = context->uc_mcontext.pc;
#else
    (void)context;
#endif
    return state;
}

// ---- The signal -----------------------------------------------------------------------------------------------------------

static uint64_t is_running, session, interval;
static __thread uint64_t sampled_session __attribute__((tls_model("initial-exec"))), sampled_cpu __attribute__((tls_model("initial-exec")));

static void take_sample(const precast_entry *entry, const ucontext_t *context) {
    registers state = interrupted(context);
    uint64_t sp = state.values[STACK_POINTER], base = (uint64_t)(uintptr_t)context->uc_stack.ss_sp;
    uint64_t cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID), current = __atomic_load_n(&session, __ATOMIC_RELAXED);
    stack found; // 4 KiB: an alternate stack that is not ours may be small
    found.count = found.flags = 0;
    // A handler of another signal has a stack of its own.
    if (sp >= base && sp - base < context->uc_stack.ss_size) add(&found, PRECAST_FRAME_HOST_CODE), found.flags |= PRECAST_SAMPLE_CUT;
    else add_running(&found, entry, state);
    add_waiting(&found, entry);
    precast_sample sample = {
        .thread = (uint64_t)syscall(SYS_gettid),
        .time = nanoseconds(CLOCK_MONOTONIC),
        .cpu = sampled_session == current ? cpu - sampled_cpu : interval,
        .flags = found.flags,
        .frame_count = found.count,
    };
    sampled_session = current;
    sampled_cpu = cpu;
    buffer_add(&sample, found.frames);
}

static uint32_t handlers;

static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    int error = errno;
    __atomic_add_fetch(&handlers, 1, __ATOMIC_SEQ_CST);
    const precast_entry *entry = (const precast_entry *)(uintptr_t)precast_current_entry();
    if (entry && __atomic_load_n(&is_running, __ATOMIC_SEQ_CST)) take_sample(entry, context);
    __atomic_sub_fetch(&handlers, 1, __ATOMIC_SEQ_CST);
    errno = error;
}

static int32_t install(void) {
    struct sigaction there, action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    action.sa_sigaction = on_signal;
    sigfillset(&action.sa_mask);
    // A fault in the handler would otherwise wait for ever.
    sigdelset(&action.sa_mask, SIGSEGV);
    sigdelset(&action.sa_mask, SIGBUS);
    if (sigaction(SIGPROF, 0, &there)) return -errno;
    if (there.sa_flags & SA_SIGINFO) {
        if (there.sa_sigaction != on_signal) return -EBUSY;
    } else if (there.sa_handler != SIG_DFL && there.sa_handler != SIG_IGN) {
        return -EBUSY;
    }
    return sigaction(SIGPROF, &action, 0) ? -errno : 0;
}

// ---- Threads --------------------------------------------------------------------------------------------------------------

enum { THREADS = 1024, TICKS_BETWEEN_LISTINGS = 16 };
typedef struct thread {
    pid_t number;
    int is_listed;
    uint64_t cpu; // when it was last told
} thread;
static thread threads[THREADS];
static uint32_t thread_count, ticks;

/// The clock of another thread's CPU time (clock_getres(2): bits 0-2 say which clock, the rest is the complement of the thread's number).
static clockid_t cpu_clock(pid_t number) { return (clockid_t)((~(unsigned)number << 3) | 6); }

static void note_thread(pid_t number) {
    for (uint32_t index = 0; index < thread_count; index++) {
        if (threads[index].number == number) {
            threads[index].is_listed = 1;
            return;
        }
    }
    if (thread_count < THREADS) threads[thread_count++] = (thread){.number = number, .is_listed = 1, .cpu = nanoseconds(cpu_clock(number))};
}

static void list_threads(void) {
    DIR *folder = opendir("/proc/self/task");
    if (!folder) {
        note_thread(getpid());
        return;
    }
    pid_t self = (pid_t)syscall(SYS_gettid);
    for (uint32_t index = 0; index < thread_count; index++) threads[index].is_listed = 0;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        pid_t number = (pid_t)strtol(entry->d_name, 0, 10);
        if (number > 0 && number != self) note_thread(number);
    }
    closedir(folder);
    for (uint32_t index = 0; index < thread_count;) {
        if (threads[index].is_listed) index++;
        else threads[index] = threads[--thread_count];
    }
}

void precast_profiler_tick(void) {
    if (ticks++ % TICKS_BETWEEN_LISTINGS == 0) list_threads();
    for (uint32_t index = 0; index < thread_count; index++) {
        uint64_t cpu = nanoseconds(cpu_clock(threads[index].number));
        if (cpu == UINT64_MAX || cpu - threads[index].cpu < interval / 4) continue;
        threads[index].cpu = cpu;
        syscall(SYS_tgkill, getpid(), threads[index].number, SIGPROF);
    }
}

void precast_profiler_sleep(uint64_t until) {
    struct timespec time = {.tv_sec = (time_t)(until / 1000000000u), .tv_nsec = (long)(until % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0) == EINTR) {}
}

// ---- Start and stop -------------------------------------------------------------------------------------------------------

int32_t precast_profiler_start(uint64_t nanoseconds_apart, uint64_t buffer_bytes) {
#if !defined(__x86_64__) && !defined(__aarch64__)
    return -ENOSYS;
#endif
    if (buffer_bytes < 64 << 10 || buffer_bytes & (buffer_bytes - 1) || !nanoseconds_apart) return -EINVAL;
    if (__atomic_load_n(&is_running, __ATOMIC_SEQ_CST)) return -EBUSY;
    int32_t error = buffer_reset(buffer_bytes);
    if (!error) error = install();
    if (error) return error;
    host_code_count = thread_count = ticks = 0;
    dl_iterate_phdr(add_host_code, 0);
    interval = nanoseconds_apart;
    __atomic_add_fetch(&session, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&is_running, 1, __ATOMIC_SEQ_CST);
    return 0;
}

void precast_profiler_stop(void) {
    // The handler stays: a signal may still be on its way.
    __atomic_store_n(&is_running, 0, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&handlers, __ATOMIC_SEQ_CST)) usleep(100);
}

const char *precast_profiler_symbol(uint64_t address, uint32_t *is_function) {
    Dl_info found;
    *is_function = 0;
    if (!address || !dladdr((const void *)(uintptr_t)address, &found)) return 0;
    *is_function = found.dli_sname && (uint64_t)(uintptr_t)found.dli_saddr == address;
    return *is_function ? found.dli_sname : found.dli_fname;
}
