"""Cells that attack whatever they can reach, between neighbours that have to be unharmed; with a sandbox and without."""
import os
import socket
import subprocess
import threading

import judging
import machine
import project

CANARY = "the-bird-sings-4711"

# Attacks that harm no machine, with or without a sandbox: what they reach is the cell's own, or belongs to its workers.
# Each is a C function of no arguments; what it returns isn't looked at.
ATTACKS = {
    "fill_with_files": """
        char name[64];
        for (int number = 0; number < 200000; number++) {
            snprintf(name, sizeof name, "small-%d", number);
            int file = open(name, O_CREAT | O_WRONLY, 0600);
            if (file < 0 || write(file, "x", 1) != 1) break;
            close(file);
        }""",
    "fill_with_bytes": """
        static char block[1 << 20];
        for (int number = 0; number < 200; number++) {
            char name[64];
            snprintf(name, sizeof name, "large-%d", number);
            int file = open(name, O_CREAT | O_WRONLY, 0600);
            if (file < 0) break;
            for (int part = 0; part < 7; part++) if (write(file, block, sizeof block) < 0) break;
            close(file);
        }""",
    "fork_bomb": """
        for (int number = 0; number < 2000; number++) {
            pid_t child = fork();
            if (child == 0) { setsid(); for (;;) pause(); }
            if (child < 0) break;
        }""",
    "kill_parent": "    kill(getppid(), SIGKILL); usleep(200000);",
    "stop_parent": "    kill(getppid(), SIGSTOP); usleep(200000);",
    "stop_itself": "    raise(SIGSTOP);",
    "kill_session": "    kill(0, SIGKILL); killpg(getpgid(getppid()), SIGKILL); usleep(200000);",
    "close_everything": "    for (int file = 0; file < 4096; file++) close(file);",
    "write_everywhere": """
        static const char *lines[] = {
            "garbage", "{\\"end\\": {\\"outcome\\": \\"completed\\", \\"observations\\": 0}}\\n",
            "0123 {\\"number\\": 0, \\"status\\": 0, \\"seconds\\": 0.0, \\"timed_out\\": false, \\"parts\\": []}\\n", "ready\\n",
        };
        for (int file = 0; file < 1024; file++)
            for (int line = 0; line < 4; line++)
                if (write(file, lines[line], strlen(lines[line])) < 0) break;""",
    "truncate_everything": """
        for (int file = 0; file < 1024; file++) { if (ftruncate(file, 0)) continue; lseek(file, 0, SEEK_SET); }""",
    "write_to_parents_files": """
        char path[64];
        for (int number = 0; number < 64; number++) {
            snprintf(path, sizeof path, "/proc/%d/fd/%d", getppid(), number);
            struct stat facts;
            if (stat(path, &facts) || !(S_ISFIFO(facts.st_mode) || strstr(path, "memfd"))) continue;
            int file = open(path, O_WRONLY | O_NONBLOCK);
            if (file >= 0 && write(file, "{}\\n", 3)) close(file);
        }""",
    "unlink_what_is_here": """
        if (system("rm -rf ./* ./.??*")) { }""",
    "rename_the_folder": """
        char here[4096], there[4200];
        if (getcwd(here, sizeof here)) {
            snprintf(there, sizeof there, "%s-gone", here);
            rename(here, there);
            symlink("/nonexistent", here);
        }""",
    "chmod_the_folder": """
        mkdir("locked", 0700); mkdir("locked/in", 0700); chmod("locked", 0); chmod(".", 0);""",
    "remove_the_folder": """
        char here[4096];
        if (getcwd(here, sizeof here)) { chdir("/"); rmdir(here); }""",
    "deep_folders": """
        for (int depth = 0; depth < 3000; depth++) {
            if (mkdir("deeper-and-deeper", 0700) || chdir("deeper-and-deeper")) break;
        }""",
    "be_undying": """
        prctl(PR_SET_PDEATHSIG, 0); prctl(PR_SET_CHILD_SUBREAPER, 1); prctl(PR_SET_DUMPABLE, 1);
        for (int number = 1; number < 32; number++) signal(number, SIG_IGN);
        for (int number = 0; number < 5; number++) {
            if (fork() == 0) { setsid(); if (fork() == 0) for (;;) pause(); _exit(0); }
        }
        for (;;) pause();""",
    "change_limits": """
        struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY}, nothing = {0, 0};
        prlimit(getpid(), RLIMIT_FSIZE, &none, NULL); prlimit(getpid(), RLIMIT_AS, &none, NULL);
        prlimit(getppid(), RLIMIT_FSIZE, &nothing, NULL); prlimit(getppid(), RLIMIT_NPROC, &nothing, NULL);
        prlimit(getppid(), RLIMIT_NOFILE, &nothing, NULL);""",
    "eat_memory": """
        for (;;) { char *block = malloc(16 << 20); if (!block) break; memset(block, 1, 16 << 20); }""",
}

