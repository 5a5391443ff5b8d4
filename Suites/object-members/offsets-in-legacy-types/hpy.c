/* Legacy types whose members of the C API say where the call function, the dictionary and the list of weak references
   are. Called and Slotted have the constructor of the C API, the others that of HPy. */
#include "hpy.h"
#include <structmember.h>
#include "conform.h"
#include "conform_helpers.h"

/* Named and Referenced have one of the fields set to NULL, and All has all. */
typedef struct {
    PyObject_HEAD
    long before;
    PyObject *dictionary;
    long between;
    PyObject *references;
    HPyCallFunction call;
    long after;
} All;
HPyType_LEGACY_HELPERS(All)

HPyDef_MEMBER(All_before, "before", HPyMember_LONG, offsetof(All, before))
HPyDef_MEMBER(All_between, "between", HPyMember_LONG, offsetof(All, between))
HPyDef_MEMBER(All_after, "after", HPyMember_LONG, offsetof(All, after))

static void All_dealloc(All *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    if (self->references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    Py_CLEAR(self->dictionary);
    conform_event("dealloc", self->after);
    cls->tp_free((PyObject *)self);
    Py_DECREF(cls);
}

CONFORM_HPY_NEW(Plain_new)

static PyGetSetDef dictionary_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};

static PyMemberDef Named_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(All, dictionary), READONLY, NULL}, {NULL},
};
static PyType_Slot Named_slots[] = {
    {Py_tp_dealloc, All_dealloc}, {Py_tp_members, Named_members}, {Py_tp_getset, dictionary_getset}, {0, NULL},
};
static HPyDef *Plain_defines[] = {&Plain_new, &All_before, &All_between, &All_after, NULL};
static HPyType_Spec Named_spec = {
    .name = "ext.Named",
    .basicsize = sizeof(All),
    .builtin_shape = SHAPE(All),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Named_slots,
    .defines = Plain_defines,
};

static PyMemberDef Referenced_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(All, references), READONLY, NULL}, {NULL},
};
static PyType_Slot Referenced_slots[] = {
    {Py_tp_dealloc, All_dealloc}, {Py_tp_members, Referenced_members}, {0, NULL},
};
static HPyType_Spec Referenced_spec = {
    .name = "ext.Referenced",
    .basicsize = sizeof(All),
    .builtin_shape = SHAPE(All),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Referenced_slots,
    .defines = Plain_defines,
};

HPyDef_CALL_FUNCTION(All_call)
static HPy All_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return conform_hpy_told(ctx, All_AsStruct(ctx, self)->after, args, nargs, names);
}

HPyDef_SLOT(All_new, HPy_tp_new)
static HPy All_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    All *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object) && HPy_SetCallFunction(ctx, object, &All_call) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

static PyMemberDef All_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(All, dictionary), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(All, call), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(All, references), READONLY, NULL},
    {NULL},
};
static PyType_Slot All_slots[] = {
    {Py_tp_dealloc, All_dealloc}, {Py_tp_members, All_members}, {Py_tp_getset, dictionary_getset}, {0, NULL},
};
static HPyDef *All_defines[] = {&All_new, &All_before, &All_between, &All_after, NULL};
static HPyType_Spec All_spec = {
    .name = "ext.All",
    .basicsize = sizeof(All),
    .builtin_shape = SHAPE(All),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = All_slots,
    .defines = All_defines,
};

/* Its struct is larger; the offsets are those of its base. */
typedef struct {
    All all;
    long extra;
} Larger;
HPyType_LEGACY_HELPERS(Larger)

HPyDef_MEMBER(Larger_extra, "extra", HPyMember_LONG, offsetof(Larger, extra))

static HPyDef *Larger_defines[] = {&Plain_new, &Larger_extra, NULL};
static HPyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .builtin_shape = SHAPE(Larger),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Larger_defines,
};

/* As the C API has it, constructor and call function included. */
typedef PyObject *(*call_function)(PyObject *, PyObject *const *, size_t, PyObject *);

typedef struct {
    PyObject_HEAD
    call_function call;
    long number;
} Called;
HPyType_LEGACY_HELPERS(Called)

static PyObject *Called_call(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(((Called *)self)->number, args, flagged, names);
}

static PyObject *Called_other(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    return conform_told(-((Called *)self)->number, args, flagged, names);
}

static PyObject *Called_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number;
    if (!PyArg_ParseTuple(args, "l", &number)) {
        return NULL;
    }
    Called *self = (Called *)cls->tp_alloc(cls, 0);
    if (self != NULL) {
        self->number = number;
        self->call = number < 100 ? Called_call : Called_other;
    }
    return (PyObject *)self;
}

HPyDef_MEMBER(Called_number, "number", HPyMember_LONG, offsetof(Called, number))

static PyMemberDef Called_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Called, call), READONLY, NULL}, {NULL},
};
static PyType_Slot Called_slots[] = {
    {Py_tp_new, Called_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_members, Called_members}, {0, NULL},
};
static HPyDef *Called_defines[] = {&Called_number, NULL};
static HPyType_Spec Called_spec = {
    .name = "ext.Called",
    .basicsize = sizeof(Called),
    .builtin_shape = SHAPE(Called),
    .flags = HPy_TPFLAGS_DEFAULT,
    .legacy_slots = Called_slots,
    .defines = Called_defines,
};

/* The call is HPy's already, and the constructor is not. */
typedef struct {
    PyObject_HEAD
    long number;
} Slotted;
HPyType_LEGACY_HELPERS(Slotted)

static PyObject *Slotted_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number;
    if (!PyArg_ParseTuple(args, "l", &number)) {
        return NULL;
    }
    Slotted *self = (Slotted *)cls->tp_alloc(cls, 0);
    if (self != NULL) {
        self->number = number;
    }
    return (PyObject *)self;
}

HPyDef_SLOT(Slotted_call, HPy_tp_call)
static HPy Slotted_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return HPyLong_FromLong(ctx, Slotted_AsStruct(ctx, self)->number + (long)nargs);
}

HPyDef_MEMBER(Slotted_number, "number", HPyMember_LONG, offsetof(Slotted, number))

static PyType_Slot Slotted_slots[] = {{Py_tp_new, Slotted_new}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};
static HPyDef *Slotted_defines[] = {&Slotted_call, &Slotted_number, NULL};
static HPyType_Spec Slotted_spec = {
    .name = "ext.Slotted",
    .basicsize = sizeof(Slotted),
    .builtin_shape = SHAPE(Slotted),
    .flags = HPy_TPFLAGS_DEFAULT,
    .legacy_slots = Slotted_slots,
    .defines = Slotted_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Named", &Named_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Referenced", &Referenced_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "All", &All_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Larger", &Larger_spec, "All", NULL) &&
                HPyHelpers_AddType(ctx, module, "Called", &Called_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Slotted", &Slotted_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Offsets in legacy types.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
