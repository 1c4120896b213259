// The functions of a loaded artifact, for what makes them known to others.
#ifndef PRECAST_OBSERVERS_H
#define PRECAST_OBSERVERS_H
#include "internal.h"

/// A copy of an artifact's file, section headers and all, checked to lie within itself.
typedef struct precast_object {
    uint8_t *bytes;
    uint64_t size;
} precast_object;

/// Reads the artifact that starts at `offset` of `file`. Returns 0, and the caller frees the bytes, or a negative errno.
HIDDEN int32_t precast_object_read(int32_t file, uint64_t offset, precast_object *object);
typedef struct precast_span {
    uint64_t start, bytes;
} precast_span;
typedef void (*precast_function_visitor)(void *context, const char *name, uint64_t address, uint64_t size);
/// Calls `visit` for each function of the symbol table that lies in `text`, at its address in the image mapped at `base`.
HIDDEN void precast_object_functions(const precast_object *object, uint64_t base, precast_span text, precast_function_visitor visit, void *context);

#endif
