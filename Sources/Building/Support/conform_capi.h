/* For cases written against the raw C API: one source, compiled once with heap types and once with static ones.

   The type is described by a PyType_Spec. conform_type() makes it with PyType_FromSpecWithBases in the lane
   capi-heap. In the lane capi-static it fills a PyTypeObject from the same slots, as the author of an extension
   writes it: with those tables (tp_as_number, …) alone in which the type has a slot, with tp_base, with tp_bases
   where there are several bases, with tp_new only where the type has one. What the C-API reference asks of heap
   types alone (visiting and releasing the type) is in the two macros below, which do nothing for static ones;
   CONFORM_STATIC_TYPES is 0 or 1 where a source must differ by itself. */
#ifndef HPY_CONFORM_CAPI_H
#define HPY_CONFORM_CAPI_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include "conform.h"

#ifndef CONFORM_STATIC_TYPES
#error "CONFORM_STATIC_TYPES is 0 or 1; hpy-conform's lanes define it"
#endif

/* A type's allocator and its release of memory, from the struct or, where that is opaque, by PyType_GetSlot
   (Python/C API, "Limited API": PyTypeObject's fields are not part of it). */
#ifdef Py_LIMITED_API
#define CONFORM_ALLOC(type) ((allocfunc)PyType_GetSlot((type), Py_tp_alloc))
#define CONFORM_RELEASE(type) ((freefunc)PyType_GetSlot((type), Py_tp_free))
#else
#define CONFORM_ALLOC(type) (type)->tp_alloc
#define CONFORM_RELEASE(type) (type)->tp_free
#endif

/* Last statement of a tp_dealloc: free the object; an instance of a heap type also owns a reference to its
   type (Python/C API, "Type Objects", tp_dealloc). */
#if CONFORM_STATIC_TYPES
#define CONFORM_FREE(self) Py_TYPE(self)->tp_free((PyObject *)(self))
#else
#define CONFORM_FREE(self)                                                                                           \
    do {                                                                                                             \
        PyTypeObject *conform_type_of_self = Py_TYPE(self);                                                          \
        CONFORM_RELEASE(conform_type_of_self)((PyObject *)(self));                                                   \
        Py_DECREF(conform_type_of_self);                                                                             \
    } while (0)
#endif

/* In a tp_traverse: an instance of a heap type visits its type, from Python 3.9 on (Python/C API,
   "Type Objects", tp_traverse). A binary for the stable ABI meets that Python only when it is loaded. */
#if CONFORM_STATIC_TYPES || PY_VERSION_HEX < 0x03090000 && !defined(Py_LIMITED_API)
#define CONFORM_VISIT_TYPE(self) (void)(self)
#elif defined(Py_LIMITED_API)
#define CONFORM_VISIT_TYPE(self)                                                                                     \
    do {                                                                                                             \
        if (conform_types_are_visited()) {                                                                           \
            Py_VISIT(Py_TYPE(self));                                                                                 \
        }                                                                                                            \
    } while (0)

/* The version in Py_GetVersion() is at least 3.9. No reference is taken, and nothing is allocated. */
__attribute__((unused)) static inline int conform_types_are_visited(void)
{
    const char *version = Py_GetVersion();
    return strtol(version, NULL, 10) > 3 || strtol(version + 2, NULL, 10) >= 9;
}
#else
#define CONFORM_VISIT_TYPE(self) Py_VISIT(Py_TYPE(self))
#endif

/* Macros that read a struct, by the function that does the same with a check. */
#ifdef Py_LIMITED_API
#define PyTuple_GET_ITEM(tuple, index) PyTuple_GetItem((PyObject *)(tuple), (index))
#define PyTuple_GET_SIZE(tuple) PyTuple_Size((PyObject *)(tuple))
#define PyTuple_SET_ITEM(tuple, index, value) (void)PyTuple_SetItem((PyObject *)(tuple), (index), (value))
#define PyList_GET_ITEM(list, index) PyList_GetItem((PyObject *)(list), (index))
#define PyList_GET_SIZE(list) PyList_Size((PyObject *)(list))
#define PyList_SET_ITEM(list, index, value) (void)PyList_SetItem((PyObject *)(list), (index), (value))
#define PyBytes_AS_STRING(bytes) PyBytes_AsString((PyObject *)(bytes))
#define PyBytes_GET_SIZE(bytes) PyBytes_Size((PyObject *)(bytes))
#define PyFloat_AS_DOUBLE(number) PyFloat_AsDouble((PyObject *)(number))
#endif

