/* References to objects that live for ever since CPython 3.12 (PEP 683), counted as headers of any version do it:
   in the object itself, by a function, or not at all. The references that are taken and given here are balanced. */
#include "conform_capi.h"
#include "conform_helpers.h"

/* turn(object, times): as many references taken as released, first all of one kind, then in turns. */
static PyObject *turn(PyObject *module, PyObject *args)
{
    PyObject *object;
    long times;
    if (!PyArg_ParseTuple(args, "Ol", &object, &times)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        Py_INCREF(object);
    }
    for (long i = 0; i < times; i++) {
        Py_DECREF(object);
    }
    for (long i = 0; i < times; i++) {
        Py_XINCREF(object);
        Py_XDECREF(object);
    }
    Py_INCREF(object);
    return object;
}

/* gives(kind): a new reference, as the macros of a binary's headers return it. */
static PyObject *gives(PyObject *module, PyObject *kind)
{
    switch (PyLong_AsLong(kind)) {
    case 0:
        Py_RETURN_NONE;
    case 1:
        Py_RETURN_TRUE;
    case 2:
        Py_RETURN_FALSE;
    case 3:
        Py_RETURN_NOTIMPLEMENTED;
    case 4:
        Py_INCREF(Py_Ellipsis);
        return Py_Ellipsis;
    default:
        return PyErr_Format(PyExc_ValueError, "no such kind");
    }
}

/* taken(kind, times): new references that the interpreter makes, each released; the last is returned. */
static PyObject *taken(PyObject *module, PyObject *args)
{
    long kind, times;
    PyObject *last = NULL;
    if (!PyArg_ParseTuple(args, "ll", &kind, &times)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        Py_XDECREF(last);
        last = kind == 0   ? PyLong_FromLong(7)
               : kind == 1 ? PyBool_FromLong(1)
               : kind == 2 ? PyTuple_New(0)
               : kind == 3 ? PyUnicode_FromStringAndSize("", 0)
               : kind == 4 ? PyUnicode_FromStringAndSize("a", 1)
               : kind == 5 ? PyBytes_FromStringAndSize("", 0)
               : kind == 6 ? PyBytes_FromStringAndSize("a", 1)
               : kind == 7 ? PyUnicode_InternFromString("conform_interned")
               : kind == 8 ? PyLong_FromString("1000000000000000000000", NULL, 10)
                           : PyObject_Type(module);
        if (last == NULL) {
            return NULL;
        }
    }
    return last;
}

/* contained(object, size): a list, a tuple and a dictionary that hold it everywhere; each place is written twice. */
static PyObject *contained(PyObject *module, PyObject *args)
{
    PyObject *object;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "On", &object, &size)) {
        return NULL;
    }
    PyObject *list = PyList_New(size), *tuple = PyTuple_New(size), *dict = PyDict_New();
    for (Py_ssize_t i = 0; list != NULL && tuple != NULL && dict != NULL && i < size; i++) {
        PyObject *key = PyLong_FromSsize_t(i);
        Py_INCREF(object);
        PyTuple_SetItem(tuple, i, object); /* takes the reference */
        for (int twice = 0; twice < 2; twice++) {
            Py_INCREF(object);
            PyList_SetItem(list, i, object); /* and releases the one that was there */
            if (key == NULL || PyDict_SetItem(dict, key, object) < 0) { /* takes none of the caller's */
                Py_CLEAR(dict);
                break;
            }
        }
        Py_XDECREF(key);
    }
    return Py_BuildValue("(NNN)", list, tuple, dict);
}

/* borrowed(list, tuple, dict, times): what stands first in each, read as borrowed references that are made the caller's
   own and released again; in the end a new tuple of them. */
static PyObject *borrowed(PyObject *module, PyObject *args)
{
    PyObject *list, *tuple, *dict;
    long times;
    if (!PyArg_ParseTuple(args, "OOOl", &list, &tuple, &dict, &times)) {
        return NULL;
    }
    PyObject *key = PyLong_FromLong(0), *found[3] = {NULL, NULL, NULL}, *result = NULL;
    int failed = key == NULL;
    for (long i = 0; !failed && i < times; i++) {
        PyObject *now[3] = {PyList_GetItem(list, 0), PyTuple_GetItem(tuple, 0), PyDict_GetItemWithError(dict, key)};
        for (int n = 0; n < 3; n++) {
            PyObject *old = found[n];
            Py_XINCREF(now[n]);
            found[n] = now[n];
            Py_XDECREF(old);
            failed |= now[n] == NULL;
        }
    }
    if (!failed) {
        result = PyTuple_Pack(3, found[0], found[1], found[2]);
    }
    for (int n = 0; n < 3; n++) {
        Py_CLEAR(found[n]);
    }
    Py_XDECREF(key);
    return result;
}

/* raise_(type, value, times): the exception is raised, fetched and dropped; in the end it is raised. */
static PyObject *raise_(PyObject *module, PyObject *args)
{
    PyObject *type, *value;
    long times;
    if (!PyArg_ParseTuple(args, "OOl", &type, &value, &times)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        PyObject *caught, *with, *trace;
        if (i % 2) {
            PyErr_SetObject(type, value);
        } else {
            PyErr_SetNone(type);
        }
        if (!PyErr_ExceptionMatches(type)) {
            return NULL;
        }
        PyErr_Fetch(&caught, &with, &trace);
        Py_XDECREF(caught);
        Py_XDECREF(with);
        Py_XDECREF(trace);
    }
    PyErr_SetObject(type, value);
    return NULL;
}

