"""gdb commands for guests of Precast: pointers of the guest are offsets in its linear memory.

  source precast-gdb.py

  print $guest(p)            what the guest's pointer p points to; its fields: $guest(p).next, $guest($guest(p).next)
  print $guest(p, 10)        ten elements from there, as an array
  print $host(p)             the address in this process, of a pointer or a number
  guest-x /FMT POINTER       like x, over linear memory
  guest-watch POINTER [N]    stops when what p points to (or N bytes from there) changes

Pointers to characters show their text. Nothing is called in the program: memory is read where linear memory is, which the selected frame knows
(or the nearest one that does)."""

import gdb

TEXT_LIMIT = 200


def memory_base():
    """The address of the first byte of linear memory, from the selected frame outwards."""
    frame = gdb.selected_frame()
    while frame is not None:
        try:
            return int(frame.read_var("__precast_memory").address)
        except (ValueError, gdb.error, AttributeError):
            frame = frame.older()
    raise gdb.GdbError("no frame of a guest with debug information knows where linear memory is")


def guest_number(value):
    """A guest's pointer or integer as a number."""
    kind = value.type.strip_typedefs()
    if kind.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        value = value.referenced_value()
    size = min(value.type.strip_typedefs().sizeof, 8)
    return int(value) & ((1 << (8 * size)) - 1)


def host_address(value):
    return memory_base() + guest_number(value)


def at(address, kind):
    """The object of a type at an address of this process, which can be assigned to and watched."""
    # A pointer to an array is the debugger's own, of this machine's size; the guest's pointers have theirs.
    return gdb.Value(address).cast(kind.array(0).pointer()).dereference()[0]


def pointee(value):
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_PTR:
        raise gdb.GdbError("not a pointer of the guest")
    target = kind.target()
    return target if target.strip_typedefs().code != gdb.TYPE_CODE_VOID else gdb.lookup_type("unsigned char")


def text_at(address, limit=TEXT_LIMIT):
    """The characters up to a zero; None if they are no text."""
    found = bytearray()
    while len(found) < limit:
        # Not across the end of what is accessible.
        size = min(64, 4096 - (address + len(found)) % 4096)
        try:
            part = bytes(gdb.selected_inferior().read_memory(address + len(found), size))
        except gdb.MemoryError:
            return None
        end = part.find(0)
        found += part if end < 0 else part[:end]
        if end >= 0:
            break
    try:
        return bytes(found[:limit]).decode()
    except UnicodeDecodeError:
        return bytes(found[:limit]).decode(errors="backslashreplace")


class Guest(gdb.Function):
    """$guest(POINTER [, COUNT]): what a guest's pointer points to."""

    def __init__(self):
        super().__init__("guest")

    def invoke(self, pointer, count=None):
        address, kind = host_address(pointer), pointee(pointer)
        return at(address, kind if count is None else kind.array(int(count) - 1))


class Host(gdb.Function):
    """$host(POINTER): the address in this process of a guest's pointer or of an offset in its linear memory."""

    def __init__(self):
        super().__init__("host")

    def invoke(self, pointer):
        return gdb.Value(host_address(pointer))


class Examine(gdb.Command):
    """guest-x /FMT POINTER: examine linear memory."""

    def __init__(self):
        super().__init__("guest-x", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        form, rest = "", argument.strip()
        if rest.startswith("/"):
            form, _, rest = rest.partition(" ")
        if not rest:
            raise gdb.GdbError("guest-x /FMT POINTER")
        gdb.execute(f"x {form} {host_address(gdb.parse_and_eval(rest)):#x}", from_tty)


class Watch(gdb.Command):
    """guest-watch POINTER [BYTES]: stop when linear memory there changes."""

    def __init__(self):
        super().__init__("guest-watch", gdb.COMMAND_BREAKPOINTS, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not words:
            raise gdb.GdbError("guest-watch POINTER [BYTES]")
        size = int(words.pop()) if len(words) > 1 and words[-1].isdigit() else None
        pointer = gdb.parse_and_eval(" ".join(words))
        address = host_address(pointer)
        if size is None:
            size = pointee(pointer).sizeof if pointer.type.strip_typedefs().code == gdb.TYPE_CODE_PTR else 4
        names = {1: "unsigned char", 2: "unsigned short", 4: "unsigned int", 8: "unsigned long"}
        if size not in names:
            raise gdb.GdbError("1, 2, 4 or 8 bytes can be watched")
        gdb.execute(f"watch {{{names[size]}}} {address:#x}", from_tty)


class PointerPrinter:
    """A guest's pointer: its offset, and the text it points to."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        number = guest_number(self.value)
        if number == 0:
            return "0x0"
        target = self.value.type.strip_typedefs().target().strip_typedefs()
        if target.code == gdb.TYPE_CODE_INT and target.sizeof == 1 and "char" in str(target.unqualified()):
            try:
                text = text_at(memory_base() + number)
            except (gdb.GdbError, gdb.error):
                text = None
            if text is not None:
                quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
                return f'{number:#x} "{quoted}"'
        return f"{number:#x}"


def find_printer(value):
    kind = value.type.strip_typedefs()
    # The guest's are smaller than this machine's.
    if kind.code == gdb.TYPE_CODE_PTR and kind.sizeof == 4:
        return PointerPrinter(value)
    return None


find_printer.name = "precast-guest-pointers"
gdb.pretty_printers.insert(0, find_printer)
Guest()
Host()
Examine()
Watch()
