"""What the worker's tests share: an interpreter, a compiled extension, and a worker to send cells to."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "Sources")
WORKER_FOLDER = os.path.join(SOURCES, "Worker", "Python")
HEADERS = os.path.join(SOURCES, "Building", "Support")
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
PATIENCE = 40  # seconds until a worker that says nothing fails its test

if WORKER_FOLDER not in sys.path:
    sys.path.insert(0, WORKER_FOLDER)


def interpreter(folder):
    """The path of a program that starts the interpreter of these tests.

    That is sys.executable, save where a loader was needed to start it: there it is a script of the same command.
    """
    plain = subprocess.call([sys.executable, "-c", ""], stderr=subprocess.DEVNULL)
    if plain == 0:
        return sys.executable
    with open("/proc/self/cmdline") as file:
        command = file.read().split("\0")[:-1]
    own = len(sys.orig_argv) - 1
    script = os.path.join(folder, "interpreter")
    with open(script, "w") as file:
        file.write("#!/bin/sh\nexec %s \"$@\"\n" % " ".join("'%s'" % word for word in command[: len(command) - own]))
    os.chmod(script, 0o700)
    return script


def compiled(source, folder, name="ext", macros=()):
    """The path of an extension of the C API, compiled from a file."""
    binary = os.path.join(folder, name + ".so")
    paths = sysconfig.get_paths()
    includes = ["-I" + path for path in {paths["include"], paths["platinclude"], HEADERS}]
    command = ["gcc", "-std=gnu11", "-O0", "-fPIC", "-shared", "-w"] + includes + ["-D" + one for one in macros] + [source, "-o", binary]
    subprocess.run(command, check=True)
    return binary


def ends(process):
    """Whether a process that is no child of ours ends before long; a dead one may wait for its new parent's notice."""
    for _ in range(PATIENCE * 10):
        try:
            with open("/proc/%d/stat" % process) as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


def descendants(process):
    """The processes below one, parents first."""
    try:
        with open("/proc/%d/task/%d/children" % (process, process)) as listing:
            children = [int(one) for one in listing.read().split()]
    except FileNotFoundError:
        return []
    return children + [below for child in children for below in descendants(child)]


def find_hpy():
    """The `hpy` that the HPy lanes are for; None where there is none, or another ABI, or leftovers (PyPy 8)."""
    from importlib.util import find_spec

    hpy = find_spec("hpy")
    if not hpy or (sys.implementation.name == "pypy" and "_hpy_universal" not in sys.builtin_module_names):
        return None
    include = os.path.join(list(hpy.submodule_search_locations)[0], "devel", "include")
    for header in ("hpy.h", os.path.join("hpy", "version.h"), os.path.join("hpy", "macros.h")):
        path = os.path.join(include, header)
        if os.path.exists(path):
            with open(path) as file:
                if "define HPY_ABI_VERSION " in file.read():
                    return hpy
    return None


class Reply:
    """What came back of a cell: the worker's answer, and what the cell wrote.

    .lost: wait status of the fork server that ended while the cell ran, or None.
    .exceeded, .machine: what the cell had too much of, and what the machine lacked, or None.
    .attachments: name -> text, with what the end mark says of it appended, as the runner does.
    """

    def __init__(self, head, result, attachments, request):
        self.number, self.seconds = head["number"], head["seconds"]
        self.lost = head.get("lost")
        self.status = head.get("status")
        self.timed_out, self.strays = head["timed_out"], head["strays"]
        self.stopped = head.get("stopped", False)
        self.exceeded, self.machine = head["exceeded"], head["machine"]
        self.attachments = attachments
        self.end = None
        self.observations = {}
        self.stray = None  # what a process recorded that the cell had forked
        self.foreign = 0  # lines that the harness did not write
        secrets = {number: secret for number, _, secret in request["cells"]}
        for line in filter(None, result.splitlines()):
            opening, _, body = line.partition(" ")
            if opening != secrets[self.number] or self.end is not None:
                self.foreign += 1
                continue
            entry = json.loads(body)
            if "machine" in entry:
                self.machine = entry["machine"]
            elif "stray" in entry:
                self.stray = entry["stray"]
            elif "end" in entry:
                self.end = entry["end"]
                for name, text in self.end.get("attachments", {}).items():
                    self.attachments[name] = self.attachments.get(name, "") + text
            else:
                self.observations[entry["label"]] = entry

    @property
    def outcome(self):
        """The runner's rule in short: an end mark counts only together with exit code 0."""
        if self.exceeded:
            return "exceeded " + self.exceeded
        if self.machine:
            return "harness failed"
        if self.lost is not None:
            return "lost"
        if self.timed_out:
            return "timed out"
        if os.WIFSIGNALED(self.status):
            return "crashed " + signal.Signals(os.WTERMSIG(self.status)).name
        if os.WEXITSTATUS(self.status) != 0 or self.end is None:
            return "exited %d" % os.WEXITSTATUS(self.status)
        return self.end["outcome"]

    def value(self, label):
        """The text recorded under a label."""
        return self.observations[label]["value"]

    def attachment(self, name):
        """The text of an attachment; empty where there is none."""
        return self.attachments.get(name, "")


