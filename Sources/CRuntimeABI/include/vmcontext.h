// The context structures that compiled code and the loader share. docs/abi.md explains them.
//
// The compiler imports this header for offsets, the loader for fields; both agree by construction.
// Fixed-width types only; no system header. Changing anything here changes the ABI version.
#ifndef PRECAST_VMCONTEXT_H
#define PRECAST_VMCONTEXT_H
#include <stdint.h>

#define PRECAST_VMCTX_MAGIC 0x63746d76u /* "vmtc" */

/// One per store (and so per thread that runs it). Compiled code reads it through `precast_vmctx.store`.
typedef struct precast_store_context {
    uint64_t stack_limit;      // lowest value the stack pointer may take in compiled code
    uint64_t fuel;             // reserved: fuel left, counted up towards zero
    uint64_t epoch_deadline;   // reserved
    uint64_t epoch;            // reserved: address of the engine's epoch word
    uint64_t collector;        // reserved: the garbage collector's context
    uint64_t pending_trap;     // trap code that `raise(PRECAST_TRAP_PENDING)` reports; set by builtins and host calls
    uint64_t exit_pc;          // return address into, and frame pointer of, the innermost compiled frame,
    uint64_t exit_fp;          //   written when compiled code leaves for the host
    uint64_t entry;            // innermost entry record (loader's own struct)
    uint64_t runtime_store;    // the loader's handle
    uint64_t reserved[6];
} precast_store_context;

/// The fixed head of an instance context (`vmctx`); the module's own part follows (see ContextLayout).
typedef struct precast_vmctx {
    uint32_t magic;
    uint32_t flags;
    uint64_t store;            // precast_store_context *
    uint64_t builtins;         // table of builtin code addresses, by number
    uint64_t instance;         // the loader's handle
    uint64_t memories;         // the loader's: precast_memory *[], by memory index
    uint64_t reserved[3];
} precast_vmctx;

/// A linear memory, inline in the context of the instance that defines it.
typedef struct precast_memory {
    uint64_t base;
    uint64_t length;           // bytes accessible now
} precast_memory;

/// A table: `length` 8-byte elements. A function element is a `precast_function_reference *` (0: null);
/// any other reference is 0 (null), or tagged by its two lowest bits (docs/abi.md).
typedef struct precast_table {
    uint64_t elements;
    uint64_t length;
} precast_table;

/// A global's value, inline in the defining context. 16 bytes whatever its type.
typedef struct precast_global {
    uint64_t bits[2];
} precast_global;

/// An exception tag, inline in the defining context: what exceptions are told apart by is its address.
typedef struct precast_tag {
    uint64_t slots;            // values that its exceptions carry
    uint32_t type_id;          // canonical within the engine
    uint32_t reserved;
} precast_tag;

/// An exception. What it carries follows, a `precast_slot` for each value. All but `tag` is the loader's.
typedef struct precast_exception {
    uint64_t tag;              // precast_tag *
    uint32_t slots;
    uint32_t state;            // whether it is kept, and for how long
    uint64_t next;             // of those that are kept
    uint64_t previous;
    uint64_t owner;            // frame pointer of the function that alone has its address
    uint64_t group;            // the handler that took it
} precast_exception;

/// What a call to an import needs.
typedef struct precast_import_function {
    uint64_t code;
    uint64_t context;          // callee's vmctx, or precast_host_function * behind a host trampoline
} precast_import_function;

/// What a function reference points to.
typedef struct precast_function_reference {
    uint64_t code;
    uint64_t context;
    uint32_t type_id;          // canonical within the engine
    uint32_t function_index;   // in its module; all ones for a host function
} precast_function_reference;

/// The context of a host function: a host trampoline calls `function(environment, caller, slots)`.
/// `slots`: 16 bytes each; arguments in, results out. Nonzero result: the call is abandoned (pending_trap says why).
typedef struct precast_host_function {
    uint64_t function;         // uint64_t (*)(void *environment, precast_vmctx *caller, precast_slot *slots)
    uint64_t environment;
} precast_host_function;

/// One argument or result on the host's side of a trampoline; unused bytes are zero on results.
typedef struct precast_slot {
    uint64_t bits[2];
} precast_slot;

#endif
