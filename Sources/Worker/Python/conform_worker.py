"""The warm worker: imports what a family of lanes loads extensions with, and forks servers that run cells.

`conform_worker.py FAMILY FOLDER`. Control comes as one JSON object a line on standard input; answers go to the
pipe that was standard output at the start. The worker never loads case code. For each binary it starts a fork
server (conform_server), hands its requests on, and passes on whole answers only. A fork server that ends meanwhile
costs the cell that ran; the next gets another.

request   {"binary", "module", "loader", "mode", "scenarios", "code": key of that file's content,
           "tests": what pytest is to collect below "scenarios", which is a folder then (conform_pytest); else null,
           "seconds", "memory", "file", "processes", "scratch": what a cell may use: wall time; bytes, of each process
               and of all together; bytes of each file; processes; bytes in its scratch folder
           "tail": bytes to keep of each attachment, the last ones,
           "fresh": start a process for each cell instead of forking, "interpreter", "environment": for that process,
           "warmups", "repeats": further calls of a scenario that has completed (conform_repeats); none with 0 repeats
           "start": seconds that it may take to start, before its cell's time begins,
           "modules": further modules of the case, [{"module", "binary", "loader", "mode"}, ...],
           "sandbox": where there is one, the command that starts a program in a sandbox, up to the program
           "cells": [[id, scenario, secret], ...]}
at start  {"ready": true, "files": {"result": descriptor, NAME: descriptor, ...}, "cpu": seconds that it took to start}
           or {"ready": false, "error": text, "machine": what the machine lacked, or null}
answer    one for each cell, in order: conform_server says how it is written

What cells write goes to those files, one for the result and one for each attachment (conform_cell), and is taken
from there into the answer; what is found there after the worker has ended was written by the cell that ran last.
The cells' scratch folder is FOLDER/scratch; in a sandbox, /tmp/scratch there.
"""

import _signal
import gc
import os
import select
import sys
import time

import conform_bounds
import conform_cell
import conform_events
import conform_json
import conform_machine
import conform_server

_PATIENCE = 5  # seconds that a fork server may take beyond what its cell may
_LAST_WORDS = 1  # seconds that one may take to end whose answers have ended
_TICK = 1  # seconds between two looks at whether a fork server was stopped
_NO_PROCESS = "no more processes could be started while the cell ran"
_WHAT_IS_LOADED = ("binary", "module", "loader", "mode", "scenarios", "code", "memory", "file")


def main(family, folder):
    """Answer requests until standard input ends."""
    conform_cell.set_up_process()
    conform_cell.be_first_victim(500)  # before the runner; cells come before it
    control_in, control_out = _take_control()
    answers = os.fdopen(control_out, "wb")
    try:
        conform_cell.import_backend(family)
    except conform_cell.BackendMissing as error:
        lack = conform_machine.lack_behind(error)
        _greet(answers, {"ready": False, "error": str(error), "machine": lack})
        return
    conform_cell.adopt_orphans()
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()  # a cell's collections leave the worker's objects, and their pages, alone
    conform_cell.flush_output()  # else each child would write it again
    with os.fdopen(control_in, "rb") as requests:
        worker = _Worker(family, folder, requests, answers)
        worker.greet()
        for line in iter(requests.readline, b""):
            worker.take(conform_json.loads(line))
        worker.close()


class _NotStarted(Exception):
    """A fork server ended, or said nothing, before it could have loaded anything."""


