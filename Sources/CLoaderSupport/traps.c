// Traps: signal handlers, `raise`, and the frames they record.
//
// A fault becomes a guest trap only if this thread runs compiled code, the faulting instruction is in the trap table of a
// loaded module, and, for memory faults, the address is one that the instruction could reach only by going wrong: in a
// guard or reservation of the running store, or in the zero page for loads through null references. Every other fault goes
// to the handler that was there before. The handler takes no lock, allocates nothing, and reads this thread's stack and the
// mapped artifact only.
#define _GNU_SOURCE
#include "internal.h"
#include "machine_context.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { ZERO_PAGE = 4096 };

static void add_frame(precast_report *report, uint64_t pc) {
    if (report->frame_count < PRECAST_FRAMES) report->frames[report->frame_count++] = pc;
    report->frame_total++;
}

/// Walks from frame pointer `fp` (whose frame lies at or above `low`) through this activation and the enclosing ones of the
/// same store. Each activation ends at its entry's frame pointer. A broken chain ends the walk.
void precast_collect_frames(precast_report *report, const precast_entry *entry, uint64_t fp, uint64_t low) {
    while (entry) {
        uint64_t limit = (uint64_t)(uintptr_t)entry;
        while (fp != entry->fp && fp >= low && fp < limit && fp % 8 == 0) {
            const uint64_t *frame = (const uint64_t *)(uintptr_t)fp;
            add_frame(report, precast_return_address(frame[1]));
            low = fp + 16;
            fp = frame[0];
        }
        low = limit;
        if (entry->previous && entry->exit_pc) add_frame(report, entry->exit_pc);
        fp = entry->exit_fp;
        entry = (const precast_entry *)(uintptr_t)entry->previous;
    }
}

static void begin(precast_report *report, uint32_t kind, uint64_t code, uint64_t pc, uint64_t fp, uint64_t sp) {
    report->kind = kind;
    report->code = code;
    report->pc = pc;
    report->fp = fp;
    report->sp = sp;
    report->address = 0;
    report->leaf_return = 0;
    report->frame_count = 0;
    report->frame_total = 0;
}

const precast_resume_point *precast_stop(precast_store_state *state, uint64_t code, uint64_t pc, uint64_t fp) {
    precast_entry *entry = (precast_entry *)(uintptr_t)state->context.entry;
    begin(&state->report, PRECAST_REPORT_RAISE, code, pc, fp, fp);
    precast_collect_frames(&state->report, entry, fp, 0);
    precast_record_stack(state, pc, fp, (uint64_t)(uintptr_t)__builtin_frame_address(0));
    state->resume.pc = entry->resume;
    state->resume.sp = (uint64_t)(uintptr_t)entry;
    state->resume.fp = entry->fp;
    state->resume.value = 0;
    return &state->resume;
}

const precast_resume_point *precast_record_raise(precast_vmctx *vmctx, uint64_t code, uint64_t pc, uint64_t fp) {
    precast_store_state *state = (precast_store_state *)(uintptr_t)vmctx->store;
    if (code == PRECAST_TRAP_PENDING) code = state->context.pending_trap;
    state->context.pending_trap = 0;
    state->context.exit_pc = pc;
    state->context.exit_fp = fp;
    if (code == PRECAST_TRAP_UNCAUGHT_EXCEPTION && state->pending_exception) {
        // A host function threw it.
        precast_exception *exception = (precast_exception *)(uintptr_t)state->pending_exception;
        state->pending_exception = 0;
        return precast_unwind_exception(state, exception, pc, fp);
    }
    return precast_stop(state, code, pc, fp);
}

void precast_walk(precast_store_state *state, precast_report *report) {
    const precast_entry *entry = (const precast_entry *)(uintptr_t)state->context.entry;
    begin(report, PRECAST_REPORT_WALK, 0, state->context.exit_pc, state->context.exit_fp, state->context.exit_fp);
    if (entry) precast_collect_frames(report, entry, state->context.exit_fp, 0);
}

// ---- Classification --------------------------------------------------------------------------------------------------

/// The code that the trap table gives for the instruction at `offset` from the text's start, or -1.
static int32_t trap_code(const precast_code_range *range, uint64_t offset) {
    const uint32_t *offsets = (const uint32_t *)(uintptr_t)range->trap_offsets;
    uint64_t low = 0, high = range->trap_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (offsets[middle] == offset) return ((const uint8_t *)(uintptr_t)range->trap_codes)[middle];
        if (offsets[middle] < offset) low = middle + 1;
        else high = middle;
    }
    return -1;
}

/// The region of the store's memories that `address` lies in; 0: none.
static const precast_region *find_region(const precast_store_state *state, uint64_t address) {
    const precast_region *regions = (const precast_region *)(uintptr_t)state->regions;
    for (uint64_t index = 0; index < state->region_count; index++) {
        if (address >= regions[index].start && address < regions[index].end) return &regions[index];
    }
    return 0;
}

static int is_accessible(const precast_region *region, uint64_t address) {
    const precast_memory *memory = (const precast_memory *)(uintptr_t)region->memory;
    return address >= memory->base && address - memory->base < precast_memory_length(memory);
}

/// Whether `address` is guard or reserved space of one of the store's memories, and not an accessible byte of it.
static int is_out_of_bounds(const precast_store_state *state, uint64_t address) {
    const precast_region *region = find_region(state, address);
    return region && !is_accessible(region, address);
}

/// Whether another thread has grown a shared memory over `address` since the access: then it works now. Once an address has been
/// accessible it stays so, hence a second fault at the same one has another reason.
static int has_grown(precast_store_state *state, uint64_t address) {
    const precast_region *region = find_region(state, address);
    if (!region || !region->shared || !is_accessible(region, address) || state->grown == address) return 0;
    state->grown = address;
    return 1;
}

