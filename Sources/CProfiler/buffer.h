// Samples on their way from signal handlers to their reader: a ring of records that any thread adds to and one takes from.
#ifndef PRECAST_BUFFER_H
#define PRECAST_BUFFER_H
#include "include/profiler.h"
#include "unwind.h"

/// Empties the buffer and gives it `bytes` (a power of two). Returns 0, or a negative errno. Not while a sample may be added.
HIDDEN int32_t buffer_reset(uint64_t bytes);
/// Adds a sample, or counts it as lost. Async-signal-safe, any thread.
HIDDEN void buffer_add(const precast_sample *sample, const uint64_t *frames);

#endif
