/* The same types as far as HPy makes them. HPy has no function that reads a flag: has() is of the C API. */
#include "hpy.h"
#include "conform_helpers.h"

#define EMPTY(NAME, FLAGS)                                                                                           \
    static HPyType_Spec NAME##_spec = {.name = "ext." #NAME, .flags = HPy_TPFLAGS_DEFAULT | (FLAGS)}
EMPTY(Final, 0);
EMPTY(Base, HPy_TPFLAGS_BASETYPE);
EMPTY(FinalBelow, 0);
EMPTY(Below, HPy_TPFLAGS_BASETYPE);
EMPTY(CollectedBelow, HPy_TPFLAGS_BASETYPE);
EMPTY(CollectedSecond, HPy_TPFLAGS_BASETYPE);

typedef struct {
    HPyField held;
} Collected;

HPyDef_SLOT(Collected_traverse, HPy_tp_traverse)
static int Collected_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Collected *)self)->held);
    return 0;
}

static HPyDef *Collected_defines[] = {&Collected_traverse, NULL};
static HPyType_Spec Collected_spec = {
    .name = "ext.Collected", .basicsize = sizeof(Collected), .defines = Collected_defines,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
};

static int add_below(HPyContext *ctx, HPy module, const char *name, HPy builtin, HPyType_BuiltinShape shape)
{
    HPyType_Spec spec = {
        .name = "ext.Builtin", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .builtin_shape = shape,
    };
    return conform_hpy_add_type(ctx, module, name, &spec, builtin);
}

/* kinds(object): the names of the builtin types whose check accepts it. */
HPyDef_METH(kinds, "kinds", HPyFunc_O)
static HPy kinds_impl(HPyContext *ctx, HPy self, HPy object)
{
    const struct {
        const char *name;
        int found;
    } all[] = {
        {"int", HPy_TypeCheck(ctx, object, ctx->h_LongType)}, {"list", HPyList_Check(ctx, object)},
        {"tuple", HPyTuple_Check(ctx, object)},  {"bytes", HPyBytes_Check(ctx, object)},
        {"str", HPyUnicode_Check(ctx, object)},  {"dict", HPyDict_Check(ctx, object)},
        {"type", HPy_TypeCheck(ctx, object, ctx->h_TypeType)},
    };
    HPy names = HPyList_New(ctx, 0);
    for (size_t i = 0; !HPy_IsNull(names) && i < sizeof all / sizeof *all; i++) {
        HPy name = all[i].found ? HPyUnicode_FromString(ctx, all[i].name) : HPy_NULL;
        int failed = all[i].found && (HPy_IsNull(name) || HPyList_Append(ctx, names, name) < 0);
        HPy_Close(ctx, name);
        if (failed) {
            HPy_Close(ctx, names);
            return HPy_NULL;
        }
    }
    return names;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Final", &Final_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "FinalBelow", &FinalBelow_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Below", &Below_spec, "Base", NULL) &&
                HPyHelpers_AddType(ctx, module, "Collected", &Collected_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "CollectedBelow", &CollectedBelow_spec, "Collected", NULL) &&
                conform_hpy_add_derived(ctx, module, "CollectedSecond", &CollectedSecond_spec, "Base", "Collected") &&
                add_below(ctx, module, "Int", ctx->h_LongType, HPyType_BuiltinShape_Long) &&
                add_below(ctx, module, "List", ctx->h_ListType, HPyType_BuiltinShape_List) &&
                add_below(ctx, module, "Tuple", ctx->h_TupleType, HPyType_BuiltinShape_Tuple) &&
                add_below(ctx, module, "Str", ctx->h_UnicodeType, HPyType_BuiltinShape_Unicode) &&
                add_below(ctx, module, "Type", ctx->h_TypeType, HPyType_BuiltinShape_Type);
    HPy heap = added ? HPyLong_FromLong(ctx, 1) : HPy_NULL;
    int failed = HPy_IsNull(heap) || HPy_SetAttr_s(ctx, module, "HEAP", heap) < 0;
    HPy_Close(ctx, heap);
    return failed ? -1 : 0;
}

#ifndef HPY_ABI_UNIVERSAL
#include <Python.h>

static PyObject *has(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    unsigned long flag;
    if (!PyArg_ParseTuple(args, "O!k", &PyType_Type, &type, &flag)) {
        return NULL;
    }
    return PyBool_FromLong((PyType_GetFlags(type) & flag) != 0);
}

static PyObject *collected(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_IS_GC((PyTypeObject *)type));
}

static PyMethodDef ext_legacy[] = {{"has", has, METH_VARARGS, NULL}, {"collected", collected, METH_O, NULL}, {NULL}};
#define LEGACY ext_legacy
#else
#define LEGACY NULL
#endif

static HPyDef *ext_defines[] = {&ext_exec, &kinds, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines, .legacy_methods = LEGACY};
HPy_MODINIT(ext, ext_module)
