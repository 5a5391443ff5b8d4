"""The warm worker: imports what a family of lanes loads extensions with, and forks servers that run cells.

`conform_worker.py FAMILY FOLDER`. Control comes as one JSON object a line on standard input; answers go to the
pipe that was standard output at the start. The worker never loads case code. For each binary it forks a fork
server (conform_server), hands its requests on, and passes on whole answers only. A fork server that ends meanwhile
costs the cell that ran; the next gets another.

request   {"binary", "module", "loader", "mode", "scenarios", "code": key of that file's content,
           "seconds", "memory", "file": what a cell may use, "tail": bytes to keep of each attachment, the last ones,
           "fresh": start a process for each cell instead of forking, "interpreter", "environment": for that process,
           "warmups", "repeats": further calls of a scenario that has completed (conform_repeats); none with 0 repeats
           "start": seconds that it may take to start, before its cell's time begins,
           "cells": [[id, scenario, secret], ...]}
at start  {"ready": true} or {"ready": false, "error": text}
answer    one for each cell, in order: conform_server says how it is written

What cells write goes to FOLDER/cell.result, and to FOLDER/cell.NAME for each attachment (conform_cell), and is taken
from there into the answer; what is found there after the worker has ended was written by the cell that ran last.
"""

import collections
import gc
import json
import os
import select
import signal
import sys
import time

import conform_cell
import conform_server

_PATIENCE = 5  # seconds that a fork server may take beyond what its cell may
_WHAT_IS_LOADED = ("binary", "module", "loader", "mode", "scenarios", "code", "memory", "file")


def main(family, folder):
    """Answer requests until standard input ends."""
    conform_cell.set_up_process()
    control_in, control_out = _take_control()
    answers = os.fdopen(control_out, "wb")
    try:
        conform_cell.import_backend(family)
    except conform_cell.BackendMissing as error:
        _greet(answers, {"ready": False, "error": str(error)})
        return
    conform_cell.adopt_orphans()
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()  # a cell's collections leave the worker's objects, and their pages, alone
    conform_cell.flush_output()  # else each child would write it again
    _greet(answers, {"ready": True})
    with os.fdopen(control_in, "rb") as requests:
        worker = _Worker(folder, requests, answers)
        for line in iter(requests.readline, b""):
            worker.take(json.loads(line))
        worker.close()


class _Worker:
    def __init__(self, folder, requests, answers):
        self._paths = [os.path.join(folder, "cell." + name) for name in ["result"] + list(conform_cell.ATTACHMENTS)]
        self._control = (requests, answers)
        self._server = None
        self._refused = set()  # what can't be loaded once for several cells

    def take(self, request):
        """Have the cells of a request run, and their answers written."""
        if not request["fresh"]:
            conform_cell.code_of(request)  # compiled here, it is compiled for every server
        waiting = collections.deque(request["cells"])
        while waiting:
            try:
                server = self._server_for(request)
            except (OSError, AttributeError, NotImplementedError):  # os.fork() of a runtime that can't
                if not request["fresh"]:
                    raise
                return self._run_here(request)
            server.send(dict(request, cells=list(waiting)))
            patience = request["seconds"] + _PATIENCE + (request["start"] if request["fresh"] else 0)
            if not server.pass_on(waiting, self._control, patience):
                number = waiting.popleft()[0]
                self._server = None
                self._answer_lost(number, server.end(), request["tail"])

    def _run_here(self, request):
        """A fresh cell needs no fork; without one, the worker itself starts it and sees to its end."""
        files = self._open_files()
        conform_server.Supervisor(files, self._control[1]).run(request)
        for file in files:
            os.close(file)

    def close(self):
        """End the fork server, if there is one."""
        if self._server is not None:
            self._server.end()
            self._server = None

    def _server_for(self, request):
        loads = None if request["fresh"] else tuple(request[name] for name in _WHAT_IS_LOADED)
        if self._server is None or self._server.loads != loads:
            self.close()
            shares = loads is not None and loads not in self._refused
            self._server = _ForkServer(loads, request, self._open_files(), self._control, shares)
            if not self._server.is_ready(request["seconds"]) and shares:
                self._refused.add(loads)
                self.close()
                return self._server_for(request)
        return self._server

    def _open_files(self):
        return [conform_cell.open_new(path) for path in self._paths]

    def _answer_lost(self, number, status, tail):
        """What the cell wrote is still there, though nobody is left to say how it ended."""
        files = [os.open(path, os.O_RDWR) for path in self._paths]
        answers = self._control[1]
        answers.write(conform_server.answer(number, b"lost:%d" % status, 0, False, 0, files, tail))
        answers.flush()
        for file in files:
            os.close(file)


