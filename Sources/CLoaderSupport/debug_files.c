// Debug information in a file of its own (`precast compile --debug-file`, `precast strip`), put behind the artifact's copy.
#define _GNU_SOURCE
#include "observers.h"
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIND(object, name) precast_object_section(object, name, sizeof name - 1)

/// Makes one file of both: the artifact, with the debug file's sections. Those that are loaded have no bytes in the debug file; in an artifact they are
/// at the offset that is their address.
static void merge(precast_object *o, const precast_object *debug) {
    uint64_t start = (o->size + 7) & ~(uint64_t)7;
    uint8_t *bytes = malloc(start + debug->size);
    if (!bytes) return;
    memcpy(bytes, o->bytes, o->size);
    memcpy(bytes + start, debug->bytes, debug->size);
    free(o->bytes);
    Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
    const Elf64_Ehdr *other = (const Elf64_Ehdr *)(bytes + start);
    header->e_shoff = start + other->e_shoff;
    header->e_shnum = other->e_shnum;
    header->e_shstrndx = other->e_shstrndx;
    Elf64_Shdr *section = (Elf64_Shdr *)(bytes + header->e_shoff);
    for (uint64_t n = 0; n < header->e_shnum; ++n) {
        if (section[n].sh_flags & SHF_ALLOC && section[n].sh_addr <= o->size && section[n].sh_size <= o->size - section[n].sh_addr) {
            if (section[n].sh_type == SHT_NOBITS) section[n].sh_type = SHT_PROGBITS;
            section[n].sh_offset = section[n].sh_addr;
        } else if (section[n].sh_type != SHT_NOBITS) {
            section[n].sh_offset += start;
        }
    }
    o->bytes = bytes;
    o->size = start + debug->size;
}

/// Takes `path` for the debug file if its build id is the artifact's. Returns whether it was.
static int take(precast_object *o, int folder, const char *path) {
    int file = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return 0;
    precast_object debug;
    int32_t error = precast_file_read(file, 0, &debug);
    close(file);
    if (error) return 0;
    const Elf64_Shdr *wanted = FIND(o, ".note.gnu.build-id"), *found = FIND(&debug, ".note.gnu.build-id");
    int is_same = found && found->sh_size == wanted->sh_size && !memcmp(debug.bytes + found->sh_offset, o->bytes + wanted->sh_offset, wanted->sh_size);
    if (is_same) merge(o, &debug);
    free(debug.bytes);
    return is_same;
}

/// Opens the folder that an open file is in.
static int open_folder(int32_t file) {
    char link[] = "/proc/self/fd/0000000000", path[PATH_MAX];
    uint64_t digits = 1, end = sizeof "/proc/self/fd/" - 1;
    for (int32_t rest = file / 10; rest; rest /= 10) ++digits;
    link[end += digits] = 0;
    for (; digits; --digits, file /= 10) link[--end] = (char)('0' + file % 10);
    ssize_t length = readlink(link, path, sizeof path);
    while (length > 0 && path[length - 1] != '/') --length;
    if (length <= 0) return -1;
    path[length == 1 ? 1 : length - 1] = 0;
    return openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/// Looks where `.gnu_debuglink` says: beside the artifact, and in `.debug` there. Returns whether it found the file.
static int take_linked(precast_object *o, int32_t file) {
    char path[sizeof ".debug/" + NAME_MAX] = ".debug/";
    char *name = path + sizeof ".debug/" - 1;
    const Elf64_Shdr *link = FIND(o, ".gnu_debuglink");
    if (!link) return 0;
    const char *text = (const char *)o->bytes + link->sh_offset;
    const char *zero = memchr(text, 0, link->sh_size <= NAME_MAX + 1 ? link->sh_size : NAME_MAX + 1);
    if (!zero || memchr(text, '/', (size_t)(zero - text))) return 0;
    memcpy(name, text, (size_t)(zero - text) + 1);
    int folder = open_folder(file);
    if (folder < 0) return 0;
    int found = take(o, folder, name) || take(o, folder, path);
    close(folder);
    return found;
}

void precast_object_find_debug_file(precast_object *o, int32_t file) {
    enum { NOTE = 36, ID = 20 };
    const Elf64_Shdr *note = FIND(o, ".note.gnu.build-id");
    if (!note || note->sh_size != NOTE || FIND(o, ".debug_info") || take_linked(o, file)) return;
    char path[] = "/usr/lib/debug/.build-id/01/23456789012345678901234567890123456789.debug", *digit = path + sizeof "/usr/lib/debug/.build-id/" - 1;
    const uint8_t *id = o->bytes + note->sh_offset + (NOTE - ID);
    for (uint64_t n = 0; n < ID; ++n) {
        *digit++ = "0123456789abcdef"[id[n] >> 4];
        *digit++ = "0123456789abcdef"[id[n] & 15];
        if (n == 0) ++digit;
    }
    take(o, AT_FDCWD, path);
}
