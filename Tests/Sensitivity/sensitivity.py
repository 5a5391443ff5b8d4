"""How many single-point faults seeded into HPy's C does hpy-conform notice, and how many HPy's own tests?

See README.md here. CPython 3.8 or later; `make sensitivity SEED=…` makes what it needs.
"""
import argparse
import fcntl
import os
import sys

import mutation
from building import (AREAS, CONTROL_NOTICED, DONE, HARNESS_FAILED, INTERRUPTED, NOT_PREPARED, PASSED_OVER, RUNTIME,
                      USAGE, VERSION, HPy, NotSeeded, Trouble, read, remove, say)
from measuring import Ours, Reference, Verdicts
from reporting import Measured, as_json, as_markdown, equivalents

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def controls(hpy):
    """Changes that are no faults."""
    yield "control-unchanged", os.path.join(hpy.python, "bin", "python")
    file = RUNTIME + "ctx_type.c"
    text = read(os.path.join(hpy.source, file))
    yield "control-comment", hpy.faulted("control-comment", file, text + b"\n/* nothing changes */\n")
    yield "control-optimisation", hpy.faulted("control-optimisation", file, text, ["-O1"])


def arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", help="any word or number; below 1000 for development")
    parser.add_argument("-n", type=int, default=20, help="how many faults")
    parser.add_argument("--only", metavar="AREA|FILE|GROUP|FUNCTION", help="draw from one place; areas: %s" % ", ".join(AREAS))
    parser.add_argument("--list", action="store_true", help="list all sites, also those that compile to the same object")
    parser.add_argument("--show", metavar="FAULT", help="a fault as a diff")
    parser.add_argument("--make", metavar="FAULT", help="make an interpreter with the fault, and print its path")
    parser.add_argument("--runs", type=int, default=1, help="our runs of a detected fault; all must detect it")
    parser.add_argument("--control-runs", type=int, help="our runs of a control (default: as many as --runs)")
    parser.add_argument("--no-reference", action="store_true", help="don't run HPy's tests; use stored results")
    parser.add_argument("--reference-timeout", type=float, default=1800, help="seconds that HPy's tests may take")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    parser.add_argument("--command", default=os.path.join(TOP, ".build/release/hpy-conform"))
    parser.add_argument("--suites", default=os.path.join(TOP, "Suites"))
    parser.add_argument("--equivalent", default=os.path.join(HERE, "equivalent.toml"))
    parser.add_argument("--work", default=os.path.join(TOP, ".cache/sensitivity"))
    parser.add_argument("--interpreter", default=os.path.join(TOP, ".runtimes/cpython-3.11/bin/python"))
    parser.add_argument("patterns", nargs="*", help="for development: SUITE/CASE instead of all suites")
    options = parser.parse_args(words)
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


def look(options, hpy, by_id, texts):
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
        print(hpy.faulted(fault.id, fault.file, mutation.seeded(text, fault), to="made"))
    except NotSeeded as reason:
        raise Trouble("%s is passed over, as are all that %s; --list shows others" % (
            fault.id, PASSED_OVER[str(reason)]), USAGE)


def measure_controls(hpy, ours, reference, measured):
    for name, python in controls(hpy):
        verdict = ours.control(name, python)
        if verdict["noticed"] is None:
            raise Trouble("%s: the harness failed: %s" % (name, verdict["detail"]), HARNESS_FAILED)
        if verdict["noticed"]:
            raise Trouble("%s was detected, but it is not a fault: %s" % (name, ", ".join(verdict["scenarios"][:5])),
                          CONTROL_NOTICED)
        say("%s: not detected in %d runs" % (name, verdict["runs"]))
        measured.controls[name] = verdict["runs"]
        # What fails on the unchanged HPy is left out, so its tests pass by definition.
        theirs = None if name == "control-unchanged" else reference.measure(name, python)
        if theirs and theirs["noticed"]:
            raise Trouble("%s fails HPy's tests: %s" % (name, theirs["first"]), CONTROL_NOTICED)


def measure_faults(options, hpy, groups, ours, reference, measured):
    verdicts, known = ours.verdicts, ours.verdicts.known
    for group, fault in mutation.draws(groups, options.seed):
        if len(measured.rows) == options.n:
            return
        passed = "passed over %s %s" % (fault.id, ours.built)
        python, folder = None, os.path.join(options.work, "faults", fault.id)
        if passed not in known:
            try:
                python = hpy.faulted(fault.id, fault.file, mutation.seeded(measured.texts[fault.file][1], fault))
            except NotSeeded as reason:
                verdicts.keep(passed, {"why": str(reason)})
        if passed in known:
            measured.passed[known[passed]["why"]] += 1
            continue
        row = {"fault": fault, "group": group, "ours": ours.measure(fault.id, python),
               "reference": reference.measure(fault.id, python)}
        measured.rows.append(row)
        remove(folder)
        say("%d %s %s:%d %s, %s: ours %s in %d runs, HPy's %s" % (
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
    hpy = HPy(options.work, options.interpreter)
    hpy.prepare()
    texts, parse, sites, groups = hpy.texts(), mutation.parser(), {}, {}
    for file, (group, text) in texts.items():
        for fault in mutation.faults(text, file, VERSION, parse):
            sites[fault.id] = fault
            if (options.only in (None, group, file, os.path.basename(file), fault.function)
                    or fault.function in AREAS.get(options.only, ())):
                groups.setdefault(group, []).append(fault)
    absent = AREAS.get(options.only, frozenset()) - {fault.function for fault in sites.values()}
    if absent:
        raise Trouble("area %s: HPy %s has no sites in %s; correct AREAS in building.py" % (
            options.only, VERSION, ", ".join(sorted(absent))), USAGE)
    if not groups:
        raise Trouble("--only %s: no such area, file, group or function with sites; --list shows them" % options.only, USAGE)
    if options.looks:
        chosen = {fault.id: fault for faults in groups.values() for fault in faults} if options.list else sites
        look(options, hpy, chosen, texts)
        return DONE
    measured = Measured(options.seed, options.runs, texts, equivalents(options.equivalent, sites))
    with locked(options.work):
        verdicts = Verdicts(os.path.join(options.work, "verdicts.jsonl"))
        ours, reference = Ours(options, hpy, verdicts), Reference(options, hpy, verdicts)
        measure_controls(hpy, ours, reference, measured)
        measure_faults(options, hpy, groups, ours, reference, measured)
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
