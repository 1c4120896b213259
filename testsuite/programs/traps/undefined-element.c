// Calls through an index beyond the end of the table.
#include <stdint.h>
#include <stdio.h>

typedef void (*Action)(void);

int main(int argc, char **argv) {
    (void)argv;
    puts("before");
    fflush(stdout);
    volatile uintptr_t index = 100000u + (uintptr_t)argc;
    ((Action)index)();
    return 0;
}
