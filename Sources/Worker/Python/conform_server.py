"""Runs the cells of a request one after another, each in a process of its own, and sees to the end of each.

A fork server (the name is multiprocessing's) is forked off the warm worker for one binary. It loads the
extension and the scenario file once, and forks a child for each cell. That is sound only where a fork
copies all that loading left behind: where loading fails, prints, starts a thread or a process, opens a
file or maps shared memory, nothing is shared, and each cell loads for itself.

answer    "ID STATUS SECONDS TIMED_OUT STRAYS RESULT [NAME=LENGTH ...]\\n", the result and the attachments
          STATUS: wait status, or "lost:" and the wait status of the fork server that ended meanwhile
          SECONDS: wall time   TIMED_OUT: 0 or 1   STRAYS: processes left behind and killed
          RESULT: length of the result file, which follows as a whole
          NAME=LENGTH: an attachment that isn't empty, in the order of conform_cell.ATTACHMENTS, and the length of what
          follows of it, the last `tail` bytes
"""

import json
import os
import signal
import sys
import time

import conform_cell

READY = b"ready\n"
NOT_SHARED = b"not shared\n"

_GRACE = 0.25  # seconds between asking for a traceback and the kill


def serve(request, files, requests, answers, load):
    """A fork server's life: load, then the cells of every request that comes, until no more come.

    request: the first one; it says what to load.   requests, answers: files of the control channel.
    files: descriptors of what all its cells write to, one after another.
    load: whether cells share what is loaded; if so, and they can't, there is nothing to serve.
    """
    conform_cell.die_with_parent()
    conform_cell.adopt_orphans()
    loaded = None
    if load:
        conform_cell.take_files(files)
        conform_cell.take_limits(request)
        loaded = _load(request, files)
    answers.write(READY if loaded or not load else NOT_SHARED)
    answers.flush()
    if loaded or not load:
        supervisor = Supervisor(files, answers, requests.fileno())
        for line in iter(requests.readline, b""):
            supervisor.run(json.loads(line), loaded)


def _load(request, files):
    """The scenario file's names and the extension; None where each cell has to load for itself."""
    before = _held_resources()
    try:
        loaded = (conform_cell.scenario_file(request), conform_cell.load_extension(request))
    except BaseException:
        return None
    conform_cell.flush_output()
    if any(os.fstat(file).st_size for file in files) or _held_resources() != before or _has_children():
        return None
    return loaded


def _held_resources():
    """What a fork would not copy, as far as this system tells: threads, descriptors, shared memory."""
    try:
        with open("/proc/self/maps") as file:
            shared = sorted(line for line in file if line.split(None, 2)[1].endswith("s"))
        return os.listdir("/proc/self/task"), sorted(os.listdir("/proc/self/fd")), shared
    except OSError:
        return None


