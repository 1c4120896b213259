// Loaded code made known to debuggers and profilers, on request.
//
// Input: the file of an artifact whose image is mapped, and its debug file where there is one. Debuggers get a copy of both in memory whose addresses
// are those of this process (GDB's JIT interface, which lldb reads too); profilers the functions of the symbol table. What the files say is checked:
// an artifact that is damaged where loading does not look makes nothing known.
#define _GNU_SOURCE
#include "observers.h"
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// MARK: The file

static int in_file(const precast_object *o, uint64_t offset, uint64_t size) { return offset <= o->size && size <= o->size - offset; }

static const Elf64_Shdr *sections(const precast_object *o, uint64_t *count) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)o->bytes;
    *count = header->e_shnum;
    return (const Elf64_Shdr *)(o->bytes + header->e_shoff);
}

/// Whether the header, the sections' headers and their contents lie within the copy.
static int is_sound(const precast_object *o) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)o->bytes;
    if (o->size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64) return 0;
    if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shoff % 8 || !in_file(o, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr))) return 0;
    if (header->e_shstrndx >= header->e_shnum) return 0;
    uint64_t count;
    const Elf64_Shdr *section = sections(o, &count);
    for (uint64_t n = 0; n < count; ++n)
        if (section[n].sh_type != SHT_NOBITS && !in_file(o, section[n].sh_offset, section[n].sh_size)) return 0;
    return 1;
}

int32_t precast_file_read(int32_t file, uint64_t offset, precast_object *object) {
    struct stat status;
    if (fstat(file, &status)) return -errno;
    if ((uint64_t)status.st_size <= offset) return -EINVAL;
    object->size = (uint64_t)status.st_size - offset;
    object->bytes = malloc(object->size);
    if (!object->bytes) return -ENOMEM;
    uint64_t done = 0;
    while (done < object->size) {
        ssize_t count = pread(file, object->bytes + done, object->size - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += (uint64_t)count;
    }
    if (done == object->size && is_sound(object)) return 0;
    free(object->bytes);
    object->bytes = 0;
    return -EINVAL;
}

int32_t precast_object_read(int32_t file, uint64_t offset, precast_object *object) {
    int32_t error = precast_file_read(file, offset, object);
    if (!error) precast_object_find_debug_file(object, file);
    return error;
}

/// The string at `offset` of the string table in section `index`; 0 where there is none.
static const char *string(const precast_object *o, uint64_t index, uint64_t offset) {
    uint64_t count;
    const Elf64_Shdr *section = sections(o, &count);
    if (index >= count || section[index].sh_type == SHT_NOBITS || offset >= section[index].sh_size) return 0;
    const char *text = (const char *)o->bytes + section[index].sh_offset + offset;
    return memchr(text, 0, section[index].sh_size - offset) ? text : 0;
}

const Elf64_Shdr *precast_object_section(const precast_object *o, const char *name, uint64_t length) {
    uint64_t count;
    const Elf64_Shdr *section = sections(o, &count);
    uint64_t names = ((const Elf64_Ehdr *)o->bytes)->e_shstrndx;
    for (uint64_t n = 0; n < count; ++n) {
        const char *found = string(o, names, section[n].sh_name);
        if (found && strlen(found) == length && !memcmp(found, name, length) && section[n].sh_type != SHT_NOBITS) return section + n;
    }
    return 0;
}

static Elf64_Sym *symbols(const precast_object *o, uint64_t *count, uint64_t *strings) {
    uint64_t sections_count;
    const Elf64_Shdr *section = sections(o, &sections_count);
    *count = 0;
    for (uint64_t n = 0; n < sections_count; ++n) {
        if (section[n].sh_type != SHT_SYMTAB || section[n].sh_offset % 8) continue;
        *count = section[n].sh_size / sizeof(Elf64_Sym);
        *strings = section[n].sh_link;
        return (Elf64_Sym *)(o->bytes + section[n].sh_offset);
    }
    return 0;
}

void precast_object_functions(const precast_object *o, uint64_t base, precast_span text, precast_function_visitor visit, void *context) {
    uint64_t count, strings = 0;
    const Elf64_Sym *symbol = symbols(o, &count, &strings);
    for (uint64_t n = 0; n < count; ++n) {
        const char *name = string(o, strings, symbol[n].st_name);
        uint64_t offset = base + symbol[n].st_value - text.start, size = symbol[n].st_size;
        if (!name || !*name || ELF64_ST_TYPE(symbol[n].st_info) != STT_FUNC || !size || offset > text.bytes || size > text.bytes - offset) continue;
        visit(context, name, text.start + offset, size);
    }
}

// MARK: Debuggers

/// Adds `base` to the fields of debug information that are addresses. `.precast.debugaddr` lists them: for each section its name, ended by
/// a zero, padding to a multiple of 4, a count, and the fields' offsets.
static void move_debug_addresses(precast_object *o, uint64_t base) {
    static const char name[] = ".precast.debugaddr";
    const Elf64_Shdr *list = precast_object_section(o, name, sizeof name - 1);
    if (!list) return;
    const uint8_t *at = o->bytes + list->sh_offset, *end = at + list->sh_size;
    while (at < end) {
        const uint8_t *zero = memchr(at, 0, (size_t)(end - at));
        if (!zero) return;
        const Elf64_Shdr *section = precast_object_section(o, (const char *)at, (uint64_t)(zero - at));
        uint64_t length = ((uint64_t)(zero - at) + 4) & ~(uint64_t)3;
        uint32_t count;
        if ((uint64_t)(end - at) < length + 4) return;
        at += length;
        memcpy(&count, at, 4);
        at += 4;
        if ((uint64_t)(end - at) / 4 < count) return;
        for (uint32_t n = 0; n < count; ++n, at += 4) {
            uint32_t offset;
            uint64_t address;
            memcpy(&offset, at, 4);
            if (!section || section->sh_size < 8 || offset > section->sh_size - 8) continue;
            uint8_t *field = o->bytes + section->sh_offset + offset;
            memcpy(&address, field, 8);
            address += base;
            memcpy(field, &address, 8);
        }
    }
}

/// Turns the copy into a file that was linked for where it is.
static void move_object(precast_object *o, uint64_t base) {
    Elf64_Ehdr *header = (Elf64_Ehdr *)o->bytes;
    uint64_t count, strings = 0;
    Elf64_Shdr *section = (Elf64_Shdr *)sections(o, &count);
    move_debug_addresses(o, base);
    for (uint64_t n = 0; n < count; ++n)
        if (section[n].sh_flags & SHF_ALLOC) section[n].sh_addr += base;
    Elf64_Sym *symbol = symbols(o, &count, &strings);
    for (uint64_t n = 0; n < count; ++n)
        if (symbol[n].st_shndx != SHN_UNDEF && symbol[n].st_shndx < SHN_LORESERVE) symbol[n].st_value += base;
    if (header->e_phoff % 8 == 0 && header->e_phentsize == sizeof(Elf64_Phdr) && in_file(o, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr))) {
        Elf64_Phdr *segment = (Elf64_Phdr *)(o->bytes + header->e_phoff);
        for (uint64_t n = 0; n < header->e_phnum; ++n) {
            segment[n].p_vaddr += base;
            segment[n].p_paddr += base;
        }
    }
    header->e_type = ET_EXEC;
}

