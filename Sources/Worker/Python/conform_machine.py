"""What the machine lacks, asked at the moment when something has failed.

A failed system call is a finding only where the machine could have done it. So whoever sees one of the errors of
FAULTS asks here, and where the machine really lacks it, the cell is told as "harness failed": nothing is known of it.
"""

import errno
import os
import sys
from _signal import SIGCHLD

import conform_native

# The errors with which a system says that it has no more of something.
FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.ENOMEM, errno.ENFILE, errno.EMFILE, errno.EROFS, errno.EIO}

_DISK = {errno.ENOSPC, errno.EDQUOT}
_DEPTH = 8  # exceptions that are looked at, one behind the other; they may go in a circle
_ROOM = 1 << 16  # bytes: with less than this left, a disk is full
_STACK = 1 << 14  # bytes
_CLONE_VM, _CLONE_VFORK = 0x100, 0x4000

sandboxed = False  # in a sandbox, a cell has a disk of its own, and fills that alone


def told(error, doing):
    """What to say of a system call of the harness's own that failed."""
    return "%s: %s" % (doing, os.strerror(error.errno) if getattr(error, "errno", None) else error)


def lack_behind(error):
    """What the machine lacked where that is behind an exception; else None."""
    for _ in range(_DEPTH):
        if error is None:
            break
        number = _number(error)
        if number is not None:
            return lack(number)
        error = error.__cause__ or error.__context__
    return None


def _number(error):
    if isinstance(error, OSError):
        return error.errno if error.errno in FAULTS else None
    if type(error) is RuntimeError and error.args == ("can't start new thread",):
        return errno.EAGAIN
    return None


def lack(number=None):
    """What the machine lacks of what an error stands for, of anything without one; None where it lacks nothing."""
    if (number is None or number in _DISK) and not sandboxed:
        for folder in [os.environ.get("TMPDIR", "/tmp"), "/tmp"]:
            if _is_full(folder):
                return "no space is left on the disk of %s" % folder
    if number == errno.ENFILE:
        return "the system has no more file descriptors"
    if number is None or number == errno.EAGAIN:
        return _no_process()
    return None


def _is_full(folder):
    try:
        facts = os.statvfs(folder)
    except OSError:
        return False
    return bool(facts.f_blocks) and (
        facts.f_bavail * facts.f_frsize < _ROOM or (bool(facts.f_files) and facts.f_favail == 0))


def _no_process():
    """Whether a process can be started is found out by starting one."""
    try:
        child = _process()
    except OSError as error:
        return told(error, "no more processes can be started") if error.errno in FAULTS else None
    except (AttributeError, NotImplementedError):  # a runtime that can't fork
        return None
    try:
        os.waitpid(child, 0)
    except ChildProcessError:
        pass
    return None


def _process():
    """Start a process that ends at once; its number. Where it can, it copies nothing (Linux: clone(2))."""
    if sys.platform != "linux":
        child = os.fork()
        if child == 0:
            os._exit(0)
        return child
    clone = conform_native.function("clone", "int", "pointer", "pointer", "int", "pointer")
    stack = conform_native.buffer(_STACK)
    top = (stack.address + _STACK) & ~15
    child = clone(conform_native.address(None, "_exit"), top, _CLONE_VM | _CLONE_VFORK | SIGCHLD, 0)
    if child < 0:
        number = conform_native.last_error()
        raise OSError(number, os.strerror(number))
    return child


def memory_kills():
    """How often the system has killed a process because memory was exhausted; 0 where it doesn't say."""
    try:
        with open("/proc/vmstat") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0
