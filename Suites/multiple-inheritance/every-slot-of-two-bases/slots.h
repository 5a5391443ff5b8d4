/* The slots of the table, by the form of their functions. MARK is the type that the functions are for: A or B. */
#ifndef SLOTS_H
#define SLOTS_H

#include "conform.h"

/* Which type's function of the slot was called: 1 for A, 2 for B. */
#define CALLED(MARK, SLOT) conform_event(#SLOT, (long long)#MARK[0] - 'A' + 1)

#define NUMBER_SLOTS(MARK)                                                                                           \
    UNARY(MARK, nb_negative)                                                                                         \
    UNARY(MARK, nb_positive)                                                                                         \
    UNARY(MARK, nb_absolute)                                                                                         \
    UNARY(MARK, nb_invert)                                                                                           \
    INTEGER(MARK, nb_int)                                                                                            \
    INTEGER(MARK, nb_index)                                                                                          \
    REAL(MARK, nb_float)                                                                                             \
    INQUIRY(MARK, nb_bool)                                                                                           \
    BINARY(MARK, nb_add)                                                                                             \
    BINARY(MARK, nb_subtract)                                                                                        \
    BINARY(MARK, nb_multiply)                                                                                        \
    BINARY(MARK, nb_remainder)                                                                                       \
    BINARY(MARK, nb_divmod)                                                                                          \
    TERNARY(MARK, nb_power)                                                                                          \
    BINARY(MARK, nb_lshift)                                                                                          \
    BINARY(MARK, nb_rshift)                                                                                          \
    BINARY(MARK, nb_and)                                                                                             \
    BINARY(MARK, nb_xor)                                                                                             \
    BINARY(MARK, nb_or)                                                                                              \
    BINARY(MARK, nb_floor_divide)                                                                                    \
    BINARY(MARK, nb_true_divide)                                                                                     \
    BINARY(MARK, nb_matrix_multiply)                                                                                 \
    BINARY(MARK, nb_inplace_add)                                                                                     \
    BINARY(MARK, nb_inplace_subtract)                                                                                \
    BINARY(MARK, nb_inplace_multiply)                                                                                \
    BINARY(MARK, nb_inplace_remainder)                                                                               \
    TERNARY(MARK, nb_inplace_power)                                                                                  \
    BINARY(MARK, nb_inplace_lshift)                                                                                  \
    BINARY(MARK, nb_inplace_rshift)                                                                                  \
    BINARY(MARK, nb_inplace_and)                                                                                     \
    BINARY(MARK, nb_inplace_xor)                                                                                     \
    BINARY(MARK, nb_inplace_or)                                                                                      \
    BINARY(MARK, nb_inplace_floor_divide)                                                                            \
    BINARY(MARK, nb_inplace_true_divide)                                                                             \
    BINARY(MARK, nb_inplace_matrix_multiply)

#define SEQUENCE_SLOTS(MARK)                                                                                         \
    LENGTH(MARK, sq_length)                                                                                          \
    INDEXED(MARK, sq_item)                                                                                           \
    STORED(MARK, sq_ass_item)                                                                                        \
    CONTAINS(MARK, sq_contains)                                                                                      \
    BINARY(MARK, sq_concat)                                                                                          \
    INDEXED(MARK, sq_repeat)                                                                                         \
    BINARY(MARK, sq_inplace_concat)                                                                                  \
    INDEXED(MARK, sq_inplace_repeat)

#define MAPPING_SLOTS(MARK)                                                                                          \
    LENGTH(MARK, mp_length)                                                                                          \
    BINARY(MARK, mp_subscript)                                                                                       \
    ASSIGNED(MARK, mp_ass_subscript)

#define OBJECT_SLOTS(MARK)                                                                                           \
    UNARY(MARK, tp_repr)                                                                                             \
    UNARY(MARK, tp_str)                                                                                              \
    HASH(MARK, tp_hash)                                                                                              \
    COMPARED(MARK, tp_richcompare)                                                                                   \
    CALL(MARK, tp_call)

#define BUFFER_SLOTS(MARK)                                                                                           \
    GETBUFFER(MARK, bf_getbuffer)                                                                                    \
    RELEASEBUFFER(MARK, bf_releasebuffer)

/* Those that HPy lacks. */
#define ITERATION_SLOTS(MARK)                                                                                        \
    UNARY(MARK, tp_iter)                                                                                             \
    UNARY(MARK, tp_iternext)                                                                                         \
    UNARY(MARK, am_await)                                                                                            \
    UNARY(MARK, am_aiter)                                                                                            \
    UNARY(MARK, am_anext)

#define ATTRIBUTE_SLOTS(MARK)                                                                                        \
    BINARY(MARK, tp_getattro)                                                                                        \
    ASSIGNED(MARK, tp_setattro)                                                                                      \
    TERNARY(MARK, tp_descr_get)                                                                                      \
    ASSIGNED(MARK, tp_descr_set)

#define HPY_SLOTS(MARK) NUMBER_SLOTS(MARK) SEQUENCE_SLOTS(MARK) MAPPING_SLOTS(MARK) OBJECT_SLOTS(MARK) BUFFER_SLOTS(MARK)
#define LEGACY_SLOTS(MARK) ITERATION_SLOTS(MARK) ATTRIBUTE_SLOTS(MARK)

/* The functions of these forms in the raw C API. Each answers what its caller accepts, as far as one answer can. */
#ifdef Py_PYTHON_H
#define CAPI_FUNCTION(MARK, SLOT, PARAMETERS, ANSWER)                                                                \
    static PyObject *MARK##_##SLOT PARAMETERS                                                                        \
    {                                                                                                                \
        CALLED(MARK, SLOT);                                                                                          \
        return ANSWER;                                                                                               \
    }
#define CAPI_INT_FUNCTION(MARK, SLOT, RESULT, PARAMETERS, ANSWER)                                                    \
    static RESULT MARK##_##SLOT PARAMETERS                                                                           \
    {                                                                                                                \
        CALLED(MARK, SLOT);                                                                                          \
        return ANSWER;                                                                                               \
    }
#define CAPI_UNARY(MARK, SLOT) CAPI_FUNCTION(MARK, SLOT, (PyObject * a), PyUnicode_FromString(#SLOT))
#define CAPI_BINARY(MARK, SLOT) CAPI_FUNCTION(MARK, SLOT, (PyObject * a, PyObject *b), PyUnicode_FromString(#SLOT))
#define CAPI_TERNARY(MARK, SLOT)                                                                                     \
    CAPI_FUNCTION(MARK, SLOT, (PyObject * a, PyObject *b, PyObject *c), PyUnicode_FromString(#SLOT))
#define CAPI_ASSIGNED(MARK, SLOT)                                                                                    \
    CAPI_INT_FUNCTION(MARK, SLOT, int, (PyObject * a, PyObject *b, PyObject *c), 0)
#endif

#endif
