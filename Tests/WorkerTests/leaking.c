/* An HPy extension that can keep a handle. */
#include "conform.h"
#include "hpy.h"

HPyDef_METH(leak, "leak", HPyFunc_O)
static HPy leak_impl(HPyContext *ctx, HPy self, HPy object)
{
    HPy_Dup(ctx, object);
    conform_event("leaked", 1);
    return HPyLong_FromLong(ctx, 42);
}

HPyDef_METH(keep, "keep", HPyFunc_O)
static HPy keep_impl(HPyContext *ctx, HPy self, HPy object)
{
    return HPy_Dup(ctx, object);
}

static HPyDef *defines[] = {&leak, &keep, NULL};
static HPyModuleDef definition = {.doc = "leaking", .size = 0, .defines = defines};
HPy_MODINIT(ext, definition)
