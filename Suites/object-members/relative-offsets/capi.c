/* Types that add memory to a base, be its struct known or not, with members at offsets in what they add. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    char first;
    long number;
} Base;

/* What a type adds. */
typedef struct {
    double real;
    char letter;
    long number;
} Added;

static PyMemberDef Base_members[] = {{"first", T_BYTE, offsetof(Base, first), 0, NULL},
                                     {"base_number", T_LONG, offsetof(Base, number), 0, NULL},
                                     {NULL}};
static PyType_Slot Base_slots[] = {{Py_tp_members, Base_members}, {0, NULL}};
static PyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Base),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Base_slots,
};

#if PY_VERSION_HEX >= 0x030C0000 && !defined(PYPY_VERSION) && !CONFORM_STATIC_TYPES
#define RELATIVE(name, type, field, flags) {name, type, offsetof(Added, field), Py_RELATIVE_OFFSET | (flags), NULL}

static PyMemberDef Added_members[] = {
    RELATIVE("real", T_DOUBLE, real, 0),
    RELATIVE("letter", T_CHAR, letter, 0),
    RELATIVE("number", T_LONG, number, 0),
    RELATIVE("frozen", T_LONG, number, READONLY),
    {NULL},
};
static PyType_Slot Added_slots[] = {{Py_tp_members, Added_members}, {0, NULL}};

/* What C finds in the memory that a type added to an object. */
static PyObject *peek(PyObject *module, PyObject *args)
{
    PyObject *one, *cls;
    if (!PyArg_ParseTuple(args, "OO!", &one, &PyType_Type, &cls)) {
        return NULL;
    }
    Added *added = PyObject_GetTypeData(one, (PyTypeObject *)cls);
    return added == NULL ? NULL : Py_BuildValue("dCl", added->real, (int)added->letter, added->number);
}

/* Whether the memory of a type is as large as asked for, and aligned. */
static PyObject *room(PyObject *module, PyObject *args)
{
    PyObject *one, *cls;
    if (!PyArg_ParseTuple(args, "OO!", &one, &PyType_Type, &cls)) {
        return NULL;
    }
    void *data = PyObject_GetTypeData(one, (PyTypeObject *)cls);
    if (data == NULL) {
        return NULL;
    }
    return Py_BuildValue("ii", PyType_GetTypeDataSize((PyTypeObject *)cls) >= (Py_ssize_t)sizeof(Added),
                         (size_t)data % _Alignof(Added) == 0);
}

/* A type with a base and added memory. */
static PyObject *derive(PyObject *module, PyObject *base)
{
    PyType_Spec spec = {
        .name = "ext.Derived",
        .basicsize = -(int)sizeof(Added),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Added_slots,
    };
    return PyType_FromMetaclass(NULL, module, &spec, base);
}

/* A relative offset in a type whose size is its own. */
static PyObject *derive_absolute(PyObject *module, PyObject *base)
{
    PyType_Spec spec = {
        .name = "ext.Absolute",
        .basicsize = sizeof(Base) + sizeof(Added),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Added_slots,
    };
    return PyType_FromMetaclass(NULL, module, &spec, base);
}

/* From 3.14 on the offsets that CPython has for itself may be relative, too. */
typedef struct {
    long number;
    PyObject *references;
    PyObject *attributes;
    vectorcallfunc call;
} Special;
#define SPECIAL(name, field) {name, T_PYSSIZET, offsetof(Special, field), Py_RELATIVE_OFFSET | READONLY, NULL}

static PyMemberDef Special_members[] = {
    {"number", T_LONG, offsetof(Special, number), Py_RELATIVE_OFFSET, NULL},
    SPECIAL("__weaklistoffset__", references),
    SPECIAL("__dictoffset__", attributes),
    SPECIAL("__vectorcalloffset__", call),
    {NULL},
};

static PyObject *Special_call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names)
{
    return Py_BuildValue("(On)", PyVectorcall_NARGS(nargsf) == 0 ? Py_None : args[0], PyVectorcall_NARGS(nargsf));
}

static PyObject *Special_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *self = CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        *(vectorcallfunc *)((char *)self + cls->tp_vectorcall_offset) = Special_call;
    }
    return self;
}

static void Special_dealloc(PyObject *self)
{
    PyObject_ClearWeakRefs(self);
    Py_XDECREF(*(PyObject **)((char *)self + Py_TYPE(self)->tp_dictoffset));
    CONFORM_FREE(self);
}

static PyGetSetDef Special_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};
static PyType_Slot Special_slots[] = {
    {Py_tp_getset, Special_getset},
    {Py_tp_new, Special_new},
    {Py_tp_dealloc, Special_dealloc},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, Special_members},
    {0, NULL},
};

static PyObject *derive_special(PyObject *module, PyObject *base)
{
    PyType_Spec spec = {
        .name = "ext.Special",
        .basicsize = -(int)sizeof(Special),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
        .slots = Special_slots,
    };
    return PyType_FromMetaclass(NULL, module, &spec, base);
}

static PyMethodDef ext_methods[] = {
    {"derive_special", derive_special, METH_O, NULL},
    {"peek", peek, METH_VARARGS, NULL},
    {"room", room, METH_VARARGS, NULL},
    {"derive", derive, METH_O, NULL},
    {"derive_absolute", derive_absolute, METH_O, NULL},
    {NULL},
};
#else
static PyMethodDef ext_methods[] = {{NULL}};
#endif

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Base", &Base_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Members in memory that a type adds to its base's.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
