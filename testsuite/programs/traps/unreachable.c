// Reaches an unreachable instruction three calls deep.
#include <stdio.h>

__attribute__((noinline)) static void third(int n) {
    if (n > 0) __builtin_trap();
    puts("not reached by a trapping call");
}
__attribute__((noinline)) static void second(int n) { third(n); }

int main(int argc, char **argv) {
    (void)argv;
    puts("before");
    fflush(stdout);
    second(argc);
    return 0;
}
