/* The same against the raw C API. */
#include "conform_capi.h"
#include "conform_helpers.h"

#define TEXT_METHOD(NAME, TEXT)                                                                                      \
    static PyObject *NAME(PyObject *self, PyObject *unused)                                                          \
    {                                                                                                                \
        return PyUnicode_FromString(TEXT);                                                                           \
    }

TEXT_METHOD(Generic_kind, "generic")
TEXT_METHOD(Generic_level, "generic")
TEXT_METHOD(Number_level, "number")
TEXT_METHOD(Floating_level, "floating")
TEXT_METHOD(Generic_matmul, "generic matmul")
TEXT_METHOD(Number_add, "number add")
TEXT_METHOD(Floating_subtract, "floating subtract")

static PyObject *Generic_repr(PyObject *self)
{
    return PyUnicode_FromString("generic repr");
}

static PyObject *Compared_richcompare(PyObject *self, PyObject *other, int operation)
{
    return PyUnicode_FromString("compared");
}

static Py_hash_t Compared_hash(PyObject *self)
{
    return 7;
}

static PyMethodDef Generic_methods[] = {
    {"kind", Generic_kind, METH_NOARGS, NULL},
    {"level", Generic_level, METH_NOARGS, NULL},
    {NULL},
};
static PyMethodDef Number_methods[] = {{"level", Number_level, METH_NOARGS, NULL}, {NULL}};
static PyMethodDef Floating_methods[] = {{"level", Floating_level, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Generic_slots[] = {
    {Py_tp_methods, Generic_methods},
    {Py_tp_repr, Generic_repr},
    {Py_nb_matrix_multiply, Generic_matmul},
    {0, NULL},
};
static PyType_Slot Number_slots[] = {{Py_tp_methods, Number_methods}, {Py_nb_add, Number_add}, {0, NULL}};
static PyType_Slot Floating_slots[] = {
    {Py_tp_methods, Floating_methods},
    {Py_nb_subtract, Floating_subtract},
    {0, NULL},
};
static PyType_Slot Compared_slots[] = {
    {Py_tp_richcompare, Compared_richcompare},
    {Py_tp_hash, Compared_hash},
    {0, NULL},
};

#define SPEC(NAME, SLOTS)                                                                                            \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                           \
        .slots = SLOTS,                                                                                              \
    }
static PyType_Spec Generic_spec = SPEC("Generic", Generic_slots);
static PyType_Spec Number_spec = SPEC("Number", Number_slots);
static PyType_Spec Floating_spec = SPEC("Floating", Floating_slots);
static PyType_Spec Compared_spec = SPEC("Compared", Compared_slots);

/* A tp_new that passes its arguments to float's. */
static PyObject *float_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("new", PyTuple_GET_SIZE(args));
    return PyFloat_Type.tp_new(cls, args, kw);
}

/* make(bases, options): a new type; "compare" gives it comparison and hash of float, "new" a tp_new. */
static PyObject *make(PyObject *module, PyObject *args)
{
    PyObject *bases;
    const char *options = "";
    PyType_Slot slots[4];
    int used = 0;
    if (!PyArg_ParseTuple(args, "O!|s", &PyTuple_Type, &bases, &options)) {
        return NULL;
    }
    if (strstr(options, "compare") != NULL) {
        slots[used++] = (PyType_Slot){Py_tp_richcompare, (void *)PyFloat_Type.tp_richcompare};
        slots[used++] = (PyType_Slot){Py_tp_hash, (void *)PyFloat_Type.tp_hash};
    }
    if (strstr(options, "new") != NULL) {
        slots[used++] = (PyType_Slot){Py_tp_new, (void *)float_new};
    }
    slots[used] = (PyType_Slot){0, NULL};
    PyType_Spec spec = SPEC("Made", slots);
    return conform_type(&spec, bases);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "A type that derives from these bases."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    PyObject *generic = conform_type(&Generic_spec, NULL);
    if (generic == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Generic", generic) < 0 ||
                 conform_add_type(module, "Number", &Number_spec, generic) < 0 ||
                 conform_add_type(module, "Compared", &Compared_spec, generic) < 0 ||
                 conform_add_derived(module, "Floating", &Floating_spec, "Number", NULL) < 0;
    Py_DECREF(generic);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Builtins with abstract bases.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
