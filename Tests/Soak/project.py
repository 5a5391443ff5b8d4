"""The miniature projects whose runs are disturbed: made anew for each soak, small, and with an answer of every kind."""
import os

# The cells of suite `known` are all conforming or in the ledger, so that an undisturbed run of it is green; those of
# `fresh` are new; `slow/hangs` takes its whole time, thrice.
KNOWN, ALL, SLOW = ["known"], ["known", "fresh"], ["known", "fresh", "slow"]

_CAPI = """#include "conform_capi.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static PyObject *fine(PyObject *self, PyObject *unused) { Py_RETURN_NONE; }
static PyObject *refuse(PyObject *self, PyObject *unused)
{
    PyErr_SetString(PyExc_ValueError, "refused");
    return NULL;
}
static PyObject *crash(PyObject *self, PyObject *unused) { *(volatile int *)0 = 1; Py_RETURN_NONE; }
static PyObject *stop(PyObject *self, PyObject *unused) { abort(); }
static PyObject *leave(PyObject *self, PyObject *unused) { _exit(3); }
static PyObject *hang(PyObject *self, PyObject *unused) { for (;;) pause(); }
static PyObject *leak(PyObject *self, PyObject *unused)
{
    Py_INCREF(self);
    Py_RETURN_NONE;
}
static PyObject *files(PyObject *self, PyObject *unused)
{
    long written = 0;
    char block[4096] = "x";
    for (int number = 0; number < 8; number++) {
        char name[32];
        snprintf(name, sizeof name, "file-%d", number);
        FILE *file = fopen(name, "w");
        if (file == NULL) return PyErr_SetFromErrno(PyExc_OSError);
        size_t done = fwrite(block, 1, sizeof block, file);
        if (fclose(file) != 0 || done < sizeof block) return PyErr_SetFromErrno(PyExc_OSError);
        written += (long)done;
    }
    return PyLong_FromLong(written);
}
static void *sleeper(void *unused) { usleep(2000); return NULL; }
static PyObject *threads(PyObject *self, PyObject *unused)
{
    pthread_t thread[3];
    for (int number = 0; number < 3; number++) {
        int problem = pthread_create(&thread[number], NULL, sleeper, NULL);
        if (problem != 0) {
            errno = problem;
            return PyErr_SetFromErrno(PyExc_OSError);
        }
    }
    for (int number = 0; number < 3; number++) pthread_join(thread[number], NULL);
    return PyLong_FromLong(3);
}
static PyObject *processes(PyObject *self, PyObject *unused)
{
    int ended = 0;
    for (int number = 0; number < 3; number++) {
        pid_t child = fork();
        if (child < 0) return PyErr_SetFromErrno(PyExc_OSError);
        if (child == 0) _exit(0);
        ended += waitpid(child, NULL, 0) == child;
    }
    if (fork() == 0) { /* one that is left behind */
        setsid();
        for (;;) pause();
    }
    return PyLong_FromLong(ended);
}
static PyObject *print(PyObject *self, PyObject *unused)
{
    for (int line = 0; line < 4000; line++) printf("line %d of what is printed\\n", line);
    Py_RETURN_NONE;
}

#define ONE(name) {#name, name, METH_NOARGS, NULL}
static PyMethodDef methods[] = {
    ONE(fine), ONE(refuse), ONE(crash), ONE(stop), ONE(leave), ONE(hang), ONE(leak), ONE(files), ONE(threads),
    ONE(processes), ONE(print), {NULL},
};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = methods};
PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&module);
}
"""

_HPY = """#include "hpy.h"

HPyDef_METH(fine, "fine", HPyFunc_NOARGS)
static HPy fine_impl(HPyContext *ctx, HPy self) { return HPy_Dup(ctx, ctx->h_None); }

HPyDef_METH(crash, "crash", HPyFunc_NOARGS)
static HPy crash_impl(HPyContext *ctx, HPy self)
{
    *(volatile int *)0 = 1;
    return HPy_NULL;
}

static HPyDef *defines[] = {&fine, &crash, NULL};
static HPyModuleDef module = {.doc = "One of HPy.", .defines = defines};
HPy_MODINIT(ext, module)
"""

_LEDGER = """[[cause]]
name = "crash"
reason = "it writes where nothing is"
link = "findings/crash.md"
lanes = ["capi-heap", "universal"]
runtimes = [{ implementation = "cpython", version = ">=3.8" }, { implementation = "pypy", version = ">=3.8" }]
[[cause.place]]
scenario = ["capi/crashes", "hpy/crashes"]
facet = "outcome"
observed = "crashed SIGSEGV"
"""


def scenarios(bodies):
    """A scenario file with a line for each scenario."""
    return "from hpy_conform import *\n" + "".join(
        '\n\n@scenario\ndef %s(ext):\n    """A rule."""\n    %s\n' % one for one in bodies)


def promise(label, call, value):
    return "expect(%r, %s, %s, source='a document')" % (label, call, value)


def disturbed_project(folder, interpreters):
    """The project whose runs are killed, starved and told the undisturbed verdicts of."""
    many = [("fine_%d" % number, promise("fine", "ext.fine()", "None")) for number in range(4)]
    files = {
        "known/capi/capi-heap.c": _CAPI,
        "known/capi/scenarios.py": scenarios(many + [
            ("writes_files", promise("bytes", "ext.files()", "32768")),
            ("starts_threads", promise("threads", "ext.threads()", "3")),
            ("starts_processes", promise("processes", "ext.processes()", "3")),
            ("prints", promise("printed", "ext.print()", "None")),
            ("raises", promise("refused", "attempt(ext.refuse)", "raised(ValueError)")),
            ("crashes", "record('before', 1); ext.crash()"),
        ]),
        "known/hpy/hpy.c": _HPY,
        "known/hpy/scenarios.py": scenarios(many + [("crashes", "ext.crash()")]),
        "known/ledger.toml": _LEDGER,
        "known/findings/crash.md": "Why it crashes.\n",
        "fresh/news/capi-heap.c": _CAPI,
        "fresh/news/scenarios.py": scenarios([
            ("breaks", promise("fine", "ext.fine()", "3")),
            ("leaks", "record('leak', ext.leak())"),
            ("lets_out", "record('before', 1); ext.refuse()"),
            ("leaves", "record('before', 1); ext.leave()"),
            ("aborts", "ext.stop()"),
            ("is_fine", promise("fine", "ext.fine()", "None")),
        ]),
        "slow/hangs/capi-heap.c": _CAPI,
        "slow/hangs/scenarios.py": scenarios([
            ("hangs", "record('before', 1); ext.hang()"), ("is_fine", promise("fine", "ext.fine()", "None"))]),
    }
    write_project(folder, files, interpreters)


def write_project(folder, files, interpreters):
    for path, text in files.items():
        path = os.path.join(folder, "Suites", path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    with open(os.path.join(folder, "hpy-conform.toml"), "w") as file:
        for path in interpreters:
            name = os.path.basename(os.path.dirname(os.path.dirname(path))) or "python"
            file.write('[[runtime]]\nname = "%s"\ninterpreter = "%s"\n' % (name, path))
