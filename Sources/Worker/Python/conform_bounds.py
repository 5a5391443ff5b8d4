"""What a cell may use together with all processes that it starts: processes, memory, and room in its scratch folder.

Two ways, and both at once where the system allows: a control group for the worker and all that it starts (Linux,
cgroup v1 or v2, where a group can be made), which the kernel enforces at once; and a look at the cell's processes and
its folder several times a second, which needs nothing.
"""

import os
import stat

_PAGE = os.sysconf("SC_PAGE_SIZE")
_OWN = 8  # processes of the harness in a group, besides the cell's
_SPARE = 256 << 20  # bytes for these

_PREFIX = "hpy-conform-"  # of a group's name, before the number of the process that made it

PROCESSES, MEMORY, SCRATCH = "processes", "memory", "scratch"


class Scratch:
    """The folder that a cell may write to: its working folder, and the one for temporary files."""

    def __init__(self, path, size, others=()):
        """size: bytes that it may hold.   others: further folders that are emptied behind each cell."""
        self.path = path
        self._size = size
        self._files = max(64, size >> 12)
        self._identity = None
        self._others = [(one, set(_names(one)) | {os.path.relpath(path, one).split(os.sep)[0]}) for one in others]

    def prepare(self):
        """Make it, empty; whether it is another one than before."""
        if not _is_folder(self.path):
            _remove(self.path)
            os.mkdir(self.path, 0o700)
        self.clean()
        facts = os.lstat(self.path)
        known, self._identity = self._identity, (facts.st_dev, facts.st_ino)
        return known != self._identity

    def enter(self):
        """Make it this process's, and of those that it forks."""
        os.environ["TMPDIR"] = self.path
        os.chdir(self.path)

    def is_empty(self):
        return not _names(self.path)

    def is_exceeded(self):
        """Whether it holds more than it may."""
        size = files = 0
        waiting = [self.path]
        while waiting:
            try:
                with os.scandir(waiting.pop()) as entries:
                    for entry in entries:
                        files += 1
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        if size > self._size or files > self._files:
                            return True
            except OSError:
                continue  # it is being changed while we look
        return False

    def clean(self):
        """Empty it; what can't be removed stays."""
        _empty(self.path, ())
        for folder, kept in self._others:
            _empty(folder, kept)


def _is_folder(path):
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _empty(folder, kept):
    """Remove all below a folder, however deep, without recursion: what is in a folder is moved up, then it is empty."""
    number = 0
    stuck = set(kept)
    while True:
        names = [one for one in _names(folder) if one not in stuck]
        if not names:
            return
        for name in names:
            path = os.path.join(folder, name)
            if _remove(path):
                continue
            try:
                os.chmod(path, 0o700)
            except OSError:
                pass
            for inner in _names(path):
                number += 1
                try:
                    os.rename(os.path.join(path, inner), os.path.join(folder, "%d~%d" % (number, os.getpid())))
                except OSError:
                    stuck.add(name)
            if not _remove(path):
                stuck.add(name)


def _remove(path):
    """Remove a file, a link or an empty folder; whether it is gone."""
    for remove in (os.unlink, os.rmdir):
        try:
            remove(path)
        except FileNotFoundError:
            return True
        except OSError:
            continue
        return True
    return False


def exceeded_by(leader, processes, memory):
    """What a process and all below it have too much of: PROCESSES, MEMORY or None."""
    count = pages = 0
    seen = []
    for process in _tree(leader):
        count += 1
        seen.append(process)
        try:
            with open("/proc/%d/statm" % process) as file:
                pages += int(file.read().split()[1])
        except (OSError, IndexError):
            continue  # it has ended
        if count > processes:
            return PROCESSES
    # Forks share pages: the exact sum takes long, so it is asked for only where it matters.
    return MEMORY if pages * _PAGE > memory and _proportional(seen) > memory else None


def _proportional(processes):
    """Bytes of memory of some processes, each shared page counted once among all that share it."""
    total = 0
    for process in processes:
        try:
            with open("/proc/%d/smaps_rollup" % process) as file:
                for line in file:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) << 10
        except (OSError, IndexError, ValueError):
            continue
    return total


def is_any_stopped(leader):
    """Whether a process or one below it was stopped by a signal."""
    return any(is_stopped(process) for process in _tree(leader))


def is_stopped(process):
    try:
        with open("/proc/%d/stat" % process) as file:
            return file.read().rpartition(")")[2].split()[0] in "Tt"
    except (OSError, IndexError):
        return False


def _tree(leader):
    """A process and all below it, as they are found."""
    waiting = [leader]
    while waiting:
        process = waiting.pop()
        yield process
        waiting += children(process)


