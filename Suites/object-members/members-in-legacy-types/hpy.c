/* Legacy types. Mixed has HPy's definitions beside slots of the C API; Larger and Thin derive from it, with a struct
   and without; Old is released by a tp_dealloc of its own; Grown derives from Ancient, which the C API makes. */
#include "hpy.h"
#include <structmember.h>
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long serial;
    HPyField field;
    int number;
    double real;
    HPyField strict;
    signed char small;
    const char *text;
} Mixed;
HPyType_LEGACY_HELPERS(Mixed)

/* Notes whether HPy_New gave the struct of the object, and whether what follows the header is zeroed. */
HPyDef_SLOT(Mixed_new, HPy_tp_new)
static HPy Mixed_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Mixed *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    const unsigned char *bytes = (const unsigned char *)self;
    int zeroed = 1;
    for (size_t i = sizeof(PyObject); i < sizeof(Mixed); i++) {
        zeroed &= bytes[i] == 0;
    }
    PyObject *same = HPy_AsPyObject(ctx, object);
    conform_event("zeroed", zeroed);
    conform_event("same struct", self == Mixed_AsStruct(ctx, object) && (PyObject *)self == same);
    Py_DECREF(same);
    self->serial = conform_serial();
    self->text = "text";
    return object;
}

HPyDef_SLOT(Mixed_traverse, HPy_tp_traverse)
static int Mixed_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Mixed *)self)->field);
    HPy_VISIT(&((Mixed *)self)->strict);
    return 0;
}

HPyDef_SLOT(Mixed_destroy, HPy_tp_destroy)
static void Mixed_destroy_impl(void *self)
{
    conform_event("destroy", ((Mixed *)self)->serial);
}

HPyDef_MEMBER(Mixed_field, "field", HPyMember_OBJECT, offsetof(Mixed, field), .doc = "of HPy")
HPyDef_MEMBER(Mixed_strict, "strict", HPyMember_OBJECT_EX, offsetof(Mixed, strict))
HPyDef_MEMBER(Mixed_number, "number", HPyMember_INT, offsetof(Mixed, number), .doc = "of HPy")
HPyDef_MEMBER(Mixed_serial, "serial", HPyMember_LONG, offsetof(Mixed, serial), .readonly = 1)

HPyDef_METH(Mixed_seen, "seen", HPyFunc_NOARGS, .doc = "of HPy")
static HPy Mixed_seen_impl(HPyContext *ctx, HPy self)
{
    Mixed *mixed = Mixed_AsStruct(ctx, self);
    return HPy_BuildValue(ctx, "(idi)", mixed->number, mixed->real, (int)mixed->small);
}

HPyDef_METH(Mixed_same, "same", HPyFunc_O)
static HPy Mixed_same_impl(HPyContext *ctx, HPy self, HPy other)
{
    return HPyBool_FromBool(ctx, Mixed_AsStruct(ctx, self) == Mixed_AsStruct(ctx, other));
}

HPyDef_GETSET(Mixed_twice, "twice", .doc = "of HPy")
static HPy Mixed_twice_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromInt64_t(ctx, 2 * (int64_t)Mixed_AsStruct(ctx, self)->number);
}
static int Mixed_twice_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    int32_t number = HPyLong_AsInt32_t(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    Mixed_AsStruct(ctx, self)->number = number / 2;
    return 0;
}

HPyDef_SLOT(Mixed_negative, HPy_nb_negative)
static HPy Mixed_negative_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromInt64_t(ctx, -(int64_t)Mixed_AsStruct(ctx, self)->number);
}

static HPyDef *Mixed_defines[] = {
    &Mixed_new, &Mixed_traverse, &Mixed_destroy, &Mixed_field, &Mixed_strict, &Mixed_number, &Mixed_serial, &Mixed_seen,
    &Mixed_same, &Mixed_twice, &Mixed_negative, NULL,
};

static PyObject *Mixed_old_seen(Mixed *self, PyObject *ignored)
{
    return Py_BuildValue("[idi]", self->number, self->real, (int)self->small);
}

static PyObject *Mixed_old_given(PyObject *self, PyObject *args, PyObject *kw)
{
    return Py_BuildValue("(OO)", args, kw == NULL ? Py_None : kw);
}

