/* Types whose attributes and special methods are replaced later, and functions that use them from C. */
#include "conform_capi.h"
#include "conform_helpers.h"

static PyObject *Base_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("C");
}

static PyObject *Base_repr(PyObject *self)
{
    return PyUnicode_FromString("repr of C");
}

static Py_ssize_t Base_length(PyObject *self)
{
    return 3;
}

static PyObject *Base_add(PyObject *left, PyObject *right)
{
    return PyUnicode_FromString("sum of C");
}

static PyObject *Base_get_number(PyObject *self, void *closure)
{
    return PyLong_FromLong(4);
}

static PyMethodDef Base_methods[] = {{"who", Base_who, METH_NOARGS, NULL}, {NULL}};
static PyGetSetDef Base_getset[] = {{"number", Base_get_number, NULL, NULL, NULL}, {NULL}};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Base_methods},
    {Py_tp_getset, Base_getset},    {Py_tp_repr, Base_repr},          {Py_sq_length, Base_length},
    {Py_nb_add, Base_add},          {0, NULL},
};
static PyType_Spec Base_spec = {
    .name = "ext.Base", .basicsize = sizeof(PyObject), .slots = Base_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Slot Below_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below", .slots = Below_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *make(PyObject *module, PyObject *unused)
{
    return conform_type(&Base_spec, NULL);
}

static PyObject *below(PyObject *module, PyObject *base)
{
    return conform_type(&Below_spec, base);
}

/* used(object): length, repr and sum, as C gets them. */
static PyObject *used(PyObject *module, PyObject *object)
{
    Py_ssize_t length = PyObject_Size(object);
    if (length < 0) {
        return NULL;
    }
    PyObject *text = PyObject_Repr(object);
    PyObject *sum = text == NULL ? NULL : PyNumber_Add(object, object);
    if (sum == NULL) {
        Py_XDECREF(text);
        return NULL;
    }
    return Py_BuildValue("(nNN)", length, text, sum);
}

static PyObject *get(PyObject *module, PyObject *args)
{
    PyObject *object, *name;
    return PyArg_ParseTuple(args, "OO", &object, &name) ? PyObject_GetAttr(object, name) : NULL;
}

static PyObject *set(PyObject *module, PyObject *args)
{
    PyObject *object, *name, *value = NULL;
    if (!PyArg_ParseTuple(args, "OO|O", &object, &name, &value)) {
        return NULL;
    }
    int failed = value == NULL ? PyObject_DelAttr(object, name) : PyObject_SetAttr(object, name, value);
    return failed ? NULL : (Py_INCREF(Py_None), Py_None);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_NOARGS, "make(): a new type."},
    {"below", below, METH_O, "below(base): a new type without anything of its own."},
    {"used", used, METH_O, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"set", set, METH_VARARGS, "set(object, name[, value]): sets, or deletes."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
                   conform_add_derived(module, "Below", &Below_spec, "Base", NULL) < 0
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
