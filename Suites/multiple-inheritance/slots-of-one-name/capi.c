/* The same against the raw C API. */
#include "conform_capi.h"
#include "slots.h"

static PyObject *item_at(Py_ssize_t index, const char *slot)
{
    conform_event("index", index);
    if (index < 0 || index > 2) {
        PyErr_SetString(PyExc_IndexError, "there are three items");
        return NULL;
    }
    return PyUnicode_FromString(slot);
}

static int stored_at(Py_ssize_t index)
{
    conform_event("index", index);
    return 0;
}

#define BINARY(OWNER, SLOT) CAPI_BINARY(OWNER, SLOT)
#define ASSIGNED(OWNER, SLOT) CAPI_ASSIGNED(OWNER, SLOT)
#define NAMED(OWNER, SLOT) CAPI_NAMED(OWNER, SLOT)
#define SET_NAMED(OWNER, SLOT) CAPI_SET_NAMED(OWNER, SLOT)
#define UNARY(OWNER, SLOT) FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a), PyUnicode_FromString(#SLOT))
#define INTEGER(OWNER, SLOT) FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a), PyLong_FromLong(1))
#define REAL(OWNER, SLOT) FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a), PyFloat_FromDouble(1.5))
#define LENGTH(OWNER, SLOT) FUNCTION(OWNER, SLOT, Py_ssize_t, (PyObject * a), 3)
#define ITEM(OWNER, SLOT) FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a, Py_ssize_t b), item_at(b, #SLOT))
#define REPEATED(OWNER, SLOT)                                                                                        \
    FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a, Py_ssize_t b), PyUnicode_FromString(#SLOT))
#define STORED(OWNER, SLOT) FUNCTION(OWNER, SLOT, int, (PyObject * a, Py_ssize_t b, PyObject *c), stored_at(b))
#define HASH(OWNER, SLOT) FUNCTION(OWNER, SLOT, Py_hash_t, (PyObject * a), 42)
#define COMPARED(OWNER, SLOT)                                                                                        \
    FUNCTION(OWNER, SLOT, PyObject *, (PyObject * a, PyObject *b, int c), PyUnicode_FromString(#SLOT))

SHARED_SLOTS(A)
ATTRIBUTE_SLOTS(A)
SHARED_SLOTS(B)
ATTRIBUTE_SLOTS(B)

#undef BINARY
#undef ASSIGNED
#undef NAMED
#undef SET_NAMED
#undef UNARY
#undef INTEGER
#undef REAL
#undef LENGTH
#undef ITEM
#undef REPEATED
#undef STORED
#undef HASH
#undef COMPARED

struct slot {
    const char *name;
    PyType_Slot slot;
};
#define ENTRY(OWNER, SLOT) {#SLOT, {Py_##SLOT, (void *)OWNER##_##SLOT}},
#define BINARY ENTRY
#define ASSIGNED ENTRY
#define NAMED ENTRY
#define SET_NAMED ENTRY
#define UNARY ENTRY
#define INTEGER ENTRY
#define REAL ENTRY
#define LENGTH ENTRY
#define ITEM ENTRY
#define REPEATED ENTRY
#define STORED ENTRY
#define HASH ENTRY
#define COMPARED ENTRY
static const struct slot slots[2][32] = {{SHARED_SLOTS(A) ATTRIBUTE_SLOTS(A)}, {SHARED_SLOTS(B) ATTRIBUTE_SLOTS(B)}};

/* The last of the slots, which ends the array, or NULL with an exception. */
static PyType_Slot *choose(PyType_Slot *chosen, PyObject *names, int owner)
{
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    if (count > 6) {
        PyErr_SetString(PyExc_ValueError, "six slots at most");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *wanted = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(names, i), NULL);
        const struct slot *one = slots[owner];
        while (wanted != NULL && one->name != NULL && strcmp(one->name, wanted) != 0) {
            one++;
        }
        if (wanted == NULL || one->name == NULL) {
            PyErr_SetString(PyExc_LookupError, "no such slot");
            return NULL;
        }
        *chosen++ = one->slot;
    }
    return chosen;
}

/* make(owner, names, bases): a new type with the slots of these names, whose functions are those of A or B. */
static PyObject *make(PyObject *module, PyObject *args)
{
    const char *owner;
    PyObject *names, *bases;
    PyType_Slot chosen[8], *last;
    if (!PyArg_ParseTuple(args, "sO!O!", &owner, &PyTuple_Type, &names, &PyTuple_Type, &bases)) {
        return NULL;
    }
    last = choose(chosen, names, *owner == 'B');
    if (last == NULL) {
        return NULL;
    }
    /* A static type does not inherit tp_new from object. */
    if (PyTuple_GET_SIZE(bases) == 0) {
        *last++ = (PyType_Slot){Py_tp_new, (void *)PyType_GenericNew};
    }
    *last = (PyType_Slot){0, NULL};
    PyType_Spec spec = {
        .name = *owner == 'A' ? "ext.First" : *owner == 'B' ? "ext.Second" : "ext.Child",
        .basicsize = sizeof(PyObject),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = chosen,
    };
    return conform_type(&spec, PyTuple_GET_SIZE(bases) == 0 ? NULL : bases);
}

static PyObject *size(PyObject *module, PyObject *one)
{
    return number_of(PyObject_Size(one));
}

static PyObject *get(PyObject *module, PyObject *args)
{
    PyObject *one, *key;
    return PyArg_ParseTuple(args, "OO", &one, &key) ? PyObject_GetItem(one, key) : NULL;
}

static PyObject *set(PyObject *module, PyObject *args)
{
    PyObject *one, *key;
    return PyArg_ParseTuple(args, "OO", &one, &key) ? none_after(PyObject_SetItem(one, key, Py_None) < 0) : NULL;
}

static PyObject *delete_item(PyObject *module, PyObject *args)
{
    PyObject *one, *key;
    return PyArg_ParseTuple(args, "OO", &one, &key) ? none_after(PyObject_DelItem(one, key) < 0) : NULL;
}

static PyObject *get_number(PyObject *module, PyObject *args)
{
    PyObject *one, *index, *result;
    long number;
    if (!PyArg_ParseTuple(args, "Ol", &one, &number) || (index = PyLong_FromLong(number)) == NULL) {
        return NULL;
    }
    result = PyObject_GetItem(one, index);
    Py_DECREF(index);
    return result;
}

#define OPERATION(NAME, FUNCTION)                                                                                    \
    static PyObject *NAME(PyObject *module, PyObject *args)                                                          \
    {                                                                                                                \
        PyObject *left, *right;                                                                                      \
        return PyArg_ParseTuple(args, "OO", &left, &right) ? FUNCTION(left, right) : NULL;                           \
    }
OPERATION(add, PyNumber_Add)
OPERATION(multiply, PyNumber_Multiply)
OPERATION(inplace_add, PyNumber_InPlaceAdd)
OPERATION(inplace_multiply, PyNumber_InPlaceMultiply)

#define CONVERSION(NAME, FUNCTION)                                                                                   \
    static PyObject *NAME(PyObject *module, PyObject *one)                                                           \
    {                                                                                                                \
        return FUNCTION(one);                                                                                        \
    }
CONVERSION(to_int, PyNumber_Long)
CONVERSION(to_float, PyNumber_Float)
CONVERSION(to_index, PyNumber_Index)
CONVERSION(to_repr, PyObject_Repr)
CONVERSION(to_str, PyObject_Str)

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "A new type."},
    {"make_legacy", make, METH_VARARGS, "The same; HPy has two ways."},
    {"size", size, METH_O, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"get_number", get_number, METH_VARARGS, NULL},
    {"set", set, METH_VARARGS, NULL},
    {"delete", delete_item, METH_VARARGS, NULL},
    {"add", add, METH_VARARGS, NULL},
    {"multiply", multiply, METH_VARARGS, NULL},
    {"inplace_add", inplace_add, METH_VARARGS, NULL},
    {"inplace_multiply", inplace_multiply, METH_VARARGS, NULL},
    {"to_int", to_int, METH_O, NULL},
    {"to_float", to_float, METH_O, NULL},
    {"to_index", to_index, METH_O, NULL},
    {"to_repr", to_repr, METH_O, NULL},
    {"to_str", to_str, METH_O, NULL},
    PROTOCOL_METHODS,
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types with slots that share the name of a method.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
