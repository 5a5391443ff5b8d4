/* The struct that both modules know. */
#ifndef THING_H
#define THING_H

typedef struct {
    PyObject_HEAD
    long serial;
} Thing;

#endif
