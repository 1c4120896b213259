"""Walks of stacks by `.eh_frame` alone."""

from stepping import Failed, Skipped
from stepping.elf import AARCH64, X86_64, ElfFile
from stepping.unwind_table import SIGNED, UnwindTable


class Machine:
    """Registers have their DWARF numbers; behind them is the instruction pointer, if it has none."""

    def __init__(self, stack, frame, return_address, pc, kept):
        self.stack, self.frame, self.return_address, self.pc, self.kept = stack, frame, return_address, pc, kept
        # After a call the return address is in this register, or, None, on top of the stack.
        self.link = return_address if return_address != pc else None


MACHINES = {
    X86_64: Machine(stack=7, frame=6, return_address=16, pc=16, kept=[3, 6, 12, 13, 14, 15]),
    AARCH64: Machine(stack=31, frame=29, return_address=30, pc=32, kept=list(range(19, 30))),
}
# User addresses have 48 bits; above them are signatures of return addresses.
ADDRESS_BITS = (1 << 48) - 1


class Unwinder:
    """Walks from compiled code of an artifact to main, through the entry of the loader."""

    def __init__(self, process, loader, artifact):
        self.process = process
        self.machine = MACHINES[loader.machine]
        self.tables = {}
        self.spans = process.maps()
        self.files = {loader.path: loader, artifact.path: artifact}
        self.enter = find(process, loader, ["precast_enter"])
        # In Swift's packages it has the module's name before it.
        self.main = find(process, loader, ["main", "precast_run_main"])
        self.reaching = set()
        self.entered = None

    def row(self, pc):
        for start, end, offset, path in self.spans:
            if start <= pc < end and path.startswith("/"):
                if path not in self.tables:
                    self.files.setdefault(path, ElfFile(path))
                    self.tables[path] = UnwindTable(self.files[path])
                address = self.files[path].address(pc - start + offset)
                if address is not None:
                    return self.tables[path].row(address)
        return None

    def enters(self, registers):
        """Takes the registers that compiled code is entered with: every walk has to give the loader's entry its own back."""
        self.entered = self.kept(registers)

    def kept(self, registers):
        return tuple(registers[register] for register in self.machine.kept)

    def walk(self, registers):
        """Raises Failed unless the chain from these registers goes through the entry to main, and the entry's callee-saved registers are found."""
        machine = self.machine
        values, seen, passed_entry, lookup = list(registers), [], False, registers[machine.pc]
        began = lookup
        for depth in range(20000):
            pc = values[machine.pc]
            if not passed_entry and self.enter[0] <= pc < self.enter[1]:
                passed_entry = True
                if self.kept(values) != self.entered:
                    raise Failed(f"from {began:#x}: callee-saved registers {self.kept(values)}, the loader's are {self.entered}")
            key = (pc, values[machine.stack], *self.kept(values))
            if depth and key in self.reaching:
                break
            if self.main[0] <= lookup < self.main[1]:
                if not passed_entry:
                    raise Failed(f"main without the entry before it, {depth} frames from {began:#x}")
                break
            if depth:
                seen.append(key)
            values = self.caller(values, lookup, depth, began)
            lookup = values[machine.pc] - 1
        else:
            raise Failed(f"the chain from {began:#x} does not end")
        self.reaching.update(seen)

    def caller(self, values, lookup, depth, began):
        """The registers of the caller at the call."""
        machine, pc = self.machine, values[self.machine.pc]
        row = self.row(lookup)
        if row is None or row[0] is None:
            raise Failed(f"frame {depth}: nothing is known of {pc:#x}, from {began:#x}")
        cfa, rules, above = values[row[0]] + row[1], row[2], list(values)
        if depth and cfa <= values[machine.stack]:
            raise Failed(f"frame {depth}: the stack does not grow at {pc:#x}, from {began:#x}")
        for register in machine.kept:
            offset = rules.get(register)
            if isinstance(offset, int):
                above[register] = self.process.word(cfa + offset)
        offset = rules.get(machine.return_address)
        if isinstance(offset, int):
            above[machine.return_address] = self.process.word(cfa + offset)
        elif offset is not None or depth or machine.link is None:
            # Only in the innermost frame it is where the call left it.
            raise Failed(f"frame {depth}: no return address from {pc:#x}, from {began:#x}")
        above[machine.pc] = above[machine.return_address]
        if rules.get(SIGNED):
            above[machine.pc] &= ADDRESS_BITS
        above[machine.stack] = cfa
        return above


def find(process, file, names):
    """The range of a function of a mapped file, by the first of these names."""
    base = process.base(file)
    ranges = {name: (base + address, base + address + size) for name, address, size, is_function in file.symbols() if is_function and size}
    for name in names:
        if name in ranges:
            return ranges[name]
    raise Skipped(f"{file.path} has no symbols")
