/* Legacy types whose end is partly in slots of the C API and partly in HPy's. Base has a tp_dealloc; of the types below
   it, Inheriting has nothing of its own, Chained a tp_dealloc, Destroying HPy_tp_destroy and Visiting HPy_tp_traverse.
   Destroyed has HPy_tp_destroy, and Below, derived from it, a tp_dealloc. The others have tp_finalize. */
#include "hpy.h"
#include <Python.h>
#include "conform.h"
#include "old.h"

typedef struct {
    THING
    HPyField field;
} Thing;

static HPyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Thing),
    .builtin_shape = HPyType_BuiltinShape_Legacy,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Base_slots,
};

#define SPEC(NAME, SLOTS, DEFINES, FLAGS)                                                                            \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME,                                                                                        \
        .basicsize = sizeof(Thing),                                                                                  \
        .builtin_shape = HPyType_BuiltinShape_Legacy,                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | (FLAGS),                                               \
        .legacy_slots = (SLOTS),                                                                                     \
        .defines = (DEFINES),                                                                                        \
    }

SPEC(Inheriting, NULL, NULL, 0);
SPEC(Chained, Chained_slots, NULL, 0);

HPyDef_SLOT(Destroying_destroy, HPy_tp_destroy)
static void Destroying_destroy_impl(void *self)
{
    conform_event("own", ((Thing *)self)->serial);
}

static HPyDef *Destroying_defines[] = {&Destroying_destroy, NULL};
SPEC(Destroying, NULL, Destroying_defines, 0);

HPyDef_SLOT(Visiting_traverse, HPy_tp_traverse)
static int Visiting_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Thing *)self)->field);
    return 0;
}

HPyDef_MEMBER(Visiting_field, "field", HPyMember_OBJECT, offsetof(Thing, field))

static HPyDef *Visiting_defines[] = {&Visiting_traverse, &Visiting_field, NULL};
SPEC(Visiting, NULL, Visiting_defines, HPy_TPFLAGS_HAVE_GC);

HPyDef_SLOT(Destroyed_destroy, HPy_tp_destroy)
static void Destroyed_destroy_impl(void *self)
{
    conform_event("base", ((Thing *)self)->serial);
}

static PyType_Slot Destroyed_slots[] = {{Py_tp_new, Old_new}, {Py_tp_methods, Old_methods}, {0, NULL}};
static HPyDef *Destroyed_defines[] = {&Destroyed_destroy, NULL};
SPEC(Destroyed, Destroyed_slots, Destroyed_defines, 0);
SPEC(Below, Below_slots, NULL, 0);

SPEC(Finalized, Finalized_slots, NULL, 0);

HPyDef_SLOT(FinalizedDestroyed_destroy, HPy_tp_destroy)
static void FinalizedDestroyed_destroy_impl(void *self)
{
    conform_event("dealloc", ((Thing *)self)->serial);
}

static PyType_Slot FinalizedDestroyed_slots[] = {
    {Py_tp_new, Old_new}, {Py_tp_methods, Old_methods}, {Py_tp_finalize, Old_finalize}, {0, NULL},
};
static HPyDef *FinalizedDestroyed_defines[] = {&FinalizedDestroyed_destroy, NULL};
SPEC(FinalizedDestroyed, FinalizedDestroyed_slots, FinalizedDestroyed_defines, 0);

HPyDef_SLOT(NewFinalized_finalize, HPy_tp_finalize)
static void NewFinalized_finalize_impl(HPyContext *ctx, HPy self)
{
    PyObject *object = HPy_AsPyObject(ctx, self);
    Old_finalize((Old *)object);
    Py_DECREF(object);
}

static PyType_Slot NewFinalized_slots[] = {
    {Py_tp_new, Old_new}, {Py_tp_methods, Old_methods}, {Py_tp_dealloc, Finalized_dealloc}, {0, NULL},
};
static HPyDef *NewFinalized_defines[] = {&NewFinalized_finalize, NULL};
SPEC(NewFinalized, NewFinalized_slots, NewFinalized_defines, 0);

SPEC(Collected, Collected_slots, NULL, HPy_TPFLAGS_HAVE_GC);

HPyDef_METH(make_collected, "make_collected", HPyFunc_NOARGS)
static HPy make_collected_impl(HPyContext *ctx, HPy self)
{
    return HPyType_FromSpec(ctx, &Collected_spec, NULL);
}

/* The type in the module, for a tp_dealloc that calls that of its base. */
static PyTypeObject *type_named(HPyContext *ctx, HPy module, const char *name)
{
    HPy type = HPy_GetAttr_s(ctx, module, name);
    if (HPy_IsNull(type)) {
        return NULL;
    }
    PyObject *object = HPy_AsPyObject(ctx, type);
    HPy_Close(ctx, type);
    return (PyTypeObject *)object;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int made = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
               conform_hpy_add_derived(ctx, module, "Inheriting", &Inheriting_spec, "Base", NULL) &&
               conform_hpy_add_derived(ctx, module, "Chained", &Chained_spec, "Base", NULL) &&
               conform_hpy_add_derived(ctx, module, "Destroying", &Destroying_spec, "Base", NULL) &&
               conform_hpy_add_derived(ctx, module, "Visiting", &Visiting_spec, "Base", NULL) &&
               HPyHelpers_AddType(ctx, module, "Destroyed", &Destroyed_spec, NULL) &&
               conform_hpy_add_derived(ctx, module, "Below", &Below_spec, "Destroyed", NULL) &&
               HPyHelpers_AddType(ctx, module, "Finalized", &Finalized_spec, NULL) &&
               HPyHelpers_AddType(ctx, module, "FinalizedDestroyed", &FinalizedDestroyed_spec, NULL) &&
               HPyHelpers_AddType(ctx, module, "NewFinalized", &NewFinalized_spec, NULL);
    if (!made) {
        return -1;
    }
    Base_type = type_named(ctx, module, "Base");
    Destroyed_type = type_named(ctx, module, "Destroyed");
    return Base_type == NULL || Destroyed_type == NULL ? -1 : 0;
}

static HPyDef *ext_defines[] = {&make_collected, &ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Ends in two APIs.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
