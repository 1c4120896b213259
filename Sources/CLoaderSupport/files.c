// Files, errors, time, and the processor's own description.
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u
#endif

int32_t precast_open(const char *path, uint64_t *size) {
    int file;
    do file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); while (file < 0 && errno == EINTR);
    if (file < 0) return -errno;
    struct stat status;
    int error = fstat(file, &status) ? errno : S_ISREG(status.st_mode) ? 0 : S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    if (error) {
        close(file);
        return -error;
    }
    *size = (uint64_t)status.st_size;
    return file;
}

int32_t precast_create(const char *path) {
    int file;
    do file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600); while (file < 0 && errno == EINTR);
    return file < 0 ? -errno : file;
}

int32_t precast_duplicate(int32_t file) {
    int copy = fcntl(file, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? -errno : copy;
}

void precast_close(int32_t file) { close(file); }

int64_t precast_read(int32_t file, void *buffer, uint64_t bytes, uint64_t offset) {
    uint64_t done = 0;
    while (done < bytes) {
        ssize_t count = pread(file, (char *)buffer + done, bytes - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -errno;
        if (count == 0) break;
        done += (uint64_t)count;
    }
    return (int64_t)done;
}

int32_t precast_write(int32_t file, const void *bytes, uint64_t count) {
    const char *rest = bytes;
    while (count) {
        ssize_t written = write(file, rest, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -errno;
        rest += written;
        count -= (uint64_t)written;
    }
    return 0;
}

int64_t precast_copy(int32_t from, int32_t to, uint64_t start, uint64_t bytes) {
    uint64_t done = 0;
    while (done < bytes) {
        uint64_t rest = bytes - done;
        off_t offset = (off_t)(start + done);
        ssize_t count = sendfile(to, from, &offset, rest < 1u << 30 ? rest : 1u << 30);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -errno;
        if (count == 0) break;
        done += (uint64_t)count;
    }
    return (int64_t)done;
}

int32_t precast_memory_file(const char *name) {
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (file < 0 && errno == EINVAL) file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); // before Linux 6.3
    return file < 0 ? -errno : file;
}

int32_t precast_seal(int32_t file) {
    return fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) ? -errno : 0;
}

const char *precast_error_text(int32_t error) { return strerror(error < 0 ? -error : error); }
int32_t precast_error_not_found(void) { return ENOENT; }
int32_t precast_error_no_memory(void) { return ENOMEM; }
int32_t precast_error_access(void) { return EACCES; }
int32_t precast_error_permission(void) { return EPERM; }

uint64_t precast_hwcap(uint32_t word) { return getauxval(word ? AT_HWCAP2 : AT_HWCAP); }

uint64_t precast_main_id(void) {
    uint64_t identification = 0;
#if defined(__aarch64__)
    enum { READS_ID_REGISTERS = 1 << 11 }; // HWCAP_CPUID: the kernel emulates the instruction
    if (getauxval(AT_HWCAP) & READS_ID_REGISTERS) __asm__("mrs %0, midr_el1" : "=r"(identification));
#endif
    return identification;
}

uint64_t precast_riscv_extensions(void) {
#if defined(__riscv)
    enum { SYSTEM_CALL = 258, EXTENSIONS = 4 };
    struct { int64_t key; uint64_t value; } pair = {EXTENSIONS, 0};
    // For a key it does not know the kernel makes the key -1.
    if (syscall(SYSTEM_CALL, &pair, 1L, 0L, 0L, 0L) == 0 && pair.key == EXTENSIONS) return pair.value;
#endif
    return 0;
}

uint64_t precast_monotonic_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// The kernel puts the argument count, the arguments, a null, and then the environment on the stack, in this order.
char **precast_process_arguments(int32_t *count) {
    extern char **environ;
    char **argument = environ - 1;
    intptr_t found = 0;
    while ((intptr_t)argument[-1] != found) argument--, found++;
    *count = (int32_t)found;
    return argument;
}

uint64_t precast_random_word(void) {
    uint64_t word = 0;
    return getrandom(&word, sizeof word, 0) == sizeof word ? word : UINT64_C(0x9E3779B97F4A7C15);
}

void precast_exit(int32_t code) { _exit(code); }

#if defined(__x86_64__)
#include <cpuid.h>
precast_cpuid_result precast_cpuid(uint32_t leaf, uint32_t subleaf) {
    precast_cpuid_result result = {0, 0, 0, 0};
    __get_cpuid_count(leaf, subleaf, &result.eax, &result.ebx, &result.ecx, &result.edx);
    return result;
}
uint64_t precast_xcr0(void) {
    if (!(precast_cpuid(1, 0).ecx >> 27 & 1)) return 0; // OSXSAVE
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}
#else
precast_cpuid_result precast_cpuid(uint32_t leaf, uint32_t subleaf) {
    (void)leaf, (void)subleaf;
    return (precast_cpuid_result){0, 0, 0, 0};
}
uint64_t precast_xcr0(void) { return 0; }
#endif
