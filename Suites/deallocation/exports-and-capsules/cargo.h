/* What a capsule of both extensions points to: memory whose number and name are its own, freed by the destructor. */
#ifndef CARGO_H
#define CARGO_H

#include "conform.h"
#include <stdio.h>
#include <stdlib.h>

struct cargo {
    long number;
    char name[24];
    long *context;
};

static inline struct cargo *cargo_load(long number)
{
    struct cargo *cargo = (struct cargo *)calloc(1, sizeof(struct cargo));
    long *context = (long *)malloc(sizeof(long));
    if (cargo == NULL || context == NULL) {
        free(cargo);
        free(context);
        return NULL;
    }
    *context = number + 1000;
    cargo->number = number;
    cargo->context = context;
    snprintf(cargo->name, sizeof(cargo->name), "ext.cargo%ld", number);
    return cargo;
}

static inline void cargo_free(struct cargo *cargo)
{
    free(cargo->context);
    free(cargo);
}

/* What a destructor finds: whether all of it is whole, and then it is freed. */
static inline void cargo_unload(const char *name, struct cargo *cargo, const long *context)
{
    char expected[24];
    snprintf(expected, sizeof(expected), "ext.cargo%ld", cargo->number);
    conform_event("capsule", cargo->number);
    if (name == NULL || strcmp(name, expected) != 0) {
        conform_event("another name", cargo->number);
    }
    if (context == NULL || *context != cargo->number + 1000) {
        conform_event("another context", cargo->number);
    }
    cargo_free(cargo);
}

#endif
