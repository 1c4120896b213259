/// Linking this module gives a program its own malloc: the C library's, and when that has no memory left the program ends with a message.
/// Swift's runtime would abort, or trap where an address is nil. That end is in C alone: no Swift code runs where memory is out.
#pragma once

/// The exit status of that end; 1 if never called.
void precast_set_exhaustion_status(int status);

/// Names the file that is removed when the program ends before its time, or NULL. The text must stay.
void precast_set_unfinished_file(const char *path);

/// Removes the file that precast_set_unfinished_file() named, if there is one. Safe in signal handlers.
void precast_remove_unfinished_file(void);
