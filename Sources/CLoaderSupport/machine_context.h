// The registers of an interrupted thread that trap handling reads and writes, per machine.
#ifndef PRECAST_MACHINE_CONTEXT_H
#define PRECAST_MACHINE_CONTEXT_H
#include "internal.h"
#include <string.h>
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

/// The registers as a recording has them.
static inline void copy_registers(const ucontext_t *context, uint64_t *words) {
#if defined(__x86_64__)
    memcpy(words, context->uc_mcontext.gregs, 17 * 8);
    // xmm0 to xmm15 in the area of fxsave.
    if (context->uc_mcontext.fpregs) memcpy(words + 17, (const char *)context->uc_mcontext.fpregs + 160, 256);
#elif defined(__aarch64__)
    memcpy(words, context->uc_mcontext.regs, 31 * 8);
    words[31] = (uint64_t)context->uc_mcontext.sp;
    words[32] = (uint64_t)context->uc_mcontext.pc;
    // The kernel writes records, each with its kind and size; this one holds v0 to v31 behind two words of 32 bits.
    for (uint32_t at = 0; at + 528 <= sizeof context->uc_mcontext.__reserved;) {
        uint32_t head[2];
        memcpy(head, (const char *)context->uc_mcontext.__reserved + at, 8);
        if (head[0] == 0x46508001u) memcpy(words + 33, (const char *)context->uc_mcontext.__reserved + at + 16, 512);
        if (head[0] == 0x46508001u || head[1] < 8) break;
        at += head[1];
    }
#else
    words[0] = (uint64_t)PC(context);
#endif
}

/// Makes the interrupted thread go on at the entry.
static inline void resume_at(ucontext_t *context, const precast_entry *entry) {
    PC(context) = (__typeof__(PC(context)))entry->resume;
    SP(context) = (__typeof__(SP(context)))(uintptr_t)entry;
    FP(context) = (__typeof__(FP(context)))entry->fp;
}

#endif
