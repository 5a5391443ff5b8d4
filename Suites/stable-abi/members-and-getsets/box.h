/* The struct that both modules know. */
#ifndef BOX_H
#define BOX_H

typedef struct {
    PyObject_HEAD
    int number;
    PyObject *object;
    PyObject *dictionary;
    PyObject *weak_references;
} Box;

#endif
