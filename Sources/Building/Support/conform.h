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
#include <string.h>

#define CONFORM_EVENTS 4096
#define CONFORM_EVENT_NAME 24

struct conform_event_entry {
    char name[CONFORM_EVENT_NAME];
    long long value;
};

/* Read by hpy_conform.py through the symbol's name: change both together. */
struct conform_log {
    long count;
    struct conform_event_entry events[CONFORM_EVENTS];
};

/* Weak: several sources of one extension share one log. */
__attribute__((weak, visibility("default"))) struct conform_log conform_log;

/* Record that something happened, with a number that tells which; callable from any thread, at any time. */
__attribute__((unused)) static inline void conform_event(const char *name, long long value)
{
    long slot = __atomic_fetch_add(&conform_log.count, 1, __ATOMIC_SEQ_CST);
    if (slot < CONFORM_EVENTS) {
        struct conform_event_entry *entry = &conform_log.events[slot];
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
