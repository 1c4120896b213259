// The registers of an interrupted thread that trap handling reads and writes, per machine.
#ifndef PRECAST_MACHINE_CONTEXT_H
#define PRECAST_MACHINE_CONTEXT_H
#include "internal.h"
#include <ucontext.h>

#if defined(__x86_64__)
#define PC(context) (context)->uc_mcontext.gregs[REG_RIP]
#define SP(context) (context)->uc_mcontext.gregs[REG_RSP]
#define FP(context) (context)->uc_mcontext.gregs[REG_RBP]
#elif defined(__aarch64__)
#define PC(context) (context)->uc_mcontext.pc
#define SP(context) (context)->uc_mcontext.sp
#define FP(context) (context)->uc_mcontext.regs[29]
#define LINK(context) (context)->uc_mcontext.regs[30]
#elif defined(__riscv) && __riscv_xlen == 64
#define PC(context) (context)->uc_mcontext.__gregs[0]
#define SP(context) (context)->uc_mcontext.__gregs[2]
#define FP(context) (context)->uc_mcontext.__gregs[8]
#define LINK(context) (context)->uc_mcontext.__gregs[1]
#else
#error "no machine context for this processor"
#endif

/// The return address of the function at the interrupted instruction, if it has no frame: in the link register, or on the stack's top.
static inline uint64_t leaf_return(const ucontext_t *context) {
#if defined(LINK)
    return (uint64_t)LINK(context);
#else
    return *(const uint64_t *)(uintptr_t)SP(context);
#endif
}

/// Makes the interrupted thread go on at the entry.
static inline void resume_at(ucontext_t *context, const precast_entry *entry) {
    PC(context) = (__typeof__(PC(context)))entry->resume;
    SP(context) = (__typeof__(SP(context)))(uintptr_t)entry;
    FP(context) = (__typeof__(FP(context)))entry->fp;
}

#endif
