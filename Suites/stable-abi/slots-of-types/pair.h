/* The struct that both modules know. */
#ifndef PAIR_H
#define PAIR_H

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *held;
} Pair;

#endif
