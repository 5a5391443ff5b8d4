/* What C does outside of Python, for both sources. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int flag;

static inline void flag_set(int value)
{
    __atomic_store_n(&flag, value, __ATOMIC_SEQ_CST);
}

static inline void pause_shortly(void)
{
    struct timespec time = {0, 20000};
    nanosleep(&time, NULL);
}

/* Wait until the flag is up, for some seconds at most, and take it down. */
static inline int flag_wait(void)
{
    struct timespec time = {0, 1000000};
    for (int i = 0; i < 10000 && !__atomic_load_n(&flag, __ATOMIC_SEQ_CST); i++) {
        nanosleep(&time, NULL);
    }
    return __atomic_exchange_n(&flag, 0, __ATOMIC_SEQ_CST);
}

typedef struct {
    pid_t process;
    int pipe;
    int signal;
    char output[4096];
} Child;

/* 1 in the process that has started another one, 0 in that one, -1 where there is none. */
static inline int child_start(Child *child)
{
    int ends[2];
    if (pipe(ends) < 0) {
        return -1;
    }
    child->process = fork();
    if (child->process == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(20);
        return 0;
    }
    close(ends[1]);
    child->pipe = ends[0];
    if (child->process < 0) {
        close(ends[0]);
        return -1;
    }
    return 1;
}

/* Read all that it writes, keep the beginning of it without what is no ASCII, and wait for its end. */
static inline void child_end(Child *child)
{
    size_t used = 0;
    char unit;
    while (read(child->pipe, &unit, 1) == 1) {
        if (used < sizeof(child->output) - 1 && unit >= ' ' && unit < 127) {
            child->output[used++] = unit;
        }
    }
    child->output[used] = '\0';
    close(child->pipe);
    int status = 0;
    waitpid(child->process, &status, 0);
    child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
