"""lldb commands for guests of Precast: pointers of the guest are offsets in its linear memory, of 4 bytes (8 with 64-bit memories), and lldb takes
them for addresses of this process, of 8 bytes.

  command script import precast_lldb.py

  guest-print EXPR           what an expression of the guest is: list->next->value, *p, a[3], &node.keys, (Node *)0x1018c0
  guest-print EXPR = VALUE   writes it
  guest-address EXPR         the address in this process, of a pointer or a number
  guest-x /FMT EXPR          like x, over linear memory
  guest-watch EXPR [N]       stops when what a pointer points to (or N bytes from there) changes

`frame variable` and `bt` show the guest's pointers as what they are, pointers to characters with their text, arrays of pointers with the right elements.
Nothing is called in the program: memory is read where linear memory is, which the selected frame knows (or the nearest one that does)."""

import re

import lldb

TEXT_LIMIT = 200
ELEMENT_LIMIT = 256
CATEGORY = "precast"


class GuestError(Exception):
    pass


# --- Frames and memory ---


def is_guest(frame):
    """Whether a frame is compiled code of an artifact."""
    return frame.IsValid() and frame.GetModule().FindSection(".precast.modules").IsValid()


def frames_from(frame):
    thread = frame.GetThread()
    return (thread.GetFrameAtIndex(n) for n in range(frame.GetFrameID(), thread.GetNumFrames()))


def memory_base(frame):
    """The address of the first byte of linear memory, from a frame outwards."""
    for outer in frames_from(frame):
        if not is_guest(outer):
            continue
        memory = outer.FindVariable("__precast_memory")
        address = memory.GetLoadAddress() if memory.IsValid() else lldb.LLDB_INVALID_ADDRESS
        if address != lldb.LLDB_INVALID_ADDRESS:
            return address
    raise GuestError("no frame of a guest with debug information knows where linear memory is")


def pointer_size(frame):
    """Bytes of the guest's pointers: what its first memory says (docs/artifact-format.md, memories)."""
    for outer in frames_from(frame):
        if is_guest(outer):
            data = outer.GetModule().FindSection(".precast.memories").GetSectionData(0, 2)
            error = lldb.SBError()
            return 8 if data.GetUnsignedInt8(error, 1) & 4 and error.Success() else 4
    return 4


def read(process, address, size):
    error = lldb.SBError()
    found = process.ReadMemory(address, size, error)
    if error.Fail():
        raise GuestError(f"no memory at {address:#x}")
    return found


def text_at(process, address, limit=TEXT_LIMIT):
    """The characters up to a zero; None where there is no memory."""
    found = b""
    while len(found) < limit:
        # Not across the end of what is accessible.
        try:
            part = read(process, address + len(found), min(64, 4096 - (address + len(found)) % 4096))
        except GuestError:
            return None
        end = part.find(b"\0")
        found += part if end < 0 else part[:end]
        if end >= 0:
            break
    return found[:limit].decode(errors="backslashreplace")


# --- Types and values ---


def canonical(kind):
    return kind.GetCanonicalType()


def is_pointer(kind):
    kind = canonical(kind)
    return kind.IsPointerType() or kind.IsReferenceType()


def is_array(kind):
    return canonical(kind).GetTypeClass() == lldb.eTypeClassArray


def is_record(kind):
    return bool(canonical(kind).GetTypeClass() & (lldb.eTypeClassStruct | lldb.eTypeClassClass | lldb.eTypeClassUnion))


def pointee(kind):
    return kind.GetDereferencedType() if canonical(kind).IsReferenceType() else kind.GetPointeeType()


def element_type(kind):
    found = kind.GetArrayElementType()
    return found if found.IsValid() else canonical(kind).GetArrayElementType()


def is_text(kind):
    """Whether a type is a character."""
    return re.fullmatch(r"(const |volatile )*(signed |unsigned )?char|(const |volatile )*char8_t", canonical(kind).GetName() or "") is not None


def array_count(kind):
    found = re.search(r"\[(\d*)\]", canonical(kind).GetName())
    return int(found[1] or 0) if found else 0


def size_of(kind, pointer):
    """Bytes of the guest's type; a pointer has `pointer`. lldb knows those of structs from the debug information."""
    if is_pointer(kind):
        return pointer
    if is_array(kind):
        return array_count(kind) * size_of(element_type(kind), pointer)
    return canonical(kind).GetByteSize()


