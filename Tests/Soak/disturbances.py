"""The kinds of disturbance: each takes a round, disturbs a run, looks at what came of it, and has it converge."""
import os
import re
import resource
import shutil
import signal
import time

import machine
from machine import Disk, Group
from running import Skipped

_MIB = 1 << 20


# --- kill: the runner itself ---

def kill(round):
    """SIGKILL of the runner at any moment, again and again."""
    round.choose()
    cold = round.random.random() < 0.4
    round.place = round.bench.place("kill", warm=not cold)
    whole = round.yardstick.cold if cold else round.yardstick.warm
    words = ["run"] + round.patterns
    for _ in range(round.random.randint(1, 4)):
        run = round.place.start(words)
        moment = round.random.random() ** round.random.choice((1, 0.5)) * whole * 1.05
        run.sleep_until(moment)
        hit = run.kill()
        round.note("%s %s after %.2f s" % ("killed" if hit else "ended", "cold" if cold else "warm", moment))
        round.count("kills" if hit else "too late")
        recorded = round.look(run, killed=hit)
        if recorded.state == "finished":
            break
        words = ["run", "--resume"] if recorded.run else words
    round.converge()


# --- kill-child: something that the runner has started ---

def _role(process):
    name, command = machine.name(process), machine.command(process)
    for part in ("conform_probe", "conform_reader", "conform_bytecode", "conform_cell", "conform_worker"):
        if part in command:
            return part
    return "guard" if name == "conform-guard" else name


def _targets(run):
    """Descendants by what they are: a fork server is below a worker, a forked cell below that."""
    found = {}
    depth = {run.process.pid: 0}
    for process in run.descendants():
        words = machine._read("/proc/%d/stat" % process).rpartition(b")")[2].split()
        if len(words) < 2:
            continue
        role = _role(process)
        depth[process] = depth.get(int(words[1]), 0) + 1
        if role == "conform_worker" and depth[process] > 1:
            role = {2: "server", 3: "cell"}.get(depth[process], "cell's child")
        found.setdefault(role, []).append(process)
    return found


# An end by somebody else's signal doesn't count when it doesn't come again; the same cell must not be hit twice.
_LINEAGE = {"conform_worker", "server", "cell", "cell's child", "conform_cell"}


def kill_child(round):
    """SIGKILL, or SIGSTOP for a while or for good, of anything below the runner."""
    round.choose()
    cold = round.random.random() < 0.4
    round.place = round.bench.place("kill-child", warm=not cold)
    whole = round.yardstick.cold if cold else round.yardstick.warm
    run = round.place.start(["run"] + round.patterns)
    moments = sorted(round.random.random() * whole for _ in range(round.random.randint(1, 3)))
    stopped = []
    spared = set()
    for moment in moments:
        if not run.sleep_until(moment):
            break
        targets = {}
        while not targets and run.process.poll() is None:
            targets = _targets(run)
            for role in spared:
                targets.pop(role, None)
            targets.pop("guard" if round.random.random() < 0.8 else "", None)
        if not targets:
            break
        role = round.random.choice(sorted(targets))
        victim = round.random.choice(targets[role])
        if role in _LINEAGE:
            spared = _LINEAGE
        stops = round.random.random() < 0.25
        if machine.send(victim, signal.SIGSTOP if stops else signal.SIGKILL):
            round.note("%s %s at %.2f s" % ("stopped" if stops else "killed", role, run.elapsed()))
            round.count("%s %s" % ("stopped" if stops else "killed", role))
        if stops:
            # What has a watch over it may stay stopped; others go on.
            forever = role in _LINEAGE - {"conform_cell"} or role == "guard"
            if not forever or round.random.random() < 0.5:
                stopped.append((run.elapsed() + round.random.uniform(0.1, 4), victim))
    for moment, victim in sorted(stopped):
        run.sleep_until(moment)
        machine.send(victim, signal.SIGCONT)
    run.wait()
    round.note(run.how())
    round.look(run)
    round.converge()


# --- disk ---

