// Mappings and heap memory.
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int guarded(void) {
#if defined(__aarch64__)
    enum { HAS_BRANCH_TARGETS = 1 << 17, BRANCH_TARGETS = 0x10 }; // HWCAP2_BTI, PROT_BTI
    return precast_hwcap(1) & HAS_BRANCH_TARGETS ? BRANCH_TARGETS : 0;
#else
    return 0;
#endif
}

static int native(uint32_t protection) {
    return (protection & PRECAST_READ ? PROT_READ : 0) | (protection & PRECAST_WRITE ? PROT_WRITE : 0) |
           (protection & PRECAST_EXECUTE ? PROT_EXEC : 0) | (protection & PRECAST_BRANCH_TARGETS ? guarded() : 0);
}

static int64_t mapped(void *address) { return address == MAP_FAILED ? -(int64_t)errno : (int64_t)(uintptr_t)address; }

int64_t precast_reserve(uint64_t bytes) {
    return mapped(mmap(0, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

int64_t precast_map_anonymous(uint64_t bytes) {
    return mapped(mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

int64_t precast_map_file(uint64_t address, uint64_t bytes, uint32_t protection, int32_t file, uint64_t offset) {
    int flags = MAP_PRIVATE | (address ? MAP_FIXED : 0);
    return mapped(mmap((void *)(uintptr_t)address, bytes, native(protection), flags, file, (off_t)offset));
}

int32_t precast_map_fresh(uint64_t address, uint64_t bytes, uint32_t protection) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | (protection ? 0 : MAP_NORESERVE);
    return mmap((void *)(uintptr_t)address, bytes, native(protection), flags, -1, 0) == MAP_FAILED ? -errno : 0;
}

int32_t precast_protect(uint64_t address, uint64_t bytes, uint32_t protection) {
    return mprotect((void *)(uintptr_t)address, bytes, native(protection)) ? -errno : 0;
}

int32_t precast_unmap(uint64_t address, uint64_t bytes) {
    return munmap((void *)(uintptr_t)address, bytes) ? -errno : 0;
}

int32_t precast_discard(uint64_t address, uint64_t bytes) {
    return madvise((void *)(uintptr_t)address, bytes, MADV_DONTNEED) ? -errno : 0;
}

void precast_populate(uint64_t address, uint64_t bytes) {
    const uint64_t huge = 2u << 20;
    uint64_t start = (address + huge - 1) & ~(huge - 1), end = (address + bytes) & ~(huge - 1);
    if (end > start) madvise((void *)(uintptr_t)start, end - start, MADV_HUGEPAGE);
    madvise((void *)(uintptr_t)address, bytes, MADV_POPULATE_WRITE);
}

uint64_t precast_page_size(void) { return getauxval(AT_PAGESZ); }

void *precast_allocate(uint64_t bytes) {
    return bytes > SIZE_MAX / 2 ? 0 : calloc(1, bytes ? (size_t)bytes : 1); // 64-bit heaps align to 16
}

void precast_free(void *memory) { free(memory); }

uint64_t precast_address_space_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    return limit.rlim_cur;
}
