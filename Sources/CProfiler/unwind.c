// Call frame information (DWARF 5, section 6.4; Linux Standard Base, "Exception Frames"): the rules for one address are executed into a row of
// a table, the row gives the caller's registers. Of expressions none is evaluated: a frame that needs one ends the walk.
#include "unwind.h"
#include <string.h>

enum { SAME, UNDEFINED, AT_OFFSET, AS_OFFSET, UNKNOWN };
enum { REMEMBERED = 4 };

typedef struct row {
    int64_t cfa_offset;
    uint32_t cfa_register; // REGISTERS: an expression
    uint8_t kinds[REGISTERS];
    int32_t offsets[REGISTERS];
} row;

typedef struct reader {
    const uint8_t *at;
    const uint8_t *end;
    int broken;
} reader;

typedef struct common_entry {
    uint64_t code_factor;
    int64_t data_factor;
    uint64_t return_register;
    uint8_t encoding;
    int has_augmentation;
    reader instructions;
} common_entry;

static uint64_t fixed(reader *from, unsigned bytes) {
    uint64_t value = 0;
    if ((uint64_t)(from->end - from->at) < bytes) {
        from->broken = 1;
        return 0;
    }
    memcpy(&value, from->at, bytes);
    from->at += bytes;
    return value;
}

