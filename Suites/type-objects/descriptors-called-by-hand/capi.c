/* One with a method of each calling convention, a class method, a static method, a member and a getset; Other without.
   made(what): a type whose definition is wrong in one way. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long number;
} One;

static PyObject *word(const char *what, PyObject *self)
{
    return Py_BuildValue("ss", what, self == NULL ? "NULL" : PyType_Check(self) ? "class" : "object");
}

static PyObject *noargs(PyObject *self, PyObject *unused)
{
    return word("noargs", self);
}

static PyObject *onearg(PyObject *self, PyObject *arg)
{
    return Py_BuildValue("NO", word("o", self), arg);
}

static PyObject *varargs(PyObject *self, PyObject *args)
{
    return Py_BuildValue("NO", word("varargs", self), args);
}

/* None where there are no names: a function may get NULL or an empty dictionary. */
static PyObject *names_or_none(PyObject *names)
{
    return names == NULL || PyDict_Size(names) == 0 ? Py_None : names;
}

static PyObject *keywords(PyObject *self, PyObject *args, PyObject *names)
{
    return Py_BuildValue("NOO", word("keywords", self), args, names_or_none(names));
}

static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return Py_BuildValue("Nn", word("fast", self), count);
}

static PyObject *fastkeywords(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    return Py_BuildValue("NnO", word("fastkeywords", self), count, names == NULL ? Py_None : names);
}

static PyObject *get(PyObject *self, void *closure)
{
    return word("get", self);
}

static int set(PyObject *self, PyObject *value, void *closure)
{
    ((One *)self)->number = value == NULL ? -1 : 100;
    return 0;
}

static PyObject *repr(PyObject *self)
{
    return PyUnicode_FromString("One()");
}

static PyMethodDef One_methods[] = {
    {"noargs", noargs, METH_NOARGS, NULL}, {"o", onearg, METH_O, NULL}, {"varargs", varargs, METH_VARARGS, NULL},
    {"keywords", (PyCFunction)(void (*)(void))keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"fast", (PyCFunction)(void (*)(void))fast, METH_FASTCALL, NULL},
    {"fastkeywords", (PyCFunction)(void (*)(void))fastkeywords, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"of_class", varargs, METH_VARARGS | METH_CLASS, NULL}, {"static", varargs, METH_VARARGS | METH_STATIC, NULL}, {NULL},
};
static PyMemberDef One_members[] = {{"number", T_LONG, offsetof(One, number), 0, NULL}, {NULL}};
static PyGetSetDef One_getset[] = {{"it", get, set, NULL, NULL}, {"readonly", get, NULL, NULL, NULL}, {NULL}};
static PyType_Slot One_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, One_methods}, {Py_tp_repr, repr},
    {Py_tp_members, One_members}, {Py_tp_getset, One_getset}, {0, NULL},
};
static PyType_Spec One_spec = {
    .name = "ext.One", .basicsize = sizeof(One), .slots = One_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Slot Other_slots[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};
static PyType_Spec Other_spec = {
    .name = "ext.Other", .basicsize = sizeof(PyObject), .slots = Other_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyMethodDef both[] = {{"it", varargs, METH_VARARGS | METH_CLASS | METH_STATIC, NULL}, {NULL}};
static PyMethodDef static_flags[] = {{"it", varargs, METH_NOARGS | METH_O | METH_STATIC, NULL}, {NULL}};
static PyMethodDef class_flags[] = {{"it", varargs, METH_NOARGS | METH_O | METH_CLASS, NULL}, {NULL}};
static PyMethodDef method_flags[] = {{"it", varargs, METH_NOARGS | METH_O, NULL}, {NULL}};
static PyMemberDef unknown_kind[] = {{"it", 99, offsetof(One, number), 0, NULL}, {NULL}};

static PyObject *made(PyObject *module, PyObject *name)
{
    const char *what = PyUnicode_AsUTF8AndSize(name, NULL);
    int slot = Py_tp_methods;
    void *pointer = NULL;
    if (what == NULL) {
        return NULL;
    }
#define IS(NAME, ARRAY) if (strcmp(what, NAME) == 0) pointer = ARRAY;
    IS("class and static", both)
    IS("flags of a static method", static_flags)
    IS("flags of a class method", class_flags)
    IS("flags of a method", method_flags)
    if (strcmp(what, "kind of a member") == 0) {
        slot = Py_tp_members;
        pointer = unknown_kind;
    }
    PyType_Slot slots[] = {
        {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {slot, pointer}, {0, NULL},
    };
    PyType_Spec spec = {.name = "ext.Made", .basicsize = sizeof(One), .slots = slots, .flags = Py_TPFLAGS_DEFAULT};
    return conform_type(&spec, NULL);
}

static PyObject *method_repr(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("of the method");
}

/* A slot and a method of its name: the slot's wrapper comes first, unless the method says that it is to coexist. */
static PyMethodDef Slot_methods[] = {{"__repr__", method_repr, METH_NOARGS, NULL}, {NULL}};
static PyMethodDef Method_methods[] = {{"__repr__", method_repr, METH_NOARGS | METH_COEXIST, NULL}, {NULL}};
static PyType_Slot Slot_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_repr, repr}, {Py_tp_methods, Slot_methods},
    {0, NULL},
};
static PyType_Slot Method_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_repr, repr}, {Py_tp_methods, Method_methods},
    {0, NULL},
};
static PyType_Spec Slot_spec = {
    .name = "ext.Slot", .basicsize = sizeof(PyObject), .slots = Slot_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Spec Method_spec = {
    .name = "ext.Method", .basicsize = sizeof(PyObject), .slots = Method_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyMethodDef ext_methods[] = {{"made", made, METH_O, NULL}, {NULL}};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "One", &One_spec, NULL) < 0 ||
                   conform_add_type(module, "Other", &Other_spec, NULL) < 0 ||
                   conform_add_type(module, "Slot", &Slot_spec, NULL) < 0 ||
                   conform_add_type(module, "Method", &Method_spec, NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
