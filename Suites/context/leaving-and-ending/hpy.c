/* C that leaves Python's execution, enters it again, and ends it for good (in a process of its own). */
#include "hpy.h"
#include "conform.h"
#include "waiting.h"

HPyDef_METH(raise_flag, "raise_flag", HPyFunc_NOARGS)
static HPy raise_flag_impl(HPyContext *ctx, HPy self)
{
    flag_set(1);
    return HPy_Dup(ctx, ctx->h_None);
}

/* wait(): whether another thread has raised the flag meanwhile. */
HPyDef_METH(wait_for_flag, "wait", HPyFunc_NOARGS)
static HPy wait_for_flag_impl(HPyContext *ctx, HPy self)
{
    HPyThreadState state = HPy_LeavePythonExecution(ctx);
    int raised = flag_wait();
    HPy_ReenterPythonExecution(ctx, state);
    return HPyLong_FromLong(ctx, raised);
}

/* visits(times, list, item): leave and enter that often, and append the item each time. */
HPyDef_METH(visits, "visits", HPyFunc_VARARGS)
static HPy visits_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy list, item;
    long times;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "lOO", &times, &list, &item)) {
        return HPy_NULL;
    }
    for (long i = 0; i < times; i++) {
        HPy_BEGIN_LEAVE_PYTHON(ctx)
        pause_shortly();
        HPy_END_LEAVE_PYTHON(ctx)
        if (HPyList_Append(ctx, list, item) < 0) {
            return HPy_NULL;
        }
    }
    return HPyLong_FromLong(ctx, times);
}

/* text_outside(text): its length by C's own means, counted outside. */
HPyDef_METH(text_outside, "text_outside", HPyFunc_O)
static HPy text_outside_impl(HPyContext *ctx, HPy self, HPy text)
{
    const char *units = HPyUnicode_AsUTF8AndSize(ctx, text, NULL);
    if (units == NULL) {
        return HPy_NULL;
    }
    HPyThreadState state = HPy_LeavePythonExecution(ctx);
    long length = (long)strlen(units);
    HPy_ReenterPythonExecution(ctx, state);
    return HPyLong_FromLong(ctx, length);
}

/* fails(): an exception that is set behind such an excursion. */
HPyDef_METH(fails, "fails", HPyFunc_NOARGS)
static HPy fails_impl(HPyContext *ctx, HPy self)
{
    HPyThreadState state = HPy_LeavePythonExecution(ctx);
    pause_shortly();
    HPy_ReenterPythonExecution(ctx, state);
    return HPyErr_SetString(ctx, ctx->h_LookupError, "behind it");
}

/* fatal(message): the signal that ended a process with this fatal error, and what it wrote to its standard error. */
HPyDef_METH(fatal, "fatal", HPyFunc_O)
static HPy fatal_impl(HPyContext *ctx, HPy self, HPy message)
{
    Child child;
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, message, NULL);
    if (text == NULL) {
        return HPy_NULL;
    }
    int started = child_start(&child);
    if (started < 0) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "no other process");
    }
    if (started == 0) {
        HPy_FatalError(ctx, text);
    }
    child_end(&child);
    return HPy_BuildValue(ctx, "(is)", child.signal, child.output);
}

static HPyDef *defines[] = {&raise_flag, &wait_for_flag, &visits, &text_outside, &fails, &fatal, NULL};
static HPyModuleDef module = {.doc = "Leaving Python.", .defines = defines};
HPy_MODINIT(ext, module)
