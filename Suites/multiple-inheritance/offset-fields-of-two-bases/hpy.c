/* Legacy types with dictionaries and lists of weak references at offsets in the struct, joined with others by HPy. */
#include "hpy.h"
#include <structmember.h>
#include "conform.h"
#include "conform_helpers.h"

/* The field is the last one of a type, or it is not. */
typedef struct {
    PyObject_HEAD
    PyObject *field;
    long after;
} Early;
HPyType_LEGACY_HELPERS(Early)

typedef struct {
    PyObject_HEAD
    long before;
    PyObject *field;
} Late;
HPyType_LEGACY_HELPERS(Late)

typedef struct {
    PyObject_HEAD
    long number;
} Number;
HPyType_LEGACY_HELPERS(Number)

#define EARLY offsetof(Early, field)
#define LATE offsetof(Late, field)
#define LAST offsetof(Early, after)
#define FLAGS (HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE)
#define OFFSET(name, offset) {name, T_PYSSIZET, offset, READONLY, NULL}
#define SPEC(type, size, slots, table)                                                                               \
    {.name = "ext." #type, .basicsize = size, .builtin_shape = HPyType_BuiltinShape_Legacy, .flags = FLAGS,          \
     .legacy_slots = slots, .defines = table}

CONFORM_HPY_NEW(Any_new)

/* Addresses alone are compared, so that a field that is not what it should be does no harm here. */
static PyObject *Early_is(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(((Early *)self)->field == other);
}

static PyObject *Early_is_null(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(((Early *)self)->field == NULL);
}

static PyObject *Late_is(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(((Late *)self)->field == other);
}

static PyObject *Late_is_null(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(((Late *)self)->field == NULL);
}

static PyMethodDef Early_methods[] = {
    {"early_is", Early_is, METH_O, NULL}, {"early_is_null", Early_is_null, METH_NOARGS, NULL}, {NULL},
};
static PyMethodDef Late_methods[] = {
    {"late_is", Late_is, METH_O, NULL}, {"late_is_null", Late_is_null, METH_NOARGS, NULL}, {NULL},
};
static PyGetSetDef dictionary_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};

