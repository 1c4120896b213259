// Divides by zero.
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    volatile int zero = argc - argc;
    puts("before");
    fflush(stdout);
    __asm__ volatile("" ::: "memory");
    volatile int quotient = argc / zero;
    printf("%d\n", quotient);
    return 0;
}
