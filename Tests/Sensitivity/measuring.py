"""What hpy-conform says about one interpreter with a fault; kept, so that nothing is measured twice."""
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time

from common import CONTROL_NOTICED, HARNESS_FAILED, Trouble, read, say, write

SHORT_RUN_CASES = 1
RAN = "completed|expectation failed|raised|crashed|exited|timed out|limit exceeded"  # Outcomes of what was loaded.
# A fixed seed and budget of `explore`, with which nothing is new without a fault.
EXPLORE, EXPLORED = "explore", ["--seed", "20", "--count", "4000"]
NEW_LIMIT = 50  # With so many new cells a run ends: a fault that makes each cell eat its limits takes an hour else.


def verdict_of(database, code, lanes):
    """What a run's database says: {noticed, cells, scenarios, cases, detail}; noticed is None if the harness failed.

    `lanes` is a pattern: a run in which no cell of these ran says nothing. `cases` are those with new cells, the quickest first."""
    name = "suite || '/' || test_case || '/' || scenario || '@' || lane"
    try:
        connection = sqlite3.connect("file:%s?mode=ro" % os.path.abspath(database), uri=True)
        run, state = connection.execute("SELECT id, state FROM run ORDER BY id DESC LIMIT 1").fetchone()
        cells = connection.execute(
            "SELECT " + name + ", outcome, verdict FROM cell_result WHERE run_id = ? ORDER BY 1", (run,)).fetchall()
        new = connection.execute(
            "SELECT DISTINCT " + name + ", suite || '/' || test_case FROM cell_result "
            "JOIN finding USING (conclusion_id) WHERE run_id = ? AND finding.verdict = 'new' "
            "AND outcome <> 'worker lost' ORDER BY 1", (run,)).fetchall()
        seconds = dict(connection.execute(
            "SELECT suite || '/' || test_case, sum(attempt.seconds) FROM cell_result "
            "JOIN attempt USING (run_id, cell_id) WHERE run_id = ? GROUP BY 1", (run,)))
        connection.close()
    except (sqlite3.Error, TypeError) as error:
        return {"noticed": None, "detail": "exit code %s, database: %s" % (code, error)}
    # A run that was interrupted exits with another code, so this one ended by itself, behind so many new cells.
    ended = state == "finished" or (state == "interrupted" and code == 1 and 
                                   sum(verdict == "new" for _, _, verdict in cells) >= NEW_LIMIT)
    if not ended or code not in (0, 1) or not cells:
        return {"noticed": None, "detail": "exit code %s, run %s, %d cells" % (code, state, len(cells))}
    if not any(re.match(RAN, outcome) and re.search(lanes, name) for name, outcome, _ in cells):
        return {"noticed": None, "detail": "no cell of %s ran" % lanes}
    lost = [name for name, outcome, _ in cells if outcome == "worker lost"]
    if not new and lost:
        return {"noticed": None, "detail": "%d workers lost, nothing else" % len(lost)}
    flaky = [name for name, _, verdict in cells if verdict == "flaky"]
    return {"noticed": bool(new), "cells": len(new), "of": len(cells), "scenarios": [name for name, _ in new],
            "cases": sorted(set(case for _, case in new), key=lambda case: (seconds.get(case, 0), case)),
            "flaky": flaky}


def both(run, explore):
    """One verdict of a run's, if there was one, and of what `explore` said."""
    if run is None:
        return dict(explore, cases=[EXPLORE] if explore["noticed"] else [])
    if explore["noticed"] is None:
        # What the run noticed stays noticed.
        return run if run["noticed"] else explore
    if not explore["noticed"]:
        return run
    if not run["noticed"]:
        return dict(explore, cases=[EXPLORE])
    return dict(run, cells=run["cells"] + explore["cells"], scenarios=run["scenarios"] + explore["scenarios"])


def content_of(paths):
    """A digest of files, and of all in folders."""
    digest = hashlib.sha256()
    for path in paths:
        if os.path.isfile(path):
            digest.update(read(path))
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                if not name.endswith(".pyc"):
                    file = os.path.join(folder, name)
                    digest.update(os.path.relpath(file, path).encode() + b"\0" + read(file))
    return digest.hexdigest()[:16]


def remove_database(path):
    for file in glob.glob(path + "*"):
        os.unlink(file)


class Verdicts:
    """Entries by key, in a file that only grows; a later entry stands for an earlier one."""

    def __init__(self, path):
        self.path, self.known = path, {}
        if os.path.exists(path):
            content = read(path)
            for line in content.splitlines():
                try:
                    entry = json.loads(line)
                    self.known[entry["key"]] = entry
                except (ValueError, KeyError, TypeError):
                    pass  # The last line of a run that was killed.
            if content and not content.endswith(b"\n"):
                self.append(b"\n")

    def append(self, line):
        with open(self.path, "ab") as file:
            file.write(line)

    def keep(self, key, value):
        entry = dict(value, key=key)
        self.append(json.dumps(entry, sort_keys=True).encode() + b"\n")
        self.known[key] = entry
        return entry


