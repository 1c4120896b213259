// Recording the stack of a call that stops, for a core dump. Runs in the signal handler: takes no lock and allocates nothing.
#include "internal.h"
#include <string.h>

/// Of an activation's stack the youngest and the oldest bytes are kept.
enum { YOUNGEST = 192 << 10, OLDEST = 32 << 10 };

static void add_piece(precast_recording *recording, uint64_t pc, uint64_t fp, uint64_t low, uint64_t end) {
    precast_piece piece = {.pc = pc, .fp = fp, .address = low, .bytes = end - low};
    if (piece.bytes > PRECAST_RECORDING - sizeof *recording - sizeof piece - recording->used) return;
    char *target = (char *)(recording + 1) + recording->used;
    memcpy(target, &piece, sizeof piece);
    memcpy(target + sizeof piece, (const void *)(uintptr_t)low, piece.bytes);
    recording->used += sizeof piece + piece.bytes;
}

void precast_record_stack(precast_store_state *state, uint64_t pc, uint64_t fp, uint64_t low) {
    precast_recording *recording = (precast_recording *)(uintptr_t)state->recording;
    if (!recording) return;
    recording->used = 0;
    for (const precast_entry *entry = (const precast_entry *)(uintptr_t)state->context.entry; entry && low;
         entry = (const precast_entry *)(uintptr_t)entry->previous) {
        uint64_t end = (uint64_t)(uintptr_t)entry, oldest = end - OLDEST;
        if (low < end && end - low > YOUNGEST + OLDEST) {
            add_piece(recording, pc, fp, low, low + YOUNGEST);
            while (low < oldest && fp >= low && fp < end && fp % 8 == 0) {
                const uint64_t *frame = (const uint64_t *)(uintptr_t)fp;
                low = fp + 16;
                fp = frame[0];
                pc = frame[1];
            }
        }
        if (low < end && end - low <= YOUNGEST + OLDEST) add_piece(recording, pc, fp, low, end);
        // The function that called the host, in an enclosing activation: its frame ends where the trampoline saved its frame pointer and return address.
        if (!entry->previous) return;
        pc = entry->exit_pc;
        low = fp = entry->exit_fp;
        while (low > end && (((const uint64_t *)(uintptr_t)low)[0] != fp || ((const uint64_t *)(uintptr_t)low)[1] != pc)) low -= 8;
        if (low <= end) low = fp;
    }
}