#if CONFORM_STATIC_TYPES
/* A static type and the tables that it may have: PyType_Ready sees those that a slot was put into. */
struct conform_static_type {
    PyTypeObject type;
    PyAsyncMethods as_async;
    PyNumberMethods as_number;
    PySequenceMethods as_sequence;
    PyMappingMethods as_mapping;
    PyBufferProcs as_buffer;
};

/* Members whose names are those of offsets: a static type has fields in their place (Python/C API, "Common Object
   Structures", PyMemberDef). */
static inline int conform_offset_member(PyTypeObject *type, const PyMemberDef *member)
{
    if (strcmp(member->name, "__dictoffset__") == 0) {
        type->tp_dictoffset = member->offset;
    } else if (strcmp(member->name, "__weaklistoffset__") == 0) {
        type->tp_weaklistoffset = member->offset;
    } else if (strcmp(member->name, "__vectorcalloffset__") == 0) {
        type->tp_vectorcall_offset = member->offset;
    } else {
        return 0;
    }
    return 1;
}

/* The members of a static type without those that became fields; -1 with an exception. */
static inline int conform_fill_members(PyTypeObject *type, PyMemberDef *members)
{
    size_t count = 0, kept = 0;
    while (members[count].name != NULL) {
        count++;
    }
    PyMemberDef *rest = (PyMemberDef *)calloc(count + 1, sizeof *rest);
    if (rest == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!conform_offset_member(type, &members[i])) {
            rest[kept++] = members[i];
        }
    }
    if (kept == count) {
        free(rest);
        rest = members;
    }
    type->tp_members = rest;
    return 0;
}

/* Python 3.8 hides the numbers of these two slots. */
#ifdef Py_bf_getbuffer
#define CONFORM_GETBUFFER Py_bf_getbuffer
#define CONFORM_RELEASEBUFFER Py_bf_releasebuffer
#else
#define CONFORM_GETBUFFER 1
#define CONFORM_RELEASEBUFFER 2
#endif

/* Put one slot where a static type keeps it; -1 with an exception for a slot that has no place there. */
static inline int conform_fill_slot(struct conform_static_type *made, const PyType_Slot *slot)
{
    PyTypeObject *type = &made->type;
    switch (slot->slot) {
    case Py_tp_base:
    case Py_tp_bases: /* conform_bases() read them. */
        return 0;
    case Py_tp_members:
        return conform_fill_members(type, (PyMemberDef *)slot->pfunc);
#define CONFORM_SLOT(id, place)                                                                                      \
    case id:                                                                                                         \
        *(void **)&(place) = slot->pfunc;                                                                            \
        return 0;
#define CONFORM_TABLE(id, name, field)                                                                               \
    case id:                                                                                                         \
        type->tp_##name = &made->name;                                                                               \
        *(void **)&made->name.field = slot->pfunc;                                                                   \
        return 0;
#define CONFORM_TP(name) CONFORM_SLOT(Py_tp_##name, type->tp_##name)
#define CONFORM_NB(name) CONFORM_TABLE(Py_nb_##name, as_number, nb_##name)
#define CONFORM_SQ(name) CONFORM_TABLE(Py_sq_##name, as_sequence, sq_##name)
#define CONFORM_MP(name) CONFORM_TABLE(Py_mp_##name, as_mapping, mp_##name)
#define CONFORM_AM(name) CONFORM_TABLE(Py_am_##name, as_async, am_##name)
        CONFORM_TP(alloc) CONFORM_TP(call) CONFORM_TP(clear)
        CONFORM_TP(dealloc) CONFORM_TP(del) CONFORM_TP(descr_get) CONFORM_TP(descr_set) CONFORM_TP(doc)
        CONFORM_TP(finalize) CONFORM_TP(free) CONFORM_TP(getattr) CONFORM_TP(getattro) CONFORM_TP(getset)
        CONFORM_TP(hash) CONFORM_TP(init) CONFORM_TP(is_gc) CONFORM_TP(iter) CONFORM_TP(iternext)
        CONFORM_TP(methods) CONFORM_TP(new) CONFORM_TP(repr) CONFORM_TP(richcompare)
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
#ifdef Py_am_send
        CONFORM_AM(send)
#endif
#ifdef Py_tp_vectorcall
        CONFORM_TP(vectorcall)
#endif
        CONFORM_TABLE(CONFORM_GETBUFFER, as_buffer, bf_getbuffer)
        CONFORM_TABLE(CONFORM_RELEASEBUFFER, as_buffer, bf_releasebuffer)
#undef CONFORM_AM
#undef CONFORM_MP
#undef CONFORM_SQ
#undef CONFORM_NB
#undef CONFORM_TP
#undef CONFORM_TABLE
#undef CONFORM_SLOT
    }
    PyErr_Format(PyExc_SystemError, "slot %d has no place in a static type", slot->slot);
    return -1;
}

