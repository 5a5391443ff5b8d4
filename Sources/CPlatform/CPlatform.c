#define _GNU_SOURCE
#include "CPlatform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

int conform_adopt_orphans(void)
{
#ifdef __linux__
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#else
    return -1;
#endif
}

static void *wait_for_unlock(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

int conform_spare_threads(int wanted)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[64];
    pthread_attr_t small;
    int count = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    pthread_mutex_lock(&lock);
    while (count < wanted && count < 64 && pthread_create(&threads[count], &small, wait_for_unlock, &lock) == 0) {
        count++;
    }
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_attr_destroy(&small);
    return count;
}

/* Whether a process was started with a text in its environment. */
static int has_marker(const char *process, const char *marker)
{
    static char environment[1 << 18];
    char path[64];
    size_t length = 0;
    snprintf(path, sizeof path, "/proc/%s/environ", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    while (length < sizeof environment) {
        ssize_t got = read(file, environment + length, sizeof environment - length);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
    }
    close(file);
    size_t size = strlen(marker);
    for (size_t i = 0; i + size <= length; i++) {
        if (memcmp(environment + i, marker, size) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Kills all processes with a marker; how many there were. */
static int kill_marked(const char *marker)
{
    DIR *all = opendir("/proc");
    int found = 0;
    if (all == NULL) {
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
        pid_t process = (pid_t)atoi(entry->d_name);
        if (process > 1 && process != getpid() && has_marker(entry->d_name, marker)) {
            found += kill(process, SIGKILL) == 0;
        }
    }
    closedir(all);
    return found;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)kind, (void)place;
    remove(path);
    return 0;
}

static void guard_until_end(int end, const char *marker, const char *folder)
{
    char byte;
    setsid();
    for (int number = 1; number < 32; number++) {
        signal(number, SIG_IGN);
    }
    signal(SIGCHLD, SIG_DFL);
    for (int file = (int)sysconf(_SC_OPEN_MAX) < 4096 ? (int)sysconf(_SC_OPEN_MAX) : 4096; file >= 0; file--) {
        if (file != end) {
            close(file);
        }
    }
#ifdef __linux__
    prctl(PR_SET_NAME, "conform-guard", 0, 0, 0);
#endif
    while (read(end, &byte, 1) < 0 && errno == EINTR) {
    }
    /* A process that is being started while we look is found the next time. */
    for (int quiet = 0, round = 0; quiet < 2 && round < 200; round++) {
        quiet = kill_marked(marker) == 0 ? quiet + 1 : 0;
        if (quiet < 2) {
            usleep(5000);
        }
    }
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int conform_guard(const char *marker, const char *folder, pid_t *guard)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return -1;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    *guard = fork();
    if (*guard == 0) {
        guard_until_end(ends[0], marker, folder);
        _exit(0);
    }
    int problem = errno;
    close(ends[0]);
    if (*guard < 0) {
        close(ends[1]);
        errno = problem;
        return -1;
    }
    return ends[1];
}

const char *conform_signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"},
        {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},
        {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"}, {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},
        {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].number == number) {
            return names[i].name;
        }
    }
    return NULL;
}

int conform_stamp_of(const char *path, struct conform_stamp *stamp)
{
    struct stat found;
    if (stat(path, &found) != 0) {
        return -1;
    }
#ifdef __APPLE__
    struct timespec changed = found.st_mtimespec, status_changed = found.st_ctimespec;
#else
    struct timespec changed = found.st_mtim, status_changed = found.st_ctim;
#endif
    stamp->device = (long long)found.st_dev;
    stamp->inode = (long long)found.st_ino;
    stamp->size = (long long)found.st_size;
    stamp->changed = changed.tv_sec * 1000000000LL + changed.tv_nsec;
    stamp->status_changed = status_changed.tv_sec * 1000000000LL + status_changed.tv_nsec;
    stamp->is_file = S_ISREG(found.st_mode);
    stamp->is_folder = S_ISDIR(found.st_mode);
    return 0;
}

int conform_exited(int status) { return WIFEXITED(status); }

int conform_exit_code(int status) { return WEXITSTATUS(status); }

int conform_signalled(int status) { return WIFSIGNALED(status); }

int conform_signal(int status) { return WTERMSIG(status); }
