// The functions of a loaded artifact, for what makes them known to others.
#ifndef PRECAST_OBSERVERS_H
#define PRECAST_OBSERVERS_H
#include "internal.h"
#include <elf.h>

/// A copy of a file, section headers and all, checked to lie within itself.
typedef struct precast_object {
    uint8_t *bytes;
    uint64_t size;
} precast_object;

/// Reads the artifact that starts at `offset` of `file`, with its debug file's sections if it has one. Returns 0, and the caller frees the bytes, or a
/// negative errno.
HIDDEN int32_t precast_object_read(int32_t file, uint64_t offset, precast_object *object);
/// The same of any file.
HIDDEN int32_t precast_file_read(int32_t file, uint64_t offset, precast_object *object);
/// Adds the sections of the debug file, if the artifact has no debug information and there is one with its build id: beside `file` and in `.debug`
/// there, by the name in `.gnu_debuglink`; in /usr/lib/debug/.build-id. Moves the bytes.
HIDDEN void precast_object_find_debug_file(precast_object *object, int32_t file);
/// The section of a name of `length` bytes that has contents; 0 without one.
HIDDEN const Elf64_Shdr *precast_object_section(const precast_object *object, const char *name, uint64_t length);
typedef struct precast_span {
    uint64_t start, bytes;
} precast_span;
typedef void (*precast_function_visitor)(void *context, const char *name, uint64_t address, uint64_t size);
/// Calls `visit` for each function of the symbol table that lies in `text`, at its address in the image mapped at `base`.
HIDDEN void precast_object_functions(const precast_object *object, uint64_t base, precast_span text, precast_function_visitor visit, void *context);

#endif
