// The system calls behind WASI preview 1, one thin function each.
//
// Failures are negative WASI errno values: the host's numbers stop here. Calls interrupted by a signal are made again, as
// guests have no signals. Every descriptor made is close-on-exec. Names are NUL-terminated and, where a function takes a
// directory and a name, one component that is never followed when it is a symbolic link.
// Fixed-width types only; no system header, so that freestanding Swift can import it.
#ifndef PRECAST_WASI_SUPPORT_H
#define PRECAST_WASI_SUPPORT_H
#include <stdint.h>

#ifndef __clang__
#define _Nullable
#define _Nonnull
#endif

// ---- Opening ---------------------------------------------------------------------------------------------------

#define PRECAST_WASI_READ 1u
#define PRECAST_WASI_WRITE 2u

/// What `open_beneath` returns where the kernel cannot resolve for us: no such call, forbidden, or raced too often.
#define PRECAST_WASI_UNRESOLVED (-1000)

/// Opens a directory of the host by any path, for reading.
int32_t precast_wasi_open_root(const uint8_t *_Nonnull path);
/// Opens a directory by a path that does not leave `directory` and crosses no magic link, as a place only (O_PATH).
int32_t precast_wasi_open_beneath(int32_t directory, const uint8_t *_Nonnull path);
/// Opens whatever `name` is, as a place only, and says its WASI file type.
int32_t precast_wasi_open_place(int32_t directory, const uint8_t *_Nonnull name, uint8_t *_Nonnull type);
/// Opens a file without waiting (a FIFO does not block). `access` of PRECAST_WASI_…, the flags in WASI's bits.
int32_t precast_wasi_open(int32_t directory, const uint8_t *_Nonnull name, uint32_t access, uint32_t open_flags, uint32_t flags);
void precast_wasi_close(int32_t file);

// ---- Files and names -------------------------------------------------------------------------------------------

/// A WASI `filestat`, byte for byte.
typedef struct precast_wasi_status {
    uint64_t device;
    uint64_t inode;
    uint8_t type;
    uint8_t padding[7];
    uint64_t links;
    uint64_t size;
    uint64_t accessed;
    uint64_t modified;
    uint64_t changed;
} precast_wasi_status;

/// Of `file` itself, or of `name` in it.
int32_t precast_wasi_get_status(int32_t file, const uint8_t *_Nullable name, precast_wasi_status *_Nonnull status);
/// Of `file` itself, or of `name` in it. Times in nanoseconds since 1970, `flags` WASI's `fstflags`.
int32_t precast_wasi_set_times(int32_t file, const uint8_t *_Nullable name, uint64_t accessed, uint64_t modified, uint32_t flags);
int32_t precast_wasi_set_size(int32_t file, uint64_t size);
int32_t precast_wasi_advise(int32_t file, uint64_t offset, uint64_t length, uint32_t advice);
int32_t precast_wasi_allocate(int32_t file, uint64_t offset, uint64_t length);
int32_t precast_wasi_sync(int32_t file, uint32_t data_only);
int64_t precast_wasi_seek(int32_t file, int64_t offset, uint32_t whence);
/// The status flags, in WASI's bits.
int32_t precast_wasi_get_flags(int32_t file);
/// Sets what can be set on an open file: APPEND and NONBLOCK.
int32_t precast_wasi_set_flags(int32_t file, uint32_t flags);

/// The bytes of a link's target, cut at `count`. An empty name reads the link that `directory` itself is.
int64_t precast_wasi_read_link(int32_t directory, const uint8_t *_Nonnull name, uint8_t *_Nonnull buffer, uint64_t count);
int32_t precast_wasi_make_directory(int32_t directory, const uint8_t *_Nonnull name);
int32_t precast_wasi_remove(int32_t directory, const uint8_t *_Nonnull name, uint32_t is_directory);
int32_t precast_wasi_make_symbolic_link(const uint8_t *_Nonnull target, int32_t directory, const uint8_t *_Nonnull name);
int32_t precast_wasi_rename(int32_t from, const uint8_t *_Nonnull old_name, int32_t to, const uint8_t *_Nonnull new_name);
int32_t precast_wasi_link(int32_t from, const uint8_t *_Nonnull old_name, int32_t to, const uint8_t *_Nonnull new_name);
/// Linux directory records (`struct linux_dirent64`) from the directory's position on. 0 at its end.
int64_t precast_wasi_list(int32_t directory, uint8_t *_Nonnull buffer, uint64_t count);

// ---- Transfers -------------------------------------------------------------------------------------------------

/// A `struct iovec` of a 64-bit host.
typedef struct precast_wasi_vector {
    void *_Nullable start;
    uint64_t count;
} precast_wasi_vector;

#define PRECAST_WASI_HERE (-1)

/// Reads at `offset`, or at the file's own position (PRECAST_WASI_HERE). Returns the bytes read.
int64_t precast_wasi_read(int32_t file, const precast_wasi_vector *_Nullable vectors, uint32_t count, int64_t offset);
/// Writes likewise. `may_signal`: the file is one whose reader may be gone, which must not raise SIGPIPE.
int64_t precast_wasi_write(int32_t file, const precast_wasi_vector *_Nullable vectors, uint32_t count, int64_t offset, uint32_t may_signal);

int32_t precast_wasi_accept(int32_t socket, uint32_t flags);
/// `truncated` is set to 1 where a message was longer than the vectors.
int64_t precast_wasi_receive(int32_t socket, const precast_wasi_vector *_Nullable vectors, uint32_t count, uint32_t flags, uint32_t *_Nonnull truncated);
int64_t precast_wasi_send(int32_t socket, const precast_wasi_vector *_Nullable vectors, uint32_t count);
int32_t precast_wasi_shutdown(int32_t socket, uint32_t directions);

// ---- Waiting, time, chance -------------------------------------------------------------------------------------

#define PRECAST_WASI_POLL_IN 0x01
#define PRECAST_WASI_POLL_OUT 0x04
#define PRECAST_WASI_POLL_ERROR 0x08
#define PRECAST_WASI_POLL_HANGUP 0x10
#define PRECAST_WASI_POLL_INVALID 0x20

/// A `struct pollfd`.
typedef struct precast_wasi_interest {
    int32_t file;
    int16_t wanted;
    int16_t found;
} precast_wasi_interest;

/// Waits for one of `interests`, at most `nanoseconds` (all ones: for ever). Returns how many are ready; 0 also after a signal.
int32_t precast_wasi_poll(precast_wasi_interest *_Nullable interests, uint32_t count, uint64_t nanoseconds);
/// Bytes that can be read without waiting; 0 where that is unknown.
uint64_t precast_wasi_available(int32_t file);
int32_t precast_wasi_clock_resolution(uint32_t clock, uint64_t *_Nonnull nanoseconds);
int32_t precast_wasi_clock_time(uint32_t clock, uint64_t *_Nonnull nanoseconds);
int32_t precast_wasi_random(void *_Nonnull buffer, uint64_t count);
void precast_wasi_yield(void);

#endif
