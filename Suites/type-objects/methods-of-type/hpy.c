/* The same types. */
#include "hpy.h"
#include "conform_helpers.h"

CONFORM_HPY_NEW(new_object)

HPyDef_METH(answer, "answer", HPyFunc_NOARGS, .doc = "answer(): a text")
static HPy answer_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "answer");
}

static HPyDef *Base_defines[] = {&new_object, &answer, NULL};
static HPyDef *Below_defines[] = {&new_object, NULL};
#define SPEC(NAME, DEFINES)                                                                                          \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .defines = DEFINES,               \
    };
SPEC(Base, Base_defines)
SPEC(Left, Below_defines)
SPEC(Right, Below_defines)
SPEC(Both, Below_defines)

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                   conform_hpy_add_derived(ctx, module, "Left", &Left_spec, "Base", NULL) &&
                   conform_hpy_add_derived(ctx, module, "Right", &Right_spec, "Base", NULL) &&
                   conform_hpy_add_derived(ctx, module, "Both", &Both_spec, "Left", "Right")
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "A diamond of types.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
