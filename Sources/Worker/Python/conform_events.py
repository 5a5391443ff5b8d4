"""The log of what C records (conform.h): a file that a cell maps into its memory.

All extensions of a process share it, and it is left when the process crashes. The file lies in memory where the system has
that, and takes none for events that nobody records.

    new_file(path)      a file for the cells of a worker, one after another
    share(file)         map it into this process and what it forks
    tell()              have extensions that this process loads from now on use it
    keep(file)          what is recorded now is so at the beginning of each cell: it was while they were loaded
    reset(file)         nothing is recorded but that; empty(file): nothing at all
    recorded(file)      (name, value) of each event, oldest first, or of the last ones
    excess(file)        what is wrong where some are missing
    decoded(data)       the same of what was read elsewhere
"""

import fcntl
import os
import resource
import sys

import conform_native

_CAPACITY = 1 << 20
# Of `struct conform_event_log` in conform.h, in bytes, where a long has 64 bits: how many events were recorded, how many
# have room, and behind that the events, each a name and a value.
LONG, FIRST, EVENT, NAME = 8, 16, 32, 24

_VARIABLE = "HPY_CONFORM_EVENTS"
_READ_WRITE, _SHARED = 3, 1  # PROT_READ | PROT_WRITE, MAP_SHARED
_CLOEXEC, _ALLOW_SEALING = 1, 2
_ADD_SEALS, _SEALS = 1033, 1 | 2 | 4  # F_ADD_SEALS: no more seals, no other size
_PUNCH_HOLE = 1 | 2  # FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
_KEPT = 1 << 16  # bytes that are cheaper to keep than to give back

_place = None
_kept = b""


def new_file(path):
    if sys.platform == "linux":
        create = conform_native.function("memfd_create", "int", "bytes", "uint")
        file = create(os.path.basename(path).encode("ascii"), _CLOEXEC | _ALLOW_SEALING)
        if file >= 0:
            os.ftruncate(file, _size())
            fcntl.fcntl(file, _ADD_SEALS, _SEALS)  # a cell that could make it smaller would crash the next
            empty(file)
            return file
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.ftruncate(file, _size())
    empty(file)
    return file


def _size():
    """Of the file: what the system lets it have, if that is less."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    room = _CAPACITY if limit == resource.RLIM_INFINITY else (limit - FIRST) // EVENT
    return FIRST + max(1, min(_CAPACITY, room)) * EVENT


def _capacity(file):
    return (os.fstat(file).st_size - FIRST) // EVENT


def share(file):
    global _place
    if _place is None:
        map_memory = conform_native.function("mmap", "pointer", "pointer", "ulong", "int", "int", "int", "long")
        place = map_memory(0, os.fstat(file).st_size, _READ_WRITE, _SHARED, file, 0)
        if place and place != (1 << 64) - 1 and place != -1:
            _place = place


def tell():
    if _place is not None:
        os.environ[_VARIABLE] = "%x:%x" % (os.getpid(), _place)


def keep(file):
    global _kept
    _kept = os.pread(file, min(_long(os.pread(file, LONG, 0)), _capacity(file)) * EVENT, FIRST)


def reset(file):
    empty(file)
    if _kept:
        os.pwrite(file, _kept, FIRST)
        os.pwrite(file, _bytes(len(_kept) // EVENT), 0)


def empty(file):
    count = _long(os.pread(file, LONG, 0))
    if count * EVENT > _KEPT and sys.platform == "linux":
        conform_native.function("fallocate", "int", "int", "int", "long", "long")(
            file, _PUNCH_HOLE, 0, os.fstat(file).st_size)
    os.pwrite(file, _bytes(0) + _bytes(_capacity(file)), 0)


def recorded(file, last=None):
    count = min(_long(os.pread(file, LONG, 0)), _capacity(file))
    start = 0 if last is None else max(0, count - last)
    return decoded(os.pread(file, (count - start) * EVENT, FIRST + start * EVENT)) if count > 0 else []


def excess(file):
    """What is wrong where more was recorded than there is room for, or None."""
    count = _long(os.pread(file, LONG, 0))
    return "%d events, but the log keeps %d" % (count, _capacity(file)) if count > _capacity(file) else None


def decoded(data):
    pairs = []
    for start in range(0, len(data), EVENT):
        name = data[start:start + NAME].split(b"\0", 1)[0].decode("ascii", "backslashreplace")
        pairs.append((name, _long(data[start + NAME:start + EVENT])))
    return pairs


def as_text(pairs):
    """A line for each event."""
    return "".join("%s %d\n" % pair for pair in pairs)


def _long(data):
    return int.from_bytes(data, sys.byteorder, signed=True)


def _bytes(number):
    return number.to_bytes(LONG, sys.byteorder)