class _ForkServer:
    """The worker's end of a fork server.

    .loads: what it was started for; None for cells that load for themselves, in processes of their own.
    """

    def __init__(self, loads, request, files, control, load):
        self.loads = loads
        request_end, self._requests = os.pipe()
        self._answers, answer_end = os.pipe()
        self._rest = bytearray()
        self._process = os.fork()
        if self._process == 0:
            try:
                for one in control:
                    os.close(one.fileno())
                os.close(self._requests)
                os.close(self._answers)
                with os.fdopen(request_end, "rb") as requests, os.fdopen(answer_end, "wb") as answers:
                    conform_server.serve(request, files, requests, answers, load)
                os._exit(0)
            finally:
                os._exit(conform_cell.HARNESS_FAILED)
        for one in [request_end, answer_end] + files:
            os.close(one)

    def is_ready(self, seconds):
        """Wait until it has loaded what its cells share; False when it has ended, takes too long, or they can't."""
        self._read_on(seconds, lambda: b"\n" in self._rest)
        line, end, rest = self._rest.partition(b"\n")
        self._rest = rest
        return line + end == conform_server.READY

    def send(self, request):
        """Give it a request."""
        data = json.dumps(request).encode("ascii") + b"\n"
        try:
            while data:
                data = data[os.write(self._requests, data):]
        except BrokenPipeError:
            pass  # it has ended; whoever reads its answers finds that out

    def pass_on(self, waiting, control, patience):
        """Pass on the answers to the cells that wait; False when it ends, or takes too long, before the last one."""
        requests, answers = control
        while waiting:
            size = conform_server.answer_size(self._rest)
            if size:
                answers.write(self._rest[:size])
                answers.flush()
                del self._rest[:size]
                waiting.popleft()
            elif not self._read_on(patience, lambda: conform_server.answer_size(self._rest), requests):
                return False
        return True

    def _read_on(self, patience, is_enough, requests=None):
        """Read until there is enough; False when it has ended or takes longer than `patience` in seconds."""
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        if requests is not None:
            poll.register(requests.fileno(), 0)  # told anyway when the runner is gone
        limit = time.monotonic() + patience
        while not is_enough():
            ready = dict(poll.poll(max(0, limit - time.monotonic()) * 1000))
            if requests is not None and requests.fileno() in ready:
                self.end()
                os._exit(conform_cell.HARNESS_FAILED)
            part = os.read(self._answers, 1 << 16) if ready else b""
            if not part:
                return False
            self._rest += part
        return True

    def end(self):
        """Kill it and what is left of its cells; its wait status."""
        for one in (self._requests, self._answers):
            os.close(one)
        ended, status = os.waitpid(self._process, os.WNOHANG)
        if not ended:
            os.kill(self._process, signal.SIGKILL)
            status = os.waitpid(self._process, 0)[1]
        conform_server.kill_strays(self._process)
        return status


def _take_control():
    """Move the control channel off the standard descriptors, where case code would find it."""
    control_in, control_out = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return control_in, control_out


def _greet(answers, message):
    answers.write(json.dumps(message).encode("ascii") + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