/* no_memory(times): the exception that the interpreter keeps ready. */
static PyObject *no_memory(PyObject *module, PyObject *times)
{
    for (long i = PyLong_AsLong(times); i > 0; i--) {
        PyErr_NoMemory();
        PyErr_Clear();
    }
    return PyErr_Occurred() ? NULL : PyErr_NoMemory();
}

/* counts(kind, times): the count of a new object that is in no other hands, and while it has a second reference: before
   and after references to it were taken and released. */
static PyObject *counts(PyObject *module, PyObject *args)
{
    const char *kind;
    long times;
    if (!PyArg_ParseTuple(args, "sl", &kind, &times)) {
        return NULL;
    }
    PyObject *fresh = strcmp(kind, "list") == 0  ? PyList_New(0)
                      : strcmp(kind, "int") == 0 ? PyLong_FromString("1000000000000000000000000000000", NULL, 10)
                                                 : PyUnicode_FromString("a string that is new");
    if (fresh == NULL) {
        return NULL;
    }
    Py_ssize_t before = Py_REFCNT(fresh);
    Py_INCREF(fresh);
    Py_ssize_t twice = Py_REFCNT(fresh);
    Py_DECREF(fresh);
    for (long i = 0; i < times; i++) {
        Py_INCREF(fresh);
    }
    for (long i = 0; i < times; i++) {
        Py_DECREF(fresh);
    }
    Py_ssize_t after = Py_REFCNT(fresh);
    Py_DECREF(fresh);
    return Py_BuildValue("(nnn)", before, twice, after);
}

/* interned(text): what PyUnicode_InternInPlace puts in place of a new string. */
static PyObject *interned(PyObject *module, PyObject *text)
{
    PyObject *bytes = PyUnicode_AsUTF8String(text);
    PyObject *made = bytes == NULL ? NULL : PyUnicode_FromStringAndSize(PyBytes_AsString(bytes), PyBytes_Size(bytes));
    Py_XDECREF(bytes);
    if (made != NULL) {
        PyUnicode_InternInPlace(&made);
    }
    return made;
}

/* interned_from(text): the same by PyUnicode_InternFromString. */
static PyObject *interned_from(PyObject *module, PyObject *text)
{
    PyObject *bytes = PyUnicode_AsUTF8String(text);
    PyObject *made = bytes == NULL ? NULL : PyUnicode_InternFromString(PyBytes_AsString(bytes));
    Py_XDECREF(bytes);
    return made;
}

/* An object that holds another. */
typedef struct {
    PyObject_HEAD
    PyObject *held;
} Holder;

static void Holder_dealloc(PyObject *self)
{
    conform_event("destroy", 0);
    Py_CLEAR(((Holder *)self)->held);
    CONFORM_FREE(self);
}

/* swap(object): holds it in place of the one before, which is returned: the reference goes with it. */
static PyObject *Holder_swap(PyObject *self, PyObject *object)
{
    PyObject *old = ((Holder *)self)->held;
    Py_INCREF(object);
    ((Holder *)self)->held = object;
    if (old == NULL) {
        Py_RETURN_NONE;
    }
    return old;
}

/* turns(first, second, times): holds the one and the other in turns, and for a moment none. The old one is released
   when the new one is in its place. */
static PyObject *Holder_turns(PyObject *self, PyObject *args)
{
    PyObject *two[2], **place = &((Holder *)self)->held;
    long times;
    if (!PyArg_ParseTuple(args, "OOl", &two[0], &two[1], &times)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        conform_store(place, two[i % 2]);
        if (i % 5 == 0) {
            Py_CLEAR(*place);
        }
    }
    Py_CLEAR(*place);
    Py_CLEAR(*place);
    Py_RETURN_NONE;
}

static PyMethodDef Holder_methods[] = {
    {"swap", Holder_swap, METH_O, NULL}, {"turns", Holder_turns, METH_VARARGS, NULL}, {NULL},
};
static PyType_Slot Holder_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Holder_dealloc}, {Py_tp_methods, Holder_methods}, {0, NULL},
};
static PyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Holder_slots,
};

/* PyModule_AddObject takes the reference, if it succeeds. */
static int add(PyObject *module, const char *name, PyObject *object)
{
    Py_INCREF(object);
    if (PyModule_AddObject(module, name, object) < 0) {
        Py_DECREF(object);
        return -1;
    }
    return 0;
}

static int ext_exec(PyObject *module)
{
    return add(module, "nothing", Py_None) < 0 || add(module, "truth", Py_True) < 0
                   || add(module, "kind", (PyObject *)&PyLong_Type) < 0
                   || add(module, "error", PyExc_MemoryError) < 0
               ? -1
               : conform_add_type(module, "Holder", &Holder_spec, NULL);
}

static PyMethodDef methods[] = {
    {"turn", turn, METH_VARARGS, NULL},           {"gives", gives, METH_O, NULL},
    {"taken", taken, METH_VARARGS, NULL},         {"contained", contained, METH_VARARGS, NULL},
    {"borrowed", borrowed, METH_VARARGS, NULL},   {"raise_", raise_, METH_VARARGS, NULL},
    {"no_memory", no_memory, METH_O, NULL},       {"counts", counts, METH_VARARGS, NULL},
    {"interned", interned, METH_O, NULL},         {"interned_from", interned_from, METH_O, NULL},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
