// Converts a number out of range, and by another path a NaN, with the trapping instruction.
#include <math.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    volatile double large = 3e9 * argc;
    puts("before");
    fflush(stdout);
    // -mnontrapping-fptoint off: the compiler guards the conversion, so the instruction is written by hand.
    int32_t result;
    __asm__ volatile("local.get %1\n\ti32.trunc_f64_s\n\tlocal.set %0" : "=r"(result) : "r"(large));
    printf("%d\n", (int)result);
    return 0;
}
