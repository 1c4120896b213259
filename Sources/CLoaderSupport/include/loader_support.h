// What the loader needs from the operating system and the processor, and cannot say in Swift: mappings, files, signal
// handlers, the way in and out of compiled code, and stack walking.
//
// Functions that can fail return a negative errno value. Nothing here allocates behind the caller's back except where
// it says so. Fixed-width types only; no system header, so that freestanding Swift can import it.
#ifndef PRECAST_LOADER_SUPPORT_H
#define PRECAST_LOADER_SUPPORT_H
#include <stdint.h>
#include <vmcontext.h>

#ifndef __clang__
#define _Nullable
#define _Nonnull
#endif

// ---- Memory ----------------------------------------------------------------------------------------------------

#define PRECAST_READ 1u
#define PRECAST_WRITE 2u
#define PRECAST_EXECUTE 4u
/// Of executable memory: indirect branches may only lead to landing pads, where processor and system have that (AArch64).
#define PRECAST_BRANCH_TARGETS 8u

/// Reserves `bytes` of address space without access or backing. Returns its address, or a negative errno.
int64_t precast_reserve(uint64_t bytes);
/// Maps anonymous zero memory, readable and writable. Returns its address, or a negative errno.
int64_t precast_map_anonymous(uint64_t bytes);
/// Maps `bytes` of a file, copy on write, with `protection`; at exactly `address` (replacing what is there) unless that is 0.
int64_t precast_map_file(uint64_t address, uint64_t bytes, uint32_t protection, int32_t file, uint64_t offset);
/// Puts fresh inaccessible memory (`protection` 0) or fresh zero memory over what is mapped at `address`.
int32_t precast_map_fresh(uint64_t address, uint64_t bytes, uint32_t protection);
int32_t precast_protect(uint64_t address, uint64_t bytes, uint32_t protection);
int32_t precast_unmap(uint64_t address, uint64_t bytes);
/// Lets the pages go back to what the mapping holds initially (zeros, or the file's bytes).
int32_t precast_discard(uint64_t address, uint64_t bytes);
/// Faults the pages in, writable, in one call; huge pages where they fit. A hint: failure is harmless.
void precast_populate(uint64_t address, uint64_t bytes);
uint64_t precast_page_size(void);
/// Zero-initialised heap memory, aligned to 16; 0 where there is none. `precast_free` releases it.
void *_Nullable precast_allocate(uint64_t bytes);
void precast_free(void *_Nullable memory);

// ---- Files -----------------------------------------------------------------------------------------------------

/// Opens a regular file for reading, close-on-exec. Returns the descriptor, or a negative errno (-EISDIR, -EINVAL for others).
int32_t precast_open(const char *_Nonnull path, uint64_t *_Nonnull size);
/// Opens an empty file for writing, close-on-exec; a new one is for its owner alone. Returns the descriptor, or a negative errno.
int32_t precast_create(const char *_Nonnull path);
int32_t precast_duplicate(int32_t file);
void precast_close(int32_t file);
/// Reads up to `bytes` at `offset`, going on after short reads. Returns the bytes read, or a negative errno.
int64_t precast_read(int32_t file, void *_Nonnull buffer, uint64_t bytes, uint64_t offset);
/// Writes all of it. Returns 0, or a negative errno.
int32_t precast_write(int32_t file, const void *_Nonnull bytes, uint64_t count);
/// Appends `bytes` of one file from `start` to another. Returns the bytes copied (fewer when the file is shorter), or a negative errno.
int64_t precast_copy(int32_t from, int32_t to, uint64_t start, uint64_t bytes);
/// An anonymous file in memory, close-on-exec.
int32_t precast_memory_file(const char *_Nonnull name);
/// Makes a memory file immutable for everyone, for ever: no write, growth, shrinking, or further seal.
int32_t precast_seal(int32_t file);
/// The system's words for an errno value (positive or negative).
const char *_Nonnull precast_error_text(int32_t error);
/// errno values that callers tell apart.
int32_t precast_error_not_found(void);
int32_t precast_error_no_memory(void);
int32_t precast_error_access(void);
int32_t precast_error_permission(void);
/// The soft limit on address space, or all ones for none.
uint64_t precast_address_space_limit(void);

// ---- Processor and process -------------------------------------------------------------------------------------

