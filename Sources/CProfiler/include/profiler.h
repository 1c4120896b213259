// The sampling profiler's half that runs in signal handlers: threads are told to take samples of their own stacks, which wait in a
// ring buffer until they are read.
//
// Per-thread CPU timers would be simpler, but the kernel looks at them on its tick only: 100 to 300 times a second, whatever is asked
// for. So a thread of the host's calls `precast_profiler_tick` as often as samples are wanted, and each thread that used
// CPU time since gets a signal (SIGPROF). Threads that wait are left alone.
#ifndef PRECAST_PROFILER_H
#define PRECAST_PROFILER_H
#include <stdint.h>

/// Frames kept of a sample, innermost first.
#define PRECAST_SAMPLE_FRAMES 480

/// Frames of the host: the number of a marked host function (see `precast_mark_host_function`), or the first address of the function that
/// compiled code called, 0 if unknown. A frame with neither bit is the address of an instruction of compiled code.
#define PRECAST_FRAME_HOST_CALL (1ull << 63)
#define PRECAST_FRAME_HOST_CODE (1ull << 62)

/// Outer frames are missing: there were too many, or the stack could not be followed.
#define PRECAST_SAMPLE_CUT 1u

typedef struct precast_sample {
    uint64_t thread;      // the kernel's number
    uint64_t time;        // nanoseconds of the monotonic clock
    uint64_t cpu;         // nanoseconds of CPU time that the thread took since its sample before
    uint32_t flags;       // PRECAST_SAMPLE_…
    uint32_t frame_count;
} precast_sample;

/// Makes the process ready to take samples `interval` nanoseconds apart, into a buffer of `buffer_bytes` (a power of two, at least 64 KiB).
/// Returns 0, or a negative errno: -EBUSY while it is started, or if the process handles SIGPROF itself; -ENOSYS on other machines.
int32_t precast_profiler_start(uint64_t interval, uint64_t buffer_bytes);
/// Has each thread but this one that used CPU time take a sample. One thread calls it, between start and stop.
void precast_profiler_tick(void);
/// Takes the oldest sample out of the buffer, with up to PRECAST_SAMPLE_FRAMES frames. Returns 0 if there is none. One thread at a time.
int32_t precast_profiler_read(precast_sample *_Nonnull sample, uint64_t *_Nonnull frames);
/// Samples for which there was no room since the start.
uint64_t precast_profiler_lost(void);
/// Takes no more samples. What is in the buffer can still be read, until the next start.
void precast_profiler_stop(void);
/// Sleeps until the monotonic clock says `nanoseconds`.
void precast_profiler_sleep(uint64_t nanoseconds);
/// The name of the function at a host address, and else the file that the address is mapped from; 0 if neither is known. Not for signal handlers.
const char *_Nullable precast_profiler_symbol(uint64_t address, uint32_t *_Nonnull is_function);

#endif
