"""Runs of hpy-conform that are watched, and what is looked at behind each."""
import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time

import judging
import machine
import project

PATIENCE = 180  # seconds that a run may take, whatever is done to it; an undisturbed one takes a few
GONE = 2  # seconds within which nothing of a killed run lives on
_LANES = ["--lane", "capi-heap", "--lane", "universal"]
_TIMEOUT, _QUICK_TIMEOUT = "1.5", "2.5"  # the second where several runs share the cores, and little hangs


class Trouble(Exception):
    """The soak itself can't go on."""


class Skipped(Exception):
    """The machine doesn't allow this kind; the text says why."""


class Yardstick:
    """What an undisturbed run says, and how long it takes with a full and with an empty cache."""

    def __init__(self, cells, warm, cold):
        self.cells, self.warm, self.cold = cells, warm, cold


class Bench:
    """A project, a cache that has all of its binaries, and the undisturbed verdicts of each selection."""

    def __init__(self, command, folder, interpreters, is_quick=False):
        """is_quick: nothing that waits for a time to be over is run."""
        self.command, self.folder, self.interpreters = command, folder, interpreters
        self.project = os.path.join(folder, "project")
        self.cache = os.path.join(folder, "cache")
        os.makedirs(self.project)
        project.disturbed_project(self.project, interpreters)
        self.is_quick = is_quick
        self._known = {}
        self._lock = threading.Lock()
        self.rounds = 0

    def yardstick(self, patterns):
        with self._lock:
            return self._measured(patterns)

    def _measured(self, patterns):
        key = tuple(patterns)
        if key not in self._known:
            place = Place(self, "undisturbed-" + "-".join(patterns), cache=self.cache)
            times = []
            for _ in range(2):
                run = place.start(["run"] + patterns)
                code = run.wait()
                times.append(run.seconds)
                recorded = judging.Recorded(place.database)
                expected = 0 if patterns == project.KNOWN else 1
                if code != expected or recorded.state != "finished" or len(recorded.cells) != recorded.planned:
                    raise Trouble("the undisturbed run ended with %s, %s, %d of %d cells:\n%s" % (
                        code, recorded.state, len(recorded.cells), recorded.planned, run.output()))
                first = self._known.setdefault(key, Yardstick(recorded.cells, 0, 0))
                problems = judging.whole(recorded.cells, first.cells)
                if problems:
                    raise Trouble("two undisturbed runs differ: " + "; ".join(problems))
            first.cold, first.warm = max(times[0], times[1] + 1.5), times[1]
            place.remove()
        return self._known[key]

    def place(self, name, warm=True):
        """A folder for a round, with a copy of the full cache, or with none."""
        with self._lock:
            self.rounds += 1
            place = Place(self, "%s-%d" % (name, self.rounds))
        if warm:
            shutil.copytree(self.cache, place.cache, symlinks=True)
        return place


class Place:
    """Where a round is: database, cache, and folders for temporary files and a home of its own."""

    def __init__(self, bench, name, cache=None):
        self.bench = bench
        self.folder = os.path.join(bench.folder, name)
        self.temporary, self.results, self.home = (os.path.join(self.folder, one) for one in ("tmp", "results", "home"))
        self.cache = cache or os.path.join(self.folder, "cache")
        for one in (self.temporary, self.results, self.home):
            os.makedirs(one)
        self.database = os.path.join(self.results, "results.sqlite")
        self.runs = []

    def start(self, words, options=(), project_folder=None, in_child=None, prefix=()):
        """in_child: called in the runner before it begins.   prefix: a command that starts the runner."""
        command = list(prefix) + [self.bench.command] + words + [
            "--db", self.database, "--cache", self.cache, "--jobs", "2"]
        if "--resume" not in words:
            command += _LANES + ["--timeout", _QUICK_TIMEOUT if self.bench.is_quick else _TIMEOUT]
        run = Run(self, command + list(options), project_folder or self.bench.project, in_child, len(self.runs))
        self.runs.append(run)
        return run

    def marks(self):
        """What processes of this place carry in their environment: the folder, for it is their home, or a mark."""
        found = {self.folder.encode() + b"/"}
        for run in self.runs:
            found |= run.marks
        return found

    def left_behind(self, patience=GONE):
        """What lives on or lies about after all runs of this place have ended: sentences."""
        limit = time.monotonic() + patience
        while True:
            alive = machine.carriers(self.marks())
            folders = [one for one in os.listdir(self.temporary) if one.startswith("hpy-conform-")]
            if not alive and not folders or time.monotonic() > limit:
                break
            time.sleep(0.03)
        problems = ["process %d lives on (%s): %s" % (one, machine.state(one), machine.command(one)[:200])
                    for one in alive]
        return problems + ["scratch folder %s is left" % one for one in folders]

    def end(self):
        machine.kill_carriers(self.marks())

    def remove(self):
        self.end()
        for folder, folders, _ in os.walk(self.folder):
            for one in folders:
                path = os.path.join(folder, one)
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
        shutil.rmtree(self.folder, ignore_errors=True)


