// Shared by the C files of this target.
#ifndef PRECAST_INTERNAL_H
#define PRECAST_INTERNAL_H
#include "loader_support.h"

#define HIDDEN __attribute__((visibility("hidden")))
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec"))) HIDDEN

/// Innermost entry record of this thread; read by assembly and by the signal handler.
extern THREAD_LOCAL uint64_t precast_thread_entry;
/// Unique number of this thread once it is ready for compiled code; 0 before.
extern THREAD_LOCAL uint64_t precast_thread_serial;

extern HIDDEN char precast_resume[];

/// A return address as it was before the function signed it, should it have.
static inline uint64_t precast_return_address(uint64_t saved) {
#if defined(__aarch64__)
    register uint64_t link __asm__("x30") = saved;
    __asm__("hint #7" : "+r"(link)); // xpaclri; does nothing on processors without pointer authentication
    return link;
#else
    return saved;
#endif
}

HIDDEN int precast_install_handlers(void);
HIDDEN void precast_collect_frames(precast_report *report, const precast_entry *entry, uint64_t fp, uint64_t low);
/// Fills in the store's recording, if it has one: the stack from `low` on, through this activation and the enclosing ones.
HIDDEN void precast_record_stack(precast_store_state *state, uint64_t pc, uint64_t fp, uint64_t low);
/// Called by assembly. Nonzero: no alternate signal stack could be made.
HIDDEN uint32_t precast_prepare_thread(precast_store_state *state);
/// Called by assembly. Returns where to go on: at the entry, or in a handler of an exception that is pending.
HIDDEN const precast_resume_point *precast_record_raise(precast_vmctx *vmctx, uint64_t code, uint64_t pc, uint64_t fp);
/// Called by assembly. Returns where to go on: in a handler, or at the entry.
HIDDEN const precast_resume_point *precast_record_throw(precast_vmctx *vmctx, precast_exception *exception, uint64_t pc, uint64_t fp);
HIDDEN const precast_resume_point *precast_unwind_exception(precast_store_state *state, precast_exception *exception, uint64_t pc, uint64_t fp);
/// Records that compiled code stops with trap `code`. Returns the entry as the point to resume at.
HIDDEN const precast_resume_point *precast_stop(precast_store_state *state, uint64_t code, uint64_t pc, uint64_t fp);

#endif