def children(process):
    """The children of a process; none for one that has ended."""
    try:
        with open("/proc/%d/task/%d/children" % (process, process)) as file:
            return [int(one) for one in file.read().split()]
    except OSError:
        return []


class Group:
    """A control group of this process and all that it starts from now on."""

    _FILES = {  # by version: the limits' files, and those that count how often each was met, with the key of the count
        1: {PROCESSES: ("pids", "pids.max", "pids.events", "max"),
            MEMORY: ("memory", "memory.limit_in_bytes", "memory.oom_control", "oom_kill")},
        2: {PROCESSES: ("pids", "pids.max", "pids.events", "max"),
            MEMORY: ("memory", "memory.max", "memory.events", "oom_kill")},
    }

    def __init__(self, processes, memory):
        """Make one, and enter it; where that can't be, `kinds` is empty, and nobody is limited by it."""
        self._places = []  # folders that were made
        self._counters = {}  # kind -> (open file, key)
        self._known = {}
        self._processes = processes + _OWN
        limits = {PROCESSES: self._processes, MEMORY: memory + _SPARE}
        for version, kinds, parents in _hierarchies():
            self._enter(version, kinds, parents, limits)
        self.kinds = sorted(self._counters)
        self.met()

    def _enter(self, version, kinds, parents, limits):
        for parent in parents:
            place = os.path.join(parent, _PREFIX + str(os.getpid()))
            _remove_groups_of_dead(parent)
            try:
                os.mkdir(place)
            except OSError:
                continue
            try:
                counters = {}
                for kind in kinds:
                    _, limit, events, key = self._FILES[version][kind]
                    with open(os.path.join(place, limit), "w") as file:
                        file.write(str(limits[kind]))
                    counters[kind] = (os.open(os.path.join(place, events), os.O_RDONLY | os.O_CLOEXEC), key)
                with open(os.path.join(place, "cgroup.procs"), "w") as file:
                    file.write(str(os.getpid()))
            except OSError:
                _remove_group(place)
                continue
            self._places.append((place, parent))
            self._counters.update(counters)
            return

    def met(self):
        """The limits that were met since this was asked last, and whether another group's limit of processes was."""
        found, elsewhere = [], False
        for kind, (file, key) in self._counters.items():
            count = _count(file, key)
            if count > self._known.get(kind, 0):
                # Some kernels count here what a group above refused.
                if kind == PROCESSES and not self._was_full():
                    elsewhere = True
                else:
                    found.append(kind)
            self._known[kind] = count
        return found, elsewhere

    def _was_full(self):
        for place, _ in self._places:
            peak = _words(os.path.join(place, "pids.peak"))
            if peak:
                return int(peak[0]) >= self._processes
        return True

    def leave(self):
        """Go back, and remove it."""
        for place, parent in self._places:
            try:
                with open(os.path.join(parent, "cgroup.procs"), "w") as file:
                    file.write(str(os.getpid()))
            except OSError:
                pass
            _remove_group(place)


def _remove_groups_of_dead(parent):
    """Remove what workers that were killed could not."""
    for name in _names(parent):
        number = name[len(_PREFIX):]
        if name.startswith(_PREFIX) and number.isdigit() and not os.path.exists("/proc/" + number):
            _remove_group(os.path.join(parent, name))


def _remove_group(place):
    try:
        os.rmdir(place)
    except OSError:
        pass


def _count(file, key):
    try:
        words = os.pread(file, 4096, 0).split()
    except OSError:
        return 0
    for word, following in zip(words, words[1:]):
        if word == key.encode("ascii"):
            return int(following)
    return 0


def _hierarchies():
    """Triples: version, kinds of limits, and the folders where a group may be made, the best first."""
    try:
        with open("/proc/self/cgroup") as file:
            lines = [line.rstrip("\n").split(":", 2) for line in file]
        with open("/proc/self/mounts") as file:
            mounts = [line.split() for line in file]
    except OSError:
        return []
    found = []
    for fields in mounts:
        if fields[2] not in ("cgroup", "cgroup2"):
            continue
        version = 1 if fields[2] == "cgroup" else 2
        options = fields[3].split(",")
        kinds = [kind for kind, names in Group._FILES[1].items() if version == 2 or names[0] in options]
        own = [path for _, names, path in lines if (names == "" if version == 2 else names in options)]
        if not kinds or not own:
            continue
        place = os.path.normpath(fields[1] + "/" + own[0])
        parents = [place]
        while place != os.path.normpath(fields[1]) and len(place) > len(fields[1]):
            place = os.path.dirname(place)
            parents.append(place)
        if version == 2:
            parents = [one for one in parents if {"memory", "pids"} <= set(_words(one + "/cgroup.subtree_control"))]
        found.append((version, kinds, parents))
    return found


def _words(path):
    try:
        with open(path) as file:
            return file.read().split()
    except OSError:
        return []
