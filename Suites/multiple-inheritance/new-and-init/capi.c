/* The same against the raw C API. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long first;
} Made;

/* Record a call: 10 for each positional argument, 1 for each named one. */
static void record(const char *name, PyObject *args, PyObject *kw)
{
    conform_event(name, 10 * PyTuple_GET_SIZE(args) + (kw == NULL ? 0 : PyDict_Size(kw)));
}

/* An object of `cls` whose struct has the first argument, or -1; NULL with an exception. */
static PyObject *make(PyTypeObject *cls, PyObject *args)
{
    long first = -1;
    if (PyTuple_GET_SIZE(args) > 0) {
        first = PyLong_AsLong(PyTuple_GET_ITEM(args, 0));
        if (first == -1 && PyErr_Occurred()) {
            return NULL;
        }
    }
    PyObject *object = CONFORM_ALLOC(cls)(cls, 0);
    if (object != NULL) {
        ((Made *)object)->first = first;
    }
    return object;
}

static PyObject *Made_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    record("Made new", args, kw);
    return make(cls, args);
}

static int Made_init(PyObject *self, PyObject *args, PyObject *kw)
{
    record("Made init", args, kw);
    return 0;
}

static PyObject *Made_first(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(((Made *)self)->first);
}

static PyObject *SubNew_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    record("SubNew new", args, kw);
    return make(cls, args);
}

static int SubInit_init(PyObject *self, PyObject *args, PyObject *kw)
{
    record("SubInit init", args, kw);
    return 0;
}

/* Returns its argument, whatever that is, or a new object. */
static PyObject *Passing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("Passing new", PyTuple_GET_SIZE(args));
    if (PyTuple_GET_SIZE(args) > 0) {
        PyObject *given = PyTuple_GET_ITEM(args, 0);
        Py_INCREF(given);
        return given;
    }
    return CONFORM_ALLOC(cls)(cls, 0);
}

static int Passing_init(PyObject *self, PyObject *args, PyObject *kw)
{
    conform_event("Passing init", PyTuple_GET_SIZE(args));
    return 0;
}

/* Fails in new if it has two arguments, in init if it has one. */
static PyObject *Failing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("Failing new", PyTuple_GET_SIZE(args));
    if (PyTuple_GET_SIZE(args) == 2) {
        PyErr_SetString(PyExc_LookupError, "in new");
        return NULL;
    }
    return CONFORM_ALLOC(cls)(cls, 0);
}

static int Failing_init(PyObject *self, PyObject *args, PyObject *kw)
{
    conform_event("Failing init", PyTuple_GET_SIZE(args));
    if (PyTuple_GET_SIZE(args) == 1) {
        PyErr_SetString(PyExc_ArithmeticError, "in init");
        return -1;
    }
    return 0;
}

static PyObject *Left_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("Left new", PyTuple_GET_SIZE(args));
    return CONFORM_ALLOC(cls)(cls, 0);
}

static int Left_init(PyObject *self, PyObject *args, PyObject *kw)
{
    conform_event("Left init", PyTuple_GET_SIZE(args));
    return 0;
}

static PyObject *Right_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("Right new", PyTuple_GET_SIZE(args));
    return CONFORM_ALLOC(cls)(cls, 0);
}

static int OnlyInit_init(PyObject *self, PyObject *args, PyObject *kw)
{
    record("OnlyInit init", args, kw);
    return 0;
}

static PyMethodDef Made_methods[] = {
    {"first", Made_first, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Made_slots[] = {
    {Py_tp_new, Made_new}, {Py_tp_init, Made_init}, {Py_tp_methods, Made_methods}, {0, NULL},
};
static PyType_Slot SubNew_slots[] = {{Py_tp_new, SubNew_new}, {0, NULL}};
static PyType_Slot SubInit_slots[] = {{Py_tp_init, SubInit_init}, {0, NULL}};
static PyType_Slot SubNone_slots[] = {{0, NULL}};
static PyType_Slot Passing_slots[] = {{Py_tp_new, Passing_new}, {Py_tp_init, Passing_init}, {0, NULL}};
static PyType_Slot Failing_slots[] = {{Py_tp_new, Failing_new}, {Py_tp_init, Failing_init}, {0, NULL}};
static PyType_Slot Left_slots[] = {{Py_tp_new, Left_new}, {Py_tp_init, Left_init}, {0, NULL}};
static PyType_Slot Right_slots[] = {{Py_tp_new, Right_new}, {0, NULL}};
static PyType_Slot OnlyInit_slots[] = {{Py_tp_init, OnlyInit_init}, {0, NULL}};
static PyType_Slot Bare_slots[] = {{0, NULL}};

#define SPEC(TYPE, SIZE)                                                                                             \
    static PyType_Spec TYPE##_spec = {                                                                               \
        .name = "ext." #TYPE,                                                                                        \
        .basicsize = SIZE,                                                                                           \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                           \
        .slots = TYPE##_slots,                                                                                       \
    }
SPEC(Made, sizeof(Made));
SPEC(SubNew, sizeof(Made));
SPEC(SubInit, sizeof(Made));
SPEC(SubNone, sizeof(Made));
SPEC(Passing, sizeof(PyObject));
SPEC(Failing, sizeof(PyObject));
SPEC(Left, sizeof(PyObject));
SPEC(Right, sizeof(PyObject));
SPEC(OnlyInit, sizeof(PyObject));
SPEC(Bare, sizeof(PyObject));

static int ext_exec(PyObject *module)
{
    PyObject *made = conform_type(&Made_spec, NULL);
    if (made == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Made", made) < 0 ||
                 conform_add_type(module, "SubNew", &SubNew_spec, made) < 0 ||
                 conform_add_type(module, "SubInit", &SubInit_spec, made) < 0 ||
                 conform_add_type(module, "SubNone", &SubNone_spec, made) < 0 ||
                 conform_add_type(module, "Passing", &Passing_spec, NULL) < 0 ||
                 conform_add_type(module, "Failing", &Failing_spec, NULL) < 0 ||
                 conform_add_type(module, "Left", &Left_spec, NULL) < 0 ||
                 conform_add_type(module, "Right", &Right_spec, NULL) < 0 ||
                 conform_add_type(module, "OnlyInit", &OnlyInit_spec, NULL) < 0 ||
                 conform_add_type(module, "Bare", &Bare_spec, NULL) < 0;
    Py_DECREF(made);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types that record their construction.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