class Supervisor:
    """Starts cells, waits for each, takes what it wrote, and leaves nothing of it behind."""

    def __init__(self, files, answers, *control):
        """files: descriptors of the result and of each attachment.   answers: where answers are written.

        control: further descriptors that a cell must not have.
        """
        self._files = files
        self._answers = answers
        self._control = control + (answers.fileno(),)
        self._process = os.getpid()
        self._child = self._status = None
        self._timed_out = False
        signal.signal(signal.SIGALRM, self._alarm)

    def run(self, request, loaded=None):
        """Run the cells of a request, in order; an answer for each as soon as it is known."""
        for number, scenario, secret in request["cells"]:
            self._timed_out = False
            if request["fresh"]:
                child = self._spawn(request, scenario, secret)
                started = time.monotonic()
            else:
                started = time.monotonic()
                child = self._fork(request, scenario, secret, loaded)
            status = self._wait(child, request["seconds"])
            seconds = time.monotonic() - started
            strays = kill_strays(child)
            self._answers.write(
                answer(number, b"%d" % status, seconds, self._timed_out, strays, self._files, request["tail"]))
            self._answers.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _fork(self, request, scenario, secret, loaded):
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                for descriptor in self._control:
                    os.close(descriptor)
                if loaded is None:
                    conform_cell.take_files(self._files)
                    conform_cell.take_limits(request)
                conform_cell.run(request, scenario, secret, self._files[0], loaded)
            finally:
                os._exit(conform_cell.HARNESS_FAILED)
        return child

    def _spawn(self, request, scenario, secret):
        """A process of its own, for a second opinion, or where the runtime can't fork; it has started, or ended."""
        import subprocess  # here, since what it imports makes each fork dearer

        begun, begins = os.pipe()
        output = conform_cell.output_file(self._files)
        process = subprocess.Popen(
            [request["interpreter"], os.path.abspath(conform_cell.__file__)], stdin=subprocess.PIPE,
            stdout=output, stderr=output, pass_fds=self._files + [begins], start_new_session=True,
            env=dict(os.environ, **request["environment"]))
        order = dict(request, scenario=scenario, secret=secret, files=self._files, begins=begins)
        try:
            process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
            process.stdin.close()
        except BrokenPipeError:
            pass  # it died at its start; its wait status tells
        process.returncode = 0  # we wait for it ourselves
        os.close(begins)
        self._watch(process.pid, request["start"])
        os.read(begun, 1)
        os.close(begun)
        return process.pid

    def _wait(self, child, seconds):
        """Wait for the child, at most `seconds`; then it is asked for a traceback, then killed."""
        if not self._timed_out:
            self._watch(child, seconds)
        try:
            status = os.waitpid(child, 0)[1]
        except ChildProcessError:  # the alarm came first
            status = self._status
        self._child = None
        return status

    def _watch(self, child, seconds):
        self._child = child
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _alarm(self, number, frame):
        """The child's time is over. It is killed only while it is ours: then its number can't be another's."""
        if os.getpid() != self._process:  # a cell inherits this, and set an alarm of its own
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        if self._child is None:
            return
        try:
            ended, self._status = os.waitpid(self._child, os.WNOHANG)
        except ChildProcessError:
            return
        if ended or self._timed_out:
            _kill_session(self._child)
        else:
            os.kill(self._child, signal.SIGABRT)
            self._timed_out = True
            signal.setitimer(signal.ITIMER_REAL, _GRACE)


def answer(number, status, seconds, timed_out, strays, files, tail):
    """An answer as it is written, with what the cell wrote; its files are empty afterwards."""
    result = _take(files[0])
    attachments = [(name, _take(file, tail)) for name, file in zip(conform_cell.ATTACHMENTS, files[1:])]
    attachments = [(name, blob) for name, blob in attachments if blob]
    head = b"%d %s %.6f %d %d %d" % (number, status, seconds, timed_out, strays, len(result))
    lengths = [b" %s=%d" % (name.encode("ascii"), len(blob)) for name, blob in attachments]
    return b"".join([head] + lengths + [b"\n", result] + [blob for _, blob in attachments])


def answer_size(data):
    """Length of the answer that the data begin with, when the whole of it is there; else 0."""
    end = data.find(b"\n") + 1
    lengths = [field.rpartition(b"=")[2] for field in data[:end].split()[5:]]
    size = end + sum(int(one) for one in lengths)
    return size if end and len(data) >= size else 0


def kill_strays(child):
    """Kill what a child that has ended left behind; how many were killed.

    Orphans become ours. Where the system has no such thing, only the child's own session is found.
    """
    if sys.platform != "linux":  # there, nobody adopts orphans
        _kill_session(child)
    killed = 0
    while _has_children():
        for process in _children():
            try:
                os.kill(process, signal.SIGKILL)  # changes nothing where it has ended by itself
                status = os.waitpid(process, 0)[1]
            except (ProcessLookupError, ChildProcessError):
                continue  # _has_children() reaped it
            killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return killed


def _kill_session(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _has_children():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _children():
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as listing:
            return [int(one) for one in listing.read().split()]
    except OSError:
        return []


def _take(file, tail=None):
    """The last bytes of a file, all of them without `tail`; the file is empty afterwards."""
    size = os.lseek(file, 0, os.SEEK_END)
    if not size:
        return b""
    offset = 0 if tail is None else max(0, size - tail)
    parts = []
    while offset < size:
        part = os.pread(file, size - offset, offset)
        if not part:
            break
        parts.append(part)
        offset += len(part)
    os.ftruncate(file, 0)
    return b"".join(parts)
