/* Immutable types, on immutable and on mutable bases. */
#include "conform_capi.h"
#include "conform_helpers.h"

#ifndef Py_TPFLAGS_IMMUTABLETYPE
#define Py_TPFLAGS_IMMUTABLETYPE (1UL << 8)
#endif

static PyObject *answer(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("of C");
}

static Py_ssize_t length(PyObject *self)
{
    return 3;
}

static PyMethodDef Fixed_methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Fixed_slots[] = {
    {Py_tp_doc, "A type that stays as it is."}, {Py_tp_new, PyType_GenericNew}, {Py_tp_methods, Fixed_methods},
    {Py_sq_length, length}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Spec Fixed_spec = {
    .name = "ext.Fixed", .slots = Fixed_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
};
static PyType_Spec Open_spec = {
    .name = "ext.Open", .slots = Fixed_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Slot Below_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below", .slots = Below_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Spec FixedBelow_spec = {
    .name = "ext.FixedBelow", .slots = Below_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
};

static PyObject *fixed(PyObject *module, PyObject *bases)
{
    return conform_type(&FixedBelow_spec, bases);
}

static PyObject *open_(PyObject *module, PyObject *bases)
{
    return conform_type(&Open_spec, bases);
}

static PyObject *is_immutable(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_IMMUTABLETYPE));
}

/* Sets an attribute as an extension would; deletes it where there is no value. */
static PyObject *set(PyObject *module, PyObject *args)
{
    PyObject *object, *name, *value = NULL;
    if (!PyArg_ParseTuple(args, "OO|O", &object, &name, &value)) {
        return NULL;
    }
    int failed = value == NULL ? PyObject_DelAttr(object, name) : PyObject_SetAttr(object, name, value);
    return failed ? NULL : (Py_INCREF(Py_None), Py_None);
}

#if PY_VERSION_HEX >= 0x030E0000
static PyObject *freeze(PyObject *module, PyObject *type)
{
    return PyType_Freeze((PyTypeObject *)type) < 0 ? NULL : (Py_INCREF(Py_None), Py_None);
}
#define FREEZE {"freeze", freeze, METH_O, NULL},
#else
#define FREEZE
#endif

static PyMethodDef ext_methods[] = {
    {"fixed", fixed, METH_O, "fixed(bases): an immutable type."},
    {"open", open_, METH_O, "open(bases): a mutable type, where types are made at run time."},
    {"is_immutable", is_immutable, METH_O, NULL},
    {"set", set, METH_VARARGS, "set(object, name[, value]): by the functions of C."},
    FREEZE
    {NULL},
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Fixed", &Fixed_spec, NULL) < 0 ||
                 conform_add_derived(module, "Below", &Below_spec, "Fixed", NULL) < 0 ||
                 conform_add_derived(module, "FixedBelow", &FixedBelow_spec, "Fixed", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
