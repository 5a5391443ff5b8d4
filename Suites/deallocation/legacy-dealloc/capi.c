/* The same against the raw C API, where each tp_dealloc calls that of the base. */
#include "conform_capi.h"
#include "old.h"

typedef struct {
    THING
    PyObject *field;
} Thing;

#define SPEC(NAME, SLOTS, FLAGS)                                                                                     \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME,                                                                                        \
        .basicsize = sizeof(Thing),                                                                                  \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (FLAGS),                                                 \
        .slots = (SLOTS),                                                                                            \
    }

SPEC(Base, Base_slots, 0);

static PyType_Slot Inheriting_slots[] = {{0, NULL}};
SPEC(Inheriting, Inheriting_slots, 0);
SPEC(Chained, Chained_slots, 0);

static void Destroying_dealloc(Old *self)
{
    conform_event("own", self->serial);
    Base_type->tp_dealloc((PyObject *)self);
}

static PyType_Slot Destroying_slots[] = {{Py_tp_dealloc, Destroying_dealloc}, {0, NULL}};
SPEC(Destroying, Destroying_slots, 0);

static int Visiting_traverse(Thing *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->field);
    return 0;
}

static int Visiting_clear(Thing *self)
{
    Py_CLEAR(self->field);
    return 0;
}

static void Visiting_dealloc(Thing *self)
{
    PyObject_GC_UnTrack(self);
    Visiting_clear(self);
    Base_type->tp_dealloc((PyObject *)self);
}

static PyMemberDef Visiting_members[] = {{"field", T_OBJECT, offsetof(Thing, field), 0, NULL}, {NULL}};
static PyType_Slot Visiting_slots[] = {
    {Py_tp_traverse, Visiting_traverse}, {Py_tp_clear, Visiting_clear}, {Py_tp_dealloc, Visiting_dealloc},
    {Py_tp_members, Visiting_members},   {0, NULL},
};
SPEC(Visiting, Visiting_slots, Py_TPFLAGS_HAVE_GC);

static void Destroyed_dealloc(Old *self)
{
    conform_event("base", self->serial);
    CONFORM_FREE(self);
}

static PyType_Slot Destroyed_slots[] = {
    {Py_tp_new, Old_new}, {Py_tp_methods, Old_methods}, {Py_tp_dealloc, Destroyed_dealloc}, {0, NULL},
};
SPEC(Destroyed, Destroyed_slots, 0);
SPEC(Below, Below_slots, 0);

SPEC(Finalized, Finalized_slots, 0);
SPEC(FinalizedDestroyed, Finalized_slots, 0);
SPEC(NewFinalized, Finalized_slots, 0);
SPEC(Collected, Collected_slots, Py_TPFLAGS_HAVE_GC);

static PyObject *make_collected(PyObject *module, PyObject *ignored)
{
    return conform_type(&Collected_spec, NULL);
}

static int ext_exec(PyObject *module)
{
    Base_type = (PyTypeObject *)conform_type(&Base_spec, NULL);
    Destroyed_type = (PyTypeObject *)conform_type(&Destroyed_spec, NULL);
    if (Base_type == NULL || PyObject_SetAttrString(module, "Base", (PyObject *)Base_type) < 0 ||
        Destroyed_type == NULL || PyObject_SetAttrString(module, "Destroyed", (PyObject *)Destroyed_type) < 0 ||
        conform_add_derived(module, "Inheriting", &Inheriting_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Chained", &Chained_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Destroying", &Destroying_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Visiting", &Visiting_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Below", &Below_spec, "Destroyed", NULL) < 0 ||
        conform_add_type(module, "Finalized", &Finalized_spec, NULL) < 0 ||
        conform_add_type(module, "FinalizedDestroyed", &FinalizedDestroyed_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "NewFinalized", &NewFinalized_spec, NULL);
}

static PyMethodDef ext_methods[] = {{"make_collected", make_collected, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Ends in one API.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
