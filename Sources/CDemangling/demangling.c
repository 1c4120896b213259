#include "include/demangling.h"
#include <stdint.h>

extern char *__cxa_demangle(const char *name, char *buffer, size_t *length, int *status);
extern char *swift_demangle(const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

char *precast_demangle_itanium(const char *name) {
    int status = 0;
    char *result = __cxa_demangle(name, 0, 0, &status);
    return status == 0 ? result : 0;
}

char *precast_demangle_swift(const char *name, size_t length) { return swift_demangle(name, length, 0, 0, 0); }