class _Worker:
    def __init__(self, family, folder, requests, answers):
        self._family = family
        self._names = ["result"] + list(conform_cell.ATTACHMENTS)
        self._files = [conform_cell.new_file(os.path.join(folder, "cell." + name)) for name in self._names]
        self._files.append(conform_events.new_file(os.path.join(folder, "events")))
        self._scratch = os.path.join(folder, "scratch")
        self._control = (requests, answers)
        self._server = self._group = None
        self._kills = conform_machine.memory_kills()
        self._refused = set()  # what can't be loaded once for several cells

    def greet(self):
        files = dict(zip(self._names, self._files))
        _greet(self._control[1], {"ready": True, "files": files, "cpu": time.process_time()})

    def take(self, request):
        """Have the cells of a request run, and their answers written."""
        if self._group is None:
            self._group = conform_bounds.Group(request["processes"], request["memory"])
        if not request["fresh"] and not request.get("sandbox") and not request.get("tests"):
            conform_cell.code_of(request)  # compiled here, it is compiled for every server
        waiting = request["cells"]
        while waiting:
            try:
                server = self._server_for(request)
            except (AttributeError, NotImplementedError):  # os.fork() of a runtime that can't
                if not request["fresh"]:
                    raise
                return self._run_here(request)
            except (OSError, _NotStarted) as error:
                self._answer(waiting.pop(0)[0], machine=conform_machine.told(error, "no fork server could be started"))
                continue
            # Made and sent after case code was loaded. (uuid would import half the library.)
            token = os.urandom(16).hex()
            server.send(dict(request, token=token, cells=list(waiting)))
            patience = request["seconds"] + _PATIENCE + (request["start"] if request["fresh"] else 0)
            how = server.pass_on(waiting, self._pass_on, token, self._control[0], patience)
            if how is not None and server.shares and not server.has_answered:
                # Perhaps it was what it had loaded, and no cell: each may load for itself.
                self._refused.add(server.loads)
                self._server = None
                server.end()
            elif how is not None:
                number = waiting.pop(0)[0]
                self._server = None
                self._answer_lost(number, server.end(_LAST_WORDS if how == "ended" else 0), how, request["tail"])

    def _run_here(self, request):
        """A fresh cell needs no fork; without one, the worker itself starts it and sees to its end."""
        scratch = conform_bounds.Scratch(self._scratch, request["scratch"])
        channel = _Channel(lambda data: self._pass_on(_without_opening(data)), self._control[1])
        conform_server.Supervisor(self._files, channel, scratch).run(dict(request, token=""))

    def close(self):
        """End the fork server, if there is one."""
        if self._server is not None:
            self._server.end()
            self._server = None
        if self._group is not None:
            self._group.leave()

    def _server_for(self, request):
        loads = None
        if not request["fresh"]:
            loads = tuple(request[name] for name in _WHAT_IS_LOADED) + (conform_json.dumps(request.get("modules") or []),)
        # A sandbox shows what the requests are about for which it was made.
        if self._server is None or (self._server.loads, self._server.sandbox) != (loads, request.get("sandbox")):
            if self._server is not None:
                self._server.end()
                self._server = None
            shares = loads is not None and loads not in self._refused
            self._server = self._start(loads, request, shares)
            if not self._server.is_ready(request["seconds"], self._control[0]):
                status = self._server.end(_LAST_WORDS if not shares else 0)
                self._server = None
                if not shares:  # no case code had been loaded
                    raise _NotStarted("it ended with wait status %d" % status)
                self._refused.add(loads)
                return self._server_for(request)
        return self._server

    def _start(self, loads, request, shares):
        for file in self._files[:-1]:
            os.ftruncate(file, 0)  # what a server that was lost left there has been answered
        kind = _SandboxedServer if request.get("sandbox") else _ForkedServer
        server = kind(loads, request, shares, self._files, self._control, self._scratch, self._family)
        server.sandbox = request.get("sandbox")
        server.shares = shares
        return server

    # --- answers ---

    def _pass_on(self, data):
        """Hand a whole answer of a fork server to the runner, with what only the worker knows."""
        met, elsewhere = self._group.met()
        if met or elsewhere:
            line, end, blobs = data.partition(b"\n")
            head = conform_json.loads(line)
            if met and not head["exceeded"]:
                head["exceeded"], head["machine"] = met[0], None
            elif not head["exceeded"]:
                head["machine"] = head["machine"] or _NO_PROCESS
            data = conform_json.dumps(head).encode("ascii") + end + blobs
        self._write(data)

    def _answer(self, number, machine):
        head = dict(conform_server.new_head(number), status=0, machine=machine, parts=[["result", 0]])
        self._write(conform_json.dumps(head).encode("ascii") + b"\n")

    def _answer_lost(self, number, status, how, tail):
        """What the cell wrote is still there, though nobody is left to say how it ended."""
        head = dict(conform_server.new_head(number), lost=status, how=how)
        kills, self._kills = self._kills, conform_machine.memory_kills()
        met, elsewhere = self._group.met()
        if met:
            head["exceeded"] = met[0]
        elif elsewhere:
            head["machine"] = _NO_PROCESS
        elif self._kills > kills and os.WIFSIGNALED(status) and os.WTERMSIG(status) == _signal.SIGKILL:
            head["machine"] = "the system killed a process of the harness because memory was exhausted"
        self._write(_without_opening(conform_server.answer("", head, conform_server.taken(self._files, tail))))

    def _write(self, data):
        answers = self._control[1]
        answers.write(data)
        answers.flush()


def _without_opening(answer):
    """An answer without its token and its size."""
    return answer.split(b" ", 2)[2]


class _Channel:
    """Takes whole answers as a file takes bytes."""

    def __init__(self, take, file):
        self._take = take
        self._file = file

    def write(self, data):
        self._take(data)

    def flush(self):
        pass

    def fileno(self):
        return self._file.fileno()