/* The first of the bases with the largest struct: what an author writes into tp_base, as the struct has to begin with
   that of tp_base. PyType_Ready does not choose it (Python/C API, "Type Objects", tp_base and tp_bases). */
static inline PyTypeObject *conform_widest(PyObject *bases)
{
    PyTypeObject *widest = (PyTypeObject *)PyTuple_GET_ITEM(bases, 0);
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *other = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        if (other->tp_basicsize > widest->tp_basicsize) {
            widest = other;
        }
    }
    return widest;
}

/* A new tuple of the bases: those that are given, else those of the slots Py_tp_bases and Py_tp_base, as
   PyType_FromSpecWithBases has it (Python/C API, "Type Objects"); NULL with an exception. */
static inline PyObject *conform_bases(const PyType_Spec *spec, PyObject *given)
{
    PyObject *base = NULL, *bases = given;
    for (const PyType_Slot *slot = spec->slots; given == NULL && slot->slot != 0; slot++) {
        if (slot->slot == Py_tp_base) {
            base = (PyObject *)slot->pfunc;
        } else if (slot->slot == Py_tp_bases) {
            bases = (PyObject *)slot->pfunc;
        }
    }
    if (bases == NULL) {
        return base == NULL ? PyTuple_New(0) : PyTuple_Pack(1, base);
    }
    if (!PyTuple_Check(bases)) {
        PyErr_SetString(PyExc_SystemError, "Py_tp_bases is not a tuple");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        if (!PyType_Check(PyTuple_GET_ITEM(bases, i))) {
            PyErr_SetString(PyExc_TypeError, "bases must be types");
            return NULL;
        }
    }
    Py_INCREF(bases);
    return bases;
}

static inline PyObject *conform_static_from_spec(PyType_Spec *spec, PyObject *given)
{
    static PyTypeObject fresh = {PyVarObject_HEAD_INIT(NULL, 0)};
    if (spec->basicsize < 0) {
        PyErr_SetString(PyExc_SystemError, "a static type has no negative basicsize");
        return NULL;
    }
    PyObject *bases = conform_bases(spec, given);
    if (bases == NULL) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(bases);
    struct conform_static_type *made = (struct conform_static_type *)calloc(1, sizeof *made);
    if (made == NULL) {
        return PyErr_NoMemory();
    }
    made->type = fresh;
    made->type.tp_name = spec->name;
    made->type.tp_basicsize = spec->basicsize;
    made->type.tp_itemsize = spec->itemsize;
    made->type.tp_flags = spec->flags & ~Py_TPFLAGS_HEAPTYPE;
    if (count > 0) {
        made->type.tp_base = conform_widest(bases);
        Py_INCREF(made->type.tp_base);
    }
    if (count > 1) {
        made->type.tp_bases = bases;
    } else {
        Py_DECREF(bases);
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
   of types. */
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
