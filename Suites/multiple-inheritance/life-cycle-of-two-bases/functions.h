/* How the types of this case are called, and which of their functions an event tells. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "conform.h"
#include "conform_helpers.h"

/* Which type's function of the slot was called: 1 for A, 2 for B, 3 for C. */
#define CALLED(MARK, SLOT) conform_event(#SLOT, (long long)#MARK[0] - 'A' + 1)

static inline const char *name_of_mark(char mark)
{
    return mark == 'A' ? "ext.First" : mark == 'B' ? "ext.Second" : "ext.Child";
}

#endif