def raw(value):
    return value.GetNonSyntheticValue()


def number_of(value, frame):
    """A guest's pointer or integer as a number."""
    value = raw(value)
    kind = value.GetType()
    size = pointer_size(frame) if is_pointer(kind) else kind.GetByteSize()
    address = value.GetLoadAddress()
    if is_pointer(kind) and address != lldb.LLDB_INVALID_ADDRESS:
        return int.from_bytes(read(value.GetProcess(), address, size), "little")
    error = lldb.SBError()
    number = value.GetValueAsUnsigned(error, 0)
    if error.Fail() or value.GetError().Fail():
        raise GuestError(f"{value.GetName()}: {value.GetError().GetCString() or 'no number'}")
    return number & ((1 << (8 * size)) - 1)


def object_at(name, address, kind, target):
    """The object of a type at an address of this process."""
    return target.CreateValueFromAddress(name, lldb.SBAddress(address, target), kind)


def frame_of(value):
    """The frame that a value is looked at from."""
    frame = value.GetFrame()
    return frame if frame.IsValid() else value.GetProcess().GetSelectedThread().GetSelectedFrame()


def element(array, index, name, pointer):
    """An element of an array in the guest's memory, or in its frame."""
    array = raw(array)
    kind = element_type(array.GetType())
    address = array.GetLoadAddress()
    if address == lldb.LLDB_INVALID_ADDRESS:
        return array.GetChildAtIndex(index)
    return object_at(name, address + index * size_of(kind, pointer), kind, array.GetTarget())


# --- Formatters ---


def pointer_summary(value, _):
    """A pointer: the guest's offset, or this process's address; and the text it points to."""
    value = raw(value)
    frame = frame_of(value)
    try:
        if not is_guest(frame):
            number = base = value.GetValueAsUnsigned()
            shown = f"{number:#018x}"
        else:
            number = number_of(value, frame)
            base = memory_base(frame) + number if is_text(pointee(value.GetType())) else 0
            shown = f"{number:#x}"
    except GuestError as error:
        return f"<{error}>"
    text = text_at(value.GetProcess(), base) if number and is_text(pointee(value.GetType())) else None
    return shown if text is None else f'{shown} "{quoted(text)}"'


def quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


class ArrayElements:
    """The elements of an array: where the guest has them."""

    def __init__(self, value, _):
        self.value = raw(value)
        self.update()

    def update(self):
        frame = frame_of(self.value)
        self.pointer = pointer_size(frame) if is_guest(frame) else 0
        kind = self.value.GetType()
        if not self.pointer or size_of(kind, self.pointer) == canonical(kind).GetByteSize():
            self.pointer = 0
        return False

    def num_children(self):
        return self.value.GetNumChildren()

    def get_child_at_index(self, index):
        return element(self.value, index, f"[{index}]", self.pointer) if self.pointer else self.value.GetChildAtIndex(index)

    def get_child_index(self, name):
        found = re.fullmatch(r"\[(\d+)\]", name)
        return int(found[1]) if found else -1

    def has_children(self):
        return self.num_children() > 0


class Pointee:
    """What a pointer points to, as its child, or the members of that."""

    def __init__(self, value, _):
        self.value = raw(value)
        self.update()

    def update(self):
        self.target = None
        frame = frame_of(self.value)
        if not is_guest(frame):
            return False
        try:
            number, kind = number_of(self.value, frame), pointee(self.value.GetType())
            if number and canonical(kind).GetByteSize() and not canonical(kind).IsFunctionType():
                self.target = object_at("*" + (self.value.GetName() or ""), memory_base(frame) + number, kind, self.value.GetTarget())
        except GuestError:
            pass
        return False

    def num_children(self):
        if self.target is None:
            return 0 if is_guest(frame_of(self.value)) else self.value.GetNumChildren()
        return self.target.GetNumChildren() if is_record(self.target.GetType()) else 1

    def get_child_at_index(self, index):
        if self.target is None:
            return self.value.GetChildAtIndex(index)
        return self.target.GetChildAtIndex(index) if is_record(self.target.GetType()) else self.target

    def get_child_index(self, name):
        if self.target is None:
            return self.value.GetIndexOfChildWithName(name)
        return self.target.GetIndexOfChildWithName(name) if is_record(self.target.GetType()) else 0

    def has_children(self):
        return self.num_children() > 0


