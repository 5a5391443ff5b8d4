"""Runs of hpy-conform on a machine that fails in every way, for as long as you like: `make soak SECONDS=600 SEED=7`.

Each round disturbs runs of a miniature project in one way. Whatever happens, no cell may get another verdict than
undisturbed, but "not judged"; nothing that was final may be lost; nothing may live on; and when the disturbance is gone,
the run has to come to the undisturbed verdicts. A line for each round; a failed one says how to repeat it, and keeps its
files.

Exit codes: 0 all is well, 1 a round failed, 2 usage, 4 something is missing, 130 interrupted.
"""
import argparse
import collections
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import disturbances
import hostile
import machine
import running

KINDS = {
    "kill": disturbances.kill, "kill-child": disturbances.kill_child, "disk": disturbances.disk,
    "processes": disturbances.processes, "descriptors": disturbances.descriptors, "memory": disturbances.memory,
    "hostile": hostile.hostile,
}
MOUNTS_VARIABLE = "HPY_SOAK_HAS_MOUNTS"


class Soak:
    """Rounds of several kinds, and the counts of what came of them."""

    def __init__(self, bench, seed, say=print):
        self.bench, self.seed, self.say = bench, seed, say
        self.results = {}  # kind -> Counter of ok, FAILED, skipped
        self.counts = collections.Counter()
        self.seconds = collections.Counter()
        self._lock = threading.Lock()

    def round(self, kind, number):
        """Whether all was well, or the kind is not possible here."""
        one = running.Round(self.bench, kind, number, self.seed)
        began = time.monotonic()
        result = "ok"
        try:
            KINDS[kind](one)
        except running.Skipped as reason:
            result = "skipped"
            one.note("skipped: %s" % reason)
        except Exception:
            one.problems.append("the soak itself failed: " + traceback.format_exc())
        finally:
            if one.place is not None:
                one.place.end()
        if one.problems:
            result = "FAILED"
        with self._lock:
            self._tell(one, result, time.monotonic() - began)
        if not one.problems and one.place is not None:
            one.place.remove()
        return not one.problems

    def _tell(self, one, result, took):
        self.results.setdefault(one.kind, collections.Counter())[result] += 1
        self.seconds[one.kind] += took
        for what, count in one.counts.items():
            self.counts["%s: %s" % (one.kind, what)] += count
        self.say("seed %s %s round %d: %s: %s (%.1f s)" % (
            self.seed, one.kind, one.number, "; ".join(one.done), result, took))
        if one.problems:
            for problem in one.problems:
                self.say("    " + problem.replace("\n", "\n    "))
            self.say("    repeat it: --seed %s --only %s --round %d" % (self.seed, one.kind, one.number))
            self.say("    project: %s; database and caches: %s" % (self.bench.project, one.place and one.place.folder))

    @property
    def failed(self):
        return sum(one["FAILED"] for one in self.results.values())

    def summary(self):
        for kind in sorted(self.results):
            self.say("%s: %s; %.0f s" % (kind, ", ".join(
                "%d %s" % (count, result) for result, count in sorted(self.results[kind].items())), self.seconds[kind]))
        for what, count in sorted(self.counts.items()):
            self.say("  %s: %d" % (what, count))


def interpreters(named, top):
    if named:
        return [os.path.abspath(one) for one in named]
    path = os.path.join(top, ".runtimes", "cpython-3.11", "bin", "python")
    return [path]


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--command", required=True, help="the built hpy-conform")
    parser.add_argument("--seconds", type=float, help="begin no new round after this time (default: 60, or --rounds)")
    parser.add_argument("--rounds", type=int, metavar="N", help="at most this many rounds of each kind")
    parser.add_argument("--round", type=int, metavar="R", help="run only this round, to repeat it")
    parser.add_argument("--seed", type=int, help="default: a random seed, which is printed")
    parser.add_argument("--only", nargs="+", choices=sorted(KINDS), metavar="KIND", help=", ".join(sorted(KINDS)))
    parser.add_argument("--interpreter", action="append", help="default: .runtimes/cpython-3.11")
    parser.add_argument("--work", help="folder for projects and databases (default: a temporary one)")
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds %d: expected 1 or more" % options.rounds)
    if options.seconds is None and options.rounds is None:
        options.seconds = 60.0
    if options.seed is None:
        options.seed = int.from_bytes(os.urandom(4), "big")
    return options


def open_bench(command, named, work=None, is_quick=False):
    """Raises running.Trouble where something is missing."""
    command = os.path.abspath(command)
    if not os.access(command, os.X_OK):
        raise running.Trouble("%s can't be run: `make build` makes it" % command)
    paths = interpreters(named, TOP)
    for path in paths:
        if not os.access(path, os.X_OK):
            raise running.Trouble("%s can't be run: `make runtimes` makes the usual one" % path)
    if work:
        os.makedirs(work, exist_ok=True)
    machine.remove_groups_of_dead()
    return running.Bench(command, tempfile.mkdtemp(prefix="soak-", dir=work), paths, is_quick)


def main(arguments):
    options = parse(arguments)
    machine.enter_namespace_of_mounts([sys.executable, "-B", os.path.abspath(__file__)] + arguments, MOUNTS_VARIABLE)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        bench = open_bench(options.command, options.interpreter, options.work)
    except (running.Trouble, OSError) as error:
        print("soak: %s" % error, file=sys.stderr)
        return 4
    soak = Soak(bench, options.seed, say=lambda text: print(text, flush=True))
    code = 130
    try:
        rounds(soak, options)
        code = 1 if soak.failed else 0
    except running.Trouble as error:
        print("soak: %s" % error, file=sys.stderr)
        code = 4
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    finally:
        hostile.close()
    soak.summary()
    if not soak.failed:
        shutil.rmtree(bench.folder, ignore_errors=True)
    return code


def rounds(soak, options):
    kinds = options.only or list(KINDS)
    if options.round is not None:
        for kind in kinds:
            soak.round(kind, options.round)
        return
    limit = None if options.seconds is None else time.monotonic() + options.seconds
    number = 0
    while options.rounds is None or number < options.rounds:
        for kind in kinds:
            if limit is not None and time.monotonic() > limit:
                return
            soak.round(kind, number)
        number += 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
