/* The same for HPy; nothing differs between its lanes, which say what capi-heap says. */
#include "hpy.h"

HPyDef_METH(answer, "answer", HPyFunc_NOARGS)
static HPy answer_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, 42);
}

HPyDef_METH(lane, "lane", HPyFunc_NOARGS)
static HPy lane_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, 1);
}

/* Opens a handle, and never closes it. */
HPyDef_METH(keep, "keep", HPyFunc_NOARGS)
static HPy keep_impl(HPyContext *ctx, HPy self)
{
    HPy_Dup(ctx, self);
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *defines[] = {&answer, &lane, &keep, NULL};
static HPyModuleDef ext_module = {.doc = "Functions.", .defines = defines};
HPy_MODINIT(ext, ext_module)
