// Exceptions: their objects, and the search for a handler.
//
// An exception that a guest throws is an object of the store. How long it lasts the handler that takes it says: one that is read at
// once is released when the next one is made; one whose address guests may keep is released with its store; one that a single
// frame holds, to throw it again or to drop it, when the frame is gone or the same handler takes another.
// The search walks frame pointers from where the exception left compiled code to the innermost entry, and looks each return
// address up in its module's table of calls with handlers. No frame of the host is skipped: where the activation ends, the
// host gets the exception.
#include "internal.h"
#include <stddef.h>

enum { IN_FLIGHT = 0, KEPT = 1, HELD = 2 };

static uint64_t size_of(const precast_exception *exception) {
    return sizeof *exception + exception->slots * sizeof(precast_slot);
}

static precast_exception *at(uint64_t address) { return (precast_exception *)(uintptr_t)address; }

/// Frees the exception that its handler has read.
static void free_caught(precast_store_state *state) {
    if (state->caught) precast_free(at(state->caught));
    state->caught = 0;
}

precast_exception *precast_exception_create(precast_store_state *state, uint64_t tag) {
    free_caught(state);
    uint64_t slots = ((const precast_tag *)(uintptr_t)tag)->slots;
    precast_exception *exception = precast_allocate(sizeof *exception + slots * sizeof(precast_slot));
    if (!exception) {
        state->context.pending_trap = PRECAST_TRAP_EXCEPTION_LIMIT;
        return 0;
    }
    exception->tag = tag;
    exception->slots = (uint32_t)slots;
    return exception;
}

void precast_exception_release(precast_exception *exception) {
    if (exception->state == IN_FLIGHT) precast_free(exception);
}

/// Takes an exception out of the list of held ones.
static void let_go(precast_store_state *state, precast_exception *exception) {
    if (exception->previous) at(exception->previous)->next = exception->next;
    else state->held_exceptions = exception->next;
    if (exception->next) at(exception->next)->previous = exception->previous;
    state->exception_bytes -= size_of(exception);
    exception->state = IN_FLIGHT;
}

static void drop(precast_store_state *state, precast_exception *exception) {
    let_go(state, exception);
    precast_free(exception);
}

/// Releases what was held by frames that are gone, or is held by this handler's last entry, when `fp`'s frame takes another for its
/// handler `group`. Frames below it were left on the way; of those at or above it one cannot tell.
static void forget_held(precast_store_state *state, uint64_t fp, uint64_t group) {
    const precast_entry *entry = (const precast_entry *)(uintptr_t)state->context.entry;
    while (entry->previous) entry = (const precast_entry *)(uintptr_t)entry->previous;
    int is_same_run = state->held_entry == (uint64_t)(uintptr_t)entry;
    state->held_entry = (uint64_t)(uintptr_t)entry;
    while (state->held_exceptions && (!is_same_run || at(state->held_exceptions)->owner < fp)) drop(state, at(state->held_exceptions));
    uint64_t next = state->held_exceptions;
    while (next && at(next)->owner == fp) {
        precast_exception *exception = at(next);
        next = exception->next;
        if (exception->group == group) drop(state, exception);
    }
}

void precast_exceptions_destroy(precast_store_state *state) {
    free_caught(state);
    uint64_t next = state->kept_exceptions;
    while (next) {
        precast_exception *exception = at(next);
        next = exception->next;
        precast_free(exception);
    }
    while (state->held_exceptions) drop(state, at(state->held_exceptions));
    state->kept_exceptions = 0;
    state->exception_bytes = 0;
}

/// The `makeException` builtin.
static int64_t make_exception(precast_vmctx *vmctx, uint64_t tag) {
    precast_exception *exception = precast_exception_create((precast_store_state *)(uintptr_t)vmctx->store, tag);
    return exception ? (int64_t)(uintptr_t)exception : -1;
}
uint64_t precast_make_exception_address(void) { return (uint64_t)(uintptr_t)make_exception; }

// ---- Handlers --------------------------------------------------------------------------------------------------------

// Records of the artifact (ExceptionSiteRecord, ExceptionHandlerRecord in ArtifactFormat).
typedef struct site_record { uint32_t text_offset, frame_size, first_handler, handler_count; } site_record;
typedef struct handler_record { uint32_t tag, text_offset, flags; } handler_record;
_Static_assert(sizeof(site_record) == 16 && sizeof(handler_record) == 12, "exception records");
enum { RETENTION = 0xFF, GROUP_SHIFT = 8 };

/// A function with landing pads keeps its instance context below the callee-saved registers.
#if defined(__x86_64__)
enum { CONTEXT_BELOW_FP = 48 };
#elif defined(__aarch64__)
enum { CONTEXT_BELOW_FP = 88 };
#else
enum { CONTEXT_BELOW_FP = 0 }; // no artifact loads on other machines
#endif