# --- Expressions ---


class Expression:
    """C's expressions of names, numbers, * & -> . [] + - and casts to pointers, over the variables of a frame. Values are lldb's, or numbers."""

    TOKEN = re.compile(r"\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_$][\w$]*(?:::[\w$]+)*)|(->|[-+*&.()\[\]]))")

    def __init__(self, text, frame):
        self.frame, self.target = frame, frame.GetThread().GetProcess().GetTarget()
        self.tokens, at, text = [], 0, text.strip()
        while at < len(text):
            found = self.TOKEN.match(text, at)
            if not found:
                raise GuestError(f"expected an expression, found {text[at:]}")
            self.tokens.append(found[0].strip())
            at = found.end()
        self.at = 0

    def value(self):
        result = self.sum()
        if self.at < len(self.tokens):
            raise GuestError(f"expected the end, found {self.tokens[self.at]}")
        return result

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted):
        token = self.peek()
        if token not in wanted:
            return None
        self.at += 1
        return token

    def expect(self, wanted):
        if not self.take(wanted):
            raise GuestError(f"expected {wanted}, found {self.peek() or 'the end'}")

    def sum(self):
        result = self.unary()
        while operation := self.take("+", "-"):
            distance = self.number(self.unary()) * (1 if operation == "+" else -1)
            result = result + distance if isinstance(result, int) else self.moved(result, distance)
        return result

    def unary(self):
        if self.take("*"):
            return self.dereferenced(self.unary())
        if self.take("&"):
            return self.address(self.unary())
        if self.take("-"):
            return -self.number(self.unary())
        if kind := self.cast():
            number = self.number(self.unary())
            data = lldb.SBData.CreateDataFromUInt64Array(lldb.eByteOrderLittle, 8, [number & (1 << 64) - 1])
            return self.target.CreateValueFromData("$", data, kind)
        return self.postfix(self.primary())

    def cast(self):
        """The type in parentheses, if that is what is next: of a pointer."""
        end = next((n for n in range(self.at, len(self.tokens)) if self.tokens[n] == ")"), self.at)
        words = self.tokens[self.at + 1 : end]
        if self.peek() != "(" or words[-1:] != ["*"] or not all(word == "*" or re.match(r"[A-Za-z_]", word) for word in words):
            return None
        names = [word for word in words if word not in ("*", "struct", "union", "enum", "class", "const", "volatile")]
        kind = self.target.FindFirstType(" ".join(names))
        if not kind.IsValid():
            raise GuestError(f"no type {' '.join(names)}")
        for _ in range(words.count("*")):
            kind = kind.GetPointerType()
        self.at = end + 1
        return kind

    def primary(self):
        token = self.peek()
        self.at += 1
        if token == "(":
            result = self.sum()
            self.expect(")")
            return result
        if token[:1].isdigit():
            return int(token, 0)
        if not token or not (token[0].isalpha() or token[0] in "_$"):
            raise GuestError(f"expected a name or a number, found {token or 'the end'}")
        found = self.frame.FindVariable(token)
        if not found.IsValid():
            raise GuestError(f"no variable {token} in this frame: lldb finds no place of the guest's globals")
        if raw(found).GetError().Fail():
            raise GuestError(f"{token}: {raw(found).GetError().GetCString()}")
        return self.referent(raw(found))

    def postfix(self, value):
        while operation := self.take("->", ".", "["):
            if operation == "[":
                index = self.number(self.sum())
                self.expect("]")
                value = self.indexed(value, index)
            else:
                name = self.peek()
                self.at += 1
                value = self.member(self.dereferenced(value) if operation == "->" else value, name)
        return value

    # Operations

    def number(self, value):
        return value if isinstance(value, int) else number_of(value, self.frame)

    def referent(self, value):
        """What a reference refers to; other values themselves."""
        return self.dereferenced(value) if canonical(value.GetType()).IsReferenceType() else value

    def kind_of(self, value, what):
        if isinstance(value, int):
            raise GuestError(f"a number is not {what}")
        return value.GetType()

    def dereferenced(self, value):
        kind = self.kind_of(value, "a pointer: cast it, as in *(unsigned *)0x1000")
        if is_array(kind):
            return self.indexed(value, 0)
        if not is_pointer(kind):
            raise GuestError(f"{value.GetName()} is {kind.GetName()}, not a pointer")
        number, target = self.number(value), pointee(kind)
        if number == 0:
            raise GuestError(f"{value.GetName()} is a null pointer")
        if canonical(target).IsFunctionType():
            raise GuestError("the guest's functions have indices in a table, no addresses")
        if canonical(target).GetByteSize() == 0:
            target = canonical(target) if is_record(target) else self.target.GetBasicType(lldb.eBasicTypeUnsignedChar)
        return object_at(f"*{value.GetName()}", memory_base(self.frame) + number, target, self.target)

    def moved(self, value, distance):
        kind = self.kind_of(value, "a pointer")
        if is_array(kind):
            return self.address(self.indexed(value, distance))
        if not is_pointer(kind):
            return self.number(value) + distance
        step = size_of(pointee(kind), pointer_size(self.frame)) or 1
        number = self.number(value) + distance * step
        data = lldb.SBData.CreateDataFromUInt64Array(lldb.eByteOrderLittle, 8, [number & (1 << 64) - 1])
        return self.target.CreateValueFromData("$", data, kind)

    def indexed(self, value, index):
        if is_array(self.kind_of(value, "an array")):
            return element(value, index, f"{value.GetName()}[{index}]", pointer_size(self.frame))
        return self.dereferenced(self.moved(value, index))

    def member(self, value, name):
        kind = self.kind_of(value, "a struct")
        found = raw(value).GetChildMemberWithName(name)
        if not is_record(kind) or not found.IsValid():
            raise GuestError(f"{kind.GetName()} has no member {name}")
        return self.referent(found)

    def address(self, value):
        """A pointer of the guest to what is in its memory."""
        kind = self.kind_of(value, "in memory")
        number = host_address(value, self.frame, of_object=True) - memory_base(self.frame)
        data = lldb.SBData.CreateDataFromUInt64Array(lldb.eByteOrderLittle, 8, [number & (1 << 64) - 1])
        return self.target.CreateValueFromData("$", data, kind.GetPointerType())