def disk(round):
    """Disks of any size under the temporary folder, the cache or the database; filled and freed meanwhile."""
    reason = machine.why_no_disk(round.bench.folder)
    if reason:
        raise Skipped(reason)
    round.choose(slow=0.05)
    places = round.random.sample(["temporary", "cache", "results"], round.random.choice((1, 1, 2)))
    cold = "cache" in places or round.random.random() < 0.2
    round.place = place = round.bench.place("disk", warm=not cold)
    disks = []
    try:
        for name in sorted(places):
            most = {"temporary": 16 * _MIB, "cache": 8 * _MIB, "results": 4 * _MIB}[name]
            size = round.log_uniform(4096, most)
            files = round.log_uniform(4, 2000) if round.random.random() < 0.15 else None
            disks.append(Disk(getattr(place, name), size, files))
            round.note("%s of %d KiB%s" % (name, size >> 10, " and %d files" % files if files else ""))
        round.count("disks", len(disks))
        if cold and "cache" in places and round.random.random() < 0.4:
            one = disks[sorted(places).index("cache")]
            one.resize(64 * _MIB)
            shutil.copytree(round.bench.cache, place.cache, symlinks=True, dirs_exist_ok=True)
            one.resize(4096)
            round.note("the cache is full from before")
        run = place.start(["run"] + round.patterns)
        for moment in sorted(round.random.random() * round.yardstick.cold for _ in range(round.random.randint(0, 4))):
            if not run.sleep_until(moment):
                break
            one = round.random.choice(disks)
            if round.random.random() < 0.6:
                one.fill(round.random.choice((0, 0, 4096, 65536)))
                round.note("filled at %.2f s" % moment)
            else:
                one.free()
                one.resize(64 * _MIB)
                round.note("freed at %.2f s" % moment)
        run.wait()
        round.note(run.how())
        round.look(run)
        for one in disks:
            one.free()
            one.resize(256 * _MIB)
        round.converge()
    finally:
        for one in disks:
            if round.problems:
                shutil.copytree(one.folder, one.folder + "-kept", symlinks=True, dirs_exist_ok=True)
            one.unmount()


# --- limits ---

def processes(round):
    """A control group that allows few processes, with a limit that goes down and up."""
    reason = machine.why_no_group("pids")
    if reason:
        raise Skipped(reason)
    round.choose(slow=0.05)
    cold = round.random.random() < 0.4
    round.place = round.bench.place("processes", warm=not cold)
    limit = round.log_uniform(2, 120)
    group = Group("pids", limit)
    round.note("%d processes" % limit)
    try:
        run = round.place.start(["run"] + round.patterns, in_child=group.enter)
        for moment in sorted(round.random.random() * round.yardstick.cold for _ in range(round.random.randint(0, 4))):
            if not run.sleep_until(moment):
                break
            limit = round.log_uniform(2, 120) if round.random.random() < 0.7 else 1000
            group.limit(limit)
            round.note("%d at %.2f s" % (limit, moment))
        # Where not even its pools get their threads, the program waits for them (libdispatch does): it has to go on then.
        if run.sleep_until(run.elapsed() + 12):
            group.limit(1000)
            round.note("1000 at %.2f s, for it still runs" % run.elapsed())
            round.count("still ran when processes were allowed again")
        run.wait()
        round.note(run.how())
        round.look(run)
    finally:
        group.remove()
    round.converge()


def descriptors(round):
    """Few open files, from the start or from a moment on."""
    round.choose(slow=0.05)
    cold = round.random.random() < 0.4
    round.place = round.bench.place("descriptors", warm=not cold)
    limit = round.log_uniform(8, 1200)
    later = round.random.random() < 0.6
    first = 1024 if later else limit
    run = round.place.start(
        ["run"] + round.patterns,
        in_child=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (first, first)))
    round.note("%d open files" % first)
    if later:
        moment = round.random.random() * (round.yardstick.cold if cold else round.yardstick.warm)
        if run.sleep_until(moment):
            try:
                resource.prlimit(run.process.pid, resource.RLIMIT_NOFILE, (limit, 1024))
                round.note("%d at %.2f s" % (limit, moment))
            except (ProcessLookupError, PermissionError) as error:
                round.note(str(error))
    run.wait()
    round.note(run.how())
    # swift-subprocess ends the program where it can't make a pipe, and a limit that is lowered meanwhile leads to that.
    # Then it is a kill: all that has to be true of one is looked at.
    stops = run.code == -signal.SIGILL and re.search("Subprocess/.*was not closed", run.output())
    if stops:
        round.note("known: swift-subprocess stops the program where there is no pipe")
        round.count("known: stopped by swift-subprocess for want of a pipe")
    round.look(run, killed=bool(stops))
    round.converge()


def memory(round):
    """A control group with so little memory that the kernel kills whom it chooses."""
    reason = machine.why_no_group("memory")
    if reason:
        raise Skipped(reason)
    round.choose(slow=0.05)
    cold = round.random.random() < 0.5
    round.place = round.bench.place("memory", warm=not cold)
    limit = round.log_uniform(12 * _MIB, 200 * _MIB)
    group = Group("memory", limit)
    round.note("%d MiB" % (limit // _MIB))
    try:
        run = round.place.start(["run"] + round.patterns, in_child=group.enter)
        run.wait()
        round.note(run.how())
        # The runner may be whom the kernel chose; what it leaves then is looked at all the same.
        killed = run.code == -signal.SIGKILL
        round.count("runner killed" if killed else "runner lived")
        # A guard that was chosen too can't do its work.
        round.look(run, killed=killed, leaves=not killed)
        if killed:
            time.sleep(0.1)
    finally:
        group.remove()
        round.place.end()
        if os.path.isdir(round.place.temporary):
            for one in os.listdir(round.place.temporary):
                shutil.rmtree(os.path.join(round.place.temporary, one), ignore_errors=True)
    round.converge()
