/* Members whose reads are audited. The hook stays for as long as the process, so it is put in once, and only
   listens while a list is there for it. */
#include "conform_capi.h"

#include <string.h>

#ifndef Py_AUDIT_READ
#define Py_AUDIT_READ READ_RESTRICTED
#endif

static PyObject *heard;
static int refusing;

/* Note the arguments of an object.__getattr__ event; refuse it when asked to. */
static int hear(const char *event, PyObject *args)
{
    if (heard == NULL || strcmp(event, "object.__getattr__") != 0) {
        return 0;
    }
    if (PyList_Append(heard, args) < 0) {
        return -1;
    }
    if (refusing) {
        PyErr_SetString(PyExc_PermissionError, "not to be read");
        return -1;
    }
    return 0;
}

#ifdef PYPY_VERSION
/* There is no PySys_AddAuditHook: the hook is a function for sys.addaudithook. */
static PyObject *hook(PyObject *self, PyObject *args)
{
    const char *event;
    PyObject *arguments;
    if (!PyArg_ParseTuple(args, "sO", &event, &arguments) || hear(event, arguments) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef hook_method = {"hook", hook, METH_VARARGS, NULL};

static int add_hook(void)
{
    PyObject *add = PySys_GetObject("addaudithook"), *function = PyCFunction_New(&hook_method, NULL);
    if (add == NULL || function == NULL) {
        Py_XDECREF(function);
        return -1;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(add, function, NULL);
    Py_DECREF(function);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
#else
static int hook(const char *event, PyObject *args, void *data)
{
    return hear(event, args);
}

static int add_hook(void)
{
    return PySys_AddAuditHook(hook, NULL);
}
#endif

typedef struct {
    PyObject_HEAD
    long number;
    double real;
    const char *text;
    PyObject *object;
} Audited;

static PyObject *Audited_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Audited *self = (Audited *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->number = 5;
        self->real = 1.5;
        self->text = "text";
    }
    return (PyObject *)self;
}

static void Audited_dealloc(Audited *self)
{
    Py_CLEAR(self->object);
    CONFORM_FREE(self);
}

#define PLACE(field) offsetof(Audited, field)

static PyMemberDef Audited_members[] = {
    {"plain", T_LONG, PLACE(number), 0, NULL},
    {"number", T_LONG, PLACE(number), Py_AUDIT_READ, "a number"},
    {"frozen", T_LONG, PLACE(number), Py_AUDIT_READ | READONLY, NULL},
    {"real", T_DOUBLE, PLACE(real), Py_AUDIT_READ, NULL},
    {"text", T_STRING, PLACE(text), Py_AUDIT_READ | READONLY, NULL},
    {"object", T_OBJECT_EX, PLACE(object), Py_AUDIT_READ, NULL},
    {NULL},
};

static PyType_Slot Audited_slots[] = {
    {Py_tp_new, Audited_new},
    {Py_tp_dealloc, Audited_dealloc},
    {Py_tp_members, Audited_members},
    {0, NULL},
};
static PyType_Spec Audited_spec = {
    .name = "ext.Audited",
    .basicsize = sizeof(Audited),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Audited_slots,
};

/* Listen from now on; with a true argument, refuse as well. */
static PyObject *listen(PyObject *module, PyObject *refuse)
{
    int truth = PyObject_IsTrue(refuse);
    PyObject *list = truth < 0 ? NULL : PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    PyObject *old = heard;
    heard = list;
    refusing = truth;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

/* Listen no more, and give what was heard. */
static PyObject *ended(PyObject *module, PyObject *ignored)
{
    PyObject *list = heard;
    heard = NULL;
    refusing = 0;
    return list != NULL ? list : PyList_New(0);
}

/* An event as a read should give it, by the function that Python has for it. */
static PyObject *emit(PyObject *module, PyObject *args)
{
    PyObject *one, *name, *audit = PySys_GetObject("audit");
    if (audit == NULL || !PyArg_ParseTuple(args, "OO", &one, &name)) {
        return NULL;
    }
    return PyObject_CallFunction(audit, "sOO", "object.__getattr__", one, name);
}

static PyMethodDef ext_methods[] = {
    {"emit", emit, METH_VARARGS, NULL},
    {"listen", listen, METH_O, NULL},
    {"ended", ended, METH_NOARGS, NULL},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    static int added;
    if (!added) {
        if (add_hook() < 0) {
            return -1;
        }
        added = 1;
    }
    return conform_add_type(module, "Audited", &Audited_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Members whose reads are audited.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
