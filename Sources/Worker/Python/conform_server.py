"""Runs the cells of a request one after another, each in a process of its own, and sees to the end of each.

A fork server (the name is multiprocessing's) is started by the worker for one binary: forked off it, or, in a sandbox,
as `conform_server.py ORDER`. It loads the extension and the scenario file once, and forks a child for each cell. That is
sound only where a fork copies all that loading left behind: where loading fails, prints, starts a thread or a process,
opens a file, writes one or maps shared memory, nothing is shared, and each cell loads for itself.

answer    "TOKEN SIZE HEAD\\n", the result and the attachments
          TOKEN: the one of the request. It comes after loading, so nothing that is loaded could write an answer.
          SIZE: bytes behind the line.
          HEAD: {"number": the cell's, "status": its wait status, "seconds": wall time, "timed_out": bool,
                 "stopped": true when something of the cell was stopped by a signal as its time was over,
                 "exceeded": "processes", "memory" or "scratch" when the cell was ended for that, else null,
                 "machine": what the machine lacked where nothing is known of the cell for that, else null,
                 "strays": processes left behind and killed,
                 "user", "system": CPU seconds of the cell's process and of all that it waited for; "faults": its page faults,
                 "loading", "forking": CPU seconds of the fork server since the answer before, for loading and for the rest,
                 "parts": [[name, length], ...] of what follows: "result", whole, and each attachment that isn't empty, its
                 last `tail` bytes}
          The worker passes on HEAD and what follows. It says "lost", the wait status of the fork server, instead of
          "status" where that ended while the cell ran.
"""

import _signal
import os
import select
import sys
import time

import conform_bounds
import conform_cell
import conform_events
import conform_exit
import conform_json
import conform_machine

READY = b"ready\n"
NOT_SHARED = b"not shared\n"

_GRACE = 0.25  # seconds between asking for a traceback and the kill
_TICK = 0.05  # seconds until the first look at what a cell uses; then always twice as long, up to _LONGEST
_LONGEST = 0.4


def main(order):
    """A fork server in a sandbox; the order says which descriptors are what."""
    order = conform_json.loads(order.encode("ascii"))
    conform_cell.set_up_process()
    conform_cell.leave_keyring()
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)  # process 1 gets no signal but those that it has a handler for
    conform_machine.sandboxed = True
    if order["family"] is not None:
        try:
            conform_cell.import_backend(order["family"])
        except conform_cell.BackendMissing:
            pass  # each cell tells
    with os.fdopen(order["requests"], "rb") as requests, os.fdopen(order["answers"], "wb") as answers:
        request = conform_json.loads(requests.readline())
        scratch = conform_bounds.Scratch(order["scratch"], request["scratch"], order["others"])
        serve(request, order["files"], requests, answers, order["load"], scratch)


def serve(request, files, requests, answers, load, scratch):
    """A fork server's life: load, then the cells of every request that comes, until no more come.

    request: the first one; it says what to load.   requests, answers: files of the control channel.
    files: descriptors of what all its cells write to, one after another.
    load: whether cells share what is loaded; if so, and they can't, there is nothing to serve.
    """
    conform_cell.die_with_parent()
    conform_cell.adopt_orphans()
    conform_cell.be_first_victim()  # and so is each cell
    loaded = None
    conform_events.share(files[-1])
    conform_events.empty(files[-1])
    try:
        scratch.prepare()
        scratch.enter()
    except OSError:
        shares = False  # each cell tells
    else:
        shares = load
    if shares:
        conform_cell.take_files(files)
        conform_cell.take_limits(request)
        loaded = _load(request, files, scratch)
        if loaded:
            conform_events.keep(files[-1])
    if conform_machine.sandboxed:
        conform_cell.make_private()
    answers.write(READY if loaded or not load else NOT_SHARED)
    answers.flush()
    if loaded or not load:
        supervisor = Supervisor(files, answers, scratch, requests.fileno())
        for line in iter(requests.readline, b""):
            supervisor.run(conform_json.loads(line), loaded)


def _load(request, files, scratch):
    """The scenario file's names and the extension; None where each cell has to load for itself."""
    before = _held_resources()
    try:
        loaded = conform_cell.load_all(request)
    except BaseException:
        return None
    conform_cell.flush_output()
    if any(os.fstat(file).st_size for file in files[:-1]) or _held_resources() != before or _has_children():
        return None
    return loaded if scratch.is_empty() else None


def _held_resources():
    """What a fork would not copy, as far as this system tells: threads, descriptors, shared memory."""
    try:
        with open("/proc/self/maps") as file:
            shared = sorted(line for line in file if line.split(None, 2)[1].endswith("s"))
        own = [os.devnull] + [os.readlink("/proc/self/fd/%d" % one) for one in (1, 2)]
        files = sorted(one for one in os.listdir("/proc/self/fd") if not _leads_to(one, own))
        return os.listdir("/proc/self/task"), files, shared
    except OSError:
        return None


def _leads_to(file, own):
    """Whether a descriptor is of something that cells have anyway, or that has no state to share."""
    try:
        return os.readlink("/proc/self/fd/" + file) in own
    except OSError:
        return True  # that which listed the others


