/* Types that write down which of their functions ran, and with how many arguments: 10 for each positional and 1 for
   each named one. Made and its subclasses have a struct; the others have none. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long first;
} Made;
HPyType_HELPERS(Made)

/* Record a call; 0, or -1 with an exception. */
static int record(HPyContext *ctx, const char *name, HPy_ssize_t nargs, HPy kw)
{
    HPy_ssize_t named = HPy_IsNull(kw) ? 0 : HPy_Length(ctx, kw);
    if (named < 0) {
        return -1;
    }
    conform_event(name, 10 * nargs + named);
    return 0;
}

/* An object of `cls` whose struct has the first argument, or -1; HPy_NULL with an exception. */
static HPy make(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs)
{
    long first = -1;
    if (nargs > 0) {
        first = HPyLong_AsLong(ctx, args[0]);
        if (first == -1 && HPyErr_Occurred(ctx)) {
            return HPy_NULL;
        }
    }
    Made *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->first = first;
    }
    return object;
}

HPyDef_SLOT(Made_new, HPy_tp_new)
static HPy Made_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return record(ctx, "Made new", nargs, kw) < 0 ? HPy_NULL : make(ctx, cls, args, nargs);
}

HPyDef_SLOT(Made_init, HPy_tp_init)
static int Made_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return record(ctx, "Made init", nargs, kw);
}

HPyDef_METH(Made_first, "first", HPyFunc_NOARGS)
static HPy Made_first_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, Made_AsStruct(ctx, self)->first);
}

HPyDef_SLOT(SubNew_new, HPy_tp_new)
static HPy SubNew_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return record(ctx, "SubNew new", nargs, kw) < 0 ? HPy_NULL : make(ctx, cls, args, nargs);
}

HPyDef_SLOT(SubInit_init, HPy_tp_init)
static int SubInit_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return record(ctx, "SubInit init", nargs, kw);
}

/* Returns its argument, whatever that is, or a new object. */
HPyDef_SLOT(Passing_new, HPy_tp_new)
static HPy Passing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Passing new", nargs);
    return nargs > 0 ? HPy_Dup(ctx, args[0]) : HPyType_GenericNew(ctx, cls, args, nargs, kw);
}

HPyDef_SLOT(Passing_init, HPy_tp_init)
static int Passing_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Passing init", nargs);
    return 0;
}

/* Fails in new if it has two arguments, in init if it has one. */
HPyDef_SLOT(Failing_new, HPy_tp_new)
static HPy Failing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Failing new", nargs);
    return nargs == 2 ? HPyErr_SetString(ctx, ctx->h_LookupError, "in new")
                      : HPyType_GenericNew(ctx, cls, args, nargs, kw);
}

HPyDef_SLOT(Failing_init, HPy_tp_init)
static int Failing_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Failing init", nargs);
    if (nargs == 1) {
        HPyErr_SetString(ctx, ctx->h_ArithmeticError, "in init");
        return -1;
    }
    return 0;
}

HPyDef_SLOT(Left_new, HPy_tp_new)
static HPy Left_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Left new", nargs);
    return HPyType_GenericNew(ctx, cls, args, nargs, kw);
}

HPyDef_SLOT(Left_init, HPy_tp_init)
static int Left_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Left init", nargs);
    return 0;
}

HPyDef_SLOT(Right_new, HPy_tp_new)
static HPy Right_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("Right new", nargs);
    return HPyType_GenericNew(ctx, cls, args, nargs, kw);
}

HPyDef_SLOT(OnlyInit_init, HPy_tp_init)
static int OnlyInit_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return record(ctx, "OnlyInit init", nargs, kw);
}

static HPyDef *Made_defines[] = {&Made_new, &Made_init, &Made_first, NULL};
static HPyDef *SubNew_defines[] = {&SubNew_new, NULL};
static HPyDef *SubInit_defines[] = {&SubInit_init, NULL};
static HPyDef *SubNone_defines[] = {NULL};
static HPyDef *Passing_defines[] = {&Passing_new, &Passing_init, NULL};
static HPyDef *Failing_defines[] = {&Failing_new, &Failing_init, NULL};
static HPyDef *Left_defines[] = {&Left_new, &Left_init, NULL};
static HPyDef *Right_defines[] = {&Right_new, NULL};
static HPyDef *OnlyInit_defines[] = {&OnlyInit_init, NULL};
static HPyDef *Bare_defines[] = {NULL};

#define SPEC(TYPE, SIZE)                                                                                             \
    static HPyType_Spec TYPE##_spec = {                                                                              \
        .name = "ext." #TYPE,                                                                                        \
        .basicsize = SIZE,                                                                                           \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,                                                         \
        .defines = TYPE##_defines,                                                                                   \
    }
SPEC(Made, sizeof(Made));
SPEC(SubNew, sizeof(Made));
SPEC(SubInit, sizeof(Made));
SPEC(SubNone, sizeof(Made));
SPEC(Passing, 0);
SPEC(Failing, 0);
SPEC(Left, 0);
SPEC(Right, 0);
SPEC(OnlyInit, 0);
SPEC(Bare, 0);

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy made = HPyType_FromSpec(ctx, &Made_spec, NULL);
    if (HPy_IsNull(made)) {
        return -1;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, made}, {0}};
    int added = HPy_SetAttr_s(ctx, module, "Made", made) == 0 &&
                HPyHelpers_AddType(ctx, module, "SubNew", &SubNew_spec, params) &&
                HPyHelpers_AddType(ctx, module, "SubInit", &SubInit_spec, params) &&
                HPyHelpers_AddType(ctx, module, "SubNone", &SubNone_spec, params) &&
                HPyHelpers_AddType(ctx, module, "Passing", &Passing_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Failing", &Failing_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Left", &Left_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Right", &Right_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "OnlyInit", &OnlyInit_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Bare", &Bare_spec, NULL);
    HPy_Close(ctx, made);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Types that record their construction.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
