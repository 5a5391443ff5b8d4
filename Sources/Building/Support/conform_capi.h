/* For cases written against the raw C API: one source, compiled once with heap types and once with static ones.

   The type is described by a PyType_Spec. conform_type() makes it with PyType_FromSpecWithBases in the lane
   capi-heap, and fills a static PyTypeObject from the same slots in the lane capi-static. What the C-API
   reference asks of heap types alone (visiting and releasing the type) is in the two macros below, which do
   nothing for static ones; CONFORM_STATIC_TYPES is 0 or 1 where a source must differ by itself. */
#ifndef HPY_CONFORM_CAPI_H
#define HPY_CONFORM_CAPI_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include "conform.h"

#ifndef CONFORM_STATIC_TYPES
#error "CONFORM_STATIC_TYPES is 0 or 1; hpy-conform's lanes define it"
#endif

/* Last statement of a tp_dealloc: free the object; an instance of a heap type also owns a reference to its
   type (Python/C API, "Type Objects", tp_dealloc). */
#if CONFORM_STATIC_TYPES
#define CONFORM_FREE(self) Py_TYPE(self)->tp_free((PyObject *)(self))
#else
#define CONFORM_FREE(self)                                                                                           \
    do {                                                                                                             \
        PyTypeObject *conform_type_of_self = Py_TYPE(self);                                                          \
        conform_type_of_self->tp_free((PyObject *)(self));                                                           \
        Py_DECREF(conform_type_of_self);                                                                             \
    } while (0)
#endif

/* In a tp_traverse: an instance of a heap type visits its type, from Python 3.9 on (Python/C API,
   "Type Objects", tp_traverse). */
#if CONFORM_STATIC_TYPES || PY_VERSION_HEX < 0x03090000
#define CONFORM_VISIT_TYPE(self) (void)(self)
#else
#define CONFORM_VISIT_TYPE(self) Py_VISIT(Py_TYPE(self))
#endif

#if CONFORM_STATIC_TYPES
struct conform_static_type {
    PyTypeObject type;
    PyAsyncMethods as_async;
    PyNumberMethods as_number;
    PySequenceMethods as_sequence;
    PyMappingMethods as_mapping;
    PyBufferProcs as_buffer;
};

/* Put one slot where a static type keeps it; -1 with a SystemError for a slot that has no place there. */
static inline int conform_fill_slot(struct conform_static_type *made, const PyType_Slot *slot)
{
    PyTypeObject *type = &made->type;
    switch (slot->slot) {
#define CONFORM_SLOT(id, place)                                                                                      \
    case id:                                                                                                         \
        *(void **)&(place) = slot->pfunc;                                                                            \
        return 0;
#define CONFORM_TP(name) CONFORM_SLOT(Py_tp_##name, type->tp_##name)
#define CONFORM_NB(name) CONFORM_SLOT(Py_nb_##name, made->as_number.nb_##name)
#define CONFORM_SQ(name) CONFORM_SLOT(Py_sq_##name, made->as_sequence.sq_##name)
#define CONFORM_MP(name) CONFORM_SLOT(Py_mp_##name, made->as_mapping.mp_##name)
#define CONFORM_AM(name) CONFORM_SLOT(Py_am_##name, made->as_async.am_##name)
        CONFORM_TP(alloc) CONFORM_TP(base) CONFORM_TP(bases) CONFORM_TP(call) CONFORM_TP(clear)
        CONFORM_TP(dealloc) CONFORM_TP(del) CONFORM_TP(descr_get) CONFORM_TP(descr_set) CONFORM_TP(doc)
        CONFORM_TP(finalize) CONFORM_TP(free) CONFORM_TP(getattr) CONFORM_TP(getattro) CONFORM_TP(getset)
        CONFORM_TP(hash) CONFORM_TP(init) CONFORM_TP(is_gc) CONFORM_TP(iter) CONFORM_TP(iternext)
        CONFORM_TP(members) CONFORM_TP(methods) CONFORM_TP(new) CONFORM_TP(repr) CONFORM_TP(richcompare)
        CONFORM_TP(setattr) CONFORM_TP(setattro) CONFORM_TP(str) CONFORM_TP(traverse)
        CONFORM_NB(absolute) CONFORM_NB(add) CONFORM_NB(and) CONFORM_NB(bool) CONFORM_NB(divmod)
        CONFORM_NB(float) CONFORM_NB(floor_divide) CONFORM_NB(index) CONFORM_NB(inplace_add)
        CONFORM_NB(inplace_and) CONFORM_NB(inplace_floor_divide) CONFORM_NB(inplace_lshift)
        CONFORM_NB(inplace_matrix_multiply) CONFORM_NB(inplace_multiply) CONFORM_NB(inplace_or)
        CONFORM_NB(inplace_power) CONFORM_NB(inplace_remainder) CONFORM_NB(inplace_rshift)
        CONFORM_NB(inplace_subtract) CONFORM_NB(inplace_true_divide) CONFORM_NB(inplace_xor) CONFORM_NB(int)
        CONFORM_NB(invert) CONFORM_NB(lshift) CONFORM_NB(matrix_multiply) CONFORM_NB(multiply)
        CONFORM_NB(negative) CONFORM_NB(or) CONFORM_NB(positive) CONFORM_NB(power) CONFORM_NB(remainder)
        CONFORM_NB(rshift) CONFORM_NB(subtract) CONFORM_NB(true_divide) CONFORM_NB(xor)
        CONFORM_SQ(ass_item) CONFORM_SQ(concat) CONFORM_SQ(contains) CONFORM_SQ(inplace_concat)
        CONFORM_SQ(inplace_repeat) CONFORM_SQ(item) CONFORM_SQ(length) CONFORM_SQ(repeat)
        CONFORM_MP(ass_subscript) CONFORM_MP(length) CONFORM_MP(subscript)
        CONFORM_AM(aiter) CONFORM_AM(anext) CONFORM_AM(await)
#ifdef Py_bf_getbuffer
        CONFORM_SLOT(Py_bf_getbuffer, made->as_buffer.bf_getbuffer)
        CONFORM_SLOT(Py_bf_releasebuffer, made->as_buffer.bf_releasebuffer)
#endif
#undef CONFORM_AM
#undef CONFORM_MP
#undef CONFORM_SQ
#undef CONFORM_NB
#undef CONFORM_TP
#undef CONFORM_SLOT
    }
    PyErr_Format(PyExc_SystemError, "slot %d has no place in a static type", slot->slot);
    return -1;
}