# These would harm the machine without a sandbox; so each looks first whether it is in one.
_SANDBOXED_ATTACKS = {
    name: """
        char name[64] = "";
        gethostname(name, sizeof name - 1);
        if (strcmp(name, "sandbox") != 0) abort();""" + body for name, body in {
            "kill_everybody": "kill(-1, SIGKILL); usleep(100000);",
            "stop_everybody": "kill(-1, SIGSTOP); usleep(100000);",
            "remove_everything": 'if (system("rm -rf /tmp/* /dev/shm/* /usr/bin/* /usr/lib/* 2>/dev/null")) { }',
            "fill_tmp": 'if (system("for d in /tmp /dev/shm / /usr; do head -c 200M /dev/zero > $d/f; done 2>&1")) { }',
        }.items()
}

# What a cell in a sandbox tries; -1 for what it can't do.
_PROBES = {
    "reads_%s": """
        char bytes[64];
        int file = open("%s", O_RDONLY);
        return PyLong_FromLong(file < 0 ? -1 : (long)read(file, bytes, sizeof bytes));""",
    "writes_%s": """
        int file = open("%s.written", O_WRONLY | O_CREAT, 0600);
        return PyLong_FromLong(file < 0 ? -1 : file);""",
}
_REACH = {
    "signals_outside": """
        return PyLong_FromLong(kill(OUTSIDER, 0) == 0 || kill(OUTSIDER, SIGKILL) == 0 ? 1 : -1);""",
    "sees_outside": """
        DIR *all = opendir("/proc");
        long found = 0;
        for (struct dirent *one; all && (one = readdir(all));) {
            char path[300], text[256] = "";
            if (!isdigit((unsigned char)one->d_name[0])) continue;
            snprintf(path, sizeof path, "/proc/%s/cmdline", one->d_name);
            int file = open(path, O_RDONLY);
            if (file >= 0 && read(file, text, 255) > 0 && strstr(text, "sleep")) found++;
        }
        return PyLong_FromLong(found ? found : -1);""",
    "connects": """
        struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(PORT)};
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int one = socket(AF_INET, SOCK_STREAM, 0);
        return PyLong_FromLong(one >= 0 && connect(one, (struct sockaddr *)&place, sizeof place) == 0 ? 1 : -1);""",
}

_HEAD = """#include "conform_capi.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
"""


def _source(functions, at_load="", numbers=""):
    parts = [_HEAD + numbers]
    for name, body in sorted(functions.items()):
        parts.append("static PyObject *%s(PyObject *self, PyObject *unused)\n{\n%s\n    Py_RETURN_NONE;\n}\n" % (
            name, body))
    parts.append("static PyMethodDef methods[] = {%s {NULL}};" % " ".join(
        "{\"%s\", %s, METH_NOARGS, NULL}," % (name, name) for name in sorted(functions)))
    parts.append('static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = methods};')
    parts.append("PyMODINIT_FUNC PyInit_ext(void)\n{\n%s\n    return PyModuleDef_Init(&module);\n}" % at_load)
    return "\n".join(parts) + "\n"


_FINE = ("fine", project.promise("fine", "ext.fine()", "None"))


class _Hostile:
    """The project of attackers, made once for a bench: what C has to know of the outside is compiled in."""

    def __init__(self, bench):
        self.folder = os.path.join(bench.folder, "hostile")
        os.makedirs(self.folder)
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1)
        self.outsider = subprocess.Popen(["sleep", "100000"], preexec_fn=machine.die_with_parent)
        self.home = os.path.join(bench.folder, "hostile-home")
        self.results = os.path.join(bench.folder, "hostile-results")
        self.canaries = {
            "home": self.home, "project": self.folder, "database": self.results, "cache": bench.cache}
        for name, folder in list(self.canaries.items()):
            os.makedirs(folder, exist_ok=True)
            self.canaries[name] = os.path.join(folder, "secret-canary")
            with open(self.canaries[name], "w") as file:
                file.write(CANARY)
        project.write_project(self.folder, self._files(), bench.interpreters)

    def _files(self):
        fine = {"fine": ""}
        files = {"hostile/neighbour/capi-heap.c": _source(fine),
                 "hostile/neighbour/scenarios.py": project.scenarios([_FINE, ("again", _FINE[1])])}
        for group, attacks in (("attack", ATTACKS), ("sandboxed", _SANDBOXED_ATTACKS)):
            for name, body in attacks.items():
                case = "hostile/%s-%s" % (group, name.replace("_", "-"))
                files[case + "/capi-heap.c"] = _source({"attack": body, "fine": ""})
                before, after = ("a_neighbour", _FINE[1]), ("c_neighbour", _FINE[1])
                files[case + "/scenarios.py"] = project.scenarios([
                    before, ("b_attack", "record('before', 1); ext.attack(); record('after', 1)"), after])
        for name in ("write_everywhere", "truncate_everything", "stop_parent", "fork_bomb", "close_everything"):
            case = "hostile/load-" + name.replace("_", "-")
            files[case + "/capi-heap.c"] = _source(fine, ATTACKS[name])
            files[case + "/scenarios.py"] = project.scenarios([("loads", _FINE[1])])
        probes = {}
        for form, body in _PROBES.items():
            for name, path in self.canaries.items():
                probes[form % name] = body % path
        probes.update(_REACH)
        numbers = "#define OUTSIDER %d\n#define PORT %d\n" % (self.outsider.pid, self.listener.getsockname()[1])
        files["hostile/probes/capi-heap.c"] = _source(probes, numbers=numbers)
        files["hostile/probes/scenarios.py"] = project.scenarios([
            # What it writes may be its own /tmp: outside is looked at whether anything came.
            (name, "record('file', ext.%s())" % name if name.startswith("writes") else
             project.promise("reach", "ext.%s()" % name, "-1")) for name in sorted(probes)])
        return files

    def cases(self, is_sandboxed):
        found = sorted(os.listdir(os.path.join(self.folder, "Suites", "hostile")))
        return [one for one in found
                if one not in ("neighbour", "probes") and (is_sandboxed or not one.startswith("sandboxed"))]


