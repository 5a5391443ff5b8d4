"""What a long history costs on disk and to ask: `make bench-history`.

The command makes a database, by a run of one small case; then rows of many generated runs are written into its tables
in the transactions that a run writes them in. These rows serve this measurement alone. Shares are those of a run of
all suites (3600 cells, November 2026): three further attempts for ten cells that were tried, an answer is shared by 2.7
tries and holds 10.6 observations, one attempt in ten leaves an output or a traceback, 450 build steps for 3600 cells.
Harsher than life: each change of a cell is to an answer, a conclusion, an input and a build that were never there
before, nothing is taken over from earlier runs, and in every 30th run all cells have a new input, as after an
update of an interpreter.
"""

import argparse
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

LANES = ["cpython", "universal", "universal+debug", "universal+trace", "hybrid"]
RUNTIMES = ["cpython-3.11", "cpython-3.12", "pypy-7.3.19", "graalpy-24.2"]
VERDICTS = ["conforming", "known", "new", "flaky", "not judged"]
BATCH = 500
DAY = 86_400_000


def key(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


class History:
    """Generates runs; `state` has the conclusion, answer, build, input and further traces of each cell."""

    def __init__(self, path, options):
        self.random = random.Random(options.seed)
        self.options = options
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA foreign_keys = ON")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.number = 0
        self.clock = self.db.execute("SELECT max(clock) FROM run").fetchone()[0]
        # What a real interpreter said of itself.
        self.description = json.loads(self.db.execute("SELECT description FROM run_runtime").fetchone()[0])

    def insert(self, table, **values):
        return self.db.execute(
            "INSERT INTO %s (%s) VALUES (%s)" % (table, ", ".join(values), ", ".join("?" * len(values))),
            list(values.values())).lastrowid

    def fresh(self):
        self.number += 1
        return self.number

    # MARK: what runs share

    def content(self, length):
        text = "%d %s" % (self.fresh(), "int f(void) { return 0; }\n" * (length // 26))
        self.insert("content", key=key(text), text=text)
        return key(text)

    def answer(self):
        number = self.fresh()
        answer = self.insert("answer", key=key("answer", number), outcome=self.random.choice(
            ["completed"] * 8 + ["crashed SIGSEGV", "raised TypeError"]), message=None)
        for position in range(self.random.choice([5, 8, 10, 13, 17])):
            self.insert(
                "observation", answer_id=answer, position=position, label="label of the fact %d" % position,
                facet="value", value="['a value', %d, 'as it reads', %d]" % (number, position), exception=None,
                message=None, expected=json.dumps(["a value"]) if position % 2 else None,
                source="HPy API, 'The section that says so', HPyType_FromSpec" if position % 2 else None,
                holds=1 if position % 2 else None)
        return answer

    def conclusion(self, verdict):
        number = self.fresh()
        conclusion = self.insert("conclusion", key=key("conclusion", number), verdict=verdict)
        for position in range({"conforming": 0, "not judged": 0}.get(verdict, 2)):
            self.insert(
                "finding", conclusion_id=conclusion, position=position, label="label of the fact %d" % position,
                facet="value", observed="['a value', %d]" % number, expected="['a value']",
                source=None, reference="suite/case/scenario_that_says_something@cpython@cpython-3.11",
                verdict=verdict, reason="what the ledger says of it, in a sentence" if verdict == "known" else None,
                link="findings/what-was-found.md" if verdict == "known" else None, circumstances="warm, fresh")
        return conclusion

    def build(self):
        number = self.fresh()
        build = self.insert("build", key=key("build", number))
        for position in range(3):
            step = self.insert(
                "step", key=key("step", number, position), kind="compile", succeeded=1, messages="", seconds=0.3,
                command="/usr/bin/gcc -c -O2 -Wall -fPIC -I/some/include/folder -DHPY_ABI_UNIVERSAL a.c -o a.o " * 2)
            self.insert("build_step", build_id=build, position=position, step_id=step)
        return build

    def input(self):
        return self.insert("input", key=self.bytes("input"))

    def bytes(self, kind):
        return bytes.fromhex(key(kind, self.fresh())[:32])

    def traces(self, answer):
        """What the attempts behind the first left."""
        traces = []
        for circumstances in ["fresh", "PYTHONMALLOC=debug"][: self.random.choice([0] * 10 + [1, 1, 2])]:
            trace = self.insert(
                "trace", key=self.bytes("trace"), circumstances=circumstances, answer_id=answer, notes=None)
            if self.random.random() < 0.3:
                self.insert("trace_attachment", trace_id=trace, name="traceback", content_key=self.content(400))
            traces.append(trace)
        return traces

    def set_up(self):
        self.db.execute("BEGIN")
        self.runtimes = [
            self.insert(
                "runtime", key=key(name), implementation=name.split("-")[0], version=name.split("-")[1], python="3.11",
                build="b", machine="x86_64", hpy_version="0.9.0", hpy_layout="l", hpy_content="c") for name in RUNTIMES]
        self.cells, self.groups = [], []
        columns = [(lane, name) for lane in LANES for name in RUNTIMES]
        while len(self.cells) < self.options.cells:
            number = len(self.groups)
            name = ("generated %d" % (number // 200), "case-%d" % (number // 8),
                    "scenario_that_says_something_%d" % number)
            scenario = self.insert("scenario", suite=name[0], test_case=name[1], name=name[2])
            members = columns[: self.options.cells - len(self.cells)]
            self.groups.append(range(len(self.cells), len(self.cells) + len(members)))
            self.cells += [
                self.insert(
                    "cell", key=key("/".join(name) + "@%s@%s" % place), scenario_id=scenario, lane=place[0],
                    runtime=place[1])
                for place in members]
        self.files = [("suite/case-%d/scenarios.py" % number, self.content(2000)) for number in range(400)]
        self.state = [None] * len(self.cells)
        for group in self.groups:
            for start in range(group.start, group.stop, 3):
                self.change(range(start, min(start + 3, group.stop)))
        self.order = list(range(len(self.cells)))
        self.db.execute("COMMIT")

    def change(self, cells):
        """Some cells of a scenario answer anew, all alike."""
        answer, build = self.answer(), self.build()
        conclusion = self.conclusion(self.random.choices(VERDICTS, [70, 20, 5, 1, 4])[0])
        traces = self.traces(answer)
        for cell in cells:
            self.state[cell] = [conclusion, answer, build, self.input(), traces]

    # MARK: one run

    def run(self, number):
        options = self.options
        self.clock += DAY
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock / 1000))
        self.db.execute("BEGIN IMMEDIATE")
        for _ in range(round(options.cells * options.changing / 2.7)):
            group = self.random.choice(self.groups)
            start = self.random.choice(group)
            self.change(range(start, min(start + self.random.choice([2, 3, 3]), group.stop)))
        if number % 30 == 29:
            for one in self.state:
                one[3] = self.input()
        for _ in range(4):
            place = self.random.randrange(len(self.files))
            self.files[place] = (self.files[place][0], self.content(2000))
        run = self.insert(
            "run", uuid=str(uuid.UUID(int=self.random.getrandbits(128))), kind="run", started=started, finished=started,
            state="finished", program="0.1.0", arguments="nightly", compiler="gcc 12", planned=options.cells,
            clock=self.clock, series="nightly", scope="", harness=key("harness"), cell_seconds=300, build_seconds=60)
        for position, name in enumerate(RUNTIMES):
            self.insert(
                "run_runtime", run_id=run, position=position, name=name, runtime_id=self.runtimes[position],
                description=json.dumps(dict(self.description, name=name)))
        for path, text in self.files:
            self.db.execute("INSERT OR IGNORE INTO file (path, content_key) VALUES (?, ?)", (path, text))
            self.db.execute(
                "INSERT INTO used_file SELECT ?, id FROM file WHERE path = ? AND content_key = ?", (run, path, text))
        ledger = self.content(30_000) if number % 5 == 0 else self.ledger
        self.ledger = ledger
        self.db.execute("COMMIT")
        # Cells come in the order of the plan, but for those that jobs finish out of turn.
        order = [place + self.random.randrange(8) for place in self.order]
        order = sorted(self.order, key=order.__getitem__)
        for start in range(0, len(order), BATCH):
            self.db.execute("BEGIN IMMEDIATE")
            self.results(run, order[start : start + BATCH])
            self.db.execute("COMMIT")
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute(
            "INSERT INTO used_step SELECT ?, step_id, 1 FROM (SELECT DISTINCT step_id FROM build_step WHERE build_id IN"
            " (SELECT build_id FROM result WHERE run_id = ?)) LIMIT ?", (run, run, options.cells // 8))
        verdicts = dict(self.db.execute(
            "SELECT verdict, count(*) FROM result JOIN conclusion ON conclusion.id = conclusion_id WHERE run_id = ?"
            " GROUP BY verdict", (run,)))
        self.insert("judgement", run_id=run, judged=started, ledger_key=ledger, verdicts=json.dumps(verdicts))
        self.db.execute("COMMIT")

    def results(self, run, cells):
        results, attempts = [], []
        for cell in cells:
            conclusion, answer, build, input, traces = self.state[cell]
            tried = int(self.random.lognormvariate(10, 0.6))
            results.append((run, self.cells[cell], conclusion, answer, build, input, tried))
            attempts += [
                (run, self.cells[cell], number + 2, trace, tried) for number, trace in enumerate(traces)]
        self.db.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, NULL, ?)", results)
        self.db.executemany("INSERT INTO further_attempt VALUES (?, ?, ?, ?, ?)", attempts)


QUERIES = {
    "all cells of two runs, with outcome and verdict": """
        SELECT cell_id, outcome, verdict, conclusion_id, result.answer_id, run_id FROM result
        JOIN answer ON answer.id = result.answer_id JOIN conclusion ON conclusion.id = conclusion_id
        WHERE run_id IN (SELECT id FROM run ORDER BY clock DESC LIMIT 2)""",
    "500 cells in all runs": """
        SELECT cell_id, clock, conclusion_id, answer_id FROM result JOIN run ON run.id = run_id
        WHERE cell_id IN (SELECT id FROM cell WHERE id % 20 = 0 LIMIT 500)""",
    "verdicts of all runs": """
        SELECT clock, key, value FROM run JOIN judgement ON run_id = run.id, json_each(verdicts)""",
    "one cell in all runs, by name": """
        SELECT run, clock, outcome, verdict FROM cell_result
        WHERE suite = 'generated 0' AND test_case = 'case-1' AND scenario = 'scenario_that_says_something_9'""",
    "what takes the time in the last run": """
        SELECT runtime, lane, sum(seconds) FROM cell_result WHERE run_id = (SELECT id FROM latest_run)
        GROUP BY runtime, lane""",
}


def size(path):
    return sum(os.path.getsize(path + suffix) for suffix in ("", "-wal") if os.path.exists(path + suffix))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", required=True, help="the built hpy-conform")
    parser.add_argument("--project", required=True, help="the checkout")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--changing", type=float, default=0.01, help="share of the cells whose answer changes in each run")
    parser.add_argument("--keep", help="keep the database in this file; default: a temporary file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ask", nargs="*", default=[], help="commands of hpy-conform to time, in quotes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        measure(options, options.keep or os.path.join(folder, "results.sqlite"))


def measure(options, path):
    if os.path.exists(path):
        sys.exit("%s: already exists; name a new file with --keep" % path)
    made = subprocess.run(
        [options.command, "run", "calls/calling", "--hunt-leaks", "0:0", "--db", path], cwd=options.project,
        stdout=subprocess.DEVNULL)
    if made.returncode not in (0, 1):
        sys.exit("the command ended with %d" % made.returncode)
    history = History(path, options)
    history.set_up()
    times = []
    for number in range(options.runs):
        began = time.monotonic()
        history.run(number)
        times.append(time.monotonic() - began)
        if number % 100 == 99:
            print("  %d runs, %.1f s for the last" % (number + 1, times[-1]), file=sys.stderr)
    history.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    results = history.db.execute("SELECT count(*) FROM result").fetchone()[0]
    print("%d runs of %d cells: %d bytes, %.1f a cell" % (
        options.runs, options.cells, size(path), size(path) / results))
    parts = history.db.execute("SELECT name, sum(pgsize) AS size FROM dbstat GROUP BY name ORDER BY size DESC LIMIT 12")
    try:
        for name, bytes in parts:
            print("  %-34s %6.2f" % (name, bytes / results))
    except sqlite3.OperationalError:
        print("  (this Python's SQLite has no dbstat)")
    history.db.close()
    for name, query in QUERIES.items():
        db = sqlite3.connect(path)
        began = time.monotonic()
        rows = len(db.execute(query).fetchall())
        print("%-50s %8d rows %6.2f s" % (name, rows, time.monotonic() - began))
        db.close()
    for line in options.ask:
        began = time.monotonic()
        ended = subprocess.run(
            [options.command, *line.split(), "--db", path], cwd=options.project, stdout=subprocess.DEVNULL).returncode
        print("%-50s   exit code %d %6.2f s" % ("hpy-conform " + line, ended, time.monotonic() - began))


main()