static void release(PyObject *self, long which)
{
    PyTypeObject *cls = Py_TYPE(self);
    conform_event("destroy", which);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static void Early_dict_dealloc(PyObject *self)
{
    Py_CLEAR(((Early *)self)->field);
    release(self, 1);
}

static void Late_dict_dealloc(PyObject *self)
{
    Py_CLEAR(((Late *)self)->field);
    release(self, 2);
}

static void Early_weak_dealloc(PyObject *self)
{
    if (((Early *)self)->field != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    release(self, 3);
}

static void Late_weak_dealloc(PyObject *self)
{
    if (((Late *)self)->field != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    release(self, 4);
}

HPyDef_MEMBER(Early_after, "after", HPyMember_LONG, offsetof(Early, after))
HPyDef_MEMBER(Late_before, "before", HPyMember_LONG, offsetof(Late, before))
HPyDef_MEMBER(Number_number, "number", HPyMember_LONG, offsetof(Number, number))

static HPyDef *Any_defines[] = {&Any_new, NULL};
static HPyDef *After_defines[] = {&Any_new, &Early_after, NULL};
static HPyDef *Before_defines[] = {&Any_new, &Late_before, NULL};
static HPyDef *Number_defines[] = {&Any_new, &Number_number, NULL};
static HPyDef *Deep_defines[] = {&Early_after, NULL};

/* With a dictionary: Dicted and Again where another field could stand, Inside before one, Further behind one. */
static PyMemberDef Dicted_members[] = {OFFSET("__dictoffset__", EARLY), {NULL}};
static PyMemberDef Further_members[] = {OFFSET("__dictoffset__", LATE), {NULL}};
static PyType_Slot Dicted_slots[] = {
    {Py_tp_dealloc, Early_dict_dealloc}, {Py_tp_members, Dicted_members}, {Py_tp_getset, dictionary_getset},
    {Py_tp_methods, Early_methods},      {0, NULL},
};
static PyType_Slot Further_slots[] = {
    {Py_tp_dealloc, Late_dict_dealloc}, {Py_tp_members, Further_members}, {Py_tp_getset, dictionary_getset},
    {Py_tp_methods, Late_methods},      {0, NULL},
};
static HPyType_Spec Dicted_spec = SPEC(Dicted, LAST, Dicted_slots, Any_defines);
static HPyType_Spec Again_spec = SPEC(Again, LAST, Dicted_slots, Any_defines);
static HPyType_Spec Inside_spec = SPEC(Inside, sizeof(Early), Dicted_slots, After_defines);
static HPyType_Spec Further_spec = SPEC(Further, sizeof(Late), Further_slots, Before_defines);

/* HPy's function for the collector visits HPyFields alone, so that this type is like Dicted. */
static HPyType_Spec Collected_spec = SPEC(Collected, LAST, Dicted_slots, Any_defines);

/* With weak references, in the same places. */
static PyMemberDef Weak_members[] = {OFFSET("__weaklistoffset__", EARLY), {NULL}};
static PyMemberDef WeakFurther_members[] = {OFFSET("__weaklistoffset__", LATE), {NULL}};
static PyType_Slot Weak_slots[] = {
    {Py_tp_dealloc, Early_weak_dealloc}, {Py_tp_members, Weak_members}, {Py_tp_methods, Early_methods}, {0, NULL},
};
static PyType_Slot WeakFurther_slots[] = {
    {Py_tp_dealloc, Late_weak_dealloc}, {Py_tp_members, WeakFurther_members}, {Py_tp_methods, Late_methods}, {0, NULL},
};
static HPyType_Spec Weak_spec = SPEC(Weak, LAST, Weak_slots, Any_defines);
static HPyType_Spec WeakAgain_spec = SPEC(WeakAgain, LAST, Weak_slots, Any_defines);
static HPyType_Spec WeakInside_spec = SPEC(WeakInside, sizeof(Early), Weak_slots, After_defines);
static HPyType_Spec WeakFurther_spec = SPEC(WeakFurther, sizeof(Late), WeakFurther_slots, Before_defines);

/* What they are joined with: nothing, a struct as large as that of Dicted, and subtypes with and without a struct. */
static HPyType_Spec Empty_spec = SPEC(Empty, sizeof(PyObject), NULL, Any_defines);
static HPyType_Spec Number_spec = SPEC(Number, sizeof(Number), NULL, Number_defines);
static HPyType_Spec Deep_spec = SPEC(Deep, sizeof(Early), NULL, Deep_defines);
static HPyType_Spec Side_spec = SPEC(Side, 0, NULL, NULL);
static HPyType_Spec WeakDeep_spec = SPEC(WeakDeep, sizeof(Early), NULL, Deep_defines);
static HPyType_Spec WeakSide_spec = SPEC(WeakSide, 0, NULL, NULL);
static HPyType_Spec Derived_spec = SPEC(Derived, 0, NULL, NULL);

HPyDef_METH(derive, "derive", HPyFunc_O, .doc = "A type on these bases.")
static HPy derive_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Derived_spec, params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPyType_Spec *alone[] = {
        &Dicted_spec, &Again_spec, &Inside_spec, &Further_spec, &Collected_spec, &Weak_spec,
        &WeakAgain_spec, &WeakInside_spec, &WeakFurther_spec, &Empty_spec, &Number_spec,
    };
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        if (!HPyHelpers_AddType(ctx, module, alone[i]->name + strlen("ext."), alone[i], NULL)) {
            return -1;
        }
    }
    int added = conform_hpy_add_derived(ctx, module, "Deep", &Deep_spec, "Dicted", NULL) &&
                conform_hpy_add_derived(ctx, module, "Side", &Side_spec, "Dicted", NULL) &&
                conform_hpy_add_derived(ctx, module, "WeakDeep", &WeakDeep_spec, "Weak", NULL) &&
                conform_hpy_add_derived(ctx, module, "WeakSide", &WeakSide_spec, "Weak", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &derive, NULL};
static HPyModuleDef ext_module = {
    .doc = "Types with dictionaries and weak references in their structs.",
    .defines = ext_defines,
};
HPy_MODINIT(ext, ext_module)
