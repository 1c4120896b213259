// Reads far beyond the end of linear memory.
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    puts("before");
    fflush(stdout);
    volatile uint32_t *p = (volatile uint32_t *)(uintptr_t)(0xfff00000u + (uint32_t)argc * 4u);
    printf("%u\n", (unsigned)*p);
    return 0;
}
