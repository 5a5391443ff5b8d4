"""What a run of hpy-conform and a run of HPy's tests say about one HPy; kept, so that nothing is measured twice."""
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from building import HARNESS_FAILED, VERSION, Trouble, read, say, write

SHORT_RUN_CASES = 1
RAN = "completed|expectation failed|raised|crashed|exited|timed out|limit exceeded"  # Outcomes of what was loaded.
NEW_LIMIT = 50  # With so many new cells a run ends: a fault that makes each cell eat its limits takes an hour else.


def verdict_of(database, code):
    """What a run's database says: {noticed, cells, scenarios, cases, detail}; noticed is None if the harness failed.

    `cases` are those with new cells, the quickest first."""
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
    if not any(re.match(RAN, outcome) and re.search("@(cpython|universal)", name) for name, outcome, _ in cells):
        return {"noticed": None, "detail": "HPy's lanes are gone"}
    lost = [name for name, outcome, _ in cells if outcome == "worker lost"]
    if not new and lost:
        return {"noticed": None, "detail": "%d workers lost, nothing else" % len(lost)}
    flaky = [name for name, _, verdict in cells if verdict == "flaky"]
    return {"noticed": bool(new), "cells": len(new), "of": len(cells), "scenarios": [name for name, _ in new],
            "cases": sorted(set(case for _, case in new), key=lambda case: (seconds.get(case, 0), case)),
            "flaky": flaky}


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


class Ours:
    """Runs of hpy-conform on an HPy."""

    def __init__(self, options, hpy, verdicts):
        self.options, self.verdicts = options, verdicts
        self.content = content_of([options.command, options.suites])
        self.built = hashlib.sha256(hpy.identity.encode()).hexdigest()[:8]

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
        chosen = self.options.patterns or cases
        key = " ".join(["ours", name, self.built, self.content, str(number)] + chosen)
        if key in self.verdicts.known:
            return self.verdicts.known[key]
        started = time.time()
        database = os.path.join(self.options.work, "ours.sqlite")
        for path in glob.glob(database + "*"):
            os.unlink(path)
        done = subprocess.run(
            [self.options.command, "run", "--runtime", python, "--suites", self.options.suites, "--db", database,
             "--cache", os.path.join(self.options.work, "cache"), "--max-new", str(NEW_LIMIT)] + chosen,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=os.path.dirname(self.options.suites))
        write(os.path.join(self.options.work, "ours.log"), done.stdout)
        if done.returncode == 130 or done.returncode < 0:
            # Somebody stopped it; that says nothing about the fault, and is not kept.
            raise Trouble("hpy-conform was stopped (exit code %d) with %s: say the same command again" % (
                done.returncode, name), HARNESS_FAILED)
        return self.verdicts.keep(key, dict(verdict_of(database, done.returncode),
                                            seconds=round(time.time() - started, 1)))


class Reference:
    """Runs of HPy's own tests on an HPy. They compile against what is installed: headers and static libraries."""

    def __init__(self, options, hpy, verdicts):
        self.options, self.hpy, self.verdicts = options, hpy, verdicts
        self.built = hashlib.sha256(hpy.identity.encode()).hexdigest()[:8]
        self.folder = os.path.join(options.work, "reference")

    def pytest(self, python, extra, limit):
        """(exit code, output); the exit code is None if they took too long."""
        if not os.path.exists(os.path.join(self.folder, "complete")):
            # Apart from HPy's sources, which else would be imported instead of the installed HPy.
            shutil.rmtree(self.folder, ignore_errors=True)
            for part in ("test", "docs"):
                shutil.copytree(os.path.join(self.hpy.source, part), os.path.join(self.folder, part))
            write(os.path.join(self.folder, "complete"), b"")
        process = subprocess.Popen(
            [python, "-m", "pytest", "test", "-q", "-p", "no:cacheprovider", "-n", "2"] + extra, cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
        try:
            output = process.communicate(timeout=limit)[0].decode("utf-8", "replace")
            return process.returncode, output
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return None, "timed out"
            raise

    def failing(self):
        """{tests: those that fail on the unchanged HPy, passed: how many pass}."""
        key = "failing %s" % self.built
        if key not in self.verdicts.known:
            say("HPy's tests on the unchanged HPy, once")
            code, output = self.pytest(os.path.join(self.hpy.python, "bin", "python"), ["-rfE"], 3600)
            if code not in (0, 1):
                raise Trouble("HPy's tests don't run on the unchanged HPy (exit code %s):\n%s" % (code, output[-1500:]))
            passed = re.search(r"\b(\d+) passed", output)
            self.verdicts.keep(key, {"tests": failures(output), "passed": int(passed.group(1)) if passed else 0})
        return self.verdicts.known[key]

    def known_failing(self):
        return self.verdicts.known.get("failing %s" % self.built)

    def measure(self, name, python):
        """{noticed, first, seconds}, or None if they are not to be run and it isn't known."""
        key = "reference %s %s" % (name, self.built)
        if key in self.verdicts.known or self.options.no_reference:
            return self.verdicts.known.get(key)
        extra = ["-x"] + [word for test in self.failing()["tests"] for word in ("--deselect", test)]
        started = time.time()
        code, output = self.pytest(python, extra, self.options.reference_timeout)
        if code in (130, -signal.SIGINT, -signal.SIGTERM):
            raise Trouble("HPy's tests were stopped with %s: say the same command again" % name, HARNESS_FAILED)
        write(os.path.join(self.options.work, "reference.log"), output.encode())
        first = "timed out" if code is None else (failures(output) or ["exit code %s" % code])[0]
        return self.verdicts.keep(key, {"noticed": code != 0, "first": None if code == 0 else first,
                                        "seconds": round(time.time() - started, 1)})


def failures(output):
    """Ids of tests; they may have blanks in brackets."""
    return sorted(set(re.findall(r"^(?:FAILED|ERROR) (test/\S+?(?:\[.*?\])?)(?: - .*)?$", output, re.M)))
