#include "CPlatform.h"

#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
