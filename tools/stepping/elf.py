"""What stepping asks an ELF file of 64 bits."""

import bisect
import struct

from stepping import Failed

X86_64, AARCH64 = 62, 183
EXECUTABLE = 1


class ElfFile:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = file.read()
        self.machine, = struct.unpack_from("<H", self.data, 18)
        phoff, = struct.unpack_from("<Q", self.data, 32)
        size, count = struct.unpack_from("<HH", self.data, 54)
        # Address, offset, bytes and flags of each segment that is loaded.
        self.loads, self.unwind_header = [], None
        for n in range(count):
            kind, flags, offset, address, _, bytes_ = struct.unpack_from("<IIQQQQ", self.data, phoff + n * size)
            if kind == 1:
                self.loads.append((address, offset, bytes_, flags))
            elif kind == 0x6474E550:
                self.unwind_header = address

    def place(self, address):
        """The offset of an address's byte in the file."""
        for start, offset, size, _ in self.loads:
            if start <= address < start + size:
                return address - start + offset
        raise Failed(f"no bytes at {address:#x}")

    def address(self, offset):
        """The address of a byte of the file, None if it is not loaded."""
        for start, place, size, _ in self.loads:
            if place <= offset < place + size:
                return offset - place + start
        return None

    def symbols(self):
        """(name, address, size, is a function) of each symbol that the file defines."""
        shoff, = struct.unpack_from("<Q", self.data, 40)
        count, = struct.unpack_from("<H", self.data, 60)
        headers = [struct.unpack_from("<IIQQQQIIQQ", self.data, shoff + 64 * n) for n in range(count)]
        for header in headers:
            if header[1] != 2:
                continue
            strings = headers[header[6]][4]
            for at in range(header[4], header[4] + header[5], 24):
                name, info, _, section, value, size = struct.unpack_from("<IBBHQQ", self.data, at)
                if section:
                    text = self.data[strings + name:self.data.index(b"\0", strings + name)].decode(errors="replace")
                    yield text, value, size, info & 15 == 2

    def instructions(self):
        """The addresses of the instructions of all functions, each of four bytes: `$x` and `$d` say what is code and what is data."""
        symbols = list(self.symbols())
        kinds = sorted((address, name == "$x") for name, address, _, _ in symbols if name in ("$x", "$d"))
        found = set()
        for _, address, size, is_function in symbols:
            if is_function:
                for at in range(address, address + size, 4):
                    n = bisect.bisect_right(kinds, (at, True))
                    if n and kinds[n - 1][1]:
                        found.add(at)
        return found
