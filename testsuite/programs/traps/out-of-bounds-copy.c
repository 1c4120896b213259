// A bulk copy that would leave linear memory: nothing may be copied.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char source[64];

int main(int argc, char **argv) {
    (void)argv;
    puts("before");
    fflush(stdout);
    volatile uint32_t end = (uint32_t)__builtin_wasm_memory_size(0) * 65536u - 32u * (uint32_t)argc;
    __builtin_memcpy((void *)(uintptr_t)end, source, sizeof source);
    printf("%d\n", *(char *)(uintptr_t)end);
    return 0;
}
