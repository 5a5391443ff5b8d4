/* The same against the raw C API. */
#include "conform_capi.h"
#include "conform_helpers.h"

#define OFFSET(name, offset) {name, T_PYSSIZET, offset, READONLY, NULL},

typedef PyObject *(*call_function)(PyObject *, PyObject *const *, size_t, PyObject *);

typedef struct {
    PyObject_HEAD
    long before;
    PyObject *dictionary;
    long between;
    PyObject *references;
    call_function call;
    long after;
} All;

static void All_dealloc(All *self)
{
    if (self->references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    Py_CLEAR(self->dictionary);
    conform_event("dealloc", self->after);
    CONFORM_FREE(self);
}

static PyObject *All_call(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(((All *)self)->after, args, flagged, names);
}

static PyObject *All_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    All *self = (All *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->call = All_call;
    }
    return (PyObject *)self;
}

static PyGetSetDef dictionary_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};

#define NUMBERS                                                                                                      \
    {"before", T_LONG, offsetof(All, before), 0, NULL}, {"between", T_LONG, offsetof(All, between), 0, NULL},        \
        {"after", T_LONG, offsetof(All, after), 0, NULL},
static PyMemberDef Named_members[] = {NUMBERS OFFSET("__dictoffset__", offsetof(All, dictionary)) {NULL}};
static PyMemberDef Referenced_members[] = {NUMBERS OFFSET("__weaklistoffset__", offsetof(All, references)) {NULL}};
static PyMemberDef All_members[] = {
    OFFSET("__dictoffset__", offsetof(All, dictionary)) OFFSET("__vectorcalloffset__", offsetof(All, call))
    NUMBERS OFFSET("__weaklistoffset__", offsetof(All, references)) {NULL},
};
static PyType_Slot Named_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, All_dealloc}, {Py_tp_members, Named_members},
    {Py_tp_getset, dictionary_getset}, {0, NULL},
};
static PyType_Spec Named_spec = {
    .name = "ext.Named",
    .basicsize = sizeof(All),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Named_slots,
};
static PyType_Slot Referenced_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, All_dealloc}, {Py_tp_members, Referenced_members}, {0, NULL},
};
static PyType_Spec Referenced_spec = {
    .name = "ext.Referenced",
    .basicsize = sizeof(All),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Referenced_slots,
};
static PyType_Slot All_slots[] = {
    {Py_tp_new, All_new},         {Py_tp_dealloc, All_dealloc},      {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, All_members}, {Py_tp_getset, dictionary_getset}, {0, NULL},
};
static PyType_Spec All_spec = {
    .name = "ext.All",
    .basicsize = sizeof(All),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = All_slots,
};

typedef struct {
    All all;
    long extra;
} Larger;

static PyMemberDef Larger_members[] = {{"extra", T_LONG, offsetof(Larger, extra), 0, NULL}, {NULL}};
static PyType_Slot Larger_slots[] = {{Py_tp_new, conform_new}, {Py_tp_members, Larger_members}, {0, NULL}};
static PyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Larger_slots,
};

typedef struct {
    PyObject_HEAD
    call_function call;
    long number;
} Called;

static PyObject *Called_call(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(((Called *)self)->number, args, flagged, names);
}

static PyObject *Called_other(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(-((Called *)self)->number, args, flagged, names);
}

static PyObject *Called_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number;
    if (!PyArg_ParseTuple(args, "l", &number)) {
        return NULL;
    }
    Called *self = (Called *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->number = number;
        self->call = number < 100 ? Called_call : Called_other;
    }
    return (PyObject *)self;
}

static PyMemberDef Called_members[] = {
    {"number", T_LONG, offsetof(Called, number), 0, NULL},
    OFFSET("__vectorcalloffset__", offsetof(Called, call)) {NULL},
};
static PyType_Slot Called_slots[] = {
    {Py_tp_new, Called_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, Called_members}, {0, NULL},
};
static PyType_Spec Called_spec = {
    .name = "ext.Called",
    .basicsize = sizeof(Called),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = Called_slots,
};

typedef struct {
    PyObject_HEAD
    long number;
} Slotted;

static PyObject *Slotted_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number;
    if (!PyArg_ParseTuple(args, "l", &number)) {
        return NULL;
    }
    Slotted *self = (Slotted *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->number = number;
    }
    return (PyObject *)self;
}

static PyObject *Slotted_call(Slotted *self, PyObject *args, PyObject *kw)
{
    return PyLong_FromLong(self->number + (long)PyTuple_GET_SIZE(args));
}

static PyMemberDef Slotted_members[] = {{"number", T_LONG, offsetof(Slotted, number), 0, NULL}, {NULL}};
static PyType_Slot Slotted_slots[] = {
    {Py_tp_new, Slotted_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_call, Slotted_call},
    {Py_tp_members, Slotted_members}, {0, NULL},
};
static PyType_Spec Slotted_spec = {
    .name = "ext.Slotted",
    .basicsize = sizeof(Slotted),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Slotted_slots,
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Named", &Named_spec, NULL) < 0 ||
        conform_add_type(module, "Referenced", &Referenced_spec, NULL) < 0 ||
        conform_add_type(module, "All", &All_spec, NULL) < 0 ||
        conform_add_type(module, "Called", &Called_spec, NULL) < 0 ||
        conform_add_type(module, "Slotted", &Slotted_spec, NULL) < 0) {
        return -1;
    }
    PyObject *base = PyObject_GetAttrString(module, "All");
    int failed = base == NULL || conform_add_type(module, "Larger", &Larger_spec, base) < 0;
    Py_XDECREF(base);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Offsets in types of the C API.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
