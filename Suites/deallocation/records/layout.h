/* The native part of a dtype: names, kinds and places of the fields of a record. It belongs to no object, and knows its
   users: dtypes, arrays of records and layouts around it. So destroy and traverse read it without any API. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "conform.h"
#include <stdio.h>
#include <stdlib.h>

#define FIELDS 12
#define OBJECTS 64
#define NAME 16
#define FORMAT 512

struct layout;

struct field {
    char name[NAME];
    char kind; /* as in a format: b, q, d, O; or T, a nested layout */
    size_t offset;
    struct layout *nested;
};

struct layout {
    long users;
    size_t size, alignment;
    int count;
    struct field fields[FIELDS];
    int objects;
    size_t places[OBJECTS]; /* of the objects, those in nested layouts among them */
    char format[FORMAT];
};

static inline struct layout *layout_begin(void)
{
    struct layout *layout = (struct layout *)calloc(1, sizeof(struct layout));
    if (layout != NULL) {
        layout->users = layout->alignment = 1;
    }
    return layout;
}

static inline struct layout *layout_keep(struct layout *layout)
{
    __atomic_add_fetch(&layout->users, 1, __ATOMIC_SEQ_CST);
    return layout;
}

static inline void layout_release(struct layout *layout)
{
    if (layout == NULL || __atomic_sub_fetch(&layout->users, 1, __ATOMIC_SEQ_CST) != 0) {
        return;
    }
    conform_event("layout", (long long)layout->size);
    for (int i = 0; i < layout->count; i++) {
        layout_release(layout->fields[i].nested);
    }
    free(layout);
}

static inline const struct field *layout_find(const struct layout *layout, const char *name)
{
    for (int i = 0; name != NULL && i < layout->count; i++) {
        if (strcmp(layout->fields[i].name, name) == 0) {
            return &layout->fields[i];
        }
    }
    return NULL;
}

static const char *const layout_kinds[][2] = {{"int8", "b"}, {"int64", "q"}, {"float64", "d"}, {"object", "O"}};

/* The letter of a kind, or 0. */
static inline char layout_letter(const char *kind)
{
    for (size_t i = 0; i < sizeof(layout_kinds) / sizeof(*layout_kinds); i++) {
        if (strcmp(layout_kinds[i][0], kind) == 0) {
            return layout_kinds[i][1][0];
        }
    }
    return 0;
}

static inline const char *layout_kind(char letter)
{
    for (size_t i = 0; i < sizeof(layout_kinds) / sizeof(*layout_kinds); i++) {
        if (layout_kinds[i][1][0] == letter) {
            return layout_kinds[i][0];
        }
    }
    return "";
}

static inline int layout_write(struct layout *layout, const char *text)
{
    size_t length = strlen(layout->format), more = strlen(text);
    if (length + more >= FORMAT) {
        return -1;
    }
    memcpy(layout->format + length, text, more + 1);
    return 0;
}

/* Writes pad bytes up to a multiple of an alignment. */
static inline int layout_pad(struct layout *layout, size_t alignment)
{
    char text[24];
    size_t pad = (alignment - layout->size % alignment) % alignment;
    layout->size += pad;
    snprintf(text, sizeof(text), "%zux", pad);
    return pad == 0 ? 0 : layout_write(layout, text);
}

/* Adds a field, whose name is "" in a layout that is one field and no record; -1 if there is no place. */
static inline int layout_add(struct layout *layout, const char *name, char kind, struct layout *nested)
{
    size_t size = nested != NULL ? nested->size : kind == 'b' ? 1 : 8;
    size_t alignment = nested != NULL ? nested->alignment : size;
    int objects = nested != NULL ? nested->objects : kind == 'O';
    const char letter[] = {kind, 0};
    if (layout->count == FIELDS || strlen(name) >= NAME || layout->objects + objects > OBJECTS ||
        layout_find(layout, name) != NULL) {
        return -1;
    }
    if (*name != 0 && layout->count == 0 && layout_write(layout, "T{") < 0) {
        return -1;
    }
    if (layout_pad(layout, alignment) < 0 || layout_write(layout, nested != NULL ? nested->format : letter) < 0) {
        return -1;
    }
    if (*name != 0 &&
        (layout_write(layout, ":") < 0 || layout_write(layout, name) < 0 || layout_write(layout, ":") < 0)) {
        return -1;
    }
    struct field *field = &layout->fields[layout->count++];
    memcpy(field->name, name, strlen(name) + 1);
    field->kind = nested != NULL ? 'T' : kind;
    field->offset = layout->size;
    field->nested = nested != NULL ? layout_keep(nested) : NULL;
    for (int i = 0; i < objects; i++) {
        layout->places[layout->objects++] = layout->size + (nested != NULL ? nested->places[i] : 0);
    }
    layout->size += size;
    layout->alignment = alignment > layout->alignment ? alignment : layout->alignment;
    return 0;
}

static inline int layout_end(struct layout *layout)
{
    if (layout->count == 1 && layout->fields[0].name[0] == 0) {
        return 0;
    }
    if (layout->count == 0 && layout_write(layout, "T{") < 0) {
        return -1;
    }
    return layout_pad(layout, layout->alignment) < 0 || layout_write(layout, "}") < 0 ? -1 : 0;
}

/* A layout of one field without a name; NULL if there is no memory. */
static inline struct layout *layout_of_one(char kind)
{
    struct layout *layout = layout_begin();
    if (layout != NULL) {
        layout_add(layout, "", kind, NULL);
        layout_end(layout);
    }
    return layout;
}

/* Whether records of both have the same fields at the same places: the format tells all of it. */
static inline int layout_same(const struct layout *one, const struct layout *other)
{
    return strcmp(one->format, other->format) == 0;
}

#endif
