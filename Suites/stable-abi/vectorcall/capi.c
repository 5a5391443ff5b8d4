/* Vectorcalls, as the limited API has them from 3.12 on: a type that is called so, and calls of others. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    long number;
} Called;

static PyObject *Called_vectorcall(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    conform_event("vectorcall", PyVectorcall_NARGS(flagged));
    return conform_told(((Called *)self)->number, args, flagged, names);
}

static PyObject *Called_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Called *self = (Called *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->vectorcall = Called_vectorcall;
        self->number = 7;
    }
    return (PyObject *)self;
}

static PyMemberDef Called_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Called, vectorcall), READONLY, NULL}, {NULL},
};
static PyType_Slot Called_slots[] = {
    {Py_tp_new, Called_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, Called_members},
    {0, NULL},
};
static PyType_Spec Called_spec = {
    .name = "ext.Called",
    .basicsize = sizeof(Called),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = Called_slots,
};

/* Inherits all of it. */
static PyType_Slot Below_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below",
    .basicsize = sizeof(Called),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Below_slots,
};

/* Called in the older way, which isn't that of its base. */
static PyObject *Plain_call(PyObject *self, PyObject *args, PyObject *kw)
{
    conform_event("call", 0);
    return Py_BuildValue("(OO)", args, kw == NULL ? Py_None : kw);
}

static PyType_Slot Plain_slots[] = {{Py_tp_call, Plain_call}, {0, NULL}};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Called),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Plain_slots,
};

typedef PyObject *(*calling)(PyObject *, PyObject *const *, size_t, PyObject *);

/* Call with (called, positional, names or None, values, offset). The arguments lie behind a place that the callee may
   use; NULL with an exception. */
static PyObject *laid_out(calling call, PyObject *given)
{
    PyObject *called, *positional, *names, *values;
    int offset;
    if (!PyArg_ParseTuple(given, "OO!OO!i", &called, &PyTuple_Type, &positional, &names, &PyTuple_Type, &values,
                          &offset)) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_Size(positional), named = PyTuple_Size(values);
    PyObject **place = (PyObject **)calloc((size_t)(2 + count + named), sizeof *place);
    if (place == NULL) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < count + named; i++) {
        place[1 + i] = i < count ? PyTuple_GetItem(positional, i) : PyTuple_GetItem(values, i - count);
    }
    PyObject *first = place[1];
    PyObject *result = call(called, place + 1, (size_t)count | (offset ? PY_VECTORCALL_ARGUMENTS_OFFSET : 0),
                            names == Py_None ? NULL : names);
    /* With the flag, a callee may change the place before its arguments, that of a method the first argument. */
    if (place[0] != NULL || place[1] != first) {
        conform_event("changed", 1);
    }
    free(place);
    return result;
}

/* vectorcall(callable, positional, names or None, values, offset): PyObject_Vectorcall. */
static PyObject *vectorcall(PyObject *module, PyObject *args)
{
    return laid_out(PyObject_Vectorcall, args);
}

/* method(name, positional, names or None, values, offset): PyObject_VectorcallMethod of the first item. */
static PyObject *method(PyObject *module, PyObject *args)
{
    return laid_out(PyObject_VectorcallMethod, args);
}

/* by_tuple(callable, args, kwargs or None): PyVectorcall_Call, for what has a vectorcall alone. */
static PyObject *by_tuple(PyObject *module, PyObject *args)
{
    PyObject *callable, *positional, *named;
    if (!PyArg_ParseTuple(args, "OOO", &callable, &positional, &named)) {
        return NULL;
    }
    return PyVectorcall_Call(callable, positional, named == Py_None ? NULL : named);
}

/* nargs(number): PyVectorcall_NARGS with the flag and without. */
static PyObject *nargs(PyObject *module, PyObject *number)
{
    size_t given = PyLong_AsSize_t(number);
    return Py_BuildValue("(nn)", PyVectorcall_NARGS(given), PyVectorcall_NARGS(given | PY_VECTORCALL_ARGUMENTS_OFFSET));
}

static PyMethodDef methods[] = {
    {"vectorcall", vectorcall, METH_VARARGS, NULL},
    {"method", method, METH_VARARGS, NULL},
    {"by_tuple", by_tuple, METH_VARARGS, NULL},
    {"nargs", nargs, METH_O, NULL},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Called", &Called_spec, NULL) < 0
                   || conform_add_derived(module, "Below", &Below_spec, "Called", NULL) < 0
                   || conform_add_derived(module, "Plain", &Plain_spec, "Called", NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
