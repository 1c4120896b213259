// What the processor this runs on can do. No system header; answers zeros on other machines.
#ifndef PRECAST_HOST_CPU_H
#define PRECAST_HOST_CPU_H
#include <stdint.h>

typedef struct precast_cpuid {
    uint32_t eax, ebx, ecx, edx;
} precast_cpuid;

/// `cpuid` of a leaf and subleaf; zeros if the processor does not have the leaf.
precast_cpuid precast_host_cpuid(uint32_t leaf, uint32_t subleaf);

/// Extended control register 0: register state that the operating system saves (0 without OSXSAVE).
uint64_t precast_host_xcr0(void);

/// Word 0 or 1 of the capabilities that Linux tells processes of: `AT_HWCAP`, `AT_HWCAP2`.
uint64_t precast_host_hwcap(uint32_t word);

/// Brings the eight words of a SHA-256 state on by blocks of 64 bytes.
typedef void (*precast_sha256)(uint32_t *_Nonnull state, const void *_Nonnull data, intptr_t blocks);

/// The one that uses the processor's instructions for it; null if it has none.
precast_sha256 _Nullable precast_sha256_compression(void);

#endif
