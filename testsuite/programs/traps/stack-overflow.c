// Recursion without end.
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static uint64_t deeper(uint64_t n, volatile uint64_t *last) {
    if (*last == UINT64_MAX) return 0;
    *last = n;
    uint64_t below = deeper(n + 1, last);
    return below * 3 + *last;
}

int main(void) {
    static volatile uint64_t last;
    puts("before");
    fflush(stdout);
    printf("%llu\n", (unsigned long long)deeper(0, &last));
    return 0;
}
