#include "vmcontext.h"
