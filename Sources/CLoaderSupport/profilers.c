// Loaded code made known to perf and VTune, on request: for modules that no file is mapped for.
#define _GNU_SOURCE
#include "observers.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <dlfcn.h>
#endif

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int write_all(int file, const void *bytes, uint64_t count) {
    const char *at = bytes;
    while (count) {
        ssize_t done = write(file, at, count);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return -errno;
        at += done;
        count -= (uint64_t)done;
    }
    return 0;
}

/// `prefix`, the process id in decimal, `suffix`.
static void make_path(char *path, const char *prefix, const char *suffix) {
    char digits[24];
    unsigned n = 0;
    for (uint64_t left = (uint64_t)getpid(); n == 0 || left; left /= 10) digits[n++] = (char)('0' + left % 10);
    path += strlen(strcpy(path, prefix));
    while (n) *path++ = digits[--n];
    strcpy(path, suffix);
}

/// A file of ours alone: whoever left another under this name in a folder for all does not get our output.
static int open_own(const char *path, int flags) {
    int file = open(path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return -errno;
    struct stat status;
    if (fstat(file, &status) || !S_ISREG(status.st_mode) || status.st_uid != geteuid() || status.st_nlink != 1) {
        close(file);
        return -EPERM;
    }
    return file;
}

// MARK: perf map

typedef struct map_writer {
    int file, error;
    uint64_t used;
    char buffer[4096];
} map_writer;

static void flush(map_writer *w) {
    if (!w->error) w->error = write_all(w->file, w->buffer, w->used);
    w->used = 0;
}
static void put(map_writer *w, char c) {
    if (w->used == sizeof w->buffer) flush(w);
    w->buffer[w->used++] = c;
}
static void put_hexadecimal(map_writer *w, uint64_t value) {
    int shift = 60;
    while (shift && !(value >> shift)) shift -= 4;
    for (; shift >= 0; shift -= 4) put(w, "0123456789abcdef"[value >> shift & 15]);
}
static void put_function(void *context, const char *name, uint64_t address, uint64_t size) {
    map_writer *w = context;
    put_hexadecimal(w, address);
    put(w, ' ');
    put_hexadecimal(w, size);
    put(w, ' ');
    for (; *name; ++name) put(w, *name == '\n' ? ' ' : *name);
    put(w, '\n');
}

/// perf looks into its map for memory of no file alone: the same bytes in place of the file's. No thread runs them yet.
static int make_anonymous(precast_span text) {
    uint64_t page = precast_page_size(), size = (text.bytes + page - 1) & ~(page - 1);
    char *start = (char *)(uintptr_t)text.start, *copy = malloc(text.bytes);
    if (!copy) return -ENOMEM;
    memcpy(copy, start, text.bytes);
    // perf learns of mappings that become executable, not of ones that move.
    int error = mmap(start, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -errno : 0;
    if (!error) {
        memcpy(start, copy, text.bytes);
        __builtin___clear_cache(start, start + size);
        if (mprotect(start, size, PROT_READ | PROT_EXEC)) error = -errno;
    }
    free(copy);
    return error;
}

static int add_to_map(const precast_object *object, uint64_t base, precast_span text) {
    char path[64];
    make_path(path, "/tmp/perf-", ".map");
    map_writer w = {.file = open_own(path, O_WRONLY | O_APPEND)};
    if (w.file < 0) return w.file;
    w.error = make_anonymous(text);
    if (!w.error) precast_object_functions(object, base, text, put_function, &w);
    flush(&w);
    close(w.file);
    return w.error;
}

// MARK: jitdump (linux/tools/perf/Documentation/jitdump-specification.txt)

typedef struct dump_header {
    uint32_t magic, version, size, machine, padding, process;
    uint64_t time, flags;
} dump_header;
typedef struct dump_load {
    uint32_t id, size;
    uint64_t time;
    uint32_t process, thread;
    uint64_t place, code, code_size, index;
} dump_load;
typedef struct dump_writer {
    int error;
} dump_writer;
static int dump_file = -1;
static uint64_t dump_index;

/// What `perf record -k mono` stamps samples with.
static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int open_dump(void) {
    if (dump_file >= 0) return 0;
    char path[64];
    make_path(path, "jit-", ".dump");
    int file = open_own(path, O_RDWR | O_TRUNC);
    if (file < 0) return file;
#if defined(__x86_64__)
    uint32_t machine = EM_X86_64;
#elif defined(__aarch64__)
    uint32_t machine = EM_AARCH64;
#else
    uint32_t machine = EM_RISCV;
#endif
    dump_header header = {0x4A695444, 1, sizeof header, machine, 0, (uint32_t)getpid(), now(), 0};
    int error = write_all(file, &header, sizeof header);
    // perf finds the file by a mapping of it that is executable.
    if (!error && mmap(0, (size_t)precast_page_size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED) error = -errno;
    if (error) close(file);
    else dump_file = file;
    return error;
}

static void dump_function(void *context, const char *name, uint64_t address, uint64_t size) {
    dump_writer *w = context;
    uint64_t length = strlen(name) + 1;
    dump_load load = {0, (uint32_t)(sizeof load + length + size), now(), (uint32_t)getpid(), (uint32_t)syscall(SYS_gettid), address, address, size, dump_index++};
    if (w->error) return;
    w->error = write_all(dump_file, &load, sizeof load);
    if (!w->error) w->error = write_all(dump_file, name, length);
    if (!w->error) w->error = write_all(dump_file, (const void *)(uintptr_t)address, size);
}

// MARK: VTune

#if defined(__GLIBC__)
/// `iJIT_Method_Load` of Intel's JIT profiling interface.
typedef struct method_load {
    uint32_t id;
    const char *name;
    void *address;
    uint32_t size, line_count;
    void *lines;
    uint32_t class_id;
    const char *class_file, *source_file;
    void *user_data;
    uint32_t user_data_size, environment;
} method_load;
enum { METHOD_LOAD_FINISHED = 13, FIRST_METHOD = 1000 };
typedef int (*notify_event)(int, void *);
static notify_event notify_vtune;
static uint32_t method_id = FIRST_METHOD;

static void load_method(void *context, const char *name, uint64_t address, uint64_t size) {
    (void)context;
    method_load load = {.id = method_id++, .name = name, .address = (void *)(uintptr_t)address, .size = (uint32_t)size};
    notify_vtune(METHOD_LOAD_FINISHED, &load);
}

static int notify_all(const precast_object *object, uint64_t base, precast_span text) {
    if (!notify_vtune) {
        const char *path = getenv("INTEL_JIT_PROFILER64");
        void *library = path && *path ? dlopen(path, RTLD_LAZY) : 0;
        if (!library) return -ENOENT;
        unsigned (*initialize)(void) = (unsigned (*)(void))dlsym(library, "Initialize");
        if (initialize && !initialize()) return -ENOENT; // VTune does not sample this process
        notify_vtune = (notify_event)dlsym(library, "NotifyEvent");
        if (!notify_vtune) return -ENOENT;
    }
    precast_object_functions(object, base, text, load_method, 0);
    return 0;
}
#else
static int notify_all(const precast_object *object, uint64_t base, precast_span text) {
    (void)object, (void)base, (void)text;
    return -ENOSYS;
}
#endif

int32_t precast_profiler_add(int32_t file, uint64_t offset, uint64_t base, uint64_t text_start, uint64_t text_bytes, uint32_t kind) {
    precast_span text = {text_start, text_bytes};
    precast_object object;
    int32_t error = precast_object_read(file, offset, &object);
    if (error) return error;
    pthread_mutex_lock(&lock);
    if (kind == PRECAST_PROFILER_MAP) {
        error = add_to_map(&object, base, text);
    } else if (kind == PRECAST_PROFILER_DUMP) {
        dump_writer w = {.error = open_dump()};
        if (!w.error) precast_object_functions(&object, base, text, dump_function, &w);
        error = w.error;
    } else {
        error = notify_all(&object, base, text);
    }
    pthread_mutex_unlock(&lock);
    free(object.bytes);
    return error;
}
