/* The same against the raw C API: the resource is released by tp_dealloc. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long serial;
} Resource;

static PyObject *Resource_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Resource *self = (Resource *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    conform_event("new", self->serial);
    return (PyObject *)self;
}

static void Resource_dealloc(Resource *self)
{
    conform_event("destroy", self->serial);
    CONFORM_FREE(self);
}

static PyMemberDef Resource_members[] = {
    {"serial", T_LONG, offsetof(Resource, serial), READONLY, NULL},
    {NULL},
};

static PyType_Slot Resource_slots[] = {
    {Py_tp_new, Resource_new},
    {Py_tp_dealloc, Resource_dealloc},
    {Py_tp_members, Resource_members},
    {0, NULL},
};
static PyType_Spec Resource_spec = {
    .name = "ext.Resource",
    .basicsize = sizeof(Resource),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Resource_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Resource", &Resource_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects that own a native resource.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