static int is_expected_address(const precast_store_state *state, uint32_t code, int signal, const siginfo_t *info) {
    if (info->si_code <= 0) return 0; // sent by a process
    if (signal != SIGSEGV && signal != SIGBUS) return 1;
    uint64_t address = (uint64_t)(uintptr_t)info->si_addr;
    // An address that a bounds check made 0, or a load through a null reference. (The kernel reports 0 with another si_code for a non-canonical address.)
    if (address < ZERO_PAGE && signal == SIGSEGV && info->si_code == SEGV_MAPERR) return 1;
    return code == PRECAST_TRAP_MEMORY_OUT_OF_BOUNDS && is_out_of_bounds(state, address);
}

/// Turns the fault into a trap and arranges to resume at the entry. 0: not a guest trap.
static int handle(int signal, const siginfo_t *info, ucontext_t *context) {
    precast_entry *entry = (precast_entry *)(uintptr_t)precast_thread_entry;
    if (!entry) return 0;
    uint64_t pc = (uint64_t)PC(context);
    precast_code_range range;
    if (!precast_code_find(pc, &range)) return 0;
    int32_t code = trap_code(&range, pc - range.text);
    precast_store_state *state = (precast_store_state *)(uintptr_t)entry->state;
    if (code == PRECAST_TRAP_MEMORY_OUT_OF_BOUNDS && signal == SIGSEGV && has_grown(state, (uint64_t)(uintptr_t)info->si_addr)) return 1;
    if (code < 0 || !is_expected_address(state, (uint32_t)code, signal, info)) return 0;

    uint64_t sp = (uint64_t)SP(context), fp = (uint64_t)FP(context);
    precast_report *report = &state->report;
    begin(report, PRECAST_REPORT_FAULT, (uint64_t)code, pc, fp, sp);
    if (signal == SIGSEGV || signal == SIGBUS) report->address = (uint64_t)(uintptr_t)info->si_addr;
    report->leaf_return = leaf_return(context);
    precast_collect_frames(report, entry, fp, sp);
    if (state->recording) copy_registers(context, ((precast_recording *)(uintptr_t)state->recording)->registers);
    precast_record_stack(state, pc, fp, sp);
    resume_at(context, entry);
    return 1;
}

// ---- Handlers --------------------------------------------------------------------------------------------------------

static const int handled[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
enum { HANDLED = sizeof handled / sizeof handled[0] };
static struct sigaction previous[HANDLED];
static pthread_once_t install_once = PTHREAD_ONCE_INIT;
static int install_error;

/// Passes the signal on as if this handler were not there.
static void chain(int signal, siginfo_t *info, void *context) {
    int index = 0;
    while (index < HANDLED - 1 && handled[index] != signal) index++;
    const struct sigaction *old = &previous[index];
    if (old->sa_flags & SA_NODEFER) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, signal);
        pthread_sigmask(SIG_UNBLOCK, &set, 0);
    }
    if (old->sa_flags & SA_SIGINFO) {
        old->sa_sigaction(signal, info, context);
    } else if (old->sa_handler == SIG_IGN && info->si_code <= 0) {
        return;
    } else if (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN) {
        // The default action ends the process with the right status and core: a fault repeats, a sent signal is sent again.
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(signal, &standard, 0);
        if (info->si_code <= 0) raise(signal);
    } else {
        old->sa_handler(signal);
    }
}

static void handler(int signal, siginfo_t *info, void *context) {
    int error = errno;
    if (!handle(signal, info, context)) chain(signal, info, context);
    errno = error;
}

static void install(void) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = handler;
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < HANDLED; index++) {
        // What was there is recorded before the new handler can run.
        if (sigaction(handled[index], 0, &previous[index]) || sigaction(handled[index], &action, 0)) install_error = errno;
    }
}

int precast_install_handlers(void) {
    int error = pthread_once(&install_once, install);
    return error ? error : install_error;
}

// ---- The assembly's view ---------------------------------------------------------------------------------------------

#define CHECK(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)
CHECK(precast_vmctx, store, 8);
CHECK(precast_store_context, stack_limit, 0);
CHECK(precast_store_context, exit_pc, 48);
CHECK(precast_store_context, exit_fp, 56);
CHECK(precast_store_context, entry, 64);
CHECK(precast_store_state, thread, 128);
CHECK(precast_store_state, stack_floor, 136);
CHECK(precast_store_state, stack_size, 144);
CHECK(precast_resume_point, pc, 0);
CHECK(precast_resume_point, sp, 8);
CHECK(precast_resume_point, fp, 16);
CHECK(precast_resume_point, value, 24);
CHECK(precast_resume_point, saved, 32);
CHECK(precast_entry, previous, 0);
CHECK(precast_entry, thread_previous, 8);
CHECK(precast_entry, fp, 16);
CHECK(precast_entry, state, 24);
CHECK(precast_entry, exit_pc, 32);
CHECK(precast_entry, exit_fp, 40);
CHECK(precast_entry, resume, 48);
_Static_assert(sizeof(precast_entry) == 56, "entry record");

#if __has_include(<unwind.h>) && defined(__GLIBC__)
#include <unwind.h>
static _Unwind_Reason_Code count_frame(struct _Unwind_Context *context, void *count) {
    (void)context;
    ++*(uint32_t *)count;
    return _URC_NO_REASON;
}
uint32_t precast_unwind_depth(void) {
    uint32_t count = 0;
    _Unwind_Backtrace(count_frame, &count);
    return count;
}
#else
uint32_t precast_unwind_depth(void) { return 0; }
#endif
