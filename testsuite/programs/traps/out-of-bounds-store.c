// Writes to addresses that rise until they pass the end of linear memory.
#include <stdint.h>
#include <stdio.h>

int main(void) {
    puts("before");
    fflush(stdout);
    for (uint64_t at = (uint64_t)__builtin_wasm_memory_size(0) * 65536 - 64;; at += 8) {
        if (at > 0xfffffff0u) return 0;
        *(volatile uint64_t *)(uintptr_t)at = at;
    }
}
