// What the two ends of a script host's connection need of the operating system: the bytes of a pipe with a deadline, a
// monitor, threads with stacks of their own size.
//
// Failures are negative errno values. Times are those of the monotonic clock, in nanoseconds; PRECAST_NEVER is later than all.
// Fixed-width types only; no system header, so that freestanding Swift can import it.
#ifndef PRECAST_SCRIPT_SUPPORT_H
#define PRECAST_SCRIPT_SUPPORT_H
#include <stdint.h>

#ifndef __clang__
#define _Nullable
#define _Nonnull
#endif

#define PRECAST_NEVER 0xFFFFFFFFFFFFFFFFull

/// Reads `count` bytes of a pipe, socket or terminal, in as many pieces as they come. Returns how many were read: fewer where the
/// stream ends first. Fails with `precast_error_timed_out()` once `deadline` has passed.
int64_t precast_read_stream(int32_t file, void *_Nonnull buffer, uint64_t count, uint64_t deadline);
/// The errno value, positive.
int32_t precast_error_timed_out(void);

/// A lock with a condition to wait for while it is let go.
typedef struct precast_monitor precast_monitor;
precast_monitor *_Nullable precast_monitor_create(void);
void precast_monitor_destroy(precast_monitor *_Nonnull monitor);
void precast_monitor_enter(precast_monitor *_Nonnull monitor);
void precast_monitor_leave(precast_monitor *_Nonnull monitor);
/// Lets others in, until somebody wakes all or `deadline` passes (or for no reason).
void precast_monitor_wait(precast_monitor *_Nonnull monitor, uint64_t deadline);
void precast_monitor_wake_all(precast_monitor *_Nonnull monitor);

/// A process whose standard input and output are pipes of this one.
typedef struct precast_child {
    int32_t pid;     // also of its process group
    int32_t input;   // to write its standard input to
    int32_t output;  // to read its standard output from
} precast_child;

/// Starts a program, which is looked up in PATH, in a process group of its own. `arguments` begin with its name and end with NULL. Returns 0, or a negative errno.
int32_t precast_child_start(const char *_Nullable const *_Nonnull arguments, precast_child *_Nonnull child);
/// Waits until `deadline` for its end. Returns 1 when it has ended, and by which signal (0: none) and with which status; it may not be asked again. 0: it runs.
int32_t precast_child_wait(int32_t pid, uint64_t deadline, int32_t *_Nonnull signal, int32_t *_Nonnull status);
/// Kills what is left of its process group.
void precast_child_kill(int32_t pid);
/// The system's words for a signal's number.
const char *_Nonnull precast_signal_text(int32_t signal);

/// Runs `body` on a new thread with a stack of `stack_bytes`, and forgets it. Returns 0, or a negative errno.
int32_t precast_thread_start(void (*_Nonnull body)(void *_Nullable), void *_Nullable context, uint64_t stack_bytes);
/// The same, and waits for its end.
int32_t precast_thread_run(void (*_Nonnull body)(void *_Nullable), void *_Nullable context, uint64_t stack_bytes);

#endif
