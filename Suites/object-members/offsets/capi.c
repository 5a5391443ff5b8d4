/* The same against the raw C API, with vectorcall. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef PyObject *(*call_function)(PyObject *, PyObject *const *, size_t, PyObject *);

typedef struct {
    PyObject_HEAD
    double before;
    call_function call;
    long after;
} Foo;

typedef struct {
    PyObject_HEAD
    call_function call;
} Bare;

static PyObject *Foo_call(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(((Foo *)self)->after, args, flagged, names);
}

static PyObject *Foo_negative(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(-((Foo *)self)->after, args, flagged, names);
}

static PyObject *Foo_failing(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    PyErr_SetString(PyExc_LookupError, "from the call");
    return NULL;
}

static const call_function calls[] = {Foo_call, Foo_negative, Foo_failing};

static PyObject *Foo_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number, which = 0;
    if (!PyArg_ParseTuple(args, "l|l", &number, &which)) {
        return NULL;
    }
    Foo *self = (Foo *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->before = number + 0.5;
        self->after = number;
        self->call = calls[which];
    }
    return (PyObject *)self;
}

static PyObject *Foo_again(Foo *self, PyObject *which)
{
    long number = PyLong_AsLong(which);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    self->call = calls[number];
    Py_RETURN_NONE;
}

static PyMemberDef Foo_members[] = {
    {"before", T_DOUBLE, offsetof(Foo, before), 0, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Foo, call), READONLY, NULL},
    {"after", T_LONG, offsetof(Foo, after), 0, NULL},
    {NULL},
};
static PyMethodDef Foo_methods[] = {
    {"again", (PyCFunction)Foo_again, METH_O, "Give an object of the type another call function."}, {NULL},
};
static PyType_Slot Foo_slots[] = {
    {Py_tp_new, Foo_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, Foo_members}, {Py_tp_methods, Foo_methods}, {0, NULL},
};
static PyType_Spec Foo_spec = {
    .name = "ext.Foo",
    .basicsize = sizeof(Foo),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = Foo_slots,
};

static PyObject *Bare_call(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(7, args, flagged, names);
}

static PyObject *Bare_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Bare *self = (Bare *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->call = Bare_call;
    }
    return (PyObject *)self;
}

static PyMemberDef Bare_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Bare, call), READONLY, NULL}, {NULL},
};
static PyType_Slot Bare_slots[] = {
    {Py_tp_new, Bare_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, Bare_members}, {0, NULL},
};
static PyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Bare),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = Bare_slots,
};

static int add_types(PyObject *module)
{
    int failed = conform_add_type(module, "Foo", &Foo_spec, NULL) < 0 ||
                 conform_add_type(module, "Bare", &Bare_spec, NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, add_types}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Call functions in structs.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
