#ifndef PRECAST_CDWARF_H
#define PRECAST_CDWARF_H
#include <libdwarf/libdwarf.h>
#include <libdwarf/dwarf.h>
#endif
