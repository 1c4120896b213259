#define _GNU_SOURCE
#include "script_support.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

/// Waits until there is something to read, or the stream's end. Returns 0, or a negative errno.
static int32_t wait_for_input(int32_t file, uint64_t deadline) {
    if (deadline == PRECAST_NEVER) return 0;
    for (;;) {
        uint64_t time = now();
        if (time >= deadline) return -ETIMEDOUT;
        uint64_t left = (deadline - time) / 1000000 + 1;
        struct pollfd entry = {.fd = file, .events = POLLIN};
        int ready = poll(&entry, 1, left > 60000 ? 60000 : (int)left);
        if (ready > 0) return 0;
        if (ready < 0 && errno != EINTR) return -errno;
    }
}

int64_t precast_read_stream(int32_t file, void *buffer, uint64_t count, uint64_t deadline) {
    uint64_t done = 0;
    while (done < count) {
        int32_t error = wait_for_input(file, deadline);
        if (error) return error;
        ssize_t some = read(file, (char *)buffer + done, count - done);
        if (some == 0) break;
        if (some > 0) done += (uint64_t)some;
        else if (errno != EINTR) return -errno;
    }
    return (int64_t)done;
}

int32_t precast_error_timed_out(void) { return ETIMEDOUT; }

struct precast_monitor {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

precast_monitor *precast_monitor_create(void) {
    precast_monitor *monitor = malloc(sizeof *monitor);
    pthread_condattr_t attributes;
    if (!monitor) return 0;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&monitor->mutex, 0);
    pthread_cond_init(&monitor->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return monitor;
}
void precast_monitor_destroy(precast_monitor *monitor) {
    pthread_cond_destroy(&monitor->condition);
    pthread_mutex_destroy(&monitor->mutex);
    free(monitor);
}
void precast_monitor_enter(precast_monitor *monitor) { pthread_mutex_lock(&monitor->mutex); }
void precast_monitor_leave(precast_monitor *monitor) { pthread_mutex_unlock(&monitor->mutex); }
void precast_monitor_wait(precast_monitor *monitor, uint64_t deadline) {
    if (deadline == PRECAST_NEVER) {
        pthread_cond_wait(&monitor->condition, &monitor->mutex);
    } else {
        struct timespec time = {.tv_sec = (time_t)(deadline / SECOND), .tv_nsec = (long)(deadline % SECOND)};
        pthread_cond_timedwait(&monitor->condition, &monitor->mutex, &time);
    }
}
void precast_monitor_wake_all(precast_monitor *monitor) { pthread_cond_broadcast(&monitor->condition); }

extern char **environ;

/// Starts a program with those ends of pipes. Returns 0 or an errno, positive.
static int spawn(const char *const *arguments, int input, int output, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawnp(pid, arguments[0], &actions, &attributes, (char *const *)arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int32_t precast_child_start(const char *const *arguments, precast_child *child) {
    int input[2], output[2];
    pid_t pid;
    if (pipe2(input, O_CLOEXEC)) return -errno;
    if (pipe2(output, O_CLOEXEC)) {
        int error = errno;
        close(input[0]);
        close(input[1]);
        return -error;
    }
    int error = spawn(arguments, input[0], output[1], &pid);
    close(input[0]);
    close(output[1]);
    if (error) {
        close(input[1]);
        close(output[0]);
        return -error;
    }
    *child = (precast_child){.pid = pid, .input = input[1], .output = output[0]};
    return 0;
}

int32_t precast_child_wait(int32_t pid, uint64_t deadline, int32_t *signal, int32_t *status) {
    for (;;) {
        int how = 0;
        pid_t ended = waitpid(pid, &how, deadline == PRECAST_NEVER ? 0 : WNOHANG);
        if (ended == pid || (ended < 0 && errno != EINTR)) {
            *signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
            *status = WIFEXITED(how) ? WEXITSTATUS(how) : 0;
            return 1;
        }
        if (now() >= deadline) return 0;
        if (ended == 0) usleep(1000);
    }
}

void precast_child_kill(int32_t pid) { kill(-pid, SIGKILL); }

const char *precast_signal_text(int32_t signal) {
    const char *text = strsignal(signal);
    return text ? text : "unknown";
}

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return 0;
}

static int32_t create(pthread_t *thread, void (*body)(void *), void *context, uint64_t stack_bytes) {
    struct start *start = malloc(sizeof *start);
    pthread_attr_t attributes;
    if (!start) return -ENOMEM;
    *start = (struct start){body, context};
    pthread_attr_init(&attributes);
    int error = pthread_attr_setstacksize(&attributes, (size_t)stack_bytes);
    if (!error) error = pthread_create(thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (error) free(start);
    return -error;
}

int32_t precast_thread_start(void (*body)(void *), void *context, uint64_t stack_bytes) {
    pthread_t thread;
    int32_t error = create(&thread, body, context, stack_bytes);
    return error ? error : -pthread_detach(thread);
}

int32_t precast_thread_run(void (*body)(void *), void *context, uint64_t stack_bytes) {
    pthread_t thread;
    int32_t error = create(&thread, body, context, stack_bytes);
    return error ? error : -pthread_join(thread, 0);
}
