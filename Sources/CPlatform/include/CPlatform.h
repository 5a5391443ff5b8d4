/* The system calls that Swift's overlay doesn't offer. Everything that depends on the operating system is here
   and in the Swift target Platform. */
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <sys/types.h>

/* Make orphans of this process's descendants its own children. 0, or -1 where the system has no such thing. */
int conform_adopt_orphans(void);

/* The name of a signal, as SIGSEGV; NULL for an unknown number. */
const char *conform_signal_name(int number);

/* What a wait status says. */
int conform_exited(int status);
int conform_exit_code(int status);
int conform_signalled(int status);
int conform_signal(int status);

#endif