static PyObject *Mixed_old_class(PyObject *cls, PyObject *ignored)
{
    return PyObject_GetAttrString(cls, "__name__");
}

static PyMethodDef Mixed_methods[] = {
    {"old_seen", (PyCFunction)Mixed_old_seen, METH_NOARGS, "of the C API"},
    {"old_given", (PyCFunction)(void (*)(void))Mixed_old_given, METH_VARARGS | METH_KEYWORDS, NULL},
    {"old_class", Mixed_old_class, METH_NOARGS | METH_CLASS, NULL},
    {NULL},
};

static PyMemberDef Mixed_members[] = {
    {"real", T_DOUBLE, offsetof(Mixed, real), 0, "of the C API"},
    {"small", T_BYTE, offsetof(Mixed, small), 0, NULL},
    {"text", T_STRING, offsetof(Mixed, text), READONLY, NULL},
    {NULL},
};

static PyObject *Mixed_times(Mixed *self, void *closure)
{
    return PyLong_FromLong(self->number * (long)*(const char *)closure);
}

static PyGetSetDef Mixed_getset[] = {
    {"thrice", (getter)Mixed_times, NULL, "of the C API", "\3"},
    {"tenfold", (getter)Mixed_times, NULL, NULL, "\12"},
    {NULL},
};

static PyObject *Mixed_repr(Mixed *self)
{
    return PyUnicode_FromFormat("<mixed %d>", self->number);
}

static PyObject *Mixed_positive(Mixed *self)
{
    return PyLong_FromLong(self->number);
}

static PyType_Slot Mixed_slots[] = {
    {Py_nb_positive, Mixed_positive},
    {Py_tp_methods, Mixed_methods},
    {Py_tp_members, Mixed_members},
    {Py_tp_repr, Mixed_repr},
    {Py_tp_getset, Mixed_getset},
    {0, NULL},
};
static HPyType_Spec Mixed_spec = {
    .name = "ext.Mixed",
    .doc = "Both kinds.",
    .basicsize = sizeof(Mixed),
    .builtin_shape = SHAPE(Mixed),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .legacy_slots = Mixed_slots,
    .defines = Mixed_defines,
};

typedef struct {
    Mixed mixed;
    HPyField third;
    long extra;
    short more;
} Larger;
HPyType_LEGACY_HELPERS(Larger)

HPyDef_SLOT(Larger_traverse, HPy_tp_traverse)
static int Larger_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Larger *)self)->third);
    return Mixed_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Larger_destroy, HPy_tp_destroy)
static void Larger_destroy_impl(void *self)
{
    conform_event("destroy larger", ((Larger *)self)->extra);
}

HPyDef_MEMBER(Larger_third, "third", HPyMember_OBJECT_EX, offsetof(Larger, third))
HPyDef_MEMBER(Larger_extra, "extra", HPyMember_LONG, offsetof(Larger, extra))

HPyDef_METH(Larger_larger, "larger", HPyFunc_NOARGS)
static HPy Larger_larger_impl(HPyContext *ctx, HPy self)
{
    Larger *larger = Larger_AsStruct(ctx, self);
    return HPy_BuildValue(ctx, "(ili)", larger->mixed.number, larger->extra, (int)larger->more);
}

static HPyDef *Larger_defines[] = {
    &Larger_traverse, &Larger_destroy, &Larger_third, &Larger_extra, &Larger_larger, NULL,
};
static PyMemberDef Larger_members[] = {{"more", T_SHORT, offsetof(Larger, more), 0, NULL}, {NULL}};
static PyType_Slot Larger_slots[] = {{Py_tp_members, Larger_members}, {0, NULL}};
static HPyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .builtin_shape = SHAPE(Larger),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .legacy_slots = Larger_slots,
    .defines = Larger_defines,
};

/* No struct of its own. */
HPyDef_METH(Thin_thin, "thin", HPyFunc_NOARGS)
static HPy Thin_thin_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromInt64_t(ctx, Mixed_AsStruct(ctx, self)->number + 1);
}

static PyObject *Thin_old_thin(Mixed *self, PyObject *ignored)
{
    return PyLong_FromLong(self->number + 2);
}