def host_address(value, frame, of_object=False):
    """The address in this process: what a pointer or a number is in linear memory, or where an object is."""
    if isinstance(value, int):
        return memory_base(frame) + value
    if not of_object and not is_array(value.GetType()) and not is_record(value.GetType()):
        return memory_base(frame) + number_of(value, frame)
    address = value.GetLoadAddress()
    if address == lldb.LLDB_INVALID_ADDRESS:
        raise GuestError(f"{value.GetName()} is not in memory")
    return address


# --- Commands ---


def selected_frame(context):
    frame = context.GetFrame()
    if not frame.IsValid():
        raise GuestError("the program does not run")
    return frame


def show(value, expression):
    """As `frame variable` shows variables."""
    return str(value) if isinstance(value, int) else f"({value.GetType().GetName()}) {expression} = {contents(raw(value))}"


def contents(value, indent=""):
    """What a value shows, with the guest's idea of where things are: lldb's printer uses formatters of members only where the whole has one."""
    kind = value.GetType()
    if value.GetError().Fail():
        return f"<{value.GetError().GetCString()}>"
    if is_pointer(kind):
        return pointer_summary(value, None)
    if is_array(kind):
        if is_text(element_type(kind)):
            return value.GetSummary() or "{}"
        pointer = pointer_size(frame_of(value))
        members = [(f"[{n}]", element(value, n, f"[{n}]", pointer)) for n in range(min(array_count(kind), ELEMENT_LIMIT))]
    elif is_record(kind):
        members = [(member.GetName() or "", member) for member in (value.GetChildAtIndex(n) for n in range(value.GetNumChildren()))]
    else:
        return " ".join(part for part in (value.GetValue(), value.GetSummary()) if part)
    rows = [f"{indent}  {name} = {contents(raw(member), indent + '  ')}\n" for name, member in members]
    if is_array(kind) and array_count(kind) > len(members):
        rows.append(f"{indent}  ...\n")
    return "{\n" + "".join(rows) + indent + "}"


