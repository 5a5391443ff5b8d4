"""How many single-point faults seeded into HPy's or CPython's C does hpy-conform notice, and how many their own tests?

See README.md here. CPython 3.8 or later; `make sensitivity SEED=…` makes what it needs.
"""
import argparse
import fcntl
import os
import shutil
import sys

import mutation
from common import (CONTROL_NOTICED, DONE, HARNESS_FAILED, INTERRUPTED, NOT_PREPARED, USAGE, NotSeeded, Trouble,
                    remove, say, write)
from cpython_target import CPython
from hpy_target import HPy
from measuring import Ours, Verdicts
from references import CPythonTests, HPyTests
from reporting import Measured, as_json, as_markdown, equivalents

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TARGETS = {"hpy": (HPy, HPyTests), "cpython": (CPython, CPythonTests)}


def arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", choices=sorted(TARGETS), default="hpy", help="where faults are seeded (default: hpy)")
    parser.add_argument("--seed", help="any word or number; below 1000 for development")
    parser.add_argument("-n", type=int, default=20, help="how many faults")
    parser.add_argument("--only", metavar="AREA|FILE|GROUP|FUNCTION", help="draw from one place; areas of %s" % "; of ".join(
                            "%s: %s" % (name, ", ".join(sorted(target.areas))) for name, (target, _) in TARGETS.items()))
    parser.add_argument("--list", action="store_true", help="list all sites, also those that compile to the same object")
    parser.add_argument("--show", metavar="FAULT", help="a fault as a diff")
    parser.add_argument("--make", metavar="FAULT", help="make an interpreter with the fault, and print its path")
    parser.add_argument("--runs", type=int, default=1, help="our runs of a detected fault; all must detect it")
    parser.add_argument("--control-runs", type=int, help="our runs of a control (default: as many as --runs)")
    parser.add_argument("--no-reference", action="store_true", help="don't run the target's tests; use stored results")
    parser.add_argument("--reference-timeout", type=float, default=1800, help="seconds that the target's tests may take")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    parser.add_argument("--command", default=os.path.join(TOP, ".build/release/hpy-conform"))
    parser.add_argument("--suites", default=os.path.join(TOP, "Suites"))
    parser.add_argument("--equivalent", help="default: the target's, beside this file")
    parser.add_argument("--work", help="default: .cache/sensitivity, for cpython .cache/sensitivity/cpython")
    parser.add_argument("--interpreter", default=os.path.join(TOP, ".runtimes/cpython-3.11/bin/python"))
    parser.add_argument("patterns", nargs="*", help="for development: SUITE/CASE instead of all suites")
    options = parser.parse_args(words)
    target = TARGETS[options.target][0]
    options.equivalent = options.equivalent or os.path.join(HERE, target.equivalents)
    options.work = options.work or os.path.join(TOP, ".cache/sensitivity", "" if options.target == "hpy" else options.target)
    for name in ("work", "command", "suites", "equivalent", "interpreter"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    options.looks = bool(options.list or options.show or options.make)
    if not options.looks and options.seed is None:
        raise Trouble("no seed: say --seed SEED (make sensitivity SEED=…)", USAGE)
    for name, value in (("-n", options.n), ("--runs", options.runs), ("--control-runs", options.control_runs)):
        if value is not None and value < 1:
            raise Trouble("%s %d: expected 1 or more" % (name, value), USAGE)
    if not options.looks:
        if not os.access(options.command, os.X_OK) or os.path.isdir(options.command):
            raise Trouble("no command %s: `make build` makes it, or say --command" % options.command)
        if not os.path.isdir(options.suites):
            raise Trouble("no folder %s: say --suites" % options.suites)
    return options


def look(options, target, by_id, texts):
    """--list, --show and --make."""
    if options.list:
        for fault in by_id.values():
            print("%s %s:%d %s, %s: %s" % (fault.id, fault.file, fault.line, fault.function, fault.operator,
                                           fault.original.split(b"\n")[0].decode()))
        return
    fault = by_id.get(options.show or options.make)
    if fault is None:
        raise Trouble("no fault %s: --list shows the ids" % (options.show or options.make), USAGE)
    text = texts[fault.file][1]
    if options.show:
        print(mutation.diff(text, fault), end="")
        return
    try:
        print(target.faulted(fault.id, fault.file, mutation.seeded(text, fault), to="made"))
    except NotSeeded as reason:
        raise Trouble("%s is passed over, as are all that %s; --list shows others" % (
            fault.id, target.passed_over[str(reason)]), USAGE)


def measure_controls(target, ours, reference, measured):
    for name, python in target.controls():
        verdict = ours.control(name, python)
        if verdict["noticed"] is None:
            raise Trouble("%s: the harness failed: %s" % (name, verdict["detail"]), HARNESS_FAILED)
        if verdict["noticed"]:
            raise Trouble("%s was detected, but it is not a fault: %s" % (name, ", ".join(verdict["scenarios"][:5])),
                          CONTROL_NOTICED)
        say("%s: not detected in %d runs" % (name, verdict["runs"]))
        measured.controls[name] = verdict["runs"]
        # What fails without a fault is left out, so the tests pass by definition.
        theirs = None if name == "control-unchanged" else reference.measure(name, python)
        if theirs and theirs["noticed"]:
            raise Trouble("%s fails %s: %s" % (name, target.their_tests, theirs["first"]), CONTROL_NOTICED)


def measure_faults(options, target, groups, ours, reference, measured):
    verdicts, known = ours.verdicts, ours.verdicts.known
    for group, fault in mutation.draws(groups, options.seed):
        if len(measured.rows) == options.n:
            return
        passed = "passed over %s %s" % (fault.id, ours.built)
        python, folder = None, os.path.join(options.work, "faults", fault.id)
        if passed not in known:
            try:
                python = target.faulted(fault.id, fault.file, mutation.seeded(measured.texts[fault.file][1], fault))
            except NotSeeded as reason:
                verdicts.keep(passed, {"why": str(reason)})
        if passed in known:
            measured.passed[known[passed]["why"]] += 1
            continue
        row = {"fault": fault, "group": group, "ours": ours.measure(fault.id, python),
               "reference": reference.measure(fault.id, python)}
        measured.rows.append(row)
        remove(folder)
        say("%d %s %s:%d %s, %s: ours %s in %d runs, theirs %s" % (
            len(measured.rows), fault.id, fault.file, fault.line, fault.function, fault.operator,
            row["ours"]["noticed"], row["ours"]["runs"], row["reference"] and row["reference"]["noticed"]))
    say("only %d faults are available, %d were requested" % (len(measured.rows), options.n))


def locked(work):
    """Two at once would spoil each other's runs."""
    file = open(os.path.join(work, "lock"), "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Trouble("another run is at work in %s: wait for it, or say --work FOLDER" % work)
    return file


def main():
    options = arguments()
    make_target, make_reference = TARGETS[options.target]
    try:
        os.makedirs(options.work, exist_ok=True)
        write(os.path.join(options.work, "writable"), b"")
    except OSError as error:
        raise Trouble("the work folder can't be written: %s" % error)
    if not shutil.which("gcc"):
        raise Trouble("no C compiler: gcc is not on PATH")
    target = make_target(options.work, options.interpreter)
    target.prepare()
    texts, parse, sites, groups = target.texts(), mutation.parser(), {}, {}
    for file, (group, text) in texts.items():
        for fault in mutation.faults(text, file, target.version, parse):
            if not target.seedable(fault.function, file):
                continue
            sites[fault.id] = fault
            if (options.only in (None, group, file, os.path.basename(file), fault.function)
                    or fault.function in target.areas.get(options.only, ())):
                groups.setdefault(group, []).append(fault)
    absent = target.expected(options.only) - {fault.function for fault in sites.values()}
    if absent:
        raise Trouble("%s has no sites in %s; correct the functions of %s" % (
            target, ", ".join(sorted(absent)), options.only or "its files"), USAGE)
    if not groups:
        raise Trouble("--only %s: no such area, file, group or function with sites; --list shows them" % options.only, USAGE)
    if options.looks:
        chosen = {fault.id: fault for faults in groups.values() for fault in faults} if options.list else sites
        look(options, target, chosen, texts)
        return DONE
    measured = Measured(target, options.seed, options.runs, texts, equivalents(options.equivalent, sites, target))
    with locked(options.work):
        verdicts = Verdicts(os.path.join(options.work, "verdicts.jsonl"))
        ours, reference = Ours(options, target, verdicts), make_reference(options, target, verdicts)
        measure_controls(target, ours, reference, measured)
        measure_faults(options, target, groups, ours, reference, measured)
    measured.failing = reference.known_failing()
    print((as_json if options.format == "json" else as_markdown)(measured))
    return HARNESS_FAILED if any(r["ours"]["noticed"] is None for r in measured.rows) else DONE


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        say("sensitivity: %s" % trouble)
        sys.exit(trouble.code)
    except BrokenPipeError:  # As `--list | head` does; nothing is left to be said on closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        say("sensitivity: interrupted; run the same command again to continue")
        sys.exit(INTERRUPTED)