static HPyDef *Thin_defines[] = {&Thin_thin, NULL};
static PyMethodDef Thin_methods[] = {{"old_thin", (PyCFunction)Thin_old_thin, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Thin_slots[] = {{Py_tp_methods, Thin_methods}, {0, NULL}};
static HPyType_Spec Thin_spec = {
    .name = "ext.Thin",
    .builtin_shape = HPyType_BuiltinShape_Legacy,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Thin_slots,
    .defines = Thin_defines,
};

typedef struct {
    PyObject_HEAD
    PyObject *held;
    long number;
} Old;
HPyType_LEGACY_HELPERS(Old)

static void Old_dealloc(Old *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    conform_event("old", self->number);
    Py_XDECREF(self->held);
    cls->tp_free((PyObject *)self);
    Py_DECREF(cls);
}

HPyDef_MEMBER(Old_number, "number", HPyMember_LONG, offsetof(Old, number))

HPyDef_METH(Old_swap, "swap", HPyFunc_O, .doc = "Hold another object, and return the one that was held.")
static HPy Old_swap_impl(HPyContext *ctx, HPy self, HPy value)
{
    Old *old = Old_AsStruct(ctx, self);
    PyObject *before = old->held;
    old->held = HPy_AsPyObject(ctx, value);
    if (before == NULL) {
        return HPy_Dup(ctx, ctx->h_None);
    }
    HPy result = HPy_FromPyObject(ctx, before);
    Py_DECREF(before);
    return result;
}

static HPyDef *Old_defines[] = {&Old_number, &Old_swap, NULL};
static PyMemberDef Old_members[] = {{"held", T_OBJECT_EX, offsetof(Old, held), 0, NULL}, {NULL}};
static PyType_Slot Old_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Old_dealloc}, {Py_tp_members, Old_members}, {0, NULL},
};
static HPyType_Spec Old_spec = {
    .name = "ext.Old",
    .basicsize = sizeof(Old),
    .builtin_shape = SHAPE(Old),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Old_slots,
    .defines = Old_defines,
};

typedef struct {
    PyObject_HEAD
    long age;
} Ancient;

typedef struct {
    Ancient ancient;
    long size;
} Grown;
HPyType_LEGACY_HELPERS(Grown)

static PyMemberDef Ancient_members[] = {{"age", T_LONG, offsetof(Ancient, age), 0, NULL}, {NULL}};
static PyTypeObject Ancient_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext.Ancient",
    .tp_basicsize = sizeof(Ancient),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_members = Ancient_members,
};

HPyDef_MEMBER(Grown_size, "size", HPyMember_LONG, offsetof(Grown, size))

HPyDef_METH(Grown_grown, "grown", HPyFunc_NOARGS)
static HPy Grown_grown_impl(HPyContext *ctx, HPy self)
{
    Grown *grown = Grown_AsStruct(ctx, self);
    return HPy_BuildValue(ctx, "(ll)", grown->ancient.age, grown->size);
}

HPyDef_SLOT(Grown_destroy, HPy_tp_destroy)
static void Grown_destroy_impl(void *self)
{
    conform_event("grown", ((Grown *)self)->size);
}

static HPyDef *Grown_defines[] = {&Grown_size, &Grown_grown, &Grown_destroy, NULL};
static HPyType_Spec Grown_spec = {
    .name = "ext.Grown",
    .basicsize = sizeof(Grown),
    .builtin_shape = SHAPE(Grown),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Grown_defines,
};

/* What is refused, or not, depends on one line of each of these. */
typedef struct {
    long number;
} Pure;
HPyType_HELPERS(Pure)

HPyDef_MEMBER(Pure_number, "number", HPyMember_LONG, offsetof(Pure, number))
HPyDef_SLOT(nothing_destroy, HPy_tp_destroy)
static void nothing_destroy_impl(void *self)
{
}
HPyDef_SLOT(nothing_traverse, HPy_tp_traverse)
static int nothing_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    return 0;
}
HPyDef_SLOT(nothing_call, HPy_tp_call)
static HPy nothing_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *no_defines[] = {NULL};
static HPyDef *number_defines[] = {&Pure_number, NULL};
static HPyDef *destroy_defines[] = {&nothing_destroy, NULL};
static HPyDef *traverse_defines[] = {&nothing_traverse, NULL};
static HPyDef *call_defines[] = {&nothing_call, NULL};
static PyMemberDef number_members[] = {{"number", T_LONG, sizeof(PyObject), 0, NULL}, {NULL}};
static PyType_Slot no_slots[] = {{0, NULL}};
static PyType_Slot dealloc_slots[] = {{Py_tp_repr, Mixed_repr}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};
static PyType_Slot number_slots[] = {{Py_tp_members, number_members}, {0, NULL}};

