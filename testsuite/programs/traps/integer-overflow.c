// The least integer divided by -1.
#include <limits.h>
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    volatile int least = INT_MIN, minus = -argc;
    puts("before");
    fflush(stdout);
    volatile int quotient = least / minus;
    printf("%d\n", quotient);
    return 0;
}
