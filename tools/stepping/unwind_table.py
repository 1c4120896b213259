"""Rows of `.eh_frame`."""

import struct

from stepping import Failed

# What a row says of a register beside an offset from the frame address (or None: its caller's value is still in it).
UNDEFINED, EXPRESSION = "undefined", "expression"
# Where a row says whether the return address is signed (AArch64).
SIGNED = "signed"


class UnwindTable:
    """The unwind table of an ELF file: rows by address, found through .eh_frame_hdr."""

    def __init__(self, file):
        self.data, self.place, self.hdr = file.data, file.place, file.unwind_header
        self.rows = {}
        if self.hdr is None:
            return
        at = self.place(self.hdr)
        if self.data[at:at + 4] != b"\x01\x1b\x03\x3b":
            raise Failed(f"{file.path}: an unexpected .eh_frame_hdr")
        self.count, = struct.unpack_from("<I", self.data, at + 8)
        self.table = at + 12

    def entry(self, address):
        """The address of the entry for the code at an address, in the file."""
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if self.hdr + struct.unpack_from("<i", self.data, self.table + 8 * middle)[0] <= address:
                low = middle + 1
            else:
                high = middle
        return self.hdr + struct.unpack_from("<i", self.data, self.table + 8 * (low - 1) + 4)[0] if low else None

    def row(self, address):
        """(CFA register, CFA offset, {register: offset from the CFA or None for the same}); None: nothing is known."""
        if self.hdr is None:
            return None
        entry = self.entry(address)
        if entry is None:
            return None
        if entry not in self.rows:
            self.rows[entry] = self.read(entry)
        start, size, rows = self.rows[entry]
        if not start <= address < start + size:
            return None
        found = None
        for where, row in rows:
            if where > address:
                break
            found = row
        return found

    def read(self, entry):
        at = self.place(entry)
        length, back = struct.unpack_from("<II", self.data, at)
        code, data, initial, has_augmentation = self.common(at + 4 - back)
        start = entry + 8 + struct.unpack_from("<i", self.data, at + 8)[0]
        size, = struct.unpack_from("<I", self.data, at + 12)
        cursor = at + 16
        if has_augmentation:
            skipped, cursor = self.uleb(cursor)
            cursor += skipped
        return start, size, self.program(cursor, at + 4 + length, code, data, start, initial)

    def common(self, at):
        length, = struct.unpack_from("<I", self.data, at)
        end = at + 4 + length
        cursor = self.data.index(b"\0", at + 9)
        augmentation = self.data[at + 9:cursor].decode()
        code, cursor = self.uleb(cursor + 1)
        data, cursor = self.sleb(cursor)
        cursor += 1
        if augmentation.startswith("z"):
            size, cursor = self.uleb(cursor)
            cursor += size
        rows = self.program(cursor, end, code, data, 0, (None, None, {}))
        return code, data, rows[-1][1], augmentation.startswith("z")

    def uleb(self, at):
        value, at, _ = self.leb128(at)
        return value, at

    def sleb(self, at):
        value, at, bits = self.leb128(at)
        return (value - (1 << bits) if value >> bits - 1 else value), at

    def leb128(self, at):
        """A number, where the next thing begins, and the number's bits."""
        value = shift = 0
        while True:
            byte = self.data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                return value, at, shift

    def program(self, at, end, code, data, start, initial):
        register, offset, rules = initial[0], initial[1], dict(initial[2])
        rows, kept, where = [], [], start
        uleb, sleb = self.uleb, self.sleb
        while at < end:
            byte = self.data[at]
            at += 1
            kind, low = byte >> 6, byte & 63
            if kind == 1 or byte in (2, 3, 4):
                rows.append((where, (register, offset, dict(rules))))
                if kind == 1:
                    step = low
                else:
                    size = {2: 1, 3: 2, 4: 4}[byte]
                    step = int.from_bytes(self.data[at:at + size], "little")
                    at += size
                where += step * code
            elif kind == 2:
                value, at = uleb(at)
                rules[low] = value * data
            elif kind == 3:
                rules[low] = initial[2].get(low)
            elif byte == 0:
                pass
            elif byte == 5:
                r, at = uleb(at)
                value, at = uleb(at)
                rules[r] = value * data
            elif byte in (6, 7, 8):
                r, at = uleb(at)
                rules[r] = initial[2].get(r) if byte == 6 else UNDEFINED if byte == 7 else None
            elif byte == 0x0A:
                kept.append((register, offset, dict(rules)))
            elif byte == 0x0B:
                register, offset, rules = kept.pop()
            elif byte == 0x0C:
                register, at = uleb(at)
                offset, at = uleb(at)
            elif byte == 0x0D:
                register, at = uleb(at)
            elif byte == 0x0E:
                offset, at = uleb(at)
            elif byte == 0x11:
                r, at = uleb(at)
                value, at = sleb(at)
                rules[r] = value * data
            elif byte == 0x12:
                register, at = uleb(at)
                value, at = sleb(at)
                offset = value * data
            elif byte == 0x13:
                value, at = sleb(at)
                offset = value * data
            elif byte in (0x0F, 0x10, 0x16):
                r = None
                if byte != 0x0F:
                    r, at = uleb(at)
                size, at = uleb(at)
                at += size
                if r is None:
                    register = offset = None
                else:
                    rules[r] = EXPRESSION
            elif byte == 0x2D:
                rules[SIGNED] = not rules.get(SIGNED)
            elif byte == 0x2E:
                _, at = uleb(at)
            else:
                raise Failed(f"call frame instruction {byte:#x}")
        rows.append((where, (register, offset, dict(rules))))
        return rows