static inline PyObject *conform_static_from_spec(PyType_Spec *spec, PyObject *bases)
{
    static PyTypeObject fresh = {PyVarObject_HEAD_INIT(NULL, 0)};
    struct conform_static_type *made = (struct conform_static_type *)calloc(1, sizeof *made);
    if (made == NULL) {
        return PyErr_NoMemory();
    }
    made->type = fresh;
    made->type.tp_name = spec->name;
    made->type.tp_basicsize = spec->basicsize;
    made->type.tp_itemsize = spec->itemsize;
    made->type.tp_flags = spec->flags;
    made->type.tp_as_async = &made->as_async;
    made->type.tp_as_number = &made->as_number;
    made->type.tp_as_sequence = &made->as_sequence;
    made->type.tp_as_mapping = &made->as_mapping;
    made->type.tp_as_buffer = &made->as_buffer;
    if (bases != NULL && PyTuple_GET_SIZE(bases) > 0) {
        made->type.tp_base = (PyTypeObject *)PyTuple_GET_ITEM(bases, 0);
        Py_INCREF(made->type.tp_base);
        if (PyTuple_GET_SIZE(bases) > 1) {
            Py_INCREF(bases);
            made->type.tp_bases = bases;
        }
    }
    for (const PyType_Slot *slot = spec->slots; slot->slot != 0; slot++) {
        if (conform_fill_slot(made, slot) < 0) {
            return NULL;
        }
    }
    return PyType_Ready(&made->type) < 0 ? NULL : (PyObject *)&made->type;
}
#endif

/* A new reference to the type that a spec describes, as the lane wants it. `bases` is NULL, a type, or a tuple
   of types whose first decides the layout. */
__attribute__((unused)) static inline PyObject *conform_type(PyType_Spec *spec, PyObject *bases)
{
    PyObject *tuple = NULL, *type;
    if (bases != NULL) {
        tuple = PyTuple_Check(bases) ? (Py_INCREF(bases), bases) : PyTuple_Pack(1, bases);
        if (tuple == NULL) {
            return NULL;
        }
    }
#if CONFORM_STATIC_TYPES
    type = conform_static_from_spec(spec, tuple);
    Py_XINCREF(type); /* the static storage keeps one for itself */
#else
    type = tuple != NULL ? PyType_FromSpecWithBases(spec, tuple) : PyType_FromSpec(spec);
#endif
    Py_XDECREF(tuple);
    return type;
}

/* Make a type and put it into the module under `name`; 0, or -1 with an exception. */
__attribute__((unused)) static inline int conform_add_type(PyObject *module, const char *name, PyType_Spec *spec,
                                                          PyObject *bases)
{
    PyObject *type = conform_type(spec, bases);
    if (type == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, name, type);
    Py_DECREF(type);
    return failed;
}

#endif
