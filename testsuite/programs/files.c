// Directories and files: builds a tree, walks it in order, reads, writes, seeks, appends, renames, links and removes, and expects the
// errors that the system must give.
// files [DIR [FILES]]     everything happens below DIR, which must be writable
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

enum { PATH = 512 };

static const char *errno_name(int e) {
    switch (e) {
    case 0: return "ok";
    case ENOENT: return "ENOENT";
    case EEXIST: return "EEXIST";
    case ENOTDIR: return "ENOTDIR";
    case EISDIR: return "EISDIR";
    case ENOTEMPTY: return "ENOTEMPTY";
    case EBADF: return "EBADF";
    case EINVAL: return "EINVAL";
    case ELOOP: return "ELOOP";
    default: return "another error";
    }
}

static void expect(const char *what, int result, int error) {
    int e = result < 0 ? errno : 0;
    if (e == error) printf("%-28s %s\n", what, errno_name(e));
    else printf("%-28s %s, expected %s\n", what, errno_name(e), errno_name(error));
}

static void require(bool ok, const char *what) {
    if (ok) return;
    fflush(stdout);
    perror(what);
    exit(2);
}

static void write_text(const char *path, const void *bytes, uint32_t n, const char *mode) {
    FILE *f = fopen(path, mode);
    require(f != NULL, path);
    require(fwrite(bytes, 1, n, f) == n, "write");
    require(fclose(f) == 0, "close");
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static char *copy_text(const char *s) {
    size_t n = strlen(s) + 1;
    return memcpy(allocate(n), s, n);
}

typedef struct {
    uint32_t files, directories, links;
    uint64_t bytes, hash;
} Totals;

static void walk(const char *path, uint32_t depth, Totals *t, bool print) {
    DIR *d = opendir(path);
    require(d != NULL, path);
    char **names = NULL;
    uint32_t count = 0, capacity = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (count == capacity) names = reallocate(names, (capacity = capacity ? 2 * capacity : 8) * sizeof *names);
        names[count++] = copy_text(e->d_name);
    }
    closedir(d);
    if (count) qsort(names, count, sizeof *names, compare_names);
    for (uint32_t i = 0; i < count; i++) {
        char child[PATH];
        struct stat s;
        snprintf(child, sizeof child, "%s/%s", path, names[i]);
        require(lstat(child, &s) == 0, child);
        t->hash = fnv_bytes(t->hash, names[i], strlen(names[i]));
        if (S_ISDIR(s.st_mode)) {
            t->directories++;
            if (print) printf("%*s%s/\n", (int)depth * 2, "", names[i]);
            walk(child, depth + 1, t, print);
        } else if (S_ISLNK(s.st_mode)) {
            char target[PATH];
            ssize_t n = readlink(child, target, sizeof target - 1);
            require(n >= 0, child);
            target[n] = 0;
            t->links++;
            if (print) printf("%*s%s -> %s\n", (int)depth * 2, "", names[i], target);
        } else {
            uint32_t n;
            uint8_t *bytes = read_file(child, &n);
            if (n != (uint64_t)s.st_size) die("size and contents differ");
            t->files++;
            t->bytes += n;
            t->hash = fnv_bytes(t->hash, bytes, n);
            if (print) printf("%*s%s %u\n", (int)depth * 2, "", names[i], (unsigned)n);
            free(bytes);
        }
        free(names[i]);
    }
    free(names);
}

static void remove_tree(const char *path) {
    for (;;) {
        DIR *d = opendir(path);
        if (!d) return;
        char child[PATH] = "";
        bool directory = false;
        for (struct dirent *e; (e = readdir(d));) {
            if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
            struct stat s;
            snprintf(child, sizeof child, "%s/%s", path, e->d_name);
            require(lstat(child, &s) == 0, child);
            directory = S_ISDIR(s.st_mode);
            break;
        }
        closedir(d);
        if (!*child) break;
        if (directory) remove_tree(child);
        else require(unlink(child) == 0, child);
    }
    require(rmdir(path) == 0, path);
}

static void show(const char *when, const char *root, bool print) {
    Totals t = {0, 0, 0, 0, FNV_BASIS};
    walk(root, 1, &t, print);
    printf("%s: %u files, %u directories, %u links, %llu bytes, %016llx\n", when, (unsigned)t.files, (unsigned)t.directories,
           (unsigned)t.links, (unsigned long long)t.bytes, (unsigned long long)t.hash);
}

