"""How many single-point faults seeded into HPy's C does hpy-conform notice, and how many HPy's own tests?

See README.md here. CPython 3.8 or later; `make sensitivity SEED=…` makes what it needs.
"""
import argparse
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import mutation

VERSION = "0.9.0"
# Exit codes
DONE, USAGE, CONTROL_NOTICED, NOT_PREPARED, HARNESS_FAILED, INTERRUPTED = 0, 2, 3, 4, 5, 130

RUNTIME = "hpy/devel/src/runtime/"
GROUPS = dict([(name, [RUNTIME + name]) for name in (
    "ctx_type.c", "ctx_object.c", "ctx_module.c", "ctx_tracker.c", "ctx_capsule.c", "ctx_call.c", "argparse.c")], **{
        "misc.h": ["hpy/devel/include/hpy/cpython/misc.h"],
        "universal": ["hpy/universal/src/*.[ch]"],
        "debug": ["hpy/debug/src/*.[ch]"]})
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))


class Trouble(Exception):
    def __init__(self, message, code=NOT_PREPARED):
        Exception.__init__(self, message)
        self.code = code


def call(command, log=None, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if log:
        with open(log, "ab") as file:
            file.write(done.stdout)
    if done.returncode:
        raise Trouble("%s failed:\n%s" % (" ".join(command[:4]), done.stdout.decode("utf-8", "replace")[-1500:]))
    return done.stdout


def write(path, content):
    """A new file in place of the old: never through a hard link."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.replace(path + ".new", path)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def linked(source, to):
    shutil.copytree(source, to, symlinks=True, copy_function=os.link)


class HPy:
    """HPy built once, its commands recorded; and copies of it with a fault."""

    def __init__(self, work, interpreter):
        self.work, self.interpreter = work, os.path.abspath(interpreter)
        self.source, self.python = os.path.join(work, "src"), os.path.join(work, "python")

    def prepare(self):
        try:
            os.makedirs(self.work, exist_ok=True)
            write(os.path.join(self.work, "writable"), b"")
        except OSError as error:
            raise Trouble("the work folder can't be written: %s" % error)
        if not os.path.exists(self.interpreter):
            raise Trouble("no interpreter %s: `make runtimes` makes it" % self.interpreter)
        if not shutil.which("gcc"):
            raise Trouble("no C compiler: gcc is not on PATH")
        if not os.path.exists(os.path.join(self.work, "prepared")):
            self.build()
        self.read_commands()

    def build(self):
        say("building HPy %s, once" % VERSION)
        for folder in (self.source, self.python):
            shutil.rmtree(folder, ignore_errors=True)
        call([self.interpreter, "-m", "venv", self.python])
        python = os.path.join(self.python, "bin", "python")
        call([python, "-m", "pip", "install", "-q", "setuptools<70", "wheel", "setuptools_scm<8", "pytest",
              "pytest-xdist", "filelock"])
        sdist = os.path.join(self.work, "sdist")
        if not glob.glob(sdist + "/hpy-%s.tar.gz" % VERSION):
            call([python, "-m", "pip", "download", "-q", "--no-binary", "hpy", "--no-deps", "--no-build-isolation",
                  "-d", sdist, "hpy==" + VERSION])
        os.makedirs(self.source)
        call(["tar", "xzf", glob.glob(sdist + "/hpy-%s.tar.gz" % VERSION)[0], "-C", self.source,
              "--strip-components=1"])
        # Without debug information, which has lines and columns, equal code is an equal object file.
        environment = dict(os.environ, CFLAGS="-g0 -MMD", SETUPTOOLS_SCM_PRETEND_VERSION=VERSION)
        write(os.path.join(self.work, "build.log"),
              call([python, "setup.py", "bdist_wheel"], cwd=self.source, env=environment))
        call([python, "-m", "pip", "install", "-q", "--no-deps"] + glob.glob(self.source + "/dist/*.whl"))
        write(os.path.join(self.work, "prepared"), b"")

    def read_commands(self):
        """compiles: object -> (command, files it is made of); links: product -> command, in order."""
        self.compiles, self.links = {}, {}
        for line in read(os.path.join(self.work, "build.log")).decode("utf-8", "replace").splitlines():
            if not re.match(r"^\S*(gcc|cc|ar|ranlib)\s", line):
                continue
            words = shlex.split(line)
            if os.path.basename(words[0]).endswith("ar"):
                self.links[words[2]] = words
            elif "-c" in words:
                made = words[words.index("-o") + 1]
                rule = read(os.path.join(self.source, made[:-2] + ".d")).decode().replace("\\\n", " ")
                self.compiles[made] = (words, set(os.path.normpath(f) for f in rule.split(":", 1)[1].split()))
            elif "-shared" in words:
                self.links[words[words.index("-o") + 1]] = words
        if not self.compiles or len(self.links) < 4:
            raise Trouble("no compile and link commands in %s/build.log" % self.work)

    def texts(self):
        made = {}
        for group, patterns in GROUPS.items():
            for pattern in patterns:
                for path in sorted(glob.glob(os.path.join(self.source, pattern))):
                    file = os.path.relpath(path, self.source)
                    # Generated forwarders and other platforms' files are no hand-written code of this build.
                    if "autogen" not in file and "win32" not in file and "not_cpython" not in file:
                        made[file] = (group, read(path))
        return made

    def probe(self, tree, header):
        """The object of a header's functions, which else have none where nobody calls them."""
        include = call([os.path.join(self.python, "bin", "python"), "-c",
                        "import sysconfig; print(sysconfig.get_path('include'))"]).decode().strip()
        made = os.path.join(tree, "probe.o")
        write(os.path.join(tree, "probe.c"), b"#include <hpy.h>\n")
        call(["gcc", "-O2", "-DNDEBUG", "-fPIC", "-DHPY", "-DHPY_ABI_CPYTHON", "-fkeep-inline-functions",
              "-Ihpy/devel/include", "-I" + include, "-c", "probe.c", "-o", "probe.o"], cwd=tree)
        return read(made)

    def faulted(self, name, file, content, options=()):
        """A copy of the environment with `content` as `file`. None if the objects are the same or it doesn't compile;
        `options` are the compiler's, and such a copy is made in any case."""
        folder = os.path.join(self.work, "faults", name)
        environment, tree = os.path.join(folder, "python"), os.path.join(folder, "src")
        if os.path.exists(os.path.join(folder, "ready")):
            return os.path.join(environment, "bin", "python")
        shutil.rmtree(folder, ignore_errors=True)
        linked(self.source, tree)
        write(os.path.join(tree, file), content)
        changed = []
        for made, (words, files) in self.compiles.items():
            if file in files:
                os.unlink(os.path.join(tree, made))
                for leftover in glob.glob(os.path.join(tree, made[:-2] + ".d")):
                    os.unlink(leftover)
                if subprocess.run(words + list(options), cwd=tree, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode:
                    shutil.rmtree(folder)
                    return None
                if read(os.path.join(tree, made)) != read(os.path.join(self.source, made)):
                    changed.append(made)
        same = not changed
        if same and file.endswith(".h"):
            try:
                same = self.probe(tree, file) == self.probe(self.pristine_probe(), file)
            except Trouble:
                same = True
        if same and not name.startswith("control-"):
            shutil.rmtree(folder)
            return None
        linked(self.python, environment)
        packages = glob.glob(environment + "/lib/python3*/site-packages")[0]
        for product, words in self.links.items():
            if any(word in changed for word in words):
                os.unlink(os.path.join(tree, product))
                call(words, cwd=tree)
                write(os.path.join(packages, product[product.rindex("hpy/"):]), read(os.path.join(tree, product)))
        if os.path.exists(os.path.join(packages, file)):
            write(os.path.join(packages, file), content)
        return os.path.join(environment, "bin", "python") if self.ready(folder) else None

    def pristine_probe(self):
        tree = os.path.join(self.work, "probe")
        if not os.path.exists(tree):
            linked(self.source, tree)
        return tree

    def ready(self, folder):
        """HPy is imported; what anybody notices is passed over."""
        try:
            good = subprocess.run([os.path.join(folder, "python", "bin", "python"), "-c", "import hpy.universal"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30).returncode == 0
        except subprocess.TimeoutExpired:
            good = False
        if good:
            write(os.path.join(folder, "ready"), b"")
        else:
            shutil.rmtree(folder)
        return good


def say(text):
    print(text, file=sys.stderr, flush=True)


def verdict_of(database, code):
    """What a run's database says: {noticed, cells, scenarios, detail}; noticed is None if the harness failed."""
    try:
        connection = sqlite3.connect("file:%s?mode=ro" % os.path.abspath(database), uri=True)
        run, state = connection.execute("SELECT id, state FROM run ORDER BY id DESC LIMIT 1").fetchone()
        cells = connection.execute(
            "SELECT suite || '/' || test_case || '/' || scenario || '@' || lane, outcome, verdict FROM cell_result "
            "WHERE run_id = ? ORDER BY 1", (run,)).fetchall()
        new = connection.execute(
            "SELECT DISTINCT suite || '/' || test_case || '/' || scenario || '@' || lane FROM cell_result "
            "JOIN finding USING (conclusion_id) WHERE run_id = ? AND finding.verdict = 'new' "
            "AND outcome <> 'worker lost' ORDER BY 1", (run,)).fetchall()
        connection.close()
    except (sqlite3.Error, TypeError) as error:
        return {"noticed": None, "detail": "exit code %s, database: %s" % (code, error)}
    if state != "finished" or code not in (0, 1) or not cells:
        return {"noticed": None, "detail": "exit code %s, run %s, %d cells" % (code, state, len(cells))}
    if not any(outcome == "completed" and re.search("@(cpython|universal)", name) for name, outcome, _ in cells):
        return {"noticed": None, "detail": "HPy's lanes are gone"}
    lost = [name for name, outcome, _ in cells if outcome == "worker lost"]
    if not new and lost:
        return {"noticed": None, "detail": "%d workers lost, nothing else" % len(lost)}
    return {"noticed": bool(new), "cells": len(new), "of": len(cells), "scenarios": [name for name, in new]}


class Measure:
    def __init__(self, options, hpy):
        self.options, self.hpy = options, hpy
        self.path = os.path.join(options.work, "verdicts.jsonl")
        self.known = {}
        if os.path.exists(self.path):
            for line in read(self.path).splitlines():
                try:
                    entry = json.loads(line)
                    self.known[entry["key"]] = entry
                except (ValueError, KeyError):
                    pass  # The last line of a run that was killed.
        digest = hashlib.sha256(read(options.command))
        for folder, folders, files in os.walk(options.suites):
            folders.sort()
            for name in sorted(files):
                if not name.endswith(".pyc"):
                    path = os.path.join(folder, name)
                    digest.update(os.path.relpath(path, options.suites).encode() + b"\0" + read(path))
        self.suites = digest.hexdigest()[:16]

    def keep(self, key, value):
        entry = dict(value, key=key)
        self.known[key] = entry
        with open(self.path, "ab") as file:
            file.write(json.dumps(entry, sort_keys=True).encode() + b"\n")
        return entry

    def ours(self, name, python):
        verdict = None
        for k in range(self.options.runs):
            key = "ours %s %s %s %d" % (name, VERSION, self.suites, k)
            if key not in self.known:
                started = time.time()
                database = os.path.join(self.options.work, "ours.sqlite")
                for path in glob.glob(database + "*"):
                    os.unlink(path)
                done = subprocess.run(
                    [self.options.command, "run", "--runtime", python, "--suites", self.options.suites, "--db",
                     database, "--cache", os.path.join(self.options.work, "cache")] + self.options.patterns,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=TOP)
                write(os.path.join(self.options.work, "ours.log"), done.stdout)
                self.keep(key, dict(verdict_of(database, done.returncode), seconds=round(time.time() - started, 1)))
            again = self.known[key]
            if verdict is None or not again["noticed"]:
                verdict = again
            if not again["noticed"] and not name.startswith("control-"):
                break
            if again["noticed"] and name.startswith("control-"):
                return again
        return verdict

    def pytest(self, python, extra, limit):
        folder = os.path.join(self.options.work, "reference")
        if not os.path.exists(folder):
            os.makedirs(folder)
            for part in ("test", "docs"):
                shutil.copytree(os.path.join(self.hpy.source, part), os.path.join(folder, part))
        process = subprocess.Popen(
            [python, "-m", "pytest", "test", "-q", "-p", "no:cacheprovider", "-n", "2"] + extra, cwd=folder,
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
        key = "failing %s" % VERSION
        if key not in self.known:
            say("HPy's tests on the unchanged HPy, once")
            code, output = self.pytest(os.path.join(self.hpy.python, "bin", "python"), ["-rfE"], 3600)
            if code not in (0, 1):
                raise Trouble("HPy's tests don't run on the unchanged HPy:\n" + output[-1500:])
            self.keep(key, {"tests": sorted(set(re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.M)))})
        return self.known[key]["tests"]

    def reference(self, name, python):
        key = "reference %s %s" % (name, VERSION)
        if key in self.known:
            return self.known[key]
        if self.options.no_reference:
            return None
        extra = ["-x"] + [word for test in self.failing() for word in ("--deselect", test)]
        started = time.time()
        code, output = self.pytest(python, extra, self.options.reference_timeout)
        first = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.M)
        if code in (2, 3, 4, 5) and not first:
            raise Trouble("HPy's tests don't run with %s:\n%s" % (name, output[-1500:]))
        return self.keep(key, {"noticed": code != 0, "first": first.group(1) if first else
                               "timed out" if code is None else "exit code %s" % code,
                               "seconds": round(time.time() - started, 1)})


def controls(hpy):
    yield "control-unchanged", os.path.join(hpy.python, "bin", "python")
    file = RUNTIME + "ctx_type.c"
    text = read(os.path.join(hpy.source, file))
    yield "control-comment", hpy.faulted("control-comment", file, text + b"\n/* nothing changes */\n")
    yield "control-optimisation", hpy.faulted("control-optimisation", file, text, ["-O1"])


def equivalents():
    path = os.path.join(HERE, "equivalent.toml")
    if not os.path.exists(path):
        return {}
    try:
        import tomllib
    except ImportError:
        import tomli as tomllib
    return {entry["id"]: entry["why"] for entry in tomllib.loads(read(path).decode()).get("fault", [])}


def ratio(part, whole):
    return "%d of %d%s" % (part, whole, " (%d %%)" % round(100.0 * part / whole) if whole else "")


def report(rows, options, texts, reasons, failing):
    word = lambda verdict: "-" if verdict is None else {True: "noticed", False: "no", None: "harness failed"}[
        verdict["noticed"]]
    counted = [r for r in rows if r["fault"].id not in reasons and r["ours"]["noticed"] is not None]
    both = [r for r in counted if r["reference"]]
    ours = lambda rows: [r for r in rows if r["ours"]["noticed"]]
    theirs = lambda rows: [r for r in rows if r["reference"] and r["reference"]["noticed"]]
    either = [r for r in both if r["ours"]["noticed"] or r["reference"]["noticed"]]
    if options.format == "json":
        print(json.dumps({"seed": options.seed, "runs": options.runs, "deselected": failing, "faults": [
            {"id": r["fault"].id, "group": r["group"], "file": r["fault"].file, "line": r["fault"].line,
             "function": r["fault"].function, "operator": r["fault"].operator, "ours": r["ours"],
             "reference": r["reference"], "equivalent": reasons.get(r["fault"].id)} for r in rows]}, indent=1))
        return
    print("Seed %s, %d faults, HPy %s, our run %d times each\n" % (options.seed, len(rows), VERSION, options.runs))
    print("| fault | place | operator | hpy-conform | first scenario | HPy's tests |\n|---|---|---|---|---|---|")
    for r in rows:
        fault, mine = r["fault"], r["ours"]
        print("| %s | %s:%d %s | %s | %s | %s | %s |" % (
            fault.id, os.path.basename(fault.file), fault.line, fault.function, fault.operator,
            word(mine) + (" (%d cells)" % mine["cells"] if mine["noticed"] else ""),
            mine["scenarios"][0] if mine["noticed"] else mine.get("detail", ""), word(r["reference"])
            + (" (equivalent)" if fault.id in reasons else "")))
    print("\n| group | hpy-conform | HPy's tests |\n|---|---|---|")
    for group in sorted(set(r["group"] for r in counted)) + ["all"]:
        some = [r for r in counted if group in ("all", r["group"])]
        tried = [r for r in some if r["reference"]]
        print("| %s | %s | %s |" % (group, ratio(len(ours(some)), len(some)),
                                    ratio(len(theirs(tried)), len(tried)) if tried else "not run"))
    if both:
        print("\nOf what either notices, hpy-conform notices %s; of what HPy's tests notice, %s." % (
            ratio(len(ours(either)), len(either)), ratio(len(ours(theirs(both))), len(theirs(both)))))
    print("\nHarness failed: %d. Held to be equivalent: %d. Tests of HPy that fail here without a fault: %s" % (
        sum(r["ours"]["noticed"] is None for r in rows), sum(r["fault"].id in reasons for r in rows),
        "not asked" if failing is None else ", ".join(failing) or "none"))
    for title, chosen in (("Not noticed by hpy-conform", [r for r in counted if not r["ours"]["noticed"]]),
                          ("Equivalent", [r for r in rows if r["fault"].id in reasons])):
        for r in chosen:
            print("\n%s: %s %s\n\n```diff\n%s```" % (title, r["fault"].id, reasons.get(r["fault"].id, ""),
                                                    mutation.diff(texts[r["fault"].file][1], r["fault"], 1)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", help="any word or number; below 1000 for development")
    parser.add_argument("-n", type=int, default=20, help="how many faults")
    parser.add_argument("--only", metavar="FILE|GROUP|FUNCTION", help="draw from one place")
    parser.add_argument("--list", action="store_true", help="list all sites, also those that compile to the same")
    parser.add_argument("--show", metavar="FAULT", help="a fault as a diff")
    parser.add_argument("--make", metavar="FAULT", help="make an interpreter with the fault, and print its path")
    parser.add_argument("--runs", type=int, default=1, help="our runs of a noticed fault; all must notice it")
    parser.add_argument("--no-reference", action="store_true", help="don't run HPy's tests; use what is known")
    parser.add_argument("--reference-timeout", type=float, default=900)
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    parser.add_argument("--command", default=os.path.join(TOP, ".build/release/hpy-conform"))
    parser.add_argument("--suites", default=os.path.join(TOP, "Suites"))
    parser.add_argument("--work", default=os.path.join(TOP, ".cache/sensitivity"))
    parser.add_argument("--interpreter", default=os.path.join(TOP, ".runtimes/cpython-3.11/bin/python"))
    parser.add_argument("patterns", nargs="*", help="for development: SUITE/CASE, in place of all")
    options = parser.parse_args()
    options.work, options.command, options.suites = map(os.path.abspath, (options.work, options.command,
                                                                          options.suites))
    return options


def main():
    options = arguments()
    chosen = options.list or options.show or options.make
    if not chosen and options.seed is None:
        raise Trouble("no seed: say --seed SEED (make sensitivity SEED=…)", USAGE)
    if options.n < 1 or options.runs < 1:
        raise Trouble("-n and --runs are at least 1", USAGE)
    hpy = HPy(options.work, options.interpreter)
    hpy.prepare()
    texts, parse, groups = hpy.texts(), mutation.parser(), {}
    for file, (group, text) in texts.items():
        for fault in mutation.faults(text, file, VERSION, parse):
            if options.only in (None, group, file, os.path.basename(file), fault.function):
                groups.setdefault(group, []).append(fault)
    if not groups:
        raise Trouble("--only %s: no such file, group or function with sites" % options.only, USAGE)
    by_id = {fault.id: fault for faults in groups.values() for fault in faults}
    if chosen:
        if options.list:
            for fault in by_id.values():
                print("%s %s:%d %s, %s: %s" % (fault.id, fault.file, fault.line, fault.function, fault.operator,
                                               fault.original.split(b"\n")[0].decode()))
            return DONE
        fault = by_id.get(options.show or options.make)
        if fault is None:
            raise Trouble("no fault %s: see --list" % (options.show or options.make), USAGE)
        text = texts[fault.file][1]
        if options.show:
            print(mutation.diff(text, fault), end="")
            return DONE
        python = hpy.faulted(fault.id, fault.file, mutation.seeded(text, fault))
        if python is None:
            raise Trouble("%s doesn't compile, or to the same, or HPy isn't imported with it" % fault.id, USAGE)
        print(python)
        return DONE
    if not os.access(options.command, os.X_OK) or not os.path.isdir(options.suites):
        raise Trouble("no %s or no %s: `make build` makes the first" % (options.command, options.suites))
    measure = Measure(options, hpy)
    for name, python in controls(hpy):
        if python is None:
            raise Trouble("%s can't be built" % name)
        verdict = measure.ours(name, python)
        say("%s: %s" % (name, verdict))
        if verdict["noticed"] is None:
            raise Trouble("%s: the harness failed: %s" % (name, verdict["detail"]), HARNESS_FAILED)
        if verdict["noticed"]:
            raise Trouble("%s is noticed, which is no fault: %s" % (name, ", ".join(verdict["scenarios"][:5])),
                          CONTROL_NOTICED)
        reference = measure.reference(name, python)
        if reference and reference["noticed"]:
            raise Trouble("%s fails HPy's tests: %s" % (name, reference["first"]), CONTROL_NOTICED)
    rows = []
    for group, fault in mutation.draws(groups, options.seed):
        if len(rows) == options.n:
            break
        passed = "passed over %s %s" % (fault.id, VERSION)
        if passed in measure.known:
            continue
        python = hpy.faulted(fault.id, fault.file, mutation.seeded(texts[fault.file][1], fault))
        if python is None:
            measure.keep(passed, {})
            continue
        row = {"fault": fault, "group": group, "ours": measure.ours(fault.id, python),
               "reference": measure.reference(fault.id, python)}
        rows.append(row)
        shutil.rmtree(os.path.join(options.work, "faults", fault.id), ignore_errors=True)
        say("%d %s %s:%d %s, %s: ours %s, HPy's %s" % (
            len(rows), fault.id, fault.file, fault.line, fault.function, fault.operator,
            (row["ours"]["noticed"], row["ours"]["seconds"]), row["reference"] and row["reference"]["noticed"]))
    report(rows, options, texts, equivalents(), (measure.known.get("failing %s" % VERSION) or {}).get("tests"))
    return HARNESS_FAILED if any(r["ours"]["noticed"] is None for r in rows) else DONE


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        say("sensitivity: %s" % trouble)
        sys.exit(trouble.code)
    except KeyboardInterrupt:
        say("sensitivity: interrupted; the same command goes on from here")
        sys.exit(INTERRUPTED)