typedef struct precast_cpuid_result { uint32_t eax, ebx, ecx, edx; } precast_cpuid_result;
/// x86: the instruction's answer; elsewhere zeros.
precast_cpuid_result precast_cpuid(uint32_t leaf, uint32_t subleaf);
/// x86: XCR0 where the system enabled XSAVE, else 0.
uint64_t precast_xcr0(void);
/// The kernel's AT_HWCAP (0) or AT_HWCAP2 (1) word.
uint64_t precast_hwcap(uint32_t word);
/// AArch64: the main ID register, where the kernel lets programs read it, else 0.
uint64_t precast_main_id(void);
/// RISC-V: hwprobe's word of extensions, 0 before Linux 6.4; elsewhere 0.
uint64_t precast_riscv_extensions(void);
uint64_t precast_monotonic_nanoseconds(void);
/// The process's arguments, its name first. Only before anything changes the environment.
char *_Nullable *_Nullable precast_process_arguments(int32_t *_Nonnull count);
/// A number that nobody can know beforehand; a constant one, should the kernel have none to give.
uint64_t precast_random_word(void);
/// Reads a decimal or hexadecimal number, `inf` or `nan`, all of `text`, as the nearest of the format with `precision` bits of significand: 24 or 53.
/// Returns 0, or a negative errno.
int32_t precast_parse_number(const char *_Nonnull text, int32_t precision, uint64_t *_Nonnull bits);
/// Writes the shortest decimal number that reads as the one with these bits, in the form of Swift's descriptions. Returns its length, at most 32.
int32_t precast_number_text(uint64_t bits, int32_t precision, uint8_t *_Nonnull buffer);
/// Ends the process at once, after flushing nothing.
_Noreturn void precast_exit(int32_t code);

typedef struct precast_lock precast_lock;
precast_lock *_Nullable precast_lock_create(void);
void precast_lock_destroy(precast_lock *_Nonnull lock);
void precast_lock_acquire(precast_lock *_Nonnull lock);
void precast_lock_release(precast_lock *_Nonnull lock);

/// What a memory that other threads may grow has now.
static inline uint64_t precast_memory_length(const precast_memory *_Nonnull memory) {
    return __atomic_load_n(&memory->length, __ATOMIC_ACQUIRE);
}
/// Makes a new length known, once its bytes are accessible.
static inline void precast_memory_publish(precast_memory *_Nonnull memory, uint64_t length) {
    __atomic_store_n(&memory->length, length, __ATOMIC_SEQ_CST);
}

#define PRECAST_WAIT_WOKEN 0u
#define PRECAST_WAIT_UNEQUAL 1u
#define PRECAST_WAIT_TIMED_OUT 2u

/// Waits until `precast_notify` names `address`, if the `bytes` (4 or 8) there are `expected`; no wake-up can come between. A negative
/// time-out is none, in nanoseconds. Waiters of one address are woken in the order in which they came. Returns PRECAST_WAIT_….
uint32_t precast_wait(uint64_t address, uint32_t bytes, uint64_t expected, int64_t timeout);
/// Wakes up to `count` threads that wait at `address`. Returns how many.
uint32_t precast_notify(uint64_t address, uint32_t count);
/// How many threads wait at `address` now.
uint32_t precast_waiters(uint64_t address);

// Trap codes that C and assembly know (TrapCode in ArtifactFormat has them all).
#define PRECAST_TRAP_MEMORY_OUT_OF_BOUNDS 2u
#define PRECAST_TRAP_UNCAUGHT_EXCEPTION 19u
#define PRECAST_TRAP_EXCEPTION_LIMIT 22u
#define PRECAST_TRAP_PENDING 255u

// ---- Stores, entry and traps -------------------------------------------------------------------------------------

/// Return addresses kept of a backtrace, innermost first. Deeper frames are counted, not kept.
#define PRECAST_FRAMES 120

#define PRECAST_REPORT_NONE 0u
#define PRECAST_REPORT_FAULT 1u
#define PRECAST_REPORT_RAISE 2u
#define PRECAST_REPORT_WALK 3u

/// Where compiled code stopped, written by the signal handler or by `raise`.
typedef struct precast_report {
    uint64_t code;         // trap code
    uint64_t pc;           // of the faulting instruction, or the return address of the call that left
    uint64_t fp;
    uint64_t sp;
    uint64_t address;      // that the faulting access named; 0 when it was no access
    uint64_t leaf_return;  // word at `sp` of a fault: the return address if the function at `pc` has no frame
    uint32_t kind;         // PRECAST_REPORT_…
    uint32_t frame_count;  // entries of `frames` in use
    uint64_t frame_total;  // frames seen, kept or not
    uint64_t frames[PRECAST_FRAMES];
} precast_report;

/// Address space where a fault is an out-of-bounds access of `memory`: reservation and guards.
typedef struct precast_region {
    uint64_t start;
    uint64_t end;
    uint64_t memory;       // precast_memory *: an address within its accessible bytes is no trap
    uint64_t shared;       // nonzero: other threads grow it
} precast_region;