static void descriptors(const char *root) {
    char path[PATH], buffer[64];
    struct stat s;
    snprintf(path, sizeof path, "%s/seek.bin", root);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
    require(fd >= 0, path);
    require(write(fd, "0123456789", 10) == 10, "write");
    require(lseek(fd, 4, SEEK_SET) == 4, "seek");
    require(write(fd, "ABC", 3) == 3, "write");
    require(lseek(fd, -2, SEEK_END) == 8, "seek");
    require(lseek(fd, 5, SEEK_CUR) == 13, "seek");
    require(write(fd, "!", 1) == 1, "write");
    require(pwrite(fd, "xy", 2, 1) == 2, "pwrite");
    ssize_t n = pread(fd, buffer, sizeof buffer, 0);
    printf("descriptor: %d bytes, hash %016llx\n", (int)n, (unsigned long long)fnv_bytes(FNV_BASIS, buffer, (size_t)n));
    require(fstat(fd, &s) == 0 && s.st_size == 14, "fstat");
    require(ftruncate(fd, 6) == 0, "ftruncate");
    require(lseek(fd, 0, SEEK_SET) == 0, "seek");
    n = read(fd, buffer, sizeof buffer);
    printf("truncated: %.*s\n", (int)n, buffer);
    require(ftruncate(fd, 20) == 0 && fstat(fd, &s) == 0, "ftruncate");
    printf("extended: %d\n", (int)s.st_size);
    expect("seek before the start", (int)lseek(fd, -1, SEEK_SET), EINVAL);
    close(fd);
    expect("read a closed descriptor", (int)read(fd, buffer, 1), EBADF);
    expect("exclusive creation", open(path, O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    fd = open(path, O_RDONLY);
    expect("write to a reader", (int)write(fd, "x", 1), EBADF);
    close(fd);
    fd = open(path, O_WRONLY | O_TRUNC);
    require(fd >= 0 && fstat(fd, &s) == 0 && s.st_size == 0, "truncating open");
    close(fd);
    fd = open(path, O_WRONLY | O_APPEND);
    require(write(fd, "tail", 4) == 4, "append");
    close(fd);
    write_text(path, "+more", 5, "a");
    uint32_t length;
    uint8_t *bytes = read_file(path, &length);
    printf("appended: %s\n", (char *)bytes);
    free(bytes);
}

static void errors(const char *root) {
    char a[PATH], b[PATH];
    struct stat s;
    snprintf(a, sizeof a, "%s/missing/file", root);
    expect("open below nothing", open(a, O_RDONLY), ENOENT);
    snprintf(a, sizeof a, "%s/seek.bin", root);
    expect("make an existing directory", mkdir(root, 0755), EEXIST);
    expect("make a directory over a file", mkdir(a, 0755), EEXIST);
    snprintf(b, sizeof b, "%s/seek.bin/x", root);
    expect("open below a file", open(b, O_RDONLY), ENOTDIR);
    expect("remove a full directory", rmdir(root), ENOTEMPTY);
    expect("remove a file as directory", rmdir(a), ENOTDIR);
    expect("write to a directory", open(root, O_WRONLY), EISDIR);
    snprintf(b, sizeof b, "%s/absent", root);
    expect("stat nothing", stat(b, &s), ENOENT);
    expect("unlink nothing", unlink(b), ENOENT);
    expect("rename nothing", rename(b, a), ENOENT);
    expect("link to a file", symlink("seek.bin", b), 0);
    expect("stat through the link", stat(b, &s), 0);
    expect("link again", symlink("seek.bin", b), EEXIST);
    expect("rename over the link", rename(a, b), 0);
    expect("the old name is gone", stat(a, &s), ENOENT);
    expect("hard link", link(b, a), 0);
    require(stat(a, &s) == 0, a);
    printf("links: %d\n", (int)s.st_nlink);
    expect("unlink", unlink(b), 0);
    snprintf(b, sizeof b, "%s/loop", root);
    expect("link to itself", symlink("loop", b), 0);
    expect("open the loop", open(b, O_RDONLY), ELOOP);
    expect("unlink the loop", unlink(b), 0);
}

int main(int argc, char **argv) {
    char root[PATH], path[PATH];
    uint32_t files = size_argument(argc, argv, 2, 400);
    snprintf(root, sizeof root, "%s/precast-files", argc > 1 ? argv[1] : ".");
    struct stat s;
    if (lstat(root, &s) == 0) remove_tree(root);
    bench_start();
    require(mkdir(root, 0755) == 0, root);
    Random r = {81};
    for (uint32_t i = 0; i < files; i++) {
        snprintf(path, sizeof path, "%s/d%02u", root, (unsigned)(i % 10));
        if (i < 10) require(mkdir(path, 0755) == 0, path);
        snprintf(path, sizeof path, "%s/d%02u/sub %u", root, (unsigned)(i % 10), (unsigned)(i % 3));
        if (stat(path, &s) != 0) require(mkdir(path, 0755) == 0, path);
        uint32_t length = random_below(&r, 8000);
        uint8_t *text = make_text(length, i);
        snprintf(path, sizeof path, "%s/d%02u/sub %u/f%04u.txt", root, (unsigned)(i % 10), (unsigned)(i % 3), (unsigned)i);
        write_text(path, text, length, "wb");
        free(text);
    }
    show("built", root, files <= 60);
    for (uint32_t i = 0; i < files; i++) {
        char to[PATH];
        snprintf(path, sizeof path, "%s/d%02u/sub %u/f%04u.txt", root, (unsigned)(i % 10), (unsigned)(i % 3), (unsigned)i);
        snprintf(to, sizeof to, "%s/d%02u/g%04u", root, (unsigned)((i + 5) % 10), (unsigned)i);
        if (i % 4 == 0) require(rename(path, to) == 0, to);
        else if (i % 4 == 1) require(unlink(path) == 0, path);
        else if (i % 4 == 2) write_text(path, "a last line\n", 12, "ab");
        else {
            FILE *f = fopen(path, "r+b");
            char word[32];
            long middle = 0;
            require(f && fseek(f, 0, SEEK_END) == 0, path);
            middle = ftell(f) / 2;
            require(fseek(f, middle, SEEK_SET) == 0 && fprintf(f, "<%d>", (int)middle) > 0, path);
            rewind(f);
            if (fscanf(f, "%31s", word) == 1 && i < 40) printf("%04u begins with %s\n", (unsigned)i, word);
            fclose(f);
        }
    }
    show("changed", root, false);
    descriptors(root);
    errors(root);
    show("at last", root, false);
    remove_tree(root);
    bench_end();
    expect("all is removed", stat(root, &s), ENOENT);
    return 0;
}
