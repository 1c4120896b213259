#include "host_cpu.h"
#include <sys/auxv.h>

uint64_t precast_host_hwcap(uint32_t word) { return getauxval(word ? AT_HWCAP2 : AT_HWCAP); }

#if defined(__x86_64__)

static precast_cpuid run(uint32_t leaf, uint32_t subleaf) {
    precast_cpuid r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

precast_cpuid precast_host_cpuid(uint32_t leaf, uint32_t subleaf) {
    precast_cpuid none = {0, 0, 0, 0};
    // Leaf 0 (or 0x80000000) says which the last one is; asking beyond it answers with another leaf's data.
    if (leaf > run(leaf & 0x80000000u, 0).eax) return none;
    return run(leaf, subleaf);
}

uint64_t precast_host_xcr0(void) {
    if (!(precast_host_cpuid(1, 0).ecx >> 27 & 1)) return 0;
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

#else

precast_cpuid precast_host_cpuid(uint32_t leaf, uint32_t subleaf) {
    precast_cpuid none = {0, 0, 0, 0};
    (void)leaf;
    (void)subleaf;
    return none;
}
uint64_t precast_host_xcr0(void) { return 0; }

#endif