class Supervisor:
    """Starts cells, waits for each, takes what it wrote, and leaves nothing of it behind."""

    def __init__(self, files, answers, scratch, *control):
        """files: descriptors of the result and of each attachment.   answers: where answers are written.

        control: further descriptors that a cell must not have.
        """
        self._files = files
        self._answers = answers
        self._scratch = scratch
        self._control = control + (answers.fileno(),)
        self._kills = conform_machine.memory_kills()
        self._own_limits = conform_cell.limits()
        self._loading = self._told = time.process_time()

    def run(self, request, loaded=None):
        """Run the cells of a request, in order; an answer for each as soon as it is known."""
        for number, scenario, secret in request["cells"]:
            head = dict(new_head(number), status=0)
            try:
                if self._scratch.prepare() and not request["fresh"]:
                    self._scratch.enter()
                self._run_cell(request, scenario, secret, loaded, head)
            except OSError as error:
                head["machine"] = conform_machine.told(error, "the cell could not be started")
            now = time.process_time()
            head["loading"], head["forking"] = round(self._loading, 6), round(now - self._told, 6)
            self._loading, self._told = 0, now
            self._answers.write(answer(request["token"], head, self._left(head, secret, request["tail"])))
            self._answers.flush()
            # Any process may change those of another one of its user. What was lowered can't be raised again, so that
            # the next cells need another server.
            if conform_cell.limits() != self._own_limits:
                os._exit(conform_cell.HARNESS_FAILED)

    def _left(self, head, secret, tail):
        """What the cell wrote, and what C recorded in a process that did not end as cells do."""
        left = taken(self._files, tail)
        events = self._files[-1]
        ended_early = head["status"] or head["timed_out"] or head["exceeded"]
        left["result"], has_exited = conform_exit.completed(left["result"], secret, head, events)
        if ended_early or has_exited:
            left["events"] = conform_events.as_text(conform_events.recorded(events, tail)).encode("ascii")[-tail:]
        return left

    def _run_cell(self, request, scenario, secret, loaded, head):
        conform_events.reset(self._files[-1])
        if request["fresh"]:
            child, begun = self._spawn(request, scenario, secret)
            has_begun = self._begins(child, begun, request["start"])
            started = time.monotonic()
        else:
            started = time.monotonic()
            child = self._fork(request, scenario, secret, loaded)
            has_begun = True
        bounds = _Bounds(request, self._scratch)
        status, used, head["timed_out"], head["exceeded"] = _wait(
            child, request["seconds"] if has_begun else 0, bounds)
        head["stopped"] = bounds.found_stopped
        head["status"] = status
        head["seconds"] = round(time.monotonic() - started, 6)
        head["user"], head["system"] = round(used.ru_utime, 6), round(used.ru_stime, 6)
        head["faults"] = used.ru_minflt + used.ru_majflt
        head["strays"] = kill_strays(child)
        if not head["exceeded"] and not self._scratch.is_empty() and self._scratch.is_exceeded():
            head["exceeded"] = conform_bounds.SCRATCH
        if status and not head["timed_out"] and not head["exceeded"]:
            head["machine"] = self._lack(status)
        self._scratch.clean()

    def _lack(self, status):
        """What the machine lacked when a cell ended otherwise than by its own account."""
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == conform_cell.NOT_BEGUN:
            if not os.fstat(self._files[0]).st_size:
                return "the cell's folder was gone before it began"
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == _signal.SIGKILL:
            kills, self._kills = self._kills, conform_machine.memory_kills()
            if self._kills > kills:
                return "the system killed the cell because memory was exhausted"
        return conform_machine.lack()

    def _fork(self, request, scenario, secret, loaded):
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                # Else what a cell takes for its parent, once that is gone, is the worker, and then the runner.
                conform_cell.die_with_parent()
                if conform_machine.sandboxed:
                    conform_cell.make_private(False)
                for descriptor in self._control:
                    os.close(descriptor)
                if loaded is None:
                    conform_cell.take_files(self._files)
                    conform_cell.take_limits(request)
                conform_cell.run(request, scenario, secret, self._files, loaded)
            finally:
                os._exit(conform_cell.HARNESS_FAILED)
        return child

    def _spawn(self, request, scenario, secret):
        """A process of its own, for a second opinion, or where the runtime can't fork; and what is closed as it begins."""
        import subprocess  # here, since what it imports makes each fork dearer

        begun, begins = os.pipe()
        output = conform_cell.output_file(self._files)
        try:
            process = subprocess.Popen(
                [request["interpreter"], os.path.abspath(conform_cell.__file__)], stdin=subprocess.PIPE,
                stdout=output, stderr=output, pass_fds=self._files + [begins], start_new_session=True,
                env=dict(os.environ, TMPDIR=self._scratch.path, **request["environment"]))
        except BaseException:
            os.close(begun)
            raise
        finally:
            os.close(begins)
        order = dict(
            request, scenario=scenario, secret=secret, files=self._files, begins=begins, folder=self._scratch.path)
        try:
            process.stdin.write(conform_json.dumps(order).encode("ascii") + b"\n")
            process.stdin.close()
        except BrokenPipeError:
            pass  # it died at its start; its wait status tells
        process.returncode = 0  # we wait for it ourselves
        return process.pid, begun

    def _begins(self, child, begun, seconds):
        """Whether a started process begins with its cell, or ends, within its time."""
        poll = select.poll()
        poll.register(begun, select.POLLIN)
        try:
            return bool(poll.poll(seconds * 1000))
        finally:
            os.close(begun)