class Worker:
    """A running worker; `prepare` is called in its process before it starts, `on` is its folder if it has one."""

    def __init__(self, program, folder, family="import", environment=None, prepare=None, files=WORKER_FOLDER, on=None):
        self.folder = on or tempfile.mkdtemp(dir=folder)
        self._log = open(os.path.join(folder, "worker.log"), "ab")
        self._process = subprocess.Popen(
            [program, os.path.join(files, "conform_worker.py"), family, self.folder], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log, start_new_session=True, preexec_fn=prepare,
            env=dict(ENVIRONMENT, **environment or {}))
        self.process = self._process.pid
        self.greeting = json.loads(self._line())
        self._left = {
            name: open("/proc/%d/fd/%d" % (self.process, number)) for name, number in self.greeting.get("files", {}).items()}

    def send(self, request):
        """Send a line of the control channel."""
        self._process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
        self._process.stdin.flush()

    def read(self, request):
        """The next reply; None when the worker has gone."""
        line = self._line()
        if not line:
            return None
        head = json.loads(line)
        parts = {name: self._text(length) for name, length in head["parts"]}
        return Reply(head, parts.pop("result"), parts, request)

    def left(self, name):
        """What is in one of the files that cells write to, also when the worker has gone."""
        self._left[name].seek(0)
        return self._left[name].read()

    def _text(self, length):
        return self._watched(self._process.stdout.read, int(length)).decode("utf-8", "backslashreplace")

    def _line(self):
        return self._watched(self._process.stdout.readline).decode("ascii")

    def _watched(self, read, *arguments):
        watch = threading.Timer(PATIENCE, self._process.kill)
        watch.start()
        try:
            return read(*arguments)
        finally:
            watch.cancel()

    def close(self):
        """End standard input, as the runner does; the exit code."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._log.close()
        for file in self._left.values():
            file.close()
        return self._process.wait(PATIENCE)


class WorkerTest(unittest.TestCase):
    """A test with a worker; the worker serves all tests of a class, so each also is a neighbour of the others."""

    scenarios = ""
    family = "import"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.program = interpreter(cls.folder)
        cls.binary = cls.build(cls.folder)
        cls.scenario_file = cls.write("scenarios.py", cls.scenarios)
        cls.counter = 0
        cls.worker = cls.start_worker()

    @classmethod
    def build(cls, folder):
        """The path of the extension of the class's cells."""
        return compiled(os.path.join(HERE, "misbehaving.c"), folder)

    @classmethod
    def start_worker(cls, **options):
        """A worker that ends with the class's tests."""
        options.setdefault("family", cls.family)
        worker = Worker(cls.program, cls.folder, **options)
        cls.addClassCleanup(worker.close)
        return worker

    @classmethod
    def write(cls, name, text):
        """The path of a file in the class's folder."""
        path = os.path.join(cls.folder, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def request(self, *names, **changes):
        """A request of the control channel."""
        cls = type(self)
        cells = []
        for name in names:
            cls.counter += 1
            cells.append([cls.counter, name, "secret-%d" % cls.counter])
        request = {
            "binary": self.binary, "module": "ext", "loader": "import", "mode": "universal",
            "scenarios": self.scenario_file, "seconds": 20, "memory": 4 << 30, "file": 1 << 20, "tail": 2 << 20,
            "processes": 256, "scratch": 64 << 20, "warmups": 0, "repeats": 0,
            "fresh": False, "start": 20, "interpreter": self.program, "environment": {}, "cells": cells,
        }
        request.update(changes)
        request.setdefault("code", request["scenarios"])
        return request

    def run_cell(self, scenario, worker=None, **changes):
        """Send a cell to the worker and read what became of it."""
        return self.run_cells([scenario], worker, **changes)[0]

    def run_cells(self, names, worker=None, **changes):
        """Send several cells of one binary to the worker at once, and read what became of each."""
        worker = worker or self.worker
        request = self.request(*names, **changes)
        worker.send(request)
        replies = [worker.read(request) for _ in names]
        self.assertNotIn(None, replies, "the worker died of %s" % names)
        self.assertEqual([one.number for one in replies], [one[0] for one in request["cells"]])
        return replies