/// Where compiled code, or the entry below it, goes on after a throw or a trap.
typedef struct precast_resume_point {
    uint64_t pc;
    uint64_t sp;
    uint64_t fp;
    uint64_t value;        // for a handler: the exception
    uint64_t saved[10];    // at the entry: what `raise` was called with in the callee-saved registers (x86-64: rbx r12-r15; AArch64: x19-x28)
} precast_resume_point;

/// Words of registers in a recording: of a signal's machine context, as docs/debugging.md orders them.
#if defined(__x86_64__)
#define PRECAST_RECORDED_WORDS 49
#define PRECAST_SAVED_WORDS 5
#elif defined(__aarch64__)
#define PRECAST_RECORDED_WORDS 97
#define PRECAST_SAVED_WORDS 10
#else
#define PRECAST_RECORDED_WORDS 1
#define PRECAST_SAVED_WORDS 0
#endif

/// Bytes of a recording, all told.
#define PRECAST_RECORDING (512u << 10)

/// What a core dump says of the frames on the stack, kept when a call stops: registers of a fault, and pieces of the stack, youngest first. A piece is
/// `precast_piece` and its bytes.
typedef struct precast_recording {
    uint64_t registers[PRECAST_RECORDED_WORDS];
    uint64_t used;         // bytes of pieces, which follow
} precast_recording;

/// Stack memory of compiled frames alone.
typedef struct precast_piece {
    uint64_t pc;           // in the piece's youngest frame
    uint64_t fp;           // of that frame
    uint64_t address;
    uint64_t bytes;
} precast_piece;

/// A store as the handlers see it. `context` comes first: compiled code's pointer to it is this record's address.
typedef struct precast_store_state {
    precast_store_context context;
    uint64_t thread;          // serial of the thread that `stack_floor` was computed for
    uint64_t stack_floor;     // lowest stack pointer for compiled code on that thread
    uint64_t stack_size;      // most stack that compiled code may take, from its outermost entry
    uint64_t host_reserve;    // kept free below compiled code for host functions and builtins
    uint64_t regions;         // precast_region *
    uint64_t region_count;
    uint64_t data;            // address of the host's data
    uint64_t pending_exception; // that a host function threw, or that left compiled code: not released yet
    uint64_t caught;          // taken by a handler that does not keep it; released when the next is made
    uint64_t kept_exceptions; // those whose address guests may have, linked by `next`
    uint64_t held_exceptions; // those whose address one frame has, by ascending frame pointer, linked both ways
    uint64_t held_entry;      // outermost entry record when the last of them was taken
    uint64_t exception_bytes; // that both take
    uint64_t exception_limit;
    precast_resume_point resume;
    uint64_t recording;       // precast_recording *; 0: stops are not recorded
    uint64_t grown;           // address whose fault was put down to another thread's growth
    precast_report report;
} precast_store_state;

/// One activation of compiled code: lies on the stack of `precast_enter`, whose resume stack pointer is its address.
typedef struct precast_entry {
    uint64_t previous;        // enclosing activation of the same store
    uint64_t thread_previous; // enclosing activation of any store on this thread
    uint64_t fp;
    uint64_t state;
    uint64_t exit_pc;         // of the enclosing activation, put back on return
    uint64_t exit_fp;
    uint64_t resume;          // address of the resume code
} precast_entry;

/// A number that no other call in this process returned; never 0.
uint64_t precast_next_serial(void);

/// A new store state: nothing entered, thread unknown. 0 where there is no memory. Released by `precast_free`.
precast_store_state *_Nullable precast_store_create(uint64_t stack_size, uint64_t host_reserve);

#define PRECAST_ENTER_RETURNED 0u
#define PRECAST_ENTER_TRAPPED 1u
#define PRECAST_ENTER_NO_SIGNAL_STACK 2u

/// Calls `trampoline(vmctx, code, slots)` under a new entry record. PRECAST_ENTER_TRAPPED: `state->report` says why.
uint32_t precast_enter(precast_vmctx *_Nonnull vmctx, uint64_t code, precast_slot *_Nonnull slots,
                       uint64_t trampoline, precast_store_state *_Nonnull state);
