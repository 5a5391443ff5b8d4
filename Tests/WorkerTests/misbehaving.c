/* The extension of the worker's tests. Most functions do one thing that a broken extension may do to its process. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS 256

static PyObject *answer(PyObject *self, PyObject *unused) { return PyLong_FromLong(42); }

/* How often it was called in this process. */
static PyObject *count(PyObject *self, PyObject *unused)
{
    static long calls;
    return PyLong_FromLong(++calls);
}

/* Takes a reference, and never gives it up. */
static PyObject *keep(PyObject *self, PyObject *object)
{
    Py_INCREF(object);
    Py_RETURN_NONE;
}

/* Gives up a reference that it doesn't own. */
static PyObject *release(PyObject *self, PyObject *object)
{
    Py_DECREF(object);
    Py_RETURN_NONE;
}

static PyObject *segfault(PyObject *self, PyObject *unused)
{
    *(volatile int *)0 = 1;
    Py_RETURN_NONE;
}

static PyObject *abort_now(PyObject *self, PyObject *unused) { abort(); }

static PyObject *exit_now(PyObject *self, PyObject *code) { exit((int)PyLong_AsLong(code)); }

static PyObject *spin(PyObject *self, PyObject *unused)
{
    for (volatile int i = 0;; i++) {
    }
    Py_RETURN_NONE;
}

static PyObject *spin_deaf(PyObject *self, PyObject *unused)
{
    signal(SIGABRT, SIG_IGN);
    return spin(self, unused);
}

static PyObject *stop(PyObject *self, PyObject *unused)
{
    raise(SIGSTOP);
    Py_RETURN_NONE;
}

/* Write a text to every descriptor behind the standard ones, and leave as if all were well. */
static PyObject *forge(PyObject *self, PyObject *text)
{
    const char *bytes = PyUnicode_AsUTF8(text);
    for (int descriptor = 3; descriptor < DESCRIPTORS; descriptor++) {
        if (write(descriptor, bytes, strlen(bytes)) < 0) {
            continue;
        }
    }
    _exit(0);
}

/* How many descriptors are pipes or sockets: a way to reach another process. */
static PyObject *channels(PyObject *self, PyObject *unused)
{
    long found = 0;
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
        struct stat facts;
        if (fstat(descriptor, &facts) == 0 && (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode))) {
            found++;
        }
    }
    return PyLong_FromLong(found);
}

static PyObject *close_all(PyObject *self, PyObject *unused)
{
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
        close(descriptor);
    }
    Py_RETURN_NONE;
}

/* Write to standard output until it takes no more; how many bytes it took. */
static PyObject *flood(PyObject *self, PyObject *limit)
{
    static char block[1 << 16];
    long long wanted = PyLong_AsLongLong(limit), written = 0;
    memset(block, 'x', sizeof block);
    while (written < wanted) {
        ssize_t taken = write(1, block, sizeof block);
        if (taken <= 0) {
            break;
        }
        written += taken;
    }
    return PyLong_FromLongLong(written);
}

/* Leave a text in C's output buffer. */
static PyObject *mutter(PyObject *self, PyObject *unused)
{
    printf("muttered in C");
    Py_RETURN_NONE;
}

/* Take all the memory there is, down to pieces of a size, and keep it. */
static PyObject *devour(PyObject *self, PyObject *smallest)
{
    for (size_t piece = (size_t)64 << 20; piece >= PyLong_AsSize_t(smallest); piece /= 2) {
        while (malloc(piece) != NULL) {
        }
    }
    return PyErr_NoMemory();
}

/* Start a process that never ends by itself, below the caller or away from its session; its number. */
static PyObject *leave_behind(PyObject *self, PyObject *away)
{
    int escapes = PyObject_IsTrue(away), ends[2];
    pid_t left;
    if (pipe(ends) < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    pid_t child = fork();
    if (child == 0) {
        if (escapes && (setsid() < 0 || fork() != 0)) {
            _exit(0);
        }
        left = getpid();
        if (write(ends[1], &left, sizeof left) < 0) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    if (read(ends[0], &left, sizeof left) < 0 || (escapes && waitpid(child, NULL, 0) < 0)) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong(left);
}

/* Start a process that ends at once, by a signal unless that is 0, and don't take note of its end. */
static PyObject *leave_ended(PyObject *self, PyObject *number)
{
    pid_t child = fork();
    if (child == 0) {
        raise((int)PyLong_AsLong(number));
        _exit(0);
    }
    siginfo_t end;
    if (waitid(P_PID, child, &end, WEXITED | WNOWAIT) < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_RETURN_NONE;
}

/* Go on in a forked process, and end with success when that has ended. */
static PyObject *go_on_elsewhere(PyObject *self, PyObject *unused)
{
    pid_t other = fork();
    if (other != 0) {
        waitpid(other, NULL, 0);
        _exit(0);
    }
    Py_RETURN_NONE;
}

static PyObject *stop_parent(PyObject *self, PyObject *unused)
{
    kill(getppid(), SIGSTOP);
    Py_RETURN_NONE;
}

static PyObject *kill_parent(PyObject *self, PyObject *unused)
{
    kill(getppid(), SIGKILL);
    for (;;) {
        pause();
    }
    Py_RETURN_NONE;
}

/* Kill the process group, as a shell's job control would. */
static PyObject *kill_group(PyObject *self, PyObject *unused)
{
    kill(0, SIGKILL);
    Py_RETURN_NONE;
}

static PyObject *raise_exit(PyObject *self, PyObject *unused)
{
    PyErr_SetString(PyExc_SystemExit, "asked to");
    return NULL;
}

static PyMethodDef functions[] = {
    {"answer", answer, METH_NOARGS, NULL},
    {"count", count, METH_NOARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"release", release, METH_O, NULL},
    {"segfault", segfault, METH_NOARGS, NULL},
    {"abort", abort_now, METH_NOARGS, NULL},
    {"exit", exit_now, METH_O, NULL},
    {"spin", spin, METH_NOARGS, NULL},
    {"spin_deaf", spin_deaf, METH_NOARGS, NULL},
    {"stop", stop, METH_NOARGS, NULL},
    {"forge", forge, METH_O, NULL},
    {"channels", channels, METH_NOARGS, NULL},
    {"close_all", close_all, METH_NOARGS, NULL},
    {"flood", flood, METH_O, NULL},
    {"mutter", mutter, METH_NOARGS, NULL},
    {"devour", devour, METH_O, NULL},
    {"leave_behind", leave_behind, METH_O, NULL},
    {"leave_ended", leave_ended, METH_O, NULL},
    {"go_on_elsewhere", go_on_elsewhere, METH_NOARGS, NULL},
    {"kill_parent", kill_parent, METH_NOARGS, NULL},
    {"stop_parent", stop_parent, METH_NOARGS, NULL},
    {"kill_group", kill_group, METH_NOARGS, NULL},
    {"raise_exit", raise_exit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, -1, functions};

PyMODINIT_FUNC PyInit_ext(void) { return PyModule_Create(&definition); }
