"""Processes of x86-64 under ptrace."""

import ctypes
import os
import signal

from stepping import Failed, Skipped

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long
TRACEME, CONT, STEP, GETREGS, SETREGS, SETOPTIONS = 0, 7, 9, 12, 13, 0x4200
# struct user_regs_struct
NAMES = "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss".split()
SLOT = {name: n for n, name in enumerate(NAMES)}
# Registers by their DWARF numbers; 16 is the return address.
DWARF = [SLOT[name] for name in "rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split()]


class TracedProcess:
    # Which of DWARF's registers has the fourth argument.
    FOURTH_ARGUMENT = 2

    def __init__(self, command):
        self.pid = os.fork()
        if self.pid == 0:
            if LIBC.ptrace(TRACEME, 0, None, None) != 0:
                os._exit(77)
            null = os.open(os.devnull, os.O_RDWR)
            for file in (0, 1, 2):
                os.dup2(null, file)
            os.execv(command[0], command)
        self.buffer = (ctypes.c_uint64 * 27)()
        self.status = self.wait()
        if os.WIFEXITED(self.status):
            raise Skipped("ptrace is forbidden here")
        LIBC.ptrace(SETOPTIONS, self.pid, None, 0x100000)  # ends with us
        self.memory = os.open(f"/proc/{self.pid}/mem", os.O_RDWR)

    def end(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass

    def wait(self):
        return os.waitpid(self.pid, 0)[1]

    def go(self, request, number=0):
        if LIBC.ptrace(request, self.pid, None, number) != 0:
            raise Failed(f"ptrace: {os.strerror(ctypes.get_errno())}")
        self.status = self.wait()
        return os.WIFSTOPPED(self.status) and os.WSTOPSIG(self.status)

    def step(self, stop):
        """Executes an instruction, with a signal that came before. The signal that came, 0, or None at the end."""
        stop = self.go(STEP, stop)
        return None if not stop else 0 if stop == signal.SIGTRAP else stop

    def registers(self):
        """By DWARF's numbers."""
        LIBC.ptrace(GETREGS, self.pid, None, self.buffer)
        return [self.buffer[slot] for slot in DWARF]

    def word(self, address):
        return int.from_bytes(os.pread(self.memory, 8, address), "little")

    def maps(self):
        """Start, end, offset and path of what is mapped."""
        return read_maps(self.pid, 0)

    def base(self, file):
        return min(span[0] for span in self.maps() if span[3] == file.path)

    def run_to(self, address):
        """Sets a breakpoint, runs to it, takes it away."""
        old = os.pread(self.memory, 1, address)
        os.pwrite(self.memory, b"\xcc", address)
        stop = self.go(CONT)
        while stop and stop != signal.SIGTRAP:
            stop = self.go(CONT, stop)
        if not stop:
            return False
        os.pwrite(self.memory, old, address)
        pc = self.registers()[16]
        if pc != address + 1:
            raise Failed(f"stopped at {pc:#x} instead of {address:#x}")
        self.buffer[SLOT["rip"]] = address
        LIBC.ptrace(SETREGS, self.pid, None, self.buffer)
        return True


def read_maps(pid, base):
    spans = []
    with open(f"/proc/{pid}/maps") as file:
        for line in file:
            parts = line.split()
            start, end = (int(x, 16) - base for x in parts[0].split("-"))
            spans.append((start, end, int(parts[2], 16), parts[5] if len(parts) > 5 else ""))
    return spans
