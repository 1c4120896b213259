#ifndef PRECAST_CCAPSTONE_H
#define PRECAST_CCAPSTONE_H
#include <capstone/capstone.h>
#endif
