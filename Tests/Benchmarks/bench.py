"""Speed of hpy-conform against the floor, or against another build of it, side by side in one run: `make bench`.

Against the floor:

warm   a run of empty scenarios, against bare loops (one a core) that fork and run the same functions in the same
       interpreter, with the extension and the scenario file loaded once, and reap
cold   a run of the project's suites on CPython with an empty cache, against the bare compiler and linker making the
       very same products on all cores, without precompiled headers; the run also executes all cells, so a second row
       has what the empty cache adds to the same run with a full one
reuse  a run with --reuse in which no cell has changed: the whole command with its start, which is to take less than
       a second for 1000 cells
suites the project's default run with a full cache and a database that has seen it, against bare loops (one a core) that
       fork and call the same scenarios of the real suites once each (suites.py), for each runtime and for both; then what
       the CPU time of the last run went into, from its own counters (`run --timings`)
growth runs of 1000, 10,000 and (with --large) 100,000 generated cells: milliseconds a cell, and what the runner's
       memory at its peak has more than --dry-run of the same cells, which plans and does no more; a further cell is
       one more than in the size before, so without what any run takes

sandbox the project's default run with --sandbox, against the same without; --patterns chooses scenarios

The two sides take turns, so that what else the machine does hits both. A row gives the median of each side, and
the ratio with its spread over the rounds.

Against another build, with --against OLD, both builds do the same work: `run`, the project's default run with its
repeats and a full cache (--patterns chooses scenarios), `cold` with an empty cache, and the generated cells of `warm`,
`reuse` and `growth`. Both have to know the project's suites. Each side has a cache and a database of its own, and
OLD is there twice: what it takes against itself is how much a ratio says. Every round runs each side once, every
second one in the opposite order; after six each side was in each place as often. Wall time counts whatever else the
machine does; CPU time is user and system time of the command and all its processes.
"""

import argparse
import os
import resource
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import hierarchies
import suites

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


# What is compared with a floor is one call of each scenario.
ONCE = ["run", "--hunt-leaks", "0:0"]

# In seconds.
Cost = namedtuple("Cost", "wall cpu")

# Names of work; the first is for two builds alone.
WORK = ["run", "suites", "explore", "warm", "reuse", "cold", "growth", "sandbox"]

# What the three sides are, and how they take turns: each round is followed by its reverse, and whichever two one
# looks at are as near to each other as any others.
SIDES = ["old", "new", "old again"]
TURNS = [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1), (2, 0, 1), (1, 0, 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", required=True, type=os.path.abspath, help="the built hpy-conform")
    parser.add_argument("--project", required=True, type=os.path.abspath, help="the checkout")
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="100,000 cells too, which takes minutes")
    parser.add_argument("--work", nargs="+", choices=WORK, metavar="NAME", help="of %s; default: all" % ", ".join(WORK))
    parser.add_argument("--against", metavar="OLD", type=os.path.abspath, help="another build, to compare with")
    parser.add_argument("--patterns", nargs="+", default=[], metavar="PATTERN", help="cases that `run` and `cold` use then")
    options = parser.parse_args()
    if options.work == ["run"] and not options.against:
        parser.error("`run` has no floor: it is for --against")
    options.work = options.work or WORK
    print("%d cores, %d rounds" % (CORES, options.rounds))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if options.against:
            against(options, folder)
        else:
            floors(options, folder)


def floors(options, folder):
    """Rows against bare loops, and the bare compiler and linker."""
    if "suites" in options.work:
        real(options, os.path.join(folder, "suites"))
    if "explore" in options.work:
        explore(options, os.path.join(folder, "explore"))
    for name, python in runtimes(options.project):
        if "warm" in options.work:
            report("warm, %s, ms a cell" % name, warm(options, folder, name, python), 1000.0 / options.cells)
        if "reuse" in options.work:
            reuse(options, os.path.join(folder, name), name, python)
    if "cold" in options.work:
        rounds = cold(options, folder)
        report("cold, cpython-3.11, s", [(floor, ours) for floor, ours, _ in rounds], 1.0)
        report("  what building adds, s", [(floor, ours - full) for floor, ours, full in rounds], 1.0)
    if "growth" in options.work:
        growth(options, os.path.join(folder, "growth"))
    if "sandbox" in options.work:
        report("sandbox, s", sandbox(options, folder), 1.0)


def against(options, folder):
    """Two rows for each piece of work: the old build, the new one, and the old one again."""
    programs = [options.against, options.command, options.against]
    for number, (title, project, arguments, empty) in enumerate(works(options, folder)):
        places = [os.path.join(folder, side) for side in SIDES]
        own = [["--cache", os.path.join(place, "cache"), "--db", os.path.join(place, "%d.sqlite" % number)]
               for place in places]
        commands = [[program] + arguments + more for program, more in zip(programs, own)]
        for place, command in zip(places, commands):
            os.makedirs(place, exist_ok=True)
            if not empty:
                measured(command, project)  # fills the cache, and the database that --reuse takes from
        rounds = []
        for turn in range(options.rounds):
            costs = [None] * len(SIDES)
            for side in TURNS[turn % len(TURNS)]:
                if empty:
                    shutil.rmtree(os.path.join(places[side], "cache"), ignore_errors=True)
                costs[side] = measured(commands[side], project)
            rounds.append(costs)
        print(title)
        for kind in Cost._fields:
            beside(kind, [[getattr(cost, kind) for cost in costs] for costs in rounds])


