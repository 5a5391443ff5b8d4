"""A history that is really run, and whether the report tells it right: `make test-history`.

Interpreters, HPy versions, scenarios and a runtime that is missing change from night to night, by what stands in the
project's files; nothing is written into the database but by `hpy-conform nightly`. Needs the runtimes of
`make runtimes-all`.
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUITES = ["context", "deallocation"]


class Project:
    def __init__(self, folder, command, runtimes):
        self.folder, self.command, self.runtimes = folder, command, runtimes
        for suite in SUITES:
            shutil.copytree(os.path.join(TOP, "Suites", suite), os.path.join(folder, "Suites", suite))
        self.problems = []

    def python(self, name):
        for program in ("python", "pypy3"):
            path = os.path.join(self.runtimes, name, "bin", program)
            if os.access(path, os.X_OK):
                return path
        sys.exit("no %s in %s: create it with `make runtimes-all`" % (name, self.runtimes))

    def configure(self, **runtimes):
        """Which interpreter goes by which name from now on."""
        with open(os.path.join(self.folder, "hpy-conform.toml"), "w") as file:
            for name, interpreter in runtimes.items():
                file.write('[[runtime]]\nname = "%s"\ninterpreter = "%s"\noptional = true\n' % (
                    name.replace("_", "-"), interpreter))

    def edit(self, path, old, new):
        path = os.path.join(self.folder, "Suites", path)
        with open(path) as file:
            text = file.read()
        if old not in text:
            sys.exit("%s no longer has %r" % (path, old))
        with open(path, "w") as file:
            file.write(text.replace(old, new, 1))

    def nightly(self, title, code, changes, *arguments):
        """Runs a night; `changes` are counts of cells that the report must have, None for at least one."""
        done = subprocess.run([self.command, "nightly", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True)
        with open(os.path.join(self.folder, "Results", "nightly", "report.json")) as file:
            report = json.load(file)
        seen = self.changes(report)
        print("%s\n  exit code %d: %s" % (title, done.returncode, report["headline"]["text"]))
        for line in report["headline"]["details"] + report["notes"]:
            print("  " + line)
        print("  " + ", ".join("%d %s" % (count, name) for name, count in sorted(seen.items())), flush=True)
        if done.returncode != code:
            print(done.stdout)
        self.check(title, "exit code", done.returncode, code)
        for name, count in changes.items():
            if count is None:
                self.check(title, "some " + name, seen[name] > 0, True)
            else:
                self.check(title, name, seen[name], count)
        return report

    def changes(self, report):
        """How many cells changed in which way, without those of which no two nights need say the same."""
        flickering = self.flickering()
        return collections.Counter(
            cell["change"] for suite in report["suites"] for case in suite["cases"] for scenario in case["scenarios"]
            if "/".join((suite["name"], case["name"], scenario["name"])) not in flickering
            for cell in scenario["cells"])

    def flickering(self):
        """The scenarios that have answers of which the ledger knows that they come and go."""
        found = set()
        for suite in SUITES:
            with open(os.path.join(self.folder, "Suites", suite, "ledger.toml")) as file:
                entries = file.read().split("[[cause.place]]")[1:]
            for entry in entries:
                if re.search("^flickers = true$", entry, re.M):
                    names = re.search(r"^scenario = (\[[^]]*\]|.*)$", entry, re.M).group(1)
                    found.update("%s/%s" % (suite, name) for name in re.findall('"([^"]*)"', names))
        return found

    def check(self, title, what, found, expected):
        if found != expected:
            self.problems.append("%s: %s is %r, expected %r" % (title, what, found, expected))


ALARMS = ["new divergence", "newly crashing", "worse", "no longer built", "newly unsupported", "environment broken"]


def quiet(**more):
    """Nothing to be alarmed by."""
    return dict({name: 0 for name in ALARMS}, **more)


def tell(project):
    reference, other = project.python("cpython-3.11"), project.python("cpython-3.12")
    pypy, old_pypy = project.python("pypy-7.3.19"), project.python("pypy-7.3.11")
    project.configure(cpython=reference, pypy=pypy)
    project.nightly("1 the first night", 0, quiet())
    project.nightly("2 nothing changed", 0, quiet(added=0, fixed=0))

    project.configure(cpython=other, pypy=pypy)
    report = project.nightly("3 another CPython", 0, quiet())
    changed = [runtime["changed"] for runtime in report["run"]["runtimes"] if runtime["name"] == "cpython"][0]
    project.check("3", "the change is named", any("3.11.2 → " in text for text in changed), True)

    project.configure(cpython=other, pypy=old_pypy)
    report = project.nightly("4 a PyPy with another HPy", 1, {"newly unsupported": None})
    lost = [entry for entry in report["entries"] if entry["change"] == "newly unsupported"]
    project.check("4", "the HPy is named", any("0.0.4" in text for entry in lost
                                               for text in entry["since"]["changed"]), True)
    project.nightly("5 still without", 0, quiet())

    project.configure(cpython=other, pypy=pypy)
    project.nightly("6 the PyPy is back", 0, quiet(**{"newly supported": None}))

    project.edit("deallocation/destroy-order/hpy.c", "HPyDef_SLOT", "HPyDef_SLOTTED")
    report = project.nightly("7 C that does not compile", 1, {"changed": None, "no longer built": 0})
    project.edit("deallocation/destroy-order/hpy.c", "HPyDef_SLOTTED", "HPyDef_SLOT")
    project.nightly("8 and is mended", 0, quiet(**{"changed": None}))

    # A case that the ledger says nothing of: else the ledger would have to change with it.
    case, aside = os.path.join(project.folder, "Suites", "context", "constants"), os.path.join(project.folder, "aside")
    shutil.move(case, aside)
    project.nightly("9 a case is gone", 0, quiet(removed=None))
    shutil.move(aside, case)
    project.nightly("10 and comes back", 0, quiet(added=None))

    project.configure(cpython=other, pypy="/nonexistent/pypy3")
    report = project.nightly("11 a runtime is missing", 69, {"not run": None})
    project.check("11", "the reason is told", "/nonexistent/pypy3" in " ".join(report["run"]["missing"]), True)

    project.configure(cpython=other, pypy=pypy)
    os.environ["XDG_CACHE_HOME"] = cache = os.path.join(project.folder, "cache")
    path = os.environ["PATH"]
    for number, message, changes in (
            ("12a the compiler is killed", "gcc: fatal error: Killed signal terminated program cc1",
             {"environment broken": None, "new divergence": 0, "no longer built": 0}),
            ("12b the compiler's disk is full", "cc1: fatal error: error writing to x.s: No space left on device", {})):
        os.environ["PATH"] = compiler_that_fails(project.folder, message) + ":" + path
        report = project.nightly(number, 69, changes, "--series", "other")
        project.check(number, "level", report["headline"]["level"], "environment")
    project.check("12b", "the reason is told", "No space left" in report["headline"]["details"][0], True)
    os.environ["PATH"] = path
    shutil.rmtree(cache)
    project.nightly("13 and is not", 0, quiet())
    report = project.nightly("14 part of it", 0, quiet(**{"not run": None}), "context")
    project.check("14", "runs of the series", len(report["timeline"]), 13)
    return report


def compiler_that_fails(folder, message):
    tools = os.path.join(folder, "tools")
    os.makedirs(tools, exist_ok=True)
    with open(os.path.join(tools, "gcc"), "w") as file:
        file.write('#!/bin/sh\ncase "$*" in *-c*) echo "%s" >&2; exit 1;; esac\nexec /usr/bin/gcc "$@"\n' % message)
    os.chmod(os.path.join(tools, "gcc"), 0o755)
    return tools


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default=os.path.join(TOP, ".build/release/hpy-conform"))
    parser.add_argument("--runtimes", default=os.path.join(TOP, ".runtimes"))
    parser.add_argument("--keep", metavar="FOLDER", help="leave the project and its reports there")
    options = parser.parse_args()
    folder = options.keep or tempfile.mkdtemp(prefix="history-")
    os.makedirs(folder, exist_ok=True)
    try:
        project = Project(os.path.abspath(folder), os.path.abspath(options.command), os.path.abspath(options.runtimes))
        tell(project)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    for problem in project.problems:
        print("WRONG: " + problem)
    return 1 if project.problems else 0


if __name__ == "__main__":
    sys.exit(main())
