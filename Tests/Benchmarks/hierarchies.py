"""The floor of `hpy-conform explore`: a bare loop that makes and asks the same hierarchies, a fork for as many as a cell has."""

import glob
import json
import os
import subprocess
import sys
import time

# In a process of the interpreter that is measured, with the binaries loaded once.
LOOP = """
import gc, json, os, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import conform_cell, hpy_conform
conform_cell.import_backend("hpy")
import scenarios
gc.collect()
getattr(gc, "freeze", int)()
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        hpy_conform._log.muted = True
        try:
            scenarios.__scenario__(line)(None)
        finally:
            os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(1)
"""

BATCH = 100  # hierarchies of a cell


def orders(command, count):
    """The orders of cells for the first hierarchies of a seed, as `explore` gives them to its worker."""
    lines = subprocess.run(
        [command, "explore", "--seed", "1", "--count", str(count), "--list"], stdout=subprocess.PIPE, check=True
    ).stdout.decode().splitlines()
    every = [json.loads(line) for line in lines]
    return [json.dumps({"makes": [], "hierarchies": every[start:start + BATCH], "wants": "kinds", "kinds": [],
                        "lives": False}) for start in range(0, count, BATCH)]


def floor(python, cache, worker, lines):
    """Seconds of the bare loop."""
    folder = os.path.dirname(max(glob.glob(os.path.join(cache, "explored", "scenarios-*", "scenarios.py")),
                                 key=os.path.getmtime))
    started = time.perf_counter()
    done = subprocess.run([python, "-B", "-c", LOOP, worker, folder], input="\n".join(lines).encode() + b"\n")
    if done.returncode:
        sys.exit("the bare loop of hierarchies failed")
    return time.perf_counter() - started