def guest_print(debugger, command, context, result, _):
    """guest-print EXPR [= VALUE]: what an expression of the guest is, or writes it."""
    try:
        expression, assigned, text = re.fullmatch(r"(.*?)(?:(?<![=!<>])(=)(?!=)\s*(.*))?", command.strip(), re.DOTALL).groups()
        if not expression.strip():
            raise GuestError("guest-print EXPR [= VALUE]")
        frame = selected_frame(context)
        value = Expression(expression, frame).value()
        if assigned:
            assign(value, text, frame)
        result.AppendMessage(show(value, expression.strip()))
    except GuestError as error:
        result.SetError(str(error))


def assign(value, text, frame):
    if isinstance(value, int):
        raise GuestError("a number cannot be assigned to")
    error = lldb.SBError()
    if is_pointer(value.GetType()):
        number = Expression(text, frame)
        number, size = number.number(number.value()), pointer_size(frame)
        data = (number & ((1 << (8 * size)) - 1)).to_bytes(size, "little")
        value.GetProcess().WriteMemory(host_address(value, frame, of_object=True), data, error)
    else:
        value.SetValueFromCString(text, error)
    if error.Fail():
        raise GuestError(error.GetCString() or "cannot be written")


def guest_address(debugger, command, context, result, _):
    """guest-address EXPR: the address in this process of what a pointer points to, or of an offset in linear memory."""
    try:
        frame = selected_frame(context)
        result.AppendMessage(f"{host_address(Expression(command, frame).value(), frame):#x}")
    except GuestError as error:
        result.SetError(str(error))


def guest_x(debugger, command, context, result, _):
    """guest-x /FMT EXPR: examine linear memory."""
    form, expression = re.fullmatch(r"\s*(/\S+)?\s*(.*)", command, re.DOTALL).groups()
    try:
        frame, inner = selected_frame(context), lldb.SBCommandReturnObject()
        address = host_address(Expression(expression, frame).value(), frame)
        debugger.GetCommandInterpreter().HandleCommand(f"x{form or ''} {address:#x}", inner)
        if not inner.Succeeded():
            raise GuestError((inner.GetError() or "").strip())
        result.AppendMessage((inner.GetOutput() or "").rstrip("\n"))
    except GuestError as error:
        result.SetError(str(error))


def guest_watch(debugger, command, context, result, _):
    """guest-watch EXPR [BYTES]: stop when linear memory there changes."""
    expression, size = re.fullmatch(r"\s*(.*?)(?:\s+(\d+))?\s*", command, re.DOTALL).groups()
    try:
        frame = selected_frame(context)
        value = Expression(expression, frame).value()
        if size is None:
            size = size_of(pointee(value.GetType()), pointer_size(frame)) if not isinstance(value, int) and is_pointer(value.GetType()) else 4
        if int(size) not in (1, 2, 4, 8):
            raise GuestError("1, 2, 4 or 8 bytes can be watched")
        address, error = host_address(value, frame), lldb.SBError()
        made = debugger.GetSelectedTarget().WatchAddress(address, int(size), False, True, error)
        if error.Fail():
            raise GuestError(error.GetCString())
        result.AppendMessage(f"Watchpoint {made.GetID()}: {size} bytes at {address:#x}")
    except GuestError as error:
        result.SetError(str(error))


def __lldb_init_module(debugger, _):
    pointers, arrays = r"(\*|&) ?((const|volatile|restrict|__restrict) ?)*$|\((\*|&)\)", r"[^)]\[[0-9]*\]$|\(\*\[[0-9]*\]\)"
    commands = [
        "settings set plugin.jit-loader.gdb.enable on",
        f"type summary add --category {CATEGORY} --no-value --regex '{pointers}' --python-function {__name__}.pointer_summary",
        f"type synthetic add --category {CATEGORY} --regex '{pointers}' --python-class {__name__}.Pointee",
        f"type synthetic add --category {CATEGORY} --regex '{arrays}' --python-class {__name__}.ArrayElements",
        f"type category enable {CATEGORY}",
    ]
    for name in ("print", "address", "x", "watch"):
        commands.append(f"command script add --function {__name__}.guest_{name} guest-{name}")
    for command in commands:
        done = lldb.SBCommandReturnObject()
        debugger.GetCommandInterpreter().HandleCommand(command, done)
        if not done.Succeeded():
            print(f"{command}: {done.GetError()}")
