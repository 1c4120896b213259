#include "allocation.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static int exhaustion_status = 1;
static const char *_Atomic unfinished_file;

void precast_set_exhaustion_status(int status) { exhaustion_status = status; }
void precast_set_unfinished_file(const char *path) { atomic_store(&unfinished_file, path); }
void precast_remove_unfinished_file(void) {
    const char *path = atomic_exchange(&unfinished_file, NULL);
    if (path) unlink(path);
}

#ifdef __GLIBC__

static char *put_number(char *end, size_t number) {
    do *--end = '0' + (char)(number % 10);
    while (number /= 10);
    return end;
}

/// Nothing here allocates. Of several threads that get here the first ends the process; the others wait for that.
__attribute__((noreturn, cold, noinline)) static void end_without_memory(size_t size) {
    static atomic_flag is_ending = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&is_ending)) for (;;) pause();
    char digits[24];
    char *end = digits + sizeof digits;
    char *number = put_number(end, size);
    static const char before[] = "error: out of memory: ";
    static const char after[] = " bytes more were refused; raise the limit (ulimit -v), or compile with fewer threads (-j1)\n";
    char line[sizeof before + sizeof digits + sizeof after];
    size_t length = 0;
    memcpy(line, before, sizeof before - 1);
    length += sizeof before - 1;
    memcpy(line + length, number, (size_t)(end - number));
    length += (size_t)(end - number);
    memcpy(line + length, after, sizeof after - 1);
    length += sizeof after - 1;
    precast_remove_unfinished_file();
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
    _exit(exhaustion_status);
}

// The C library's own, under the names it has for programs that replace them.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static inline void *checked(void *p, size_t size) {
    if (__builtin_expect(!p, 0)) end_without_memory(size);
    return p;
}

void *malloc(size_t size) { return checked(__libc_malloc(size), size); }
void *calloc(size_t count, size_t size) {
    size_t total;
    void *p = __libc_calloc(count, size);
    if (__builtin_expect(!p, 0)) end_without_memory(__builtin_mul_overflow(count, size, &total) ? SIZE_MAX : total);
    return p;
}
void *realloc(void *p, size_t size) {
    void *moved = __libc_realloc(p, size);
    // Zero bytes: the block is freed, and there is nothing to return.
    return size ? checked(moved, size) : moved;
}
void *memalign(size_t alignment, size_t size) { return checked(__libc_memalign(alignment, size), size); }
void *aligned_alloc(size_t alignment, size_t size) { return checked(__libc_memalign(alignment, size), size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || !alignment) return EINVAL;
    *result = checked(__libc_memalign(alignment, size), size);
    return 0;
}

#endif