def works(options, folder):
    """What both builds are to do: its title, the project's folder, the arguments, whether with an empty cache."""
    default = "the default run" if not options.patterns else " ".join(options.patterns)
    if "run" in options.work:
        yield "run, " + default, options.project, ["run"] + options.patterns, False
    for name, python in runtimes(options.project):
        if "warm" in options.work or "reuse" in options.work:
            generated = os.path.join(folder, name)
            generate(generated, "empty", options.cells)
            arguments = ONCE + ["--runtime", python]
        if "warm" in options.work:
            yield "warm, %s, %d cells" % (name, options.cells), generated, arguments, False
        if "reuse" in options.work:
            yield "reuse, %s, %d cells" % (name, options.cells), generated, arguments + ["--reuse"], False
    if "cold" in options.work:
        arguments = ONCE + ["--runtime", "cpython-3.11"] + options.patterns
        yield "cold, cpython-3.11, " + default, options.project, arguments, True
    if "growth" in options.work:
        for cells in sizes(options):
            generated, arguments = grown(options, os.path.join(folder, "growth"), cells)
            yield "growth, %d cells" % cells, generated, arguments, False


def beside(kind, rounds):
    """One row of a piece of work: seconds of both builds, and the ratios of new to old and of old to itself."""
    old, new, again = ([costs[side] for costs in rounds] for side in range(len(SIDES)))

    def ratio(some):
        ratios = [one / first for one, first in zip(some, old)]
        return "%.3f (%.3f to %.3f)" % (statistics.median(ratios), min(ratios), max(ratios))

    print("  %-5s old %8.2f s   new %8.2f s   new/old %s   old/old %s" % (
        kind, statistics.median(old + again), statistics.median(new), ratio(new), ratio(again)), flush=True)


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
    case = generate(project, "empty", options.cells)
    command = [options.command] + ONCE + ["--runtime", python, "--cache", os.path.join(folder, "cache")]
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


def real(options, folder):
    """Rows of the project's suites: for each runtime, and for the default run."""
    os.makedirs(folder)
    place = ["--cache", os.path.join(folder, "cache"), "--db", os.path.join(folder, "suites.sqlite")]
    command = [options.command, "run"] + options.patterns + place
    for _ in range(2):  # fills the cache, then the database with counts of what the second run had no need to count
        seconds(command, options.project)
    named = list(runtimes(options.project))
    batches = {name: suites.work(place[3], place[1], os.path.join(options.project, "Suites"), name) for name, _ in named}
    worker = newest(os.path.join(folder, "cache", "python"))
    rounds = {name: [] for name in batches}
    rounds["default"] = []
    for _ in range(options.rounds):
        floors = []
        for name, python in named:
            floors.append(suites.floor(python, worker, batches[name], folder, CORES))
            rounds[name].append((floors[-1], seconds(command + ["--runtime", name], options.project)))
        rounds["default"].append((sum(floors), seconds(command, options.project)))
    for name, some in rounds.items():
        count = sum(suites.calls(one) for key, one in batches.items() if name in (key, "default"))
        report("suites, %s, %d calls, s" % (name, count), some, 1.0)
    output = subprocess.run(command + ["--timings"], cwd=options.project, stdout=subprocess.PIPE).stdout.decode()
    print(output[output.index("CPU seconds"):], end="", flush=True)


# Hierarchies that are asked on one core.
HIERARCHIES = 10000


def explore(options, folder):
    """Generated hierarchies on CPython, one core, without lives; an exploration of none says what starting takes."""
    os.makedirs(folder)
    cache, (name, python) = os.path.join(folder, "cache"), next(runtimes(options.project))
    command = [options.command, "explore", "--runtime", name, "--no-lives", "--seed", "1", "-j", "1", "--cache", cache,
               "--db", os.path.join(folder, "explore.sqlite")]
    seconds(command + ["--count", "100"], options.project)
    worker = newest(os.path.join(cache, "python"))
    lines = hierarchies.orders(options.command, HIERARCHIES)
    rounds = []
    for _ in range(options.rounds):
        floor = hierarchies.floor(python, cache, worker, lines)
        rounds.append((floor, seconds(command + ["--count", str(HIERARCHIES)], options.project)))
    report("explore, %s, %d, s" % (name, HIERARCHIES), rounds, 1.0)
    print("%-32s %.0f" % ("  hierarchies a second and core", HIERARCHIES / statistics.median(ours for _, ours in rounds)))