#define LEGACY .builtin_shape = HPyType_BuiltinShape_Legacy, .flags = HPy_TPFLAGS_DEFAULT
static struct {
    const char *name;
    HPyType_Spec spec;
} specs[] = {
    {"bare", {.name = "ext.Bare", LEGACY, .legacy_slots = no_slots, .defines = no_defines}},
    {"bare, no defines", {.name = "ext.Bare", LEGACY, .legacy_slots = no_slots}},
    {"bare, no slots", {.name = "ext.Bare", LEGACY}},
    {"pure with legacy slots",
     {.name = "ext.Wrong", .basicsize = sizeof(Pure), .builtin_shape = SHAPE(Pure), .flags = HPy_TPFLAGS_DEFAULT,
      .legacy_slots = no_slots, .defines = number_defines}},
    {"dealloc", {.name = "ext.Bare", LEGACY, .legacy_slots = dealloc_slots, .defines = no_defines}},
    {"dealloc and destroy", {.name = "ext.Wrong", LEGACY, .legacy_slots = dealloc_slots, .defines = destroy_defines}},
    {"dealloc and traverse", {.name = "ext.Wrong", LEGACY, .legacy_slots = dealloc_slots, .defines = traverse_defines}},
    {"member without struct", {.name = "ext.Wrong", LEGACY, .defines = number_defines}},
    {"legacy member without struct", {.name = "ext.Wrong", LEGACY, .legacy_slots = number_slots}},
    {"call without struct", {.name = "ext.Wrong", LEGACY, .defines = call_defines}},
    {NULL},
};

HPyDef_METH(ext_make, "make", HPyFunc_VARARGS, .doc = "The type of a spec, derived from another where one is given.")
static HPy ext_make_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    HPy name, base = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "O|O", &name, &base)) {
        return HPy_NULL;
    }
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (text == NULL) {
        return HPy_NULL;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    for (int i = 0; specs[i].name != NULL; i++) {
        if (strcmp(specs[i].name, text) == 0) {
            return HPyType_FromSpec(ctx, &specs[i].spec, HPy_IsNull(base) ? NULL : params);
        }
    }
    HPyErr_SetString(ctx, ctx->h_LookupError, "no such spec");
    return HPy_NULL;
}

static HPyType_Spec Pure_spec = {
    .name = "ext.Pure",
    .basicsize = sizeof(Pure),
    .builtin_shape = SHAPE(Pure),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = number_defines,
};

HPyDef_METH(ext_make_pure, "make_pure", HPyFunc_NOARGS, .doc = "A new pure type.")
static HPy ext_make_pure_impl(HPyContext *ctx, HPy module)
{
    return HPyType_FromSpec(ctx, &Pure_spec, NULL);
}

static int add_ancient(HPyContext *ctx, HPy module)
{
    if (PyType_Ready(&Ancient_type) < 0) {
        return 0;
    }
    HPy ancient = HPy_FromPyObject(ctx, (PyObject *)&Ancient_type);
    int failed = HPy_SetAttr_s(ctx, module, "Ancient", ancient);
    HPy_Close(ctx, ancient);
    return failed == 0;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Mixed", &Mixed_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Old", &Old_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Larger", &Larger_spec, "Mixed", NULL) &&
                conform_hpy_add_derived(ctx, module, "Thin", &Thin_spec, "Mixed", NULL) &&
                add_ancient(ctx, module) &&
                conform_hpy_add_derived(ctx, module, "Grown", &Grown_spec, "Ancient", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &ext_make, &ext_make_pure, NULL};
static HPyModuleDef ext_module = {.doc = "Types on the way from the C API to HPy.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
