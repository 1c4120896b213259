// The timed part of a program lies between bench_start() and bench_end(). Built for wasm with -DPRECAST_BENCH they are
// imports of the host that takes the time; otherwise they do nothing.
#ifndef PRECAST_BENCH_H
#define PRECAST_BENCH_H

#if defined(PRECAST_BENCH) && defined(__wasm__)
__attribute__((import_module("bench"), import_name("start"))) void bench_start(void);
__attribute__((import_module("bench"), import_name("end"))) void bench_end(void);
#else
static inline void bench_start(void) {}
static inline void bench_end(void) {}
#endif

#endif
