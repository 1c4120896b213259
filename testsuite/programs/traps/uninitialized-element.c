// Calls through a null function pointer: the first element of the table is null.
#include <stdio.h>

typedef void (*Action)(void);

int main(void) {
    puts("before");
    fflush(stdout);
    volatile Action none = 0;
    none();
    return 0;
}