def cold(options, folder):
    """Rounds of (bare compiler and linker, our run with an empty cache, the same run with the cache full), in seconds."""
    database = os.path.join(folder, "cold.sqlite")
    rounds = []
    for number in range(options.rounds):
        cache = os.path.join(folder, "cold-%d" % number)
        command = [options.command] + ONCE + ["--runtime", "cpython-3.11", "--cache", cache, "--db", database]
        ours = seconds(command, options.project)
        commands = [shlex.split(one) for one in query(database, "SELECT command FROM step ORDER BY kind")]
        full = seconds(command, options.project)
        rounds.append((bare_build(commands, folder), ours, full))
        shutil.rmtree(cache)
        os.remove(database)
    return rounds


def sandbox(options, folder):
    """Rounds of the same run without a sandbox and with one, in seconds."""
    place = ["--cache", os.path.join(folder, "cache"), "--db", os.path.join(folder, "sandbox.sqlite")]
    commands = [[options.command, "run"] + options.patterns + place + [one] for one in ("--no-sandbox", "--sandbox")]
    for command in commands:
        seconds(command, options.project)
    return [tuple(seconds(command, options.project) for command in commands) for _ in range(options.rounds)]


def generate(project, name, cells, value="1"):
    """A case of so many scenarios through one lane; its folder."""
    case = os.path.join(project, "Suites", "bench", name)
    os.makedirs(case)
    write(os.path.join(case, "capi-heap.c"), EXTENSION)
    write(os.path.join(case, "scenarios.py"), "from hpy_conform import record, scenario\n" + "".join(
        "\n\n@scenario\ndef scenario_%d(ext):\n    record('x', %s)\n" % (number, value.replace("N", str(number)))
        for number in range(cells)))
    return case


def reuse(options, project, name, python):
    """One row: seconds of the whole command with --reuse, all of its cells taken over."""
    if not os.path.isdir(project):
        generate(project, "empty", options.cells)
    cache = os.path.join(os.path.dirname(project), "cache")
    command = [options.command] + ONCE + ["--runtime", python, "--cache", cache]
    seconds(command, project)
    rounds = [seconds(command + ["--reuse"], project) for _ in range(options.rounds)]
    database = os.path.join(project, "Results", "results.sqlite")
    taken = query(database, "SELECT count(reused_from) FROM result WHERE run_id = (SELECT max(id) FROM run)")[0]
    if taken != options.cells:
        sys.exit("reuse: %d of %d cells were taken over" % (taken, options.cells))
    print("%-32s %d cells in %.2f s (%.2f to %.2f)" % (
        "reuse, %s" % name, options.cells, statistics.median(rounds), min(rounds), max(rounds)))


def sizes(options):
    return [1000, 10000] + ([100000] if options.large else [])


def grown(options, folder, cells):
    """A project of so many cells, each of which answers otherwise than all others: nothing is shared but what has to
    be. Its folder, and the arguments of a run."""
    project = os.path.join(folder, str(cells))
    for number in range(max(1, cells // 1000)):
        generate(project, "case-%03d" % number, min(cells, 1000), value="(%d, N)" % number)
    python = os.path.join(options.project, ".runtimes", "cpython-3.11", "bin", "python")
    return project, ONCE + ["--runtime", python]


def growth(options, folder):
    """A row for each size."""
    before = None
    for cells in sizes(options):
        project, arguments = grown(options, folder, cells)
        command = [options.command] + arguments + ["--cache", os.path.join(folder, "cache")]
        peak(command + ["--dry-run"], project)  # fills the cache of what the interpreter consists of
        plan = peak(command + ["--dry-run"], project)[1]
        elapsed, whole = peak(command, project)
        beyond = whole - plan
        further = "" if before is None else ", %.0f a further cell" % ((beyond - before[1]) / (cells - before[0]))
        print("%-24s %6.2f ms a cell   plan %6.1f MB, run %6.1f MB: %.0f bytes a cell beyond the plan%s" % (
            "growth, %d cells" % cells, 1000 * elapsed / cells, plan / 1e6, whole / 1e6, beyond / cells, further))
        before = (cells, beyond)


def peak(command, folder):
    """Seconds of a command, and the peak of its own memory in bytes, without its children's."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while True:
        try:
            with open("/proc/%d/status" % process.pid) as status:
                most = max([most] + [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")])
        except OSError:
            pass
        try:
            process.wait(0.01)
            break
        except subprocess.TimeoutExpired:
            pass
    if process.returncode not in (0, 1):
        sys.exit("%s: exit code %d" % (" ".join(command), process.returncode))
    return time.perf_counter() - started, most


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
    return measured(command, folder).wall


def measured(command, folder):
    """What a run of ours costs, which must go well: 0, or 1 for something to look at."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    code = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        sys.exit("%s: exit code %d" % (" ".join(command), code))
    return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


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
