// What the embedded Swift standard library expects of a C library and some do not have.
#include <features.h>
#if !defined(__GLIBC__)
#include <stddef.h>
#include <sys/random.h>

/// Seeds hashing. Should the kernel have no randomness to give, the seed is constant: tables then are slower at worst.
__attribute__((weak)) void arc4random_buf(void *buffer, size_t count) {
    char *rest = buffer;
    while (count) {
        ssize_t read = getrandom(rest, count, 0);
        if (read <= 0) return;
        rest += read;
        count -= (size_t)read;
    }
}
#endif
