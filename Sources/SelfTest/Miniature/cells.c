/* Each function does one thing that a broken extension may do to its process, or to what runs it. */
#include "conform_capi.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTORS 1024
#define CHILDREN 3              /* that take memory; each stays below what one process may have */
#define CHILD_MEMORY ((size_t)176 << 20)
#define TOO_MANY 48             /* processes */
#define LARGEST_FILE (256 << 10)

static PyObject *answer(PyObject *self, PyObject *unused) { return PyLong_FromLong(42); }

static PyObject *crash(PyObject *self, PyObject *unused)
{
    raise(SIGSEGV);
    *(volatile int *)0 = 1;
    Py_RETURN_NONE;
}

static PyObject *abort_process(PyObject *self, PyObject *unused) { abort(); }

static PyObject *leave(PyObject *self, PyObject *unused) { exit(0); }

/* Write a text to every descriptor, and leave as if all were well. */
static PyObject *forge(PyObject *self, PyObject *text)
{
    const char *bytes = PyUnicode_AsUTF8(text);
    if (bytes == NULL) {
        return NULL;
    }
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
        if (write(descriptor, bytes, strlen(bytes)) < 0) {
            continue;
        }
    }
    _exit(0);
}

/* Empty every file that is open: what was written so far is gone. */
static PyObject *truncate_files(PyObject *self, PyObject *unused)
{
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
        struct stat facts;
        if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode) && ftruncate(descriptor, 0) < 0) {
            continue;
        }
    }
    Py_RETURN_NONE;
}

/* Once: behind that, the parent is whoever adopts this process, up to the program that runs all. */
static PyObject *kill_parent(PyObject *self, PyObject *unused)
{
    static int calls;
    if (calls++ == 0) {
        kill(getppid(), SIGKILL);
    }
    Py_RETURN_NONE;
}

/* Take memory in several processes, each of which takes less than one may have. */
static PyObject *take_memory(PyObject *self, PyObject *unused)
{
    for (int number = 0; number < CHILDREN; number++) {
        if (fork() == 0) {
            void *taken = mmap(NULL, CHILD_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (taken != MAP_FAILED) {
                memset(taken, 1, CHILD_MEMORY);
            }
            for (;;) {
                pause();
            }
        }
    }
    for (;;) {
        pause();
    }
    Py_RETURN_NONE;
}

static PyObject *start_processes(PyObject *self, PyObject *unused)
{
    for (int number = 0; number < TOO_MANY; number++) {
        if (fork() == 0) {
            for (;;) {
                pause();
            }
        }
    }
    for (;;) {
        pause();
    }
    Py_RETURN_NONE;
}

/* Make so many files of a size in the working folder, each of them for its owner to read alone. */
static PyObject *make_files(PyObject *self, PyObject *args)
{
    static char bytes[LARGEST_FILE];
    long count, size;
    if (!PyArg_ParseTuple(args, "ll:make_files", &count, &size)) {
        return NULL;
    }
    for (long number = 0; number < count; number++) {
        char name[32];
        snprintf(name, sizeof name, "file-%ld", number);
        if (access(name, F_OK) == 0) {
            continue; /* of an earlier call */
        }
        int file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0400);
        if (file < 0 || write(file, bytes, (size_t)size) != size) {
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        close(file);
    }
    return PyLong_FromLong(count);
}

/* How many files there are in the working folder. */
static PyObject *files(PyObject *self, PyObject *unused)
{
    long count = 0;
    DIR *folder = opendir(".");
    if (folder == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return PyLong_FromLong(count);
}

static PyMethodDef functions[] = {
    {"answer", answer, METH_NOARGS, NULL},
    {"crash", crash, METH_NOARGS, NULL},
    {"abort", abort_process, METH_NOARGS, NULL},
    {"leave", leave, METH_NOARGS, NULL},
    {"forge", forge, METH_O, NULL},
    {"truncate_files", truncate_files, METH_NOARGS, NULL},
    {"kill_parent", kill_parent, METH_NOARGS, NULL},
    {"take_memory", take_memory, METH_NOARGS, NULL},
    {"start_processes", start_processes, METH_NOARGS, NULL},
    {"make_files", make_files, METH_VARARGS, NULL},
    {"files", files, METH_NOARGS, NULL},
    {NULL},
};
static PyModuleDef ext_module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = functions};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