class _Server:
    """The worker's end of a fork server.

    .loads: what it was started for; None for cells that load for themselves, in processes of their own.
    .sandbox: the command that started it, or None.   .shares: whether its cells share what it loaded.
    """

    def __init__(self, loads):
        self.loads = loads
        self.sandbox = None
        self.shares = self.has_answered = False
        self._rest = bytearray()
        self._pipes = []
        self._process = None

    def _open_pipes(self):
        """The worker's ends are kept; those of the server."""
        request_end, self._requests = os.pipe()
        self._pipes.append(self._requests)
        try:
            self._answers, answer_end = os.pipe()
        except OSError:
            os.close(request_end)
            self._close()
            raise
        self._pipes.append(self._answers)
        return request_end, answer_end

    def _close(self):
        while self._pipes:
            os.close(self._pipes.pop())

    def is_ready(self, seconds, requests):
        """Wait until it has loaded what its cells share; False when it has ended, takes too long, or they can't."""
        self._read_on(seconds, lambda: b"\n" in self._rest, requests)
        line, end, rest = self._rest.partition(b"\n")
        self._rest = rest
        return line + end == conform_server.READY

    def send(self, request):
        """Give it a request."""
        data = conform_json.dumps(request).encode("ascii") + b"\n"
        try:
            while data:
                data = data[os.write(self._requests, data):]
        except BrokenPipeError:
            pass  # it has ended; whoever reads its answers finds that out

    def pass_on(self, waiting, take, token, requests, patience):
        """Pass on the answers to the cells that wait; None, or how it was lost before the last one."""
        place = None

        def is_whole():
            nonlocal place
            place = conform_server.whole_answer(self._rest, token)
            return place is not None

        try:
            while waiting:
                how = self._read_on(patience, is_whole, requests)
                if how is not None:
                    return how
                take(bytes(self._rest[place[0]:place[1]]))
                del self._rest[:place[1]]
                waiting.pop(0)
                self.has_answered = True
        except conform_server.Malformed:
            return "wrote an invalid answer"
        return None

    def _read_on(self, patience, is_enough, requests):
        """Read until there is enough; None, or how it was lost: it has ended, was stopped, or takes too long."""
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        poll.register(requests.fileno(), 0)  # told anyway when the runner is gone
        limit = time.monotonic() + patience
        stopped = 0
        while not is_enough():
            left = limit - time.monotonic()
            ready = dict(poll.poll(max(0, min(left, _TICK)) * 1000))
            if requests.fileno() in ready:
                self.end()
                os._exit(conform_cell.HARNESS_FAILED)
            if not ready:
                stopped = stopped + 1 if self._is_stopped() else 0
                if stopped > 1:
                    return "was stopped"
                if left <= 0:
                    return "gave no answer in time"
                continue
            part = os.read(self._answers, 1 << 16)
            if not part:
                return "ended"
            self._rest += part
        return None

    def _is_stopped(self):
        """In a sandbox, what was started is what starts it."""
        processes = conform_bounds.children(self._process) if self.sandbox else [self._process]
        return any(conform_bounds.is_stopped(one) for one in processes)

    def end(self, patience=0):
        """Kill it, if it doesn't end by itself before, and what is left of its cells; its wait status."""
        self._close()
        ended, status = os.waitpid(self._process, os.WNOHANG)
        limit = time.monotonic() + patience
        while not ended and time.monotonic() < limit:
            time.sleep(0.01)
            ended, status = os.waitpid(self._process, os.WNOHANG)
        if not ended:
            os.kill(self._process, _signal.SIGKILL)
            status = os.waitpid(self._process, 0)[1]
        conform_server.kill_strays(self._process)
        return status


class _ForkedServer(_Server):
    """A fork of the worker."""

    def __init__(self, loads, request, shares, files, control, scratch, family):
        super().__init__(loads)
        request_end, answer_end = self._open_pipes()
        try:
            self._process = os.fork()
        except OSError:
            self._close()
            os.close(request_end)
            os.close(answer_end)
            raise
        if self._process == 0:
            try:
                for one in control:
                    os.close(one.fileno())
                self._close()
                scratch = conform_bounds.Scratch(scratch, request["scratch"])
                with os.fdopen(request_end, "rb") as requests, os.fdopen(answer_end, "wb") as answers:
                    conform_server.serve(request, files, requests, answers, shares, scratch)
                os._exit(0)
            finally:
                os._exit(conform_cell.HARNESS_FAILED)
        os.close(request_end)
        os.close(answer_end)


class _SandboxedServer(_Server):
    """A process in a sandbox: the first one of its own process namespace, so that its cells can't signal it."""

    def __init__(self, loads, request, shares, files, control, scratch, family):
        import subprocess

        super().__init__(loads)
        request_end, answer_end = self._open_pipes()
        order = {
            "requests": request_end, "answers": answer_end, "files": files, "load": shares, "family": family,
            "scratch": "/tmp/scratch", "others": ["/tmp", "/dev/shm"],
        }
        try:
            process = subprocess.Popen(
                request["sandbox"]
                + [request["interpreter"], os.path.abspath(conform_server.__file__), conform_json.dumps(order)],
                stdin=subprocess.DEVNULL, stdout=sys.stderr, pass_fds=files + [request_end, answer_end])
        except OSError:
            self._close()
            raise
        finally:
            os.close(request_end)
            os.close(answer_end)
        process.returncode = 0  # we wait for it ourselves
        self._process = process.pid
        self.send({name: value for name, value in request.items() if name != "cells"})

    def is_ready(self, seconds, requests):
        # The interpreter starts, too.
        return super().is_ready(seconds + 60, requests)


def _take_control():
    """Move the control channel off the standard descriptors, where case code would find it."""
    control_in, control_out = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return control_in, control_out


def _greet(answers, message):
    answers.write(conform_json.dumps(message).encode("ascii") + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
