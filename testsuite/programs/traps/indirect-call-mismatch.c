// Calls a function through a pointer of another signature.
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static double twice(double x) { return 2 * x; }

typedef int32_t (*Other)(int32_t, int32_t);

int main(int argc, char **argv) {
    (void)argv;
    puts("before");
    fflush(stdout);
    void *volatile pointer = (void *)twice;
    printf("%d\n", (int)((Other)pointer)(argc, argc));
    return 0;
}