static const site_record *find_site(const precast_code_range *range, uint64_t offset) {
    const site_record *sites = (const site_record *)(uintptr_t)range->exception_sites;
    uint64_t low = 0, high = range->exception_site_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (sites[middle].text_offset == offset) return &sites[middle];
        if (sites[middle].text_offset < offset) low = middle + 1;
        else high = middle;
    }
    return 0;
}

/// The address of tag `index` of the instance with context `vmctx`; 0 outside the index space.
static uint64_t tag_address(const precast_code_range *range, uint64_t vmctx, uint32_t index) {
    if (index < range->imported_tag_count) return ((const uint64_t *)(uintptr_t)(vmctx + range->imported_tags))[index];
    index -= range->imported_tag_count;
    return index < range->tag_count ? vmctx + range->tags + index * sizeof(precast_tag) : 0;
}

static const handler_record *find_handler(const precast_code_range *range, const site_record *site, uint64_t fp, uint64_t tag) {
    const handler_record *handlers = (const handler_record *)(uintptr_t)range->exception_handlers;
    uint64_t vmctx = *(const uint64_t *)(uintptr_t)(fp - CONTEXT_BELOW_FP);
    uint64_t end = (uint64_t)site->first_handler + site->handler_count;
    if (end > range->exception_handler_count) return 0;
    for (uint64_t row = site->first_handler; row < end; row++) {
        uint32_t wanted = handlers[row].tag;
        if (handlers[row].text_offset >= range->text_end - range->text) continue;
        if (wanted == UINT32_MAX || tag_address(range, vmctx, wanted) == tag) return &handlers[row];
    }
    return 0;
}

/// Notes what becomes of an exception that `handler` of the frame at `fp` takes. Returns 0 if the store may keep no more.
static int take(precast_store_state *state, precast_exception *exception, const handler_record *handler, uint64_t fp) {
    uint64_t address = (uint64_t)(uintptr_t)exception;
    if (exception->state == KEPT) return 1;
    uint32_t retention = handler->flags & RETENTION;
    if (retention != KEPT && retention != HELD) {
        free_caught(state);
        state->caught = address;
        return 1;
    }
    if (retention == HELD) forget_held(state, fp, handler->flags >> GROUP_SHIFT);
    uint64_t size = size_of(exception);
    if (size > state->exception_limit || state->exception_bytes > state->exception_limit - size) return 0;
    state->exception_bytes += size;
    exception->state = retention;
    uint64_t *list = retention == HELD ? &state->held_exceptions : &state->kept_exceptions;
    exception->previous = 0;
    exception->next = *list;
    exception->owner = fp;
    exception->group = handler->flags >> GROUP_SHIFT;
    if (retention == HELD && *list) at(*list)->previous = address;
    *list = address;
    return 1;
}

const precast_resume_point *precast_unwind_exception(precast_store_state *state, precast_exception *exception, uint64_t pc, uint64_t fp) {
    precast_entry *entry = (precast_entry *)(uintptr_t)state->context.entry;
    uint64_t limit = (uint64_t)(uintptr_t)entry, code = PRECAST_TRAP_UNCAUGHT_EXCEPTION, low = 0;
    uint64_t address = pc, frame = fp;
    precast_code_range range = {0};
    while (frame != entry->fp && frame > low && frame < limit && frame % 8 == 0) {
        if (address < range.text || address >= range.text_end) {
            if (!precast_code_find(address, &range)) range.text = range.text_end = range.exception_site_count = 0;
        }
        const site_record *site = find_site(&range, address - range.text);
        const handler_record *handler = site ? find_handler(&range, site, frame, exception->tag) : 0;
        if (handler && !take(state, exception, handler, frame)) {
            code = PRECAST_TRAP_EXCEPTION_LIMIT;
            break;
        }
        if (handler) {
            state->resume.pc = range.text + handler->text_offset;
            state->resume.sp = frame - site->frame_size;
            state->resume.fp = frame;
            state->resume.value = (uint64_t)(uintptr_t)exception;
            return &state->resume;
        }
        low = frame;
        address = precast_return_address(((const uint64_t *)(uintptr_t)frame)[1]);
        frame = ((const uint64_t *)(uintptr_t)frame)[0];
    }
    if (code == PRECAST_TRAP_UNCAUGHT_EXCEPTION) state->pending_exception = (uint64_t)(uintptr_t)exception;
    else precast_free(exception);
    return precast_stop(state, code, pc, fp);
}

const precast_resume_point *precast_record_throw(precast_vmctx *vmctx, precast_exception *exception, uint64_t pc, uint64_t fp) {
    precast_store_state *state = (precast_store_state *)(uintptr_t)vmctx->store;
    state->context.exit_pc = pc;
    state->context.exit_fp = fp;
    if (exception->state == HELD) let_go(state, exception);
    return precast_unwind_exception(state, exception, pc, fp);
}