/// The `raise` builtin's address.
uint64_t precast_raise_address(void);
/// The addresses of the `throwException` and `makeException` builtins.
uint64_t precast_throw_address(void);
uint64_t precast_make_exception_address(void);
/// A new exception of a tag (the address of a `precast_tag`), its slots zero. 0, and a pending trap, where there is no memory.
precast_exception *_Nullable precast_exception_create(precast_store_state *_Nonnull state, uint64_t tag);
/// Releases an exception that no handler took, unless guests may have its address.
void precast_exception_release(precast_exception *_Nonnull exception);
/// Releases all exceptions of a store that ends.
void precast_exceptions_destroy(precast_store_state *_Nonnull state);
/// The addresses of the `memory.copy` and `memory.fill` builtins.
uint64_t precast_memory_copy_address(void);
uint64_t precast_memory_fill_address(void);
/// The addresses of the rounding builtins: ceil, floor, trunc, nearest of f32 (0-3), then of f64 (4-7).
uint64_t precast_rounding_address(uint32_t operation);
/// Records the frames that are on the stack of a store whose compiled code called the host: kind PRECAST_REPORT_WALK.
void precast_walk(precast_store_state *_Nonnull state, precast_report *_Nonnull report);

/// A host function that can be told from others while it runs: `function` is `precast_marked_call`, `environment` this record itself.
typedef struct precast_marked_function {
    precast_host_function function;
    precast_host_function marked;
    uint64_t name;            // the number that the host gave it
} precast_marked_function;

/// A call of a marked host function under way, on the calling thread's stack.
typedef struct precast_host_call {
    uint64_t name;
    uint64_t entry;           // the activation that called
    uint64_t previous;        // enclosing call on this thread
} precast_host_call;

/// Prepares a record that calls `function` under a mark.
void precast_mark_host_function(precast_marked_function *_Nonnull record, precast_host_function function, uint64_t name);
/// The host function's own environment, whether the record is marked or not.
uint64_t precast_host_environment(const precast_host_function *_Nonnull function);
/// This thread's innermost call of a marked host function, and its innermost activation (a `precast_entry`), 0 without one. Both can be asked in a
/// signal handler.
const precast_host_call *_Nullable precast_current_host_call(void);
uint64_t precast_current_entry(void);

/// The frames that the system unwinder finds from here to the thread's start; 0 where there is none. For tests.
uint32_t precast_unwind_depth(void);

// ---- Loaded code -------------------------------------------------------------------------------------------------

/// A module's code. `trap_offsets` points to `trap_count` sorted 32-bit offsets of trapping instructions from `text`,
/// `trap_codes` to as many bytes: their trap codes. All of it must stay mapped until the range is removed.
typedef struct precast_code_range {
    uint64_t text;
    uint64_t text_end;
    uint64_t trap_offsets;
    uint64_t trap_codes;
    uint64_t trap_count;
    uint64_t module;          // the loader's handle
    uint64_t exception_sites; // the artifact's tables of calls with handlers, and of handlers
    uint64_t exception_site_count;
    uint64_t exception_handlers;
    uint64_t exception_handler_count;
    uint32_t imported_tags;   // offsets in the instance context
    uint32_t tags;
    uint32_t imported_tag_count;
    uint32_t tag_count;
    uint64_t unwind_index;    // address of the code's `.eh_frame_hdr`, 0 without one
} precast_code_range;

/// Makes the range known to the signal handlers, which it installs when this is the first. Any thread. Linear in the ranges known. Returns 0, or a negative errno.
int32_t precast_code_add(const precast_code_range *_Nonnull range, uint32_t install_handlers);
/// The contrary. No thread may be running that code.
void precast_code_remove(uint64_t text);
/// Makes the exception frames at `frames`, ended by a zero length, known to the system unwinder. Returns 0, or -ENOSYS where there is none that takes
/// them. They stay until they are removed. Any thread.
int32_t precast_unwinder_add(uint64_t frames);
void precast_unwinder_remove(uint64_t frames);

/// Makes the code of an artifact known to debuggers, through GDB's JIT interface: the artifact that starts at `offset` of `file` and is mapped at
/// `base`. Reads all of it, and its debug file if it has one. Returns 0 and what ``precast_debugger_remove`` takes, or a negative errno. Any thread.
int32_t precast_debugger_add(int32_t file, uint64_t offset, uint64_t base, uint64_t *_Nonnull handle);
void precast_debugger_remove(uint64_t handle);

enum {
    PRECAST_PROFILER_MAP,  // /tmp/perf-PID.map; the text becomes memory of no file, which perf wants to look into the map
    PRECAST_PROFILER_DUMP, // jit-PID.dump in the current folder
    PRECAST_PROFILER_VTUNE // through the library that INTEL_JIT_PROFILER64 names
};
/// Makes the functions of such an artifact, whose text nobody runs yet, known to a profiler. Returns 0 or a negative errno. Any thread.
int32_t precast_profiler_add(int32_t file, uint64_t offset, uint64_t base, uint64_t text, uint64_t text_bytes, uint32_t kind);

/// The range that holds `pc`. Returns 1, or 0 where there is none. Lock-free, callable from a signal handler.
uint32_t precast_code_find(uint64_t pc, precast_code_range *_Nonnull range);

#endif
