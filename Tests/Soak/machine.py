"""What the soak asks of Linux: processes by their environment, mounts of its own, control groups; and why not."""
import ctypes
import os
import re
import signal
import subprocess
import tempfile
import time

VARIABLE = "HPY_CONFORM_RUN"
_PREFIX = "hpy-soak-"  # of a control group's name


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


# --- processes ---

def all_processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def environment(process):
    return _read("/proc/%d/environ" % process)


def command(process):
    return _read("/proc/%d/cmdline" % process).replace(b"\0", b" ").decode("utf-8", "replace").strip()


def state(process):
    """A letter of proc(5); "" for a process that is gone."""
    words = _read("/proc/%d/stat" % process).rpartition(b")")[2].split()
    return words[0].decode() if words else ""


def name(process):
    return _read("/proc/%d/comm" % process).decode("utf-8", "replace").strip()


def descendants(process):
    """All below a process, which is left out, from top to bottom."""
    found, waiting = [], [process]
    while waiting:
        one = waiting.pop(0)
        try:
            tasks = os.listdir("/proc/%d/task" % one)
        except OSError:
            continue
        for task in tasks:
            below = [int(word) for word in _read("/proc/%d/task/%s/children" % (one, task)).split()]
            found += below
            waiting += below
    return found


def mark_of(process):
    """The mark that a process hands on, as it stands in its environment; None where it has none."""
    found = re.search(rb"(?:^|\0)(%s=[^\0]+)" % VARIABLE.encode(), environment(process))
    return found.group(1) if found else None


def carriers(texts):
    """Processes that have one of these in their environment and aren't ended; a zombie has no environment."""
    own = os.getpid()
    found = []
    for process in all_processes():
        if process != own:
            content = environment(process)
            if any(text in content for text in texts):
                found.append(process)
    return found


def kill_carriers(texts):
    """Nothing that carries one of these lives on."""
    for _ in range(100):
        found = carriers(texts)
        if not found:
            return
        for process in found:
            send(process, signal.SIGKILL)
        time.sleep(0.02)


def send(process, number):
    """Whether it was still there."""
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return False
    return True


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


# --- mounts ---

def enter_namespace_of_mounts(arguments, variable):
    """Starts this program again with mounts of its own, where that is allowed, so that none outlives it.

    variable: of the environment; says that this has been tried.
    """
    if os.environ.get(variable):
        return
    os.environ[variable] = "1"
    for options in (["-m"], ["-Urm"]):
        if quiet(["unshare"] + options + ["true"]):
            os.execvp("unshare", ["unshare"] + options + arguments)


def quiet(words):
    """Whether a command succeeds."""
    try:
        return subprocess.call(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


class Disk:
    """A disk in memory, mounted on a folder."""

    def __init__(self, folder, size, files=None):
        """size: bytes, at least one page.   files: how many there may be."""
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self._filler = os.path.join(folder, ".filler")
        options = "size=%d,mode=700" % max(size, 4096) + (",nr_inodes=%d" % files if files else "")
        subprocess.check_call(["mount", "-t", "tmpfs", "-o", options, "soak", folder])

    def resize(self, size, files=1 << 20):
        """Where more is used than that, nothing happens."""
        quiet(["mount", "-o", "remount,size=%d,nr_inodes=%d,mode=700" % (max(size, 4096), files), self.folder])

    def fill(self, leave=0):
        """Take all that is free, but so many bytes."""
        try:
            with open(self._filler, "ab", 0) as file:
                facts = os.statvfs(self.folder)
                left = facts.f_bavail * facts.f_frsize - leave
                while left > 0:
                    left -= file.write(bytes(min(left, 1 << 16)))
        except OSError:
            pass

    def free(self):
        try:
            os.unlink(self._filler)
        except OSError:
            pass

    def unmount(self):
        quiet(["umount", "-l", self.folder])


def why_no_disk(folder):
    place = tempfile.mkdtemp(prefix="try-", dir=folder)
    try:
        Disk(place, 1 << 16).unmount()
    except (OSError, subprocess.CalledProcessError):
        return "no disk can be mounted (not root, and no user namespace)"
    os.rmdir(place)
    return None


# --- control groups ---

_LIMITS = {1: {"pids": "pids.max", "memory": "memory.limit_in_bytes"}, 2: {"pids": "pids.max", "memory": "memory.max"}}


class Group:
    """A control group for one thing, "pids" or "memory"; whoever is to be in it enters."""

    def __init__(self, kind, limit):
        """Raises OSError where none can be made."""
        version, parent = _place(kind)
        self._limit_file = _LIMITS[version][kind]
        self._parent = parent
        self.folder = os.path.join(parent, "%s%d-%d" % (_PREFIX, os.getpid(), int(time.monotonic() * 1e6)))
        os.mkdir(self.folder)
        try:
            self.limit(limit)
        except OSError:
            os.rmdir(self.folder)
            raise

    def limit(self, value):
        with open(os.path.join(self.folder, self._limit_file), "w") as file:
            file.write(str(value))

    def enter(self):
        """Called in the process that is to be limited, with what it starts."""
        with open(os.path.join(self.folder, "cgroup.procs"), "w") as file:
            file.write(str(os.getpid()))

    def remove(self):
        """Kills who is in it, and removes it with those below it."""
        for _ in range(200):
            folders = [folder for folder, _, _ in os.walk(self.folder, topdown=False)]
            for folder in folders:
                for process in _read(os.path.join(folder, "cgroup.procs")).split():
                    send(int(process), signal.SIGKILL)
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
            if not os.path.exists(self.folder):
                return
            time.sleep(0.02)


def _place(kind):
    """The version of the hierarchy that limits this, and the folder of this process's group in it."""
    own = dict()
    for line in _read("/proc/self/cgroup").decode().splitlines():
        _, names, path = line.split(":", 2)
        own.update((one, path) for one in names.split(","))
    for line in _read("/proc/self/mounts").decode().splitlines():
        _, place, system, options = line.split()[:4]
        if system == "cgroup" and kind in options.split(",") and kind in own:
            return 1, _existing(place, own[kind])
        if system == "cgroup2":
            group = _existing(place, own.get("", "/"))
            # Processes and further groups can't be in one group, but for the root.
            for parent in (group, os.path.dirname(group), place):
                if kind.encode() in _read(parent + "/cgroup.subtree_control").split():
                    return 2, parent
    raise OSError("no control groups for %s" % kind)


def _existing(place, path):
    """The folder of a group, seen from a namespace that may not show it."""
    folder = os.path.normpath(place + "/" + path)
    return folder if os.path.isdir(folder) else place


def why_no_group(kind):
    try:
        Group(kind, 1 << 30 if kind == "memory" else 100).remove()
    except OSError as error:
        return "no control group for %s can be made: %s" % (kind, error)
    return None


def remove_groups_of_dead():
    """What a soak that was killed has left."""
    for kind in ("pids", "memory"):
        try:
            parent = _place(kind)[1]
        except OSError:
            continue
        for one in os.listdir(parent):
            number = one[len(_PREFIX):].partition("-")[0]
            if one.startswith(_PREFIX) and number.isdigit() and not os.path.exists("/proc/" + number):
                left = Group.__new__(Group)
                left.folder = os.path.join(parent, one)
                left.remove()
