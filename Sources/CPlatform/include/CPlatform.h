/* The system calls that Swift's overlay doesn't offer. Everything that depends on the operating system is here
   and in the Swift target Platform. */
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <sys/types.h>

/* Make orphans of this process's descendants its own children. 0, or -1 where the system has no such thing. */
int conform_adopt_orphans(void);

/* Starts a process that waits for the end of this one, however that comes, then kills every process with MARKER in the
   environment that it was started with, and removes FOLDER with all that is in it.

   The guard is dismissed by closing the descriptor that is returned; it does the same then. -1 with errno set where it
   can't be started. */
int conform_guard(const char *marker, const char *folder, pid_t *guard);

/* How many threads can be started beside those that there are, at most WANTED; they end at once. */
int conform_spare_threads(int wanted);

/* The name of a signal, as SIGSEGV; NULL for an unknown number. */
const char *conform_signal_name(int number);

/* What tells that a file is still the one that was looked at. */
struct conform_stamp {
    long long device, inode, size, changed, status_changed; /* the times in nanoseconds */
    int is_file, is_folder;
};

/* The stamp of what a path leads to. 0, or -1. */
int conform_stamp_of(const char *path, struct conform_stamp *stamp);

/* What a wait status says. */
int conform_exited(int status);
int conform_exit_code(int status);
int conform_signalled(int status);
int conform_signal(int status);

#endif
