"""Processes of AArch64 under QEMU's user-mode emulation, which debuggers reach through a socket. Breakpoints are written where QEMU has the program's
memory, so that code without one runs at full speed; QEMU itself steps some hundred instructions a second."""

import os
import shlex
import socket
import subprocess
import tempfile
import time

from stepping import Failed, Skipped
from stepping.traced import read_maps

BREAKPOINT = (0xD4200000).to_bytes(4, "little")
SIGTRAP = 5
SECONDS_TO_START = 20


class Remote:
    """A client of GDB's remote protocol."""

    def __init__(self, path, process):
        self.socket = socket.socket(socket.AF_UNIX)
        self.received = b""
        began = time.monotonic()
        while True:
            try:
                self.socket.connect(path)
                return
            except OSError:
                if process.poll() is not None or time.monotonic() - began > SECONDS_TO_START:
                    raise Failed("the emulator cannot be reached")
                time.sleep(0.02)

    def ask(self, text):
        """Acknowledges the answer before, sends a packet, and waits for its answer."""
        data = text.encode()
        self.socket.sendall(b"+$%b#%02x" % (data, sum(data) & 255))
        while True:
            start = self.received.find(b"$")
            end = self.received.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self.received) - 3:
                answer, self.received = self.received[start + 1:end], self.received[end + 3:]
                return answer.decode()
            more = self.socket.recv(65536)
            if not more:
                return "W"
            self.received += more


class EmulatedProcess:
    # Which of DWARF's registers has the fourth argument.
    FOURTH_ARGUMENT = 3

    def __init__(self, command, emulator):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "socket")
        try:
            self.process = subprocess.Popen([*shlex.split(emulator), "-g", path, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            raise Skipped(f"no {emulator}")
        self.breakpoints = {}
        self.command = command
        try:
            self.remote = Remote(path, self.process)
            self.remote.ask("?")
            self.guest_base = 0
            self.memory = os.open(f"/proc/{self.process.pid}/mem", os.O_RDWR)
        except Exception:
            self.end()
            raise

    def end(self):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def registers(self):
        """x0 to x30, the stack pointer and the instruction pointer: by DWARF's numbers."""
        answer = bytes.fromhex(self.remote.ask("g")[:33 * 16])
        return [int.from_bytes(answer[at:at + 8], "little") for at in range(0, 33 * 8, 8)]

    def bytes(self, address, count):
        return os.pread(self.memory, count, address + self.guest_base)

    def word(self, address):
        return int.from_bytes(self.bytes(address, 8), "little")

    def maps(self):
        """Start, end, offset and path of what is mapped."""
        return read_maps(self.process.pid, self.guest_base)

    def base(self, file):
        """Of a static loader; from it, where QEMU has the program's address 0."""
        address, offset = min((address, offset) for address, offset, _, _ in file.loads)
        for start, _, place, path in read_maps(self.process.pid, 0):
            if path == file.path:
                self.guest_base = start - place - (address - offset)
                return 0
        raise Failed(f"{file.path} is not mapped")

    def set_breakpoint(self, address):
        if address not in self.breakpoints:
            self.breakpoints[address] = self.bytes(address, 4)
            os.pwrite(self.memory, BREAKPOINT, address + self.guest_base)

    def remove_breakpoint(self, address):
        os.pwrite(self.memory, self.breakpoints.pop(address), address + self.guest_base)

    def go(self):
        """Runs to the next breakpoint, with whatever signals come: its address, None at the end."""
        answer = self.remote.ask("c")
        while answer[:1] in ("T", "S"):
            number = int(answer[1:3], 16)
            if number == SIGTRAP:
                return self.registers()[32]
            answer = self.remote.ask(f"C{number:02x}")
        return None

    def run_to(self, address):
        self.set_breakpoint(address)
        stop = self.go()
        if stop is None:
            return False
        if stop != address:
            raise Failed(f"stopped at {stop:#x} instead of {address:#x}")
        self.remove_breakpoint(address)
        return True
