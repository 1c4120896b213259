#define _GNU_SOURCE
#include "wasi_support.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8 && sizeof(struct iovec) == sizeof(precast_wasi_vector), "64-bit hosts");
_Static_assert(offsetof(struct iovec, iov_len) == offsetof(precast_wasi_vector, count), "layout of struct iovec");
_Static_assert(sizeof(struct pollfd) == sizeof(precast_wasi_interest) && offsetof(struct pollfd, revents) == offsetof(precast_wasi_interest, found), "layout of struct pollfd");
_Static_assert(POLLIN == PRECAST_WASI_POLL_IN && POLLOUT == PRECAST_WASI_POLL_OUT && POLLERR == PRECAST_WASI_POLL_ERROR
               && POLLHUP == PRECAST_WASI_POLL_HANGUP && POLLNVAL == PRECAST_WASI_POLL_INVALID, "poll's bits");
_Static_assert(sizeof(precast_wasi_status) == 64, "layout of filestat");

// ---- Errors ----------------------------------------------------------------------------------------------------

enum { WASI_EINVAL = 28, WASI_EIO = 29, WASI_EPERM = 63 };

/// WASI's errno values by Linux's.
static const uint8_t errors[] = {
    [E2BIG] = 1, [EACCES] = 2, [EADDRINUSE] = 3, [EADDRNOTAVAIL] = 4, [EAFNOSUPPORT] = 5, [EAGAIN] = 6, [EALREADY] = 7, [EBADF] = 8,
    [EBADMSG] = 9, [EBUSY] = 10, [ECANCELED] = 11, [ECHILD] = 12, [ECONNABORTED] = 13, [ECONNREFUSED] = 14, [ECONNRESET] = 15,
    [EDEADLK] = 16, [EDESTADDRREQ] = 17, [EDOM] = 18, [EDQUOT] = 19, [EEXIST] = 20, [EFAULT] = 21, [EFBIG] = 22, [EHOSTUNREACH] = 23,
    [EIDRM] = 24, [EILSEQ] = 25, [EINPROGRESS] = 26, [EINTR] = 27, [EINVAL] = 28, [EIO] = 29, [EISCONN] = 30, [EISDIR] = 31,
    [ELOOP] = 32, [EMFILE] = 33, [EMLINK] = 34, [EMSGSIZE] = 35, [EMULTIHOP] = 36, [ENAMETOOLONG] = 37, [ENETDOWN] = 38,
    [ENETRESET] = 39, [ENETUNREACH] = 40, [ENFILE] = 41, [ENOBUFS] = 42, [ENODEV] = 43, [ENOENT] = 44, [ENOEXEC] = 45, [ENOLCK] = 46,
    [ENOLINK] = 47, [ENOMEM] = 48, [ENOMSG] = 49, [ENOPROTOOPT] = 50, [ENOSPC] = 51, [ENOSYS] = 52, [ENOTCONN] = 53, [ENOTDIR] = 54,
    [ENOTEMPTY] = 55, [ENOTRECOVERABLE] = 56, [ENOTSOCK] = 57, [EOPNOTSUPP] = 58, [ENOTTY] = 59, [ENXIO] = 60, [EOVERFLOW] = 61,
    [EOWNERDEAD] = 62, [EPERM] = 63, [EPIPE] = 64, [EPROTO] = 65, [EPROTONOSUPPORT] = 66, [EPROTOTYPE] = 67, [ERANGE] = 68,
    [EROFS] = 69, [ESPIPE] = 70, [ESRCH] = 71, [ESTALE] = 72, [ETIMEDOUT] = 73, [ETXTBSY] = 74, [EXDEV] = 75,
};

static int32_t failure(int error) {
    uint8_t known = error > 0 && (size_t)error < sizeof errors ? errors[error] : 0;
    return -(int32_t)(known ? known : WASI_EIO);
}

static int64_t checked(int64_t result) { return result < 0 ? failure(errno) : result; }

#define RETRY(variable, call) do variable = (call); while (variable < 0 && errno == EINTR)

// ---- Opening ---------------------------------------------------------------------------------------------------

