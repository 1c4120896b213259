// peak-memory COMMAND ARGUMENT…: runs a command and prints the most memory, in KiB, that it had resident. Build it statically: the
// system counts what the process had before it became the command, which is this program.
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

int main(int count, char **arguments) {
    pid_t child;
    int status;
    struct rusage usage;
    if (count < 2 || posix_spawnp(&child, arguments[1], 0, 0, arguments + 1, environ)) return 125;
    if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status)) return 1;
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
