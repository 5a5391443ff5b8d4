/* A native resource: memory that holds a number, which an event tells when it is released. */
#ifndef NATIVE_H
#define NATIVE_H

#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long serial;
} Native;

/* The number of a new resource in that place, or 0. One that is there stays. */
static inline long acquire(Native **place)
{
    if (*place == NULL) {
        *place = (Native *)malloc(sizeof(Native));
        if (*place != NULL) {
            (*place)->serial = conform_serial();
        }
    }
    return *place == NULL ? 0 : (*place)->serial;
}

/* The place is empty afterwards: the functions of a type and of its base may both be called, or one of them. */
static inline void release(const char *name, Native **place)
{
    if (*place != NULL) {
        conform_event(name, (*place)->serial);
        free(*place);
        *place = NULL;
    }
}

#endif
