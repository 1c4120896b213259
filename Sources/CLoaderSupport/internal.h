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

HIDDEN int precast_install_handlers(void);
HIDDEN void precast_collect_frames(precast_report *report, const precast_entry *entry, uint64_t fp, uint64_t low);
/// Called by assembly. Nonzero: no alternate signal stack could be made.
HIDDEN uint32_t precast_prepare_thread(precast_store_state *state);
/// Called by assembly. Returns the entry record to resume at.
HIDDEN precast_entry *precast_record_raise(precast_vmctx *vmctx, uint64_t code, uint64_t pc, uint64_t fp);

#endif