int32_t precast_wasi_open_root(const uint8_t *path) {
    int file;
    RETRY(file, open((const char *)path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return (int32_t)checked(file);
}

// The kernel's interface, spelled here because not every C library has its header.
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
struct resolution { uint64_t flags, mode, resolve; };
enum { RESOLVE_WITHOUT_MAGIC_LINKS = 2, RESOLVE_UNDER = 8 };

int32_t precast_wasi_open_beneath(int32_t directory, const uint8_t *path) {
    struct resolution how = {O_PATH | O_DIRECTORY | O_CLOEXEC, 0, RESOLVE_UNDER | RESOLVE_WITHOUT_MAGIC_LINKS};
    // EAGAIN: a rename somewhere in the system kept the kernel from being sure about `..`.
    for (int attempt = 0; attempt < 32; attempt++) {
        long file = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (file >= 0) return (int32_t)file;
        switch (errno) {
        case EINTR: case EAGAIN: continue;
        case ENOSYS: case EPERM: return PRECAST_WASI_UNRESOLVED;
        case EXDEV: return -WASI_EPERM;
        default: return failure(errno);
        }
    }
    return PRECAST_WASI_UNRESOLVED;
}

static uint8_t type_of(const struct stat *status, int file) {
    switch (status->st_mode & S_IFMT) {
    case S_IFBLK: return 1;
    case S_IFCHR: return 2;
    case S_IFDIR: return 3;
    case S_IFREG: return 4;
    case S_IFLNK: return 7;
    case S_IFSOCK: {
        int kind = SOCK_STREAM;
        socklen_t size = sizeof kind;
        return file >= 0 && getsockopt(file, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_DGRAM ? 5 : 6;
    }
    default: return 0;
    }
}

int32_t precast_wasi_open_place(int32_t directory, const uint8_t *name, uint8_t *type) {
    int file;
    RETRY(file, openat(directory, (const char *)name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (file < 0) return failure(errno);
    struct stat status;
    if (fstat(file, &status)) {
        int error = errno;
        close(file);
        return failure(error);
    }
    *type = type_of(&status, -1);
    return file;
}

enum { WASI_APPEND = 1, WASI_DSYNC = 2, WASI_NONBLOCK = 4, WASI_RSYNC = 8, WASI_SYNC = 16 };

int32_t precast_wasi_open(int32_t directory, const uint8_t *name, uint32_t access, uint32_t open_flags, uint32_t flags) {
    int how = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    how |= access & PRECAST_WASI_WRITE ? (access & PRECAST_WASI_READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (open_flags & 1) how |= O_CREAT;
    if (open_flags & 2) how |= O_DIRECTORY;
    if (open_flags & 4) how |= O_EXCL;
    if (open_flags & 8) how |= O_TRUNC;
    if (flags & WASI_APPEND) how |= O_APPEND;
    if (flags & WASI_DSYNC) how |= O_DSYNC;
    if (flags & (WASI_RSYNC | WASI_SYNC)) how |= O_SYNC;
    int file;
    RETRY(file, openat(directory, (const char *)name, how, 0666));
    return (int32_t)checked(file);
}

void precast_wasi_close(int32_t file) { close(file); }

// ---- Files and names -------------------------------------------------------------------------------------------

static uint64_t nanoseconds(struct timespec time) {
    return time.tv_sec < 0 ? 0 : (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int32_t precast_wasi_get_status(int32_t file, const uint8_t *name, precast_wasi_status *status) {
    struct stat found;
    int failed = name ? fstatat(file, (const char *)name, &found, AT_SYMLINK_NOFOLLOW) : fstat(file, &found);
    if (failed) return failure(errno);
    *status = (precast_wasi_status){
        .device = found.st_dev, .inode = found.st_ino, .type = type_of(&found, name ? -1 : file), .links = found.st_nlink,
        .size = (uint64_t)found.st_size, .accessed = nanoseconds(found.st_atim), .modified = nanoseconds(found.st_mtim),
        .changed = nanoseconds(found.st_ctim),
    };
    return 0;
}

static struct timespec time_to_set(uint64_t time, uint32_t given, uint32_t now) {
    if (now) return (struct timespec){0, UTIME_NOW};
    if (!given) return (struct timespec){0, UTIME_OMIT};
    return (struct timespec){(time_t)(time / 1000000000u), (long)(time % 1000000000u)};
}

int32_t precast_wasi_set_times(int32_t file, const uint8_t *name, uint64_t accessed, uint64_t modified, uint32_t flags) {
    struct timespec times[2] = {time_to_set(accessed, flags & 1, flags & 2), time_to_set(modified, flags & 4, flags & 8)};
    return (int32_t)checked(name ? utimensat(file, (const char *)name, times, AT_SYMLINK_NOFOLLOW) : futimens(file, times));
}

int32_t precast_wasi_set_size(int32_t file, uint64_t size) {
    if (size > INT64_MAX) return -WASI_EINVAL;
    int result;
    RETRY(result, ftruncate(file, (off_t)size));
    return (int32_t)checked(result);
}

int32_t precast_wasi_advise(int32_t file, uint64_t offset, uint64_t length, uint32_t advice) {
    static const uint8_t known[] = {POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM, POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};
    if (advice >= sizeof known || offset > INT64_MAX || length > INT64_MAX) return -WASI_EINVAL;
    int error = posix_fadvise(file, (off_t)offset, (off_t)length, known[advice]);
    return error ? failure(error) : 0;
}

int32_t precast_wasi_allocate(int32_t file, uint64_t offset, uint64_t length) {
    if (offset > INT64_MAX || length > INT64_MAX) return -WASI_EINVAL;
    int result;
    RETRY(result, fallocate(file, 0, (off_t)offset, (off_t)length));
    return (int32_t)checked(result);
}

int32_t precast_wasi_sync(int32_t file, uint32_t data_only) {
    int result;
    RETRY(result, data_only ? fdatasync(file) : fsync(file));
    return (int32_t)checked(result);
}

int64_t precast_wasi_seek(int32_t file, int64_t offset, uint32_t whence) {
    static const uint8_t known[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    if (whence >= sizeof known) return -WASI_EINVAL;
    return checked(lseek(file, (off_t)offset, known[whence]));
}

int32_t precast_wasi_get_flags(int32_t file) {
    int flags = fcntl(file, F_GETFL);
    if (flags < 0) return failure(errno);
    return (flags & O_APPEND ? WASI_APPEND : 0) | (flags & O_NONBLOCK ? WASI_NONBLOCK : 0)
        | ((flags & O_SYNC) == O_SYNC ? WASI_SYNC | WASI_RSYNC : flags & O_DSYNC ? WASI_DSYNC : 0);
}

int32_t precast_wasi_set_flags(int32_t file, uint32_t flags) {
    int present = fcntl(file, F_GETFL);
    if (present < 0) return failure(errno);
    present &= ~(O_APPEND | O_NONBLOCK);
    if (flags & WASI_APPEND) present |= O_APPEND;
    if (flags & WASI_NONBLOCK) present |= O_NONBLOCK;
    return (int32_t)checked(fcntl(file, F_SETFL, present));
}

int64_t precast_wasi_read_link(int32_t directory, const uint8_t *name, uint8_t *buffer, uint64_t count) {
    return checked(readlinkat(directory, (const char *)name, (char *)buffer, count));
}

int32_t precast_wasi_make_directory(int32_t directory, const uint8_t *name) {
    return (int32_t)checked(mkdirat(directory, (const char *)name, 0777));
}

int32_t precast_wasi_remove(int32_t directory, const uint8_t *name, uint32_t is_directory) {
    return (int32_t)checked(unlinkat(directory, (const char *)name, is_directory ? AT_REMOVEDIR : 0));
}

int32_t precast_wasi_make_symbolic_link(const uint8_t *target, int32_t directory, const uint8_t *name) {
    return (int32_t)checked(symlinkat((const char *)target, directory, (const char *)name));
}

int32_t precast_wasi_rename(int32_t from, const uint8_t *old_name, int32_t to, const uint8_t *new_name) {
    return (int32_t)checked(renameat(from, (const char *)old_name, to, (const char *)new_name));
}

int32_t precast_wasi_link(int32_t from, const uint8_t *old_name, int32_t to, const uint8_t *new_name) {
    return (int32_t)checked(linkat(from, (const char *)old_name, to, (const char *)new_name, 0));
}

int64_t precast_wasi_list(int32_t directory, uint8_t *buffer, uint64_t count) {
    return checked(syscall(SYS_getdents64, directory, buffer, count));
}

// ---- Transfers -------------------------------------------------------------------------------------------------

int64_t precast_wasi_read(int32_t file, const precast_wasi_vector *vectors, uint32_t count, int64_t offset) {
    const struct iovec *native = (const struct iovec *)vectors;
    ssize_t done;
    RETRY(done, offset < 0 ? readv(file, native, (int)count) : preadv(file, native, (int)count, (off_t)offset));
    return checked(done);
}

static int64_t write_all(int file, const struct iovec *vectors, uint32_t count, int64_t offset) {
    ssize_t done;
    RETRY(done, offset < 0 ? writev(file, vectors, (int)count) : pwritev(file, vectors, (int)count, (off_t)offset));
    return checked(done);
}

int64_t precast_wasi_write(int32_t file, const precast_wasi_vector *vectors, uint32_t count, int64_t offset, uint32_t may_signal) {
    const struct iovec *native = (const struct iovec *)vectors;
    if (!may_signal) return write_all(file, native, count, offset);
    // SIGPIPE is sent to the thread that writes: hold it back, and take it away unless it was pending before.
    sigset_t broken, before, pending;
    sigemptyset(&broken);
    sigemptyset(&pending);
    sigaddset(&broken, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    if (sigismember(&before, SIGPIPE)) sigpending(&pending);
    int64_t result = write_all(file, native, count, offset);
    if (result == -(int64_t)errors[EPIPE] && !sigismember(&pending, SIGPIPE)) {
        struct timespec none = {0, 0};
        while (sigtimedwait(&broken, NULL, &none) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

int32_t precast_wasi_accept(int32_t socket, uint32_t flags) {
    int file;
    RETRY(file, accept4(socket, NULL, NULL, SOCK_CLOEXEC | (flags & WASI_NONBLOCK ? SOCK_NONBLOCK : 0)));
    return (int32_t)checked(file);
}

int64_t precast_wasi_receive(int32_t socket, const precast_wasi_vector *vectors, uint32_t count, uint32_t flags, uint32_t *truncated) {
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)vectors, .msg_iovlen = count};
    ssize_t done;
    RETRY(done, recvmsg(socket, &message, (flags & 1 ? MSG_PEEK : 0) | (flags & 2 ? MSG_WAITALL : 0)));
    *truncated = done >= 0 && message.msg_flags & MSG_TRUNC ? 1 : 0;
    return checked(done);
}

int64_t precast_wasi_send(int32_t socket, const precast_wasi_vector *vectors, uint32_t count) {
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)vectors, .msg_iovlen = count};
    ssize_t done;
    RETRY(done, sendmsg(socket, &message, MSG_NOSIGNAL));
    return checked(done);
}

int32_t precast_wasi_shutdown(int32_t socket, uint32_t directions) {
    static const uint8_t known[] = {0, SHUT_RD, SHUT_WR, SHUT_RDWR};
    if (directions == 0 || directions >= sizeof known) return -WASI_EINVAL;
    return (int32_t)checked(shutdown(socket, known[directions]));
}

// ---- Waiting, time, chance -------------------------------------------------------------------------------------

int32_t precast_wasi_poll(precast_wasi_interest *interests, uint32_t count, uint64_t wait) {
    struct timespec limit = {(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
    int ready = ppoll((struct pollfd *)interests, count, wait == UINT64_MAX ? NULL : &limit, NULL);
    return ready < 0 && errno == EINTR ? 0 : (int32_t)checked(ready);
}

uint64_t precast_wasi_available(int32_t file) {
    int count = 0;
    return ioctl(file, FIONREAD, &count) == 0 && count > 0 ? (uint64_t)count : 0;
}

static const uint8_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};

int32_t precast_wasi_clock_resolution(uint32_t clock, uint64_t *result) {
    struct timespec time;
    if (clock >= sizeof clocks) return -WASI_EINVAL;
    if (clock_getres(clocks[clock], &time)) return failure(errno);
    *result = nanoseconds(time);
    return 0;
}

int32_t precast_wasi_clock_time(uint32_t clock, uint64_t *result) {
    struct timespec time;
    if (clock >= sizeof clocks) return -WASI_EINVAL;
    if (clock_gettime(clocks[clock], &time)) return failure(errno);
    *result = nanoseconds(time);
    return 0;
}

int32_t precast_wasi_random(void *buffer, uint64_t count) {
    for (char *next = buffer; count;) {
        ssize_t done = getrandom(next, count < 1u << 20 ? count : 1u << 20, 0);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return failure(errno);
        next += done;
        count -= (uint64_t)done;
    }
    return 0;
}

void precast_wasi_yield(void) { sched_yield(); }