_made = {}
_lock = threading.Lock()


def close():
    for one in _made.values():
        one.outsider.kill()
        one.outsider.wait()
        one.listener.close()
    _made.clear()


def hostile(round):
    """A few attackers and their neighbours; in a sandbox, what is outside has to be out of reach."""
    with _lock:
        made = _made.get(round.bench.folder)
        if made is None:
            made = _made[round.bench.folder] = _Hostile(round.bench)
    is_sandboxed = round.random.random() < 0.5
    if is_sandboxed and not machine.quiet([
            "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]):
        is_sandboxed = False
        round.note("no sandbox (bubblewrap): tried without")
        round.count("without a sandbox, for want of one")
    chosen = round.random.sample(made.cases(is_sandboxed), 3)
    reason = machine.why_no_group("pids")
    if reason:  # never let loose what forks
        chosen = [one for one in chosen if "fork" not in one and "undying" not in one]
        round.note("no fork bombs: " + reason)
        round.count("without fork bombs")
    round.place = place = round.bench.place("hostile", warm=False)
    place.cache = round.bench.cache
    place.home = made.home
    words = ["run", "hostile/neighbour"] + ["hostile/" + one for one in chosen]
    if is_sandboxed:
        words += ["hostile/probes", "--sandbox"]
        place.database = os.path.join(made.results, "results-%d.sqlite" % round.number)
    round.note(("in the sandbox: " if is_sandboxed else "") + ", ".join(chosen))
    # A namespace of processes of its own is the net below --sandbox: kill(-1) must not reach this machine.
    prefix = []
    if any(one.startswith("sandboxed-") for one in chosen):
        prefix = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        if not machine.quiet(prefix + ["true"]):
            words = [one for one in words if "sandboxed-" not in one]
            prefix = []
            round.note("none that signals everybody: no namespace of processes")
            round.count("without those that signal everybody")
    group = None if reason else machine.Group("pids", 700)
    try:
        run = place.start(
            words + ["--memory", "512"], project_folder=made.folder, in_child=group and group.enter, prefix=prefix)
        run.wait()
        round.note(run.how())
        _look(round, run, made, is_sandboxed)
    finally:
        if group:
            group.remove()


def _look(round, run, made, is_sandboxed):
    recorded = judging.Recorded(round.place.database)
    if recorded.damage:
        round.blame(["the database is damaged: " + recorded.damage], run)
    if run.code not in (judging.AS_EXPECTED, judging.ATTENTION):
        round.blame(["exit code %s" % run.code], run)
    if recorded.state != "finished" or len(recorded.cells) != recorded.planned:
        round.blame(["%s, %d of %d cells" % (recorded.state, len(recorded.cells), recorded.planned)], run)
    round.blame(unharmed(recorded.cells), run)
    round.blame(round.place.left_behind(), run)
    if is_sandboxed:
        if made.outsider.poll() is not None:
            round.blame(["a process outside was killed"])
        for name, path in made.canaries.items():
            with open(path) as file:
                if file.read() != CANARY:
                    round.blame(["the secret in %s was changed" % name])
            if os.path.exists(path + ".written"):
                round.blame(["a file was written in %s" % name])
    round.count("attacks", sum("attack@" in one or "loads@" in one for one in recorded.cells))
    round.count("neighbours", sum("attack@" not in one and "loads@" not in one for one in recorded.cells))


def unharmed(cells):
    """Every cell but those that attack conforms."""
    return ["%s, a neighbour, is %r" % (name, cell) for name, cell in sorted(cells.items())
            if "/b_attack@" not in name and "/loads@" not in name and cell[:2] != ("completed", "conforming")]
