// The demanglers of the libraries that are linked anyway: the C++ runtime's for the Itanium ABI's names, the Swift runtime's.
#ifndef PRECAST_DEMANGLING_H
#define PRECAST_DEMANGLING_H
#include <stddef.h>

/// What a name of the Itanium C++ ABI stands for, or 0 if it is none. The caller frees it.
char *_Nullable precast_demangle_itanium(const char *_Nonnull name);
/// What a Swift name stands for, or 0 if it is none. The caller frees it.
char *_Nullable precast_demangle_swift(const char *_Nonnull name, size_t length);

#endif