class Run:
    """A started runner, and the marks of the processes below it."""

    def __init__(self, place, command, project_folder, in_child, number):
        self.place, self.command = place, command
        self.marks = set()
        self.code = None
        self.began = time.monotonic()
        self.seconds = 0.0
        self._log = os.path.join(place.folder, "run-%d.log" % number)
        environment = dict(os.environ, TMPDIR=place.temporary, HOME=place.home, NO_COLOR="1")
        environment.pop(machine.VARIABLE, None)

        def prepare():
            machine.die_with_parent()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if in_child:
                in_child()

        with open(self._log, "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=project_folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=prepare)
        self._seen = set()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def _look(self):
        while self.process.returncode is None:
            self.descendants()
            time.sleep(0.02)

    def descendants(self):
        """All below the runner, but for zombies; their marks are noted."""
        found = machine.descendants(self.process.pid)
        for one in found:
            if one not in self._seen:
                mark = machine.mark_of(one)
                if mark:
                    self.marks.add(mark)
                    self._seen.add(one)
        return [one for one in found if machine.state(one) not in ("", "Z")]

    def elapsed(self):
        return time.monotonic() - self.began

    def sleep_until(self, moment):
        """Whether it still runs then, so many seconds after its start."""
        while self.process.poll() is None and self.elapsed() < moment:
            time.sleep(min(0.005, max(0.0, moment - self.elapsed())))
        return self.process.poll() is None

    def kill(self):
        """Whether it was still running."""
        self.descendants()
        running = self.process.poll() is None
        if running:
            self.process.kill()
        self.wait()
        return running

    def wait(self, patience=PATIENCE):
        """Its exit code, negative for a signal; None where it did not end."""
        try:
            self.code = self.process.wait(max(0.1, patience - self.elapsed()))
        except subprocess.TimeoutExpired:
            self.stuck = ["%d %s %s %s" % (one, machine.state(one), machine.name(one), machine.command(one)[:150])
                          for one in [self.process.pid] + machine.descendants(self.process.pid)]
            self.process.kill()
            self.process.wait()
            self.code = None
        self.seconds = self.elapsed()
        self._watch.join()
        return self.code

    def output(self):
        with open(self._log, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def how(self):
        """How it ended, for a line of text."""
        if self.code is None:
            return "did not end in %d s: %s" % (PATIENCE, "; ".join(self.stuck))
        if self.code < 0:
            return "died of %s" % signal.Signals(-self.code).name
        return "exit code %d" % self.code


class Round:
    """One disturbance: what is drawn for it, what was done, and what was wrong afterwards."""

    def __init__(self, bench, kind, number, seed):
        self.bench, self.kind, self.number, self.seed = bench, kind, number, seed
        self.random = random.Random("%s/%s/%d" % (seed, kind, number))
        self.done, self.problems = [], []
        self.place = None
        self.final = {}
        self.counts = {}

    def note(self, text):
        self.done.append(text)

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def blame(self, problems, run=None):
        self.problems += problems[:6]
        if len(problems) > 6:
            self.problems.append("and %d more" % (len(problems) - 6))
        if problems and run is not None:
            self.problems.append("%s; its output ends: %s" % (run.how(), run.output()[-600:]))

    def log_uniform(self, least, most):
        return int(least * (most / least) ** self.random.random())

    def choose(self, slow=0.15):
        """What is run: sets .patterns and .yardstick."""
        draw = self.random.random()
        if self.bench.is_quick:
            self.patterns = project.KNOWN if draw < 0.7 else project.ALL
        else:
            self.patterns = project.SLOW if draw < slow else project.KNOWN if draw < 0.4 else project.ALL
        self.yardstick = self.bench.yardstick(self.patterns)

    def look(self, run, killed=False, leaves=True):
        """Everything that has to be true of a run that has ended, disturbed as it was.

        killed: by us, so that its exit code says nothing.   leaves: look at what it left behind.
        """
        recorded = judging.Recorded(self.place.database)
        expected = self.yardstick.cells
        if recorded.damage:
            self.blame(["the database is damaged: " + recorded.damage], run)
        self.blame(judging.wrong_verdicts(recorded.cells, expected), run)
        if not killed:
            self.blame(judging.wrong_code(run.code, recorded, expected), run)
        final = recorded.final(expected)
        self.blame(judging.lost(self.final, final), run)
        self.final = final
        if leaves:
            self.blame(self.place.left_behind(), run)
        unknown = sum(judging.is_unknown(one) for one in recorded.cells.values())
        if unknown:
            self.count("cells that were not judged", unknown)
        return recorded

    def converge(self):
        """The disturbance is gone: `run --resume`, or a new run with `--reuse`, gives the undisturbed verdicts."""
        recorded = judging.Recorded(self.place.database)
        resumable = recorded.run and (
            recorded.state != "finished" or recorded.unconfirmed
            or judging.whole(recorded.cells, self.yardstick.cells))
        if resumable and self.random.random() < 0.7:
            run, how = self.place.start(["run", "--resume"]), "resumed"
        elif self.random.random() < 0.7:
            run, how = self.place.start(["run", "--reuse"] + self.patterns), "run with --reuse"
            self.final = {}
        else:
            run, how = self.place.start(["run"] + self.patterns), "run anew"
            self.final = {}
        run.wait()
        self.note("%s: %s" % (how, run.how()))
        now = self.look(run)
        self.blame(judging.whole(now.cells, self.yardstick.cells), run)
        if now.state != "finished":
            self.blame(["the last run is %s" % now.state], run)
        if run.code != (0 if self.patterns == project.KNOWN else 1):
            self.blame(["the last run ended with exit code %s" % run.code], run)
