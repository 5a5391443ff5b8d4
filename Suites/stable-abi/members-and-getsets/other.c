/* A type of another binary, which adds fields and members behind those of the base. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "box.h"

typedef struct {
    Box base;
    long long wide;
    char text[8];
} Crate;

static PyObject *Crate_text(PyObject *self, void *closure)
{
    return PyUnicode_FromString(((Crate *)self)->text + (size_t)closure);
}

static PyMemberDef Crate_members[] = {
    {"wide", T_LONGLONG, offsetof(Crate, wide), 0, NULL},
    {"text", T_STRING_INPLACE, offsetof(Crate, text), 0, NULL},
    {NULL},
};
static PyGetSetDef Crate_getsets[] = {{"rest", Crate_text, NULL, NULL, (void *)1}, {NULL}};

static PyObject *Crate_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *self = CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        memcpy(((Crate *)self)->text, "crate", 6);
    }
    return self;
}

static PyType_Slot Crate_slots[] = {
    {Py_tp_new, Crate_new}, {Py_tp_members, Crate_members}, {Py_tp_getset, Crate_getsets}, {0, NULL},
};

/* below(base): a new type. */
static PyObject *below(PyObject *module, PyObject *base)
{
    static PyType_Spec spec = {
        .name = "other.Crate",
        .basicsize = sizeof(Crate),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Crate_slots,
    };
    return conform_type(&spec, base);
}

static PyMethodDef methods[] = {{"below", below, METH_O, NULL}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "other", NULL, 0, methods};

PyMODINIT_FUNC PyInit_other(void)
{
    return PyModule_Create(&definition);
}
