"""The floor of a run of real suites: a bare loop that forks and calls the same scenarios, once each.

What is called is taken from a run's database: each binary with its scenarios, as far as they ran to an end by themselves.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time

# One of the loops, in the interpreter that is measured. A binary and its scenario file are loaded once, in a process of
# their own, and each scenario is called in a fork of that.
LOOP = """
import gc, json, os, sys
sys.path.insert(0, sys.argv[1])
import conform_cell, hpy_conform
work = json.loads(sys.stdin.readline())
os.chdir(sys.argv[2])
if any(one["loader"] == "hpy" for one in work):
    conform_cell.import_backend("hpy")
gc.collect()
getattr(gc, "freeze", int)()
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(1, 2)
for one in work:
    server = os.fork()
    if server == 0:
        names, ext = conform_cell.scenario_file(one), conform_cell.load_extension(one)
        for name in one["names"]:
            child = os.fork()
            if child == 0:
                hpy_conform._log.muted = True
                try:
                    names[name](ext)
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
        os._exit(0)
    os.waitpid(server, 0)
"""

# Those that a limit or the harness ended are no measure.
ENDED = "outcome IN ('completed', 'expectation failed') OR outcome LIKE 'raised %' OR outcome LIKE 'crashed %'"


def work(database, cache, suites, runtime):
    """What the newest run called on a runtime: a dictionary for each binary and mode."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("""
            SELECT suite, test_case, scenario.name, lane, step.key, step.command
            FROM result JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
            JOIN answer ON answer.id = answer_id JOIN build_step ON build_step.build_id = result.build_id
            JOIN step ON step.id = step_id
            WHERE run_id = (SELECT max(id) FROM run) AND runtime = ? AND step.kind = 'link' AND (%s)
            ORDER BY suite, test_case, lane""" % ENDED, [runtime]).fetchall()
    folders = dict(artifacts(cache))
    found = {}
    for suite, case, name, lane, key, command in rows:
        file = command.split(" -o ")[1]
        binary = os.path.join(folders[key], file)
        scenarios = os.path.join(suites, suite, case, "scenarios.py")
        mode = lane.partition("+")[2]
        one = found.setdefault((binary, mode, scenarios), {
            "binary": binary, "module": file.split(".")[0], "scenarios": scenarios, "code": scenarios, "names": [],
            "loader": "hpy" if re.search(r"\.hpy\d", file) else "import", "mode": mode or "universal"})
        one["names"].append(name)
    return list(found.values())


def artifacts(cache):
    """Pairs of the key of a step, as databases have it, and the folder of what it made."""
    for folder in os.scandir(os.path.join(cache, "artifacts")):
        try:
            with open(os.path.join(folder.path, "step.json")) as file:
                yield json.loads(file.read().split("\n", 1)[1])["step"]["key"], folder.path
        except (OSError, ValueError, LookupError):
            pass  # another program is writing it


def floor(python, worker, batches, folder, cores):
    """Seconds of bare loops, one a core, for all batches."""
    shares = [batches[number::cores] for number in range(cores)]
    started = time.perf_counter()
    loops = [
        subprocess.Popen([python, "-c", LOOP, worker, folder], stdin=subprocess.PIPE) for _ in range(cores)]
    for loop, share in zip(loops, shares):
        loop.stdin.write(json.dumps(share).encode("ascii") + b"\n")
        loop.stdin.close()
    if any([one.wait() for one in loops]):
        sys.exit("the bare loop failed")
    return time.perf_counter() - started


def calls(batches):
    return sum(len(one["names"]) for one in batches)
