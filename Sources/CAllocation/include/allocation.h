/// Linking this module gives a program its own malloc: the C library's, and when that has no memory left the program ends with a message.
/// Swift's runtime would abort, or trap where an address is nil.
#pragma once

/// Sets the exit status for that end (1 if never called), and what becomes of an unfinished file: `cleanUp` is called before. It may be
/// called on any thread, and must neither allocate nor return to where it was called from by other means. May be NULL.
void precast_set_memory_exhaustion(int status, void (*cleanUp)(void));
