#ifndef PRECAST_CELF_H
#define PRECAST_CELF_H
#include <gelf.h>
#include <libelf.h>
#include <sys/syscall.h>
#include <unistd.h>

/// An anonymous file in memory, for libelf to write to. Negative on failure.
static inline int celf_memory_file(void) {
    extern long syscall(long, ...);
    return (int)syscall(SYS_memfd_create, "precast", 1u /* MFD_CLOEXEC */);
}
#endif
