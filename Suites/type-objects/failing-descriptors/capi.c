/* Descriptors with and without tp_descr_set. Each holds a function of Python, which it calls with what it got. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    PyObject *function;
} Descriptor;

static int Descriptor_init(PyObject *object, PyObject *args, PyObject *kw)
{
    PyObject *function;
    if (!PyArg_ParseTuple(args, "O", &function)) {
        return -1;
    }
    conform_store(&((Descriptor *)object)->function, function);
    return 0;
}

static void Descriptor_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Py_CLEAR(((Descriptor *)object)->function);
    CONFORM_FREE(object);
}

static int Descriptor_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((Descriptor *)object)->function);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static int Descriptor_clear(PyObject *object)
{
    Py_CLEAR(((Descriptor *)object)->function);
    return 0;
}

static PyObject *Descriptor_get(PyObject *object, PyObject *one, PyObject *cls)
{
    return PyObject_CallFunction(((Descriptor *)object)->function, "sOO", "get", one == NULL ? Py_None : one,
                                 cls == NULL ? Py_None : cls);
}

static int Descriptor_set(PyObject *object, PyObject *one, PyObject *value)
{
    PyObject *result = PyObject_CallFunction(((Descriptor *)object)->function, "sOO", value == NULL ? "delete" : "set",
                                             one, value == NULL ? Py_None : value);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

#define COMMON                                                                                                       \
    {Py_tp_new, PyType_GenericNew}, {Py_tp_init, Descriptor_init}, {Py_tp_dealloc, Descriptor_dealloc},              \
        {Py_tp_traverse, Descriptor_traverse}, {Py_tp_clear, Descriptor_clear}, {Py_tp_descr_get, Descriptor_get}

static PyType_Slot Getter_slots[] = {COMMON, {0, NULL}};
static PyType_Spec Getter_spec = {
    .name = "ext.Getter", .basicsize = sizeof(Descriptor), .slots = Getter_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
};
static PyType_Slot Data_slots[] = {COMMON, {Py_tp_descr_set, Descriptor_set}, {0, NULL}};
static PyType_Spec Data_spec = {
    .name = "ext.Data", .basicsize = sizeof(Descriptor), .slots = Data_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
};

/* from_c(what, object, name, value): get, has, set or delete an attribute as an extension does. */
static PyObject *from_c(PyObject *module, PyObject *args)
{
    PyObject *one, *name, *value = NULL; /* NULL deletes */
    const char *what;
    if (!PyArg_ParseTuple(args, "sOO|O", &what, &one, &name, &value)) {
        return NULL;
    }
    if (strcmp(what, "get") == 0) {
        return PyObject_GetAttr(one, name);
    }
    if (strcmp(what, "has") == 0) {
        return PyBool_FromLong(PyObject_HasAttr(one, name));
    }
    return PyObject_SetAttr(one, name, value) < 0 ? NULL : PyBool_FromLong(1);
}

static PyMethodDef ext_methods[] = {{"from_c", from_c, METH_VARARGS, NULL}, {NULL}};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Getter", &Getter_spec, NULL) < 0 ||
                   conform_add_type(module, "Data", &Data_spec, NULL) < 0
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