// GDB's names and layout ("JIT Compilation Interface" in its manual). Weak: another compiler in the process may have them.
typedef struct jit_code_entry {
    struct jit_code_entry *next_entry, *prev_entry;
    const char *symfile_addr;
    uint64_t symfile_size;
} jit_code_entry;
typedef struct jit_descriptor {
    uint32_t version, action_flag;
    jit_code_entry *relevant_entry, *first_entry;
} jit_descriptor;
enum { JIT_NOACTION, JIT_REGISTER_FN, JIT_UNREGISTER_FN };

__attribute__((weak, noinline, visibility("default"))) void __jit_debug_register_code(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((weak, visibility("default"))) jit_descriptor __jit_debug_descriptor = {1, JIT_NOACTION, 0, 0};
static pthread_mutex_t descriptor_lock = PTHREAD_MUTEX_INITIALIZER;

static void notify(jit_code_entry *entry, uint32_t action) {
    __jit_debug_descriptor.relevant_entry = entry;
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.action_flag = JIT_NOACTION;
    __jit_debug_descriptor.relevant_entry = 0;
}

int32_t precast_debugger_add(int32_t file, uint64_t offset, uint64_t base, uint64_t *handle) {
    precast_object object;
    int32_t error = precast_object_read(file, offset, &object);
    if (error) return error;
    jit_code_entry *entry = calloc(1, sizeof *entry);
    if (!entry) {
        free(object.bytes);
        return -ENOMEM;
    }
    move_object(&object, base);
    entry->symfile_addr = (const char *)object.bytes;
    entry->symfile_size = object.size;
    pthread_mutex_lock(&descriptor_lock);
    entry->next_entry = __jit_debug_descriptor.first_entry;
    if (entry->next_entry) entry->next_entry->prev_entry = entry;
    __jit_debug_descriptor.first_entry = entry;
    notify(entry, JIT_REGISTER_FN);
    pthread_mutex_unlock(&descriptor_lock);
    *handle = (uint64_t)(uintptr_t)entry;
    return 0;
}

void precast_debugger_remove(uint64_t handle) {
    jit_code_entry *entry = (jit_code_entry *)(uintptr_t)handle;
    pthread_mutex_lock(&descriptor_lock);
    if (entry->prev_entry) entry->prev_entry->next_entry = entry->next_entry;
    else __jit_debug_descriptor.first_entry = entry->next_entry;
    if (entry->next_entry) entry->next_entry->prev_entry = entry->prev_entry;
    notify(entry, JIT_UNREGISTER_FN);
    pthread_mutex_unlock(&descriptor_lock);
    free((void *)(uintptr_t)entry->symfile_addr);
    free(entry);
}
