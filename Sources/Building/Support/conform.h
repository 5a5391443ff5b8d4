/* What an extension of hpy-conform may include, whichever API it is written against.

   A deallocator may not call into Python, so what happens there is written to plain C memory, and the
   scenario reads it afterwards with events(ext):

       static void Point_destroy_impl(void *self)
       {
           conform_event("destroy", ((Point *)self)->serial);
       }
*/
#ifndef HPY_CONFORM_H
#define HPY_CONFORM_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFORM_OWN_EVENTS 4096
#define CONFORM_EVENT_NAME 24

struct conform_event_entry {
    char name[CONFORM_EVENT_NAME];
    long long value;
};

/* Read by hpy_conform.py through the symbol conform_log: change these, and conform_events.py, together. */
struct conform_event_log {
    long count, capacity;
    struct conform_event_entry events[];
};

/* Where nobody gives a log: the binary's own. Weak: several sources of one extension share it. */
__attribute__((weak, visibility("default"))) struct {
    long count, capacity;
    struct conform_event_entry events[CONFORM_OWN_EVENTS];
} conform_own_log = {0, CONFORM_OWN_EVENTS, {{{0}, 0}}};

__attribute__((weak, visibility("default"))) struct conform_event_log *conform_log =
    (struct conform_event_log *)&conform_own_log;

/* The harness maps a file of the cell's, which all extensions of a process share and which is left after a crash. It says
   where in the environment, "PROCESS:ADDRESS" in hexadecimal digits; another process has its log elsewhere. */
__attribute__((constructor, unused)) static void conform_find_log(void)
{
    const char *told = getenv("HPY_CONFORM_EVENTS");
    char *rest = NULL;
    if (told != NULL && strtoul(told, &rest, 16) == (unsigned long)getpid() && *rest == ':') {
        conform_log = (struct conform_event_log *)strtoul(rest + 1, NULL, 16);
    }
}

/* Record that something happened, with a number that tells which; callable from any thread, at any time. */
__attribute__((unused)) static inline void conform_event(const char *name, long long value)
{
    long slot = __atomic_fetch_add(&conform_log->count, 1, __ATOMIC_SEQ_CST);
    if (slot < conform_log->capacity) {
        struct conform_event_entry *entry = &conform_log->events[slot];
        strncpy(entry->name, name, CONFORM_EVENT_NAME - 1);
        entry->value = value;
    }
}

/* A number for the next object: 1, 2, 3, … in this process. */
__attribute__((weak, visibility("default"))) long conform_last_serial;

__attribute__((unused)) static inline long conform_serial(void)
{
    return __atomic_add_fetch(&conform_last_serial, 1, __ATOMIC_SEQ_CST);
}

#endif
