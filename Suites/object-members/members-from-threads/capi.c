/* One object with a member of several kinds, which Python's threads read and write at the same time. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    int small;
    long long wide;
    double real;
    PyObject *object;
    PyObject *object_ex;
} Shared;

static int Shared_traverse(Shared *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->object);
    Py_VISIT(self->object_ex);
    return 0;
}

static int Shared_clear(Shared *self)
{
    Py_CLEAR(self->object);
    Py_CLEAR(self->object_ex);
    return 0;
}

static void Shared_dealloc(Shared *self)
{
    PyObject_GC_UnTrack(self);
    Shared_clear(self);
    CONFORM_FREE(self);
}

static PyMemberDef Shared_members[] = {
    {"small", T_INT, offsetof(Shared, small), 0, NULL},
    {"wide", T_LONGLONG, offsetof(Shared, wide), 0, NULL},
    {"real", T_DOUBLE, offsetof(Shared, real), 0, NULL},
    {"object", T_OBJECT, offsetof(Shared, object), 0, NULL},
    {"object_ex", T_OBJECT_EX, offsetof(Shared, object_ex), 0, NULL},
    {NULL},
};

static PyType_Slot Shared_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_members, Shared_members},
    {Py_tp_traverse, Shared_traverse},
    {Py_tp_clear, Shared_clear},
    {Py_tp_dealloc, Shared_dealloc},
    {0, NULL},
};
static PyType_Spec Shared_spec = {
    .name = "ext.Shared",
    .basicsize = sizeof(Shared),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Shared_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Shared", &Shared_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {
    {Py_mod_exec, ext_exec},
/* Known to the headers of 3.13 and later, and to the limited API from there on. */
#if defined(Py_mod_gil) && (!defined(Py_LIMITED_API) || Py_LIMITED_API >= 0x030d0000)
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, NULL, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
