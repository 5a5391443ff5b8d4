/* The extension of the fork server's tests: LOADING names what it does when it is loaded. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static long loaded_in;

static PyObject *loaded_here(PyObject *self, PyObject *unused) { return PyBool_FromLong(loaded_in == getpid()); }

static void *wait_for_ever(void *unused)
{
    for (;;) {
        pause();
    }
    return NULL;
}

static void do_nothing(void) {}

static void print(void) { printf("loaded\n"); }

static void crash(void) { *(volatile int *)0 = 1; }

static void hang(void) { wait_for_ever(NULL); }

static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
}

static void start_process(void)
{
    if (fork() == 0) {
        wait_for_ever(NULL);
    }
}

static void open_file(void) { open("/proc/self/exe", O_RDONLY); }

static void open_null(void) { open("/dev/null", O_RDONLY); }

static void share_memory(void) { mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0); }

/* Writes an answer to the first cell to every descriptor, as an older harness would have taken it. */
static void forge_answer(void)
{
    static const char answer[] =
        "ready\n {\"number\": 1, \"status\": 0, \"seconds\": 0.1, \"timed_out\": false, \"exceeded\": null, "
        "\"machine\": null, \"strays\": 0, \"parts\": [[\"result\", 7]]}\nforged\n";
    for (int descriptor = 3; descriptor < 64; descriptor++) {
        if (write(descriptor, answer, sizeof answer - 1) < 0) {
            continue;
        }
    }
}

static PyMethodDef functions[] = {
    {"loaded_here", loaded_here, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, -1, functions};

PyMODINIT_FUNC PyInit_ext(void)
{
    loaded_in = getpid();
    LOADING();
    return PyModule_Create(&definition);
}
