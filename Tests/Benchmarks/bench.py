"""Speed of hpy-conform against the floor, side by side in one run: `make bench`.

warm   a run of empty scenarios, against bare loops (one a core) that fork and run the same functions in the same
       interpreter, with the extension and the scenario file loaded once, and reap
cold   a run of the project's suites on CPython with an empty cache, against the bare compiler and linker making the
       very same products on all cores, without precompiled headers

The two sides take turns, so that what else the machine does hits both. A row gives the median of each side, and
the ratio with its spread over the rounds.
"""

import argparse
import os
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

CORES = os.cpu_count() or 1

EXTENSION = """
#include "conform_capi.h"
static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "ext"};
PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&module);
}
"""

BARE_LOOP = """
import gc, os, sys
from importlib.util import module_from_spec, spec_from_file_location
sys.path.insert(0, {worker!r})
spec = spec_from_file_location("ext", {binary!r})
ext = module_from_spec(spec)
spec.loader.exec_module(ext)
namespace = {{}}
exec(compile(open({scenarios!r}).read(), "scenarios", "exec"), namespace)
namespace["record"] = lambda label, value: None
functions = [one for one in namespace.values() if getattr(one, "conform_scenario", False)]
gc.collect()
getattr(gc, "freeze", int)()
for number in range({count}):
    child = os.fork()
    if child == 0:
        functions[number % len(functions)](ext)
        os._exit(0)
    os.waitpid(child, 0)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", required=True, help="the built hpy-conform")
    parser.add_argument("--project", required=True, help="the checkout")
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["warm", "cold"], help="default: both")
    options = parser.parse_args()
    print("%d cores, %d rounds" % (CORES, options.rounds))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name, python in runtimes(options.project) if options.only != "cold" else ():
            report("warm, %s, ms a cell" % name, warm(options, folder, name, python), 1000.0 / options.cells)
        if options.only != "warm":
            report("cold, cpython-3.11, s", cold(options, folder), 1.0)


def runtimes(project):
    """The project's runtimes that are there."""
    for name, program in (("cpython-3.11", "python"), ("pypy-7.3.19", "pypy3")):
        python = os.path.join(project, ".runtimes", name, "bin", program)
        if os.access(python, os.X_OK):
            yield name, python


def report(title, rounds, scale):
    """One row: floor, ours, and how many times the floor ours is."""
    ratios = [ours / floor for floor, ours in rounds]
    print("%-32s floor %8.2f   ours %8.2f   ours/floor %.2f (%.2f to %.2f)" % (
        title, scale * statistics.median(floor for floor, _ in rounds),
        scale * statistics.median(ours for _, ours in rounds), statistics.median(ratios), min(ratios), max(ratios)))


def warm(options, folder, name, python):
    """Rounds of (bare loops, our run), in seconds, for as many empty scenarios as there are cells."""
    project = os.path.join(folder, name)
    case = os.path.join(project, "Suites", "bench", "empty")
    os.makedirs(case)
    write(os.path.join(case, "capi-heap.c"), EXTENSION)
    write(os.path.join(case, "scenarios.py"), "from hpy_conform import record, scenario\n" + "".join(
        "\n\n@scenario\ndef scenario_%d(ext):\n    record('x', 1)\n" % number
        for number in range(options.cells)))
    command = [options.command, "run", "--runtime", python, "--cache", os.path.join(folder, "cache")]
    seconds(command, project)
    worker = newest(os.path.join(folder, "cache", "python"))
    loop = BARE_LOOP.format(
        worker=worker, binary=linked(project), scenarios=os.path.join(case, "scenarios.py"),
        count=options.cells // CORES)
    rounds = []
    for _ in range(options.rounds):
        started = time.perf_counter()
        loops = [subprocess.Popen([python, "-c", loop], stdout=subprocess.DEVNULL) for _ in range(CORES)]
        if any(one.wait() for one in loops):
            sys.exit("the bare loop failed")
        floor = time.perf_counter() - started
        rounds.append((floor, seconds(command, project)))
    return rounds


def cold(options, folder):
    """Rounds of (bare compiler and linker, our run with an empty cache), in seconds."""
    database = os.path.join(folder, "cold.sqlite")
    rounds = []
    for number in range(options.rounds):
        cache = os.path.join(folder, "cold-%d" % number)
        ours = seconds([
            options.command, "run", "--runtime", "cpython-3.11", "--cache", cache, "--db", database,
        ], options.project)
        commands = [shlex.split(one) for one in query(database, "SELECT command FROM step ORDER BY kind")]
        rounds.append((bare_build(commands, folder), ours))
        shutil.rmtree(cache)
        os.remove(database)
    return rounds


def bare_build(commands, folder):
    """Seconds for the commands on all cores, each in a folder of its own; compiles come before links."""

    def run(command):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            subprocess.run(command, cwd=place, check=True, stderr=subprocess.DEVNULL)

    started = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        for _ in pool.map(run, [one for one in commands if "-c" in one]):
            pass
        for _ in pool.map(run, [one for one in commands if "-c" not in one]):
            pass
    return time.perf_counter() - started


def seconds(command, folder):
    """Wall time of a run of ours, which must go well: 0, or 1 for something to look at."""
    started = time.perf_counter()
    code = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    if code not in (0, 1):
        sys.exit("%s: exit code %d" % (" ".join(command), code))
    return time.perf_counter() - started


def linked(project):
    """The binary of the one case of a project: the newest."""
    artifacts = os.path.join(os.path.dirname(project), "cache", "artifacts")
    return max(
        (os.path.join(folder, name) for folder, _, names in os.walk(artifacts) for name in names
         if name.endswith(".so")), key=os.path.getmtime)


def query(database, sql):
    with sqlite3.connect(database) as connection:
        return [row[0] for row in connection.execute(sql)]


def newest(folder):
    return max((os.path.join(folder, name) for name in os.listdir(folder)), key=os.path.getmtime)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
