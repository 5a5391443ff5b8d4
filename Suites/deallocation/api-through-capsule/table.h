/* What the provider exports: plain C, so that both ABIs can call it, and a deallocator may. A buffer is counted by itself. */
#ifndef TABLE_H
#define TABLE_H

#include <stdlib.h>

#define TABLE_VERSION 1
#define TABLE_NAME "provider.table"

struct buffer {
    long references, number;
};

struct table {
    long version;
    struct buffer *(*make)(void);
    void (*keep)(struct buffer *);
    void (*release)(struct buffer *);
};

#ifdef TABLE_PROVIDER
#include "conform.h"

static struct buffer *buffer_make(void)
{
    struct buffer *made = (struct buffer *)malloc(sizeof *made);
    if (made != NULL) {
        made->references = 1;
        made->number = conform_serial();
        conform_event("make", made->number);
    }
    return made;
}

static void buffer_keep(struct buffer *one) { one->references++; }

static void buffer_release(struct buffer *one)
{
    if (--one->references == 0) {
        conform_event("release", one->number);
        free(one);
    }
}

static struct table table = {TABLE_VERSION, buffer_make, buffer_keep, buffer_release};
static struct table next_table = {TABLE_VERSION + 1, buffer_make, buffer_keep, buffer_release};
#endif

#endif
