"""Tries every way in which a process may read the memory of another one of the same user.

usage: peek.py PID [USER]; becomes that user first, and prints one line for each way: its name, then "read" or the name of the error.
"""
import ctypes
import errno
import os
import sys

PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SEIZE = 16, 17, 0x4206
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def opened(path):
    with open(path, "rb"):
        pass


def traced(request, pid):
    if libc.ptrace(request, pid, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(pid, os.WUNTRACED)
    libc.ptrace(PTRACE_DETACH, pid, None, None)


class Piece(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("len", ctypes.c_size_t)]


def copied(pid):
    buffer = ctypes.create_string_buffer(8)
    here, there = Piece(ctypes.addressof(buffer), 8), Piece(4096, 8)
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) < 0:
        # A place where nothing is: the right to read was there.
        if ctypes.get_errno() != errno.EFAULT:
            raise OSError(ctypes.get_errno(), "process_vm_readv")


def main(pid):
    ways = {
        "open mem": lambda: opened(f"/proc/{pid}/mem"),
        "open maps": lambda: opened(f"/proc/{pid}/maps"),
        "open environ": lambda: opened(f"/proc/{pid}/environ"),
        "process_vm_readv": lambda: copied(pid),
        "ptrace attach": lambda: traced(PTRACE_ATTACH, pid),
    }
    for name, way in ways.items():
        try:
            way()
            print(f"{name}: read")
        except OSError as error:
            print(f"{name}: {errno.errorcode[error.errno]}")


if len(sys.argv) > 2:
    user = int(sys.argv[2])
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
main(int(sys.argv[1]))
