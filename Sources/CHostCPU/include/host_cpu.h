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

#endif