def explored(output, code):
    """What the report of `explore` says, as `verdict_of`; its kinds stand for scenarios."""
    try:
        report = json.loads(output)
    except ValueError:
        report = None
    if code not in (0, 1) or not report or report["interrupted"]:
        return {"noticed": None, "detail": "explore: exit code %s" % code}
    new = sorted("explore: " + kind["kind"] for kind in report["new"])
    return {"noticed": bool(new), "cells": len(new), "scenarios": new, "cases": [], "flaky": []}


class Ours:
    """Runs of hpy-conform on a target: HPy or CPython with a fault."""

    def __init__(self, options, target, verdicts):
        self.options, self.verdicts, self.lanes = options, verdicts, target.lanes
        self.explores = target.explores and not options.patterns
        self.beside = target.beside()
        self.content = content_of([options.command, options.suites])
        self.built = hashlib.sha256(target.identity.encode()).hexdigest()[:8]

    def measure(self, name, python):
        """The verdict of the first run that doesn't notice; else of the first, with how many runs there were."""
        full = self.run(name, python, 0, [])
        if not full["noticed"]:
            return dict(full, runs=1)
        for number in range(1, self.options.runs):
            again = self.run(name, python, number, full["cases"][:SHORT_RUN_CASES])
            if not again["noticed"]:
                again = self.run(name, python, number, [])
            if not again["noticed"]:
                return dict(again, runs=number + 1)
        return dict(full, runs=self.options.runs)

    def control(self, name, python):
        """The verdict of the first run that doesn't pass; else of the last. All runs are full."""
        for number in range(self.options.control_runs or self.options.runs):
            verdict = self.run(name, python, number, [])
            if verdict["noticed"] is not False:
                break
        return dict(verdict, runs=number + 1)

    def run(self, name, python, number, cases):
        """The verdict of all suites, or of the cases that are named, and of `explore` where the target wants it."""
        chosen = self.options.patterns or cases
        asked = chosen + (EXPLORED if self.explores else [])
        key = " ".join(["ours", name, self.built, self.content, str(number)] + asked)
        if key in self.verdicts.known:
            return self.verdicts.known[key]
        started = time.time()
        database = os.path.join(self.options.work, "ours.sqlite")
        remove_database(database)
        verdict = None
        runtimes = ["--runtime", "faulty=" + python] + self.runtimes_beside()
        if chosen != [EXPLORE]:
            verdict = self.ran(name, database, runtimes + chosen)
        if self.explores and chosen in ([], [EXPLORE]):
            remove_database(database)
            code, output = self.call(name, database, ["explore", "--format", "json"] + EXPLORED + runtimes)
            verdict = both(verdict, explored(output, code))
            # What takes long is asked of faults that nothing else notices.
            if verdict["noticed"] is False and not chosen and self.nightly_cases():
                verdict = self.ran(name, database, runtimes + self.nightly_cases())
        return self.verdicts.keep(key, dict(verdict, seconds=round(time.time() - started, 1)))

    def ran(self, name, database, words):
        """The verdict of a run."""
        options = ["--quick", "--max-new", str(NEW_LIMIT)]
        if self.beside:
            # The answers of the interpreter without a fault are taken over, not run again.
            shutil.copy(self.answers_without_fault(), database)
            options.append("--reuse")
        code, _ = self.call(name, database, ["run"] + options + words)
        return verdict_of(database, code, self.lanes)

    def nightly_cases(self):
        """Cases that a run leaves out unless they are named; those of installed packages are about the packages."""
        found = []
        for file in sorted(glob.glob(os.path.join(self.options.suites, "*", "*", "case.toml"))):
            text = read(file).decode()
            if re.search("^nightly = true", text, re.M) and not re.search("^package = ", text, re.M):
                found.append("/".join(file.split(os.sep)[-3:-1]))
        return found

    def runtimes_beside(self):
        return ["--runtime", "unchanged=" + self.beside] if self.beside else []

    def answers_without_fault(self):
        """A database with a run of the interpreter beside, made once for these suites."""
        path = os.path.join(self.options.work, "unchanged-%s.sqlite" % self.content)
        if not os.path.exists(path):
            say("the suites without a fault, once")
            making = path + ".making"
            remove_database(making)
            codes = [self.call("no fault", making, ["run"] + self.runtimes_beside())[0]]
            if self.nightly_cases():
                codes.append(self.call("no fault", making, ["run"] + self.runtimes_beside() + self.nightly_cases())[0])
            if any(codes):
                raise Trouble("hpy-conform detects something without a fault (exit codes %s); run.log in %s has it" % (
                    codes, self.options.work), CONTROL_NOTICED)
            os.rename(making, path)
        return path

    def call(self, name, database, words):
        """(exit code, standard output) of hpy-conform."""
        done = subprocess.run(
            [self.options.command] + words[:1] + ["--suites", self.options.suites, "--db", database, "--cache",
             os.path.join(self.options.work, "cache")] + words[1:],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=os.path.dirname(self.options.suites))
        write(os.path.join(self.options.work, "%s.log" % words[0]), done.stderr + done.stdout)
        if done.returncode == 130 or done.returncode < 0:
            # Somebody stopped it; that says nothing about the fault, and is not kept.
            raise Trouble("hpy-conform was stopped (exit code %d) with %s: say the same command again" % (
                done.returncode, name), HARNESS_FAILED)
        return done.returncode, done.stdout