class _Bounds:
    """What is looked at while a cell runs."""

    def __init__(self, request, scratch):
        self._limits = (request["processes"], request["memory"])
        self._scratch = scratch
        self.found_stopped = False

    def note_stopped(self, child):
        """Whoever is stopped is late, and may have been stopped by anybody."""
        self.found_stopped = conform_bounds.is_any_stopped(child)

    def exceeded(self, child):
        found = conform_bounds.exceeded_by(child, *self._limits)
        return found or (conform_bounds.SCRATCH if self._scratch.is_exceeded() else None)


def _wait(child, seconds, bounds):
    """Wait for a child, at most `seconds`; then it is asked for a traceback, then killed.

    Its wait status, what it used, whether its time was over, and what it had too much of. It is signalled only while
    it is not reaped, so its number can't be another's.
    """
    limit = time.monotonic() + seconds
    timed_out, exceeded, tick = False, None, _TICK
    with _EndOf(child) as end:
        while True:
            ended, status, used = os.wait4(child, os.WNOHANG)
            if ended:
                return status, used, timed_out, exceeded
            left = limit - time.monotonic()
            if left > 0:
                if not end.within(min(left, tick)) and not timed_out and not exceeded:
                    tick = min(2 * tick, _LONGEST)
                    exceeded = bounds.exceeded(child)
                    if exceeded:
                        limit = 0
            elif timed_out or exceeded:
                _kill_session(child)
                os.kill(child, _signal.SIGKILL)
                return os.wait4(child, 0)[1:] + (timed_out, exceeded)
            else:
                timed_out = True
                bounds.note_stopped(child)
                os.kill(child, _signal.SIGABRT)
                limit = time.monotonic() + _GRACE


class _EndOf:
    """Waits for the end of a child without reaping it: by a descriptor of the process, else by asking often."""

    def __init__(self, child):
        self._child = child
        self._pause = 0.0005
        self._file = conform_cell.open_process(child)
        if self._file >= 0:
            self._poll = select.poll()
            self._poll.register(self._file, select.POLLIN)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._file >= 0:
            os.close(self._file)

    def within(self, seconds):
        """Whether it has ended, asked for at most so long."""
        if self._file >= 0:
            return bool(self._poll.poll(seconds * 1000 + 1))
        time.sleep(min(self._pause, seconds))
        self._pause = min(2 * self._pause, _TICK)
        return self._pause < _TICK


def new_head(number):
    """The head of an answer of which nothing is known yet but the cell's number."""
    return {"number": number, "seconds": 0.0, "timed_out": False, "exceeded": None, "machine": None, "strays": 0,
            "user": 0.0, "system": 0.0, "faults": 0, "loading": 0.0, "forking": 0.0}


def taken(files, tail):
    """What a cell wrote, by name: its result, and the last of each attachment; its files are empty afterwards."""
    left = {"result": _take(files[0])}
    left.update((name, _take(file, tail)) for name, file in zip(conform_cell.ATTACHMENTS, files[1:]))
    return left


def answer(token, head, left):
    """An answer as it is written, with what was taken."""
    blobs = [(name, blob) for name, blob in left.items() if blob or name == "result"]
    size = sum(len(blob) for _, blob in blobs)
    parts = [[name, len(blob)] for name, blob in blobs]
    line = "%s %d %s\n" % (token, size, conform_json.dumps(dict(head, parts=parts)))
    return b"".join([line.encode("ascii")] + [blob for _, blob in blobs])


class Malformed(Exception):
    """What came is no answer to the request: something else wrote to the channel."""


def whole_answer(data, token):
    """The first answer of what was read: where its head begins, and where it ends; None while it isn't all there."""
    opening = token.encode("ascii") + b" "
    if data[: len(opening)] != opening[: len(data)]:
        raise Malformed
    end = data.find(b"\n") + 1
    if not end:
        return None
    size, space, _ = data[len(opening):end].partition(b" ")
    if not space or not size.isdigit():
        raise Malformed
    end += int(size)
    return (len(opening) + len(size) + 1, end) if len(data) >= end else None


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
                os.kill(process, _signal.SIGKILL)  # changes nothing where it has ended by itself
                status = os.waitpid(process, 0)[1]
            except (ProcessLookupError, ChildProcessError):
                continue  # _has_children() reaped it
            killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == _signal.SIGKILL
    return killed


def _kill_session(leader):
    try:
        os.killpg(leader, _signal.SIGKILL)
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


if __name__ == "__main__":
    main(*sys.argv[1:])