static uint64_t uleb(reader *from) {
    uint64_t value = 0;
    for (unsigned shift = 0; from->at < from->end; shift += 7) {
        uint8_t byte = *from->at++;
        if (shift < 64) value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    from->broken = 1;
    return 0;
}

static int64_t sleb(reader *from) {
    uint64_t value = 0;
    for (unsigned shift = 0; from->at < from->end;) {
        uint8_t byte = *from->at++;
        if (shift < 64) value |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
        if (byte < 0x80) return (int64_t)(byte & 0x40 && shift < 64 ? value | ~0ull << shift : value);
    }
    from->broken = 1;
    return 0;
}

/// A pointer in one of the encodings that compilers use for code: absolute or relative to its place.
static uint64_t pointer(reader *from, uint8_t encoding) {
    uint64_t place = (uint64_t)(uintptr_t)from->at, value;
    switch (encoding & 0x0F) {
    case 0x00: case 0x04: case 0x0C: value = fixed(from, 8); break;
    case 0x03: value = fixed(from, 4); break;
    case 0x0B: value = (uint64_t)(int64_t)(int32_t)fixed(from, 4); break;
    case 0x02: value = fixed(from, 2); break;
    case 0x0A: value = (uint64_t)(int64_t)(int16_t)fixed(from, 2); break;
    default: from->broken = 1; return 0;
    }
    switch (encoding & 0x70) {
    case 0x00: return value;
    case 0x10: return value + place;
    default: from->broken = 1; return 0;
    }
}

/// The entry at `address`: what follows its length, to its end.
static reader entry_at(uint64_t address) {
    uint32_t length;
    memcpy(&length, (const void *)(uintptr_t)address, 4);
    const uint8_t *start = (const uint8_t *)(uintptr_t)address + 4;
    return (reader){.at = start, .end = start + length, .broken = length < 4 || length == UINT32_MAX};
}

static int read_common_entry(uint64_t address, common_entry *common) {
    reader from = entry_at(address);
    (void)fixed(&from, 4);
    uint8_t version = (uint8_t)fixed(&from, 1);
    const char *augmentation = (const char *)from.at;
    while (from.at < from.end && *from.at) from.at++;
    from.at++;
    if (from.broken || from.at >= from.end || (version != 1 && version != 3)) return 0;
    common->code_factor = uleb(&from);
    common->data_factor = sleb(&from);
    common->return_register = version == 1 ? fixed(&from, 1) : uleb(&from);
    common->encoding = 0;
    common->has_augmentation = *augmentation == 'z';
    if (common->has_augmentation) {
        uint64_t length = uleb(&from);
        if (length > (uint64_t)(from.end - from.at)) return 0;
        reader data = {.at = from.at, .end = from.at + length};
        for (const char *letter = augmentation + 1; *letter; letter++) {
            if (*letter == 'R') common->encoding = (uint8_t)fixed(&data, 1);
            else if (*letter == 'L') (void)fixed(&data, 1);
            else if (*letter == 'P') {
                uint8_t encoding = (uint8_t)fixed(&data, 1);
                (void)pointer(&data, encoding & 0x0F);
            } else if (*letter != 'B') return 0; // signal frames among them
        }
        if (data.broken) return 0;
        from.at += length;
    } else if (*augmentation) {
        return 0;
    }
    common->instructions = from;
    return !from.broken && common->return_register == RETURN_ADDRESS;
}

static void set(row *to, uint64_t number, uint8_t kind, int64_t offset) {
    if (number >= REGISTERS) return;
    to->kinds[number] = kind;
    to->offsets[number] = (int32_t)offset;
}

static void restore(row *to, const row *initial, uint64_t number) {
    if (number < REGISTERS) set(to, number, initial->kinds[number], initial->offsets[number]);
}

static void set_cfa(row *to, uint64_t number, int64_t offset) {
    to->cfa_register = number < REGISTERS ? (uint32_t)number : REGISTERS;
    to->cfa_offset = offset;
}

static void skip_block(reader *from) {
    uint64_t length = uleb(from);
    if (length > (uint64_t)(from->end - from->at)) from->broken = 1;
    else from->at += length;
}

/// Executes instructions up to those of addresses above `pc`. `initial` is the row that the common entry left, or 0 while it runs.
static int execute(reader from, const common_entry *common, row *to, const row *initial, uint64_t location, uint64_t pc) {
    row remembered[REMEMBERED];
    unsigned depth = 0;
    int64_t factor = common->data_factor;
    uint64_t number;
    while (from.at < from.end && !from.broken) {
        uint8_t operation = *from.at++, operand = operation & 0x3F;
        uint64_t advance = 0;
        switch (operation & 0xC0) {
        case 0x40: advance = operand; operation = 0; break;
        case 0x80: set(to, operand, AT_OFFSET, (int64_t)uleb(&from) * factor); continue;
        case 0xC0:
            if (!initial) return 0;
            restore(to, initial, operand);
            continue;
        }
        switch (operation) {
        case 0x00: break;
        case 0x01: location = pointer(&from, common->encoding); break;
        case 0x02: advance = fixed(&from, 1); break;
        case 0x03: advance = fixed(&from, 2); break;
        case 0x04: advance = fixed(&from, 4); break;
        case 0x05: number = uleb(&from); set(to, number, AT_OFFSET, (int64_t)uleb(&from) * factor); break;
        case 0x06:
            if (!initial) return 0;
            restore(to, initial, uleb(&from));
            break;
        case 0x07: set(to, uleb(&from), UNDEFINED, 0); break;
        case 0x08: set(to, uleb(&from), SAME, 0); break;
        case 0x09: set(to, uleb(&from), UNKNOWN, 0); (void)uleb(&from); break;
        case 0x0A:
            if (depth == REMEMBERED) return 0;
            remembered[depth++] = *to;
            break;
        case 0x0B:
            if (!depth) return 0;
            *to = remembered[--depth];
            break;
        case 0x0C: number = uleb(&from); set_cfa(to, number, (int64_t)uleb(&from)); break;
        case 0x0D: set_cfa(to, uleb(&from), to->cfa_offset); break;
        case 0x0E: to->cfa_offset = (int64_t)uleb(&from); break;
        case 0x0F: set_cfa(to, REGISTERS, 0); skip_block(&from); break;
        case 0x10: case 0x16: set(to, uleb(&from), UNKNOWN, 0); skip_block(&from); break;
        case 0x11: number = uleb(&from); set(to, number, AT_OFFSET, sleb(&from) * factor); break;
        case 0x12: number = uleb(&from); set_cfa(to, number, sleb(&from) * factor); break;
        case 0x13: to->cfa_offset = sleb(&from) * factor; break;
        case 0x14: number = uleb(&from); set(to, number, AS_OFFSET, (int64_t)uleb(&from) * factor); break;
        case 0x15: number = uleb(&from); set(to, number, AS_OFFSET, sleb(&from) * factor); break;
        case 0x2D: break; // AArch64: the return address is signed from here on, or no more; it is stripped anyway
        case 0x2E: (void)uleb(&from); break;
        default: return 0;
        }
        location += advance * common->code_factor;
        if (location > pc) break;
    }
    return !from.broken;
}

/// The address of the entry for `pc` in a sorted index, or 0.
static uint64_t find_entry(uint64_t index, uint64_t pc) {
    const uint8_t *header = (const uint8_t *)(uintptr_t)index;
    // Version, encodings of the section's address (pcrel sdata4), of the count (udata4), of the table (datarel sdata4).
    if (header[0] != 1 || header[1] != 0x1B || header[2] != 0x03 || header[3] != 0x3B) return 0;
    uint32_t count;
    memcpy(&count, header + 8, 4);
    uint32_t low = 0, high = count;
    int32_t pair[2];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        memcpy(pair, header + 12 + 8ull * middle, 8);
        if (index + (uint64_t)(int64_t)pair[0] <= pc) low = middle + 1;
        else high = middle;
    }
    if (!low) return 0;
    memcpy(pair, header + 12 + 8ull * (low - 1), 8);
    return index + (uint64_t)(int64_t)pair[1];
}

