/* Docstrings of a type, its methods and its members, with signatures in front and without. */
#include "hpy.h"
#include "conform_helpers.h"

#define NOTHING(NAME, TEXT, DOC)                                                                                     \
    HPyDef_METH(NAME, TEXT, HPyFunc_VARARGS, .doc = DOC)                                                             \
    static HPy NAME##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                                 \
    {                                                                                                                \
        return HPy_Dup(ctx, ctx->h_None);                                                                            \
    }
NOTHING(Point_plain, "plain", "Says something.\n\nIn lines.")
NOTHING(Point_none, "none", NULL)
NOTHING(Point_empty, "empty", "")
NOTHING(Point_signed, "signed", "signed($self, x, /, y=1, *, z=None)\n--\n\nHas a signature.")
NOTHING(Point_alone, "alone", "alone($self, /)\n--\n\n")
NOTHING(Point_other, "other", "another($self, x)\n--\n\nIs called otherwise.")
NOTHING(Point_open, "open", "open(x)\n\nHas no line that ends it.")

HPyDef_GET(Point_got, "got", .doc = "got(x)\n--\n\nNo signature.")
static HPy Point_got_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromLong(ctx, 1);
}

CONFORM_HPY_NEW(Any_new)

static HPyDef *Point_defines[] = {
    &Any_new, &Point_plain, &Point_none, &Point_empty, &Point_signed, &Point_alone, &Point_other, &Point_open,
    &Point_got, NULL,
};
static HPyDef *Plain_defines[] = {&Any_new, NULL};
#define TYPE(NAME, DOC, DEFINES)                                                                                     \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .doc = DOC, .defines = DEFINES,   \
    }
TYPE(Point, "Point(x, y=0)\n--\n\nA point.", Point_defines);
TYPE(Plain, "A plain type.\n\nIn lines.", Plain_defines);
TYPE(Undocumented, NULL, Plain_defines);
TYPE(Below, NULL, NULL);

NOTHING(function, "function", "function($module, x, /)\n--\n\nA function.")
NOTHING(plain, "plain", "A plain function.")

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Point", &Point_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Undocumented", &Undocumented_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Below", &Below_spec, "Plain", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &function, &plain, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines};
HPy_MODINIT(ext, ext_module)
