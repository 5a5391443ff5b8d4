/* Slots of which several serve one method, by the form of their functions. OWNER is the type that they are for. */
#ifndef SLOTS_H
#define SLOTS_H

#include "conform.h"

/* The slot was called for the type A or B: 1 or 2. */
#define CALLED(OWNER, SLOT) conform_event(#SLOT, (long long)#OWNER[0] - 'A' + 1)

/* LENGTH and INDEXED tell positions, so their answers are numbers that fit together: there are three items. */
#define SHARED_SLOTS(OWNER)                                                                                          \
    LENGTH(OWNER, sq_length)                                                                                         \
    LENGTH(OWNER, mp_length)                                                                                         \
    ITEM(OWNER, sq_item)                                                                                             \
    BINARY(OWNER, mp_subscript)                                                                                      \
    STORED(OWNER, sq_ass_item)                                                                                       \
    ASSIGNED(OWNER, mp_ass_subscript)                                                                                \
    BINARY(OWNER, sq_concat)                                                                                         \
    BINARY(OWNER, nb_add)                                                                                            \
    BINARY(OWNER, sq_inplace_concat)                                                                                 \
    BINARY(OWNER, nb_inplace_add)                                                                                    \
    REPEATED(OWNER, sq_repeat)                                                                                       \
    BINARY(OWNER, nb_multiply)                                                                                       \
    REPEATED(OWNER, sq_inplace_repeat)                                                                               \
    BINARY(OWNER, nb_inplace_multiply)                                                                               \
    INTEGER(OWNER, nb_int)                                                                                           \
    INTEGER(OWNER, nb_index)                                                                                         \
    REAL(OWNER, nb_float)                                                                                            \
    UNARY(OWNER, tp_repr)                                                                                            \
    UNARY(OWNER, tp_str)                                                                                             \
    HASH(OWNER, tp_hash)                                                                                             \
    COMPARED(OWNER, tp_richcompare)

/* Those that HPy lacks. */
#define ATTRIBUTE_SLOTS(OWNER)                                                                                       \
    NAMED(OWNER, tp_getattr)                                                                                         \
    BINARY(OWNER, tp_getattro)                                                                                       \
    SET_NAMED(OWNER, tp_setattr)                                                                                     \
    ASSIGNED(OWNER, tp_setattro)

/* The functions of these forms in the raw C API. */
#ifdef Py_PYTHON_H
#define FUNCTION(OWNER, SLOT, RESULT, PARAMETERS, ANSWER)                                                            \
    static RESULT OWNER##_##SLOT PARAMETERS                                                                          \
    {                                                                                                                \
        CALLED(OWNER, SLOT);                                                                                         \
        return ANSWER;                                                                                               \
    }
#define CAPI_BINARY(OWNER, SLOT)                                                                                     \
    FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a, PyObject *b), PyUnicode_FromString(#SLOT))
#define CAPI_ASSIGNED(OWNER, SLOT) FUNCTION(OWNER, SLOT, int, (PyObject * a, PyObject *b, PyObject *c), 0)
#define CAPI_NAMED(OWNER, SLOT)                                                                                      \
    FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a, char *b), PyUnicode_FromString(#SLOT))
#define CAPI_SET_NAMED(OWNER, SLOT) FUNCTION(OWNER, SLOT, int, (PyObject * a, char *b, PyObject *c), 0)

/* Functions of which HPy has no counterpart: each asks one of the two protocols. */
static PyObject *number_of(Py_ssize_t number)
{
    return number < 0 ? NULL : PyLong_FromSsize_t(number);
}

static PyObject *none_after(int failed)
{
    if (failed) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *sequence_size(PyObject *module, PyObject *one)
{
    return number_of(PySequence_Size(one));
}

static PyObject *mapping_size(PyObject *module, PyObject *one)
{
    return number_of(PyMapping_Size(one));
}

static PyObject *sequence_get(PyObject *module, PyObject *one)
{
    return PySequence_GetItem(one, 1);
}

static PyObject *sequence_set(PyObject *module, PyObject *one)
{
    return none_after(PySequence_SetItem(one, 1, Py_None) < 0);
}

static PyObject *sequence_delete(PyObject *module, PyObject *one)
{
    return none_after(PySequence_DelItem(one, 1) < 0);
}

static PyObject *sequence_concat(PyObject *module, PyObject *one)
{
    return PySequence_Concat(one, one);
}

static PyObject *sequence_inplace_concat(PyObject *module, PyObject *one)
{
    return PySequence_InPlaceConcat(one, one);
}

static PyObject *sequence_repeat(PyObject *module, PyObject *one)
{
    return PySequence_Repeat(one, 2);
}

static PyObject *sequence_inplace_repeat(PyObject *module, PyObject *one)
{
    return PySequence_InPlaceRepeat(one, 2);
}

#define PROTOCOL_METHODS                                                                                             \
    {"sequence_size", sequence_size, METH_O, NULL}, {"mapping_size", mapping_size, METH_O, NULL},                    \
        {"sequence_get", sequence_get, METH_O, NULL}, {"sequence_set", sequence_set, METH_O, NULL},                  \
        {"sequence_delete", sequence_delete, METH_O, NULL}, {"sequence_concat", sequence_concat, METH_O, NULL},      \
        {"sequence_inplace_concat", sequence_inplace_concat, METH_O, NULL},                                          \
        {"sequence_repeat", sequence_repeat, METH_O, NULL},                                                          \
        {"sequence_inplace_repeat", sequence_inplace_repeat, METH_O, NULL}
#endif

#endif