static int find_row(const unwound_code *code, uint64_t pc, row *found, uint64_t *function) {
    uint64_t address = find_entry(code->index, pc);
    if (!address) return 0;
    reader from = entry_at(address);
    uint64_t place = (uint64_t)(uintptr_t)from.at, distance = fixed(&from, 4);
    common_entry common;
    if (from.broken || !distance || !read_common_entry(place - distance, &common)) return 0;
    uint64_t start = pointer(&from, common.encoding), length = pointer(&from, common.encoding & 0x0F);
    if (from.broken || pc < start || pc - start >= length) return 0;
    if (common.has_augmentation) skip_block(&from);
    memset(found, 0, sizeof *found);
    if (!execute(common.instructions, &common, found, 0, 0, 0)) return 0;
    row initial = *found;
    *function = start;
    return execute(from, &common, found, &initial, start, pc);
}

static int read_stack(uint64_t address, uint64_t low, uint64_t high, uint64_t *value) {
    if (address < low || address % 8 || address > high - 8) return 0;
    *value = *(const uint64_t *)(uintptr_t)address;
    return 1;
}

int unwind_step(registers *state, const unwound_code *code, uint64_t pc, uint64_t low, uint64_t high, uint64_t *function) {
    row rules;
    if (!find_row(code, pc, &rules, function) || rules.cfa_register == REGISTERS) return 0;
    registers caller = *state;
    uint64_t cfa = state->values[rules.cfa_register] + (uint64_t)rules.cfa_offset;
    for (unsigned number = 0; number < REGISTERS; number++) {
        uint64_t place = cfa + (uint64_t)(int64_t)rules.offsets[number];
        switch (rules.kinds[number]) {
        case SAME: break;
        case AT_OFFSET:
            // What lies below the stack pointer was taken from there by an epilogue: the register has it again.
            if (place < state->values[STACK_POINTER]) break;
            if (read_stack(place, low, high, &caller.values[number])) break;
            if (number == RETURN_ADDRESS || number == FRAME_POINTER) return 0;
            caller.values[number] = 0;
            break;
        case AS_OFFSET: caller.values[number] = place; break;
        default:
            if (number == RETURN_ADDRESS) return 0; // the outermost frame
            caller.values[number] = 0;
        }
    }
    caller.values[STACK_POINTER] = cfa;
    caller.pc = return_address(caller.values[RETURN_ADDRESS]);
    if (!caller.pc || cfa < state->values[STACK_POINTER] || (cfa == state->values[STACK_POINTER] && caller.pc == state->pc)) return 0;
    *state = caller;
    return 1;
}
