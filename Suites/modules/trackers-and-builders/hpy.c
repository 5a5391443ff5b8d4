/* Functions that put the items of a sequence into trackers and builders. */
#include "hpy.h"
#include "conform.h"

/* Tracks a handle for each item of a sequence, in a tracker made for `size`; returns how many there were. With
   `forget`, the tracker forgets the first that many, and they are closed here. */
HPyDef_METH(track, "track", HPyFunc_VARARGS)
static HPy track_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    long size, forget;
    HPy items;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "lOl", &size, &items, &forget)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPy_Length(ctx, items);
    if (count < 0 || forget > 64) {
        return HPy_NULL;
    }
    HPyTracker tracker = HPyTracker_New(ctx, size);
    if (HPy_IsNull(tracker)) {
        return HPy_NULL;
    }
    HPy own[64];
    HPy_ssize_t i = 0;
    int failed = 0;
    for (; !failed && i < count; i++) {
        HPy item = HPy_GetItem_i(ctx, items, i);
        if (HPy_IsNull(item)) {
            failed = 1;
        } else if (i < forget) {
            own[i] = item;
        }
        if (!failed) {
            failed = HPyTracker_Add(ctx, tracker, item) < 0;
        }
        if (i + 1 == forget) {
            HPyTracker_ForgetAll(ctx, tracker);
        }
    }
    HPyTracker_Close(ctx, tracker);
    for (HPy_ssize_t k = 0; !failed && k < forget; k++) {
        HPy_Close(ctx, own[k]);
    }
    return failed ? HPy_NULL : HPyLong_FromSsize_t(ctx, i);
}

/* A list of the items of a sequence, set from the first to the last or backwards, and cancelled before the item
   number `cancel_at` is set. */
HPyDef_METH(build_list, "build_list", HPyFunc_VARARGS)
static HPy build_list_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy items;
    long backwards, cancel_at;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oll", &items, &backwards, &cancel_at)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPy_Length(ctx, items);
    if (count < 0) {
        return HPy_NULL;
    }
    HPyListBuilder builder = HPyListBuilder_New(ctx, count);
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy_ssize_t place = backwards ? count - 1 - i : i;
        HPy item = i == cancel_at ? HPy_NULL : HPy_GetItem_i(ctx, items, place);
        if (HPy_IsNull(item)) {
            HPyListBuilder_Cancel(ctx, builder);
            return HPyErr_Occurred(ctx) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
        }
        HPyListBuilder_Set(ctx, builder, place, item);
        HPy_Close(ctx, item);
    }
    return HPyListBuilder_Build(ctx, builder);
}

HPyDef_METH(build_tuple, "build_tuple", HPyFunc_VARARGS)
static HPy build_tuple_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy items;
    long backwards, cancel_at;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oll", &items, &backwards, &cancel_at)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPy_Length(ctx, items);
    if (count < 0) {
        return HPy_NULL;
    }
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, count);
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy_ssize_t place = backwards ? count - 1 - i : i;
        HPy item = i == cancel_at ? HPy_NULL : HPy_GetItem_i(ctx, items, place);
        if (HPy_IsNull(item)) {
            HPyTupleBuilder_Cancel(ctx, builder);
            return HPyErr_Occurred(ctx) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
        }
        HPyTupleBuilder_Set(ctx, builder, place, item);
        HPy_Close(ctx, item);
    }
    return HPyTupleBuilder_Build(ctx, builder);
}

/* A null handle without an exception, which a function may not return, is told in words. */
static HPy result_or_text(HPyContext *ctx, HPy result)
{
    if (HPy_IsNull(result) && !HPyErr_Occurred(ctx)) {
        return HPyUnicode_FromString(ctx, "neither result nor exception");
    }
    return result;
}

/* More items than there is memory for: `build` or cancel. */
HPyDef_METH(huge_list, "huge_list", HPyFunc_VARARGS)
static HPy huge_list_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy item;
    long build;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &item, &build)) {
        return HPy_NULL;
    }
    HPyListBuilder builder = HPyListBuilder_New(ctx, HPY_SSIZE_T_MAX);
    conform_event("new", HPyErr_Occurred(ctx));
    HPyListBuilder_Set(ctx, builder, 0, item);
    conform_event("set", HPyErr_Occurred(ctx));
    if (build) {
        return result_or_text(ctx, HPyListBuilder_Build(ctx, builder));
    }
    HPyListBuilder_Cancel(ctx, builder);
    conform_event("cancel", HPyErr_Occurred(ctx));
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(huge_tuple, "huge_tuple", HPyFunc_VARARGS)
static HPy huge_tuple_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy item;
    long build;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &item, &build)) {
        return HPy_NULL;
    }
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, HPY_SSIZE_T_MAX);
    conform_event("new", HPyErr_Occurred(ctx));
    HPyTupleBuilder_Set(ctx, builder, 0, item);
    conform_event("set", HPyErr_Occurred(ctx));
    if (build) {
        return result_or_text(ctx, HPyTupleBuilder_Build(ctx, builder));
    }
    HPyTupleBuilder_Cancel(ctx, builder);
    conform_event("cancel", HPyErr_Occurred(ctx));
    return HPy_Dup(ctx, ctx->h_None);
}

/* HPy_NULL for one of two items, then given up. */
HPyDef_METH(null_in_list, "null_in_list", HPyFunc_O)
static HPy null_in_list_impl(HPyContext *ctx, HPy self, HPy item)
{
    HPyListBuilder builder = HPyListBuilder_New(ctx, 2);
    HPyListBuilder_Set(ctx, builder, 0, item);
    HPyListBuilder_Set(ctx, builder, 1, HPy_NULL);
    HPyListBuilder_Cancel(ctx, builder);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(null_in_tuple, "null_in_tuple", HPyFunc_O)
static HPy null_in_tuple_impl(HPyContext *ctx, HPy self, HPy item)
{
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, 2);
    HPyTupleBuilder_Set(ctx, builder, 0, item);
    HPyTupleBuilder_Set(ctx, builder, 1, HPy_NULL);
    HPyTupleBuilder_Cancel(ctx, builder);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(from_array, "from_array", HPyFunc_VARARGS)
static HPy from_array_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
}

HPyDef_METH(pack, "pack", HPyFunc_VARARGS)
static HPy pack_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    switch (nargs) {
    case 0:
        return HPyTuple_Pack(ctx, 0);
    case 1:
        return HPyTuple_Pack(ctx, 1, args[0]);
    case 2:
        return HPyTuple_Pack(ctx, 2, args[0], args[1]);
    default:
        return HPyTuple_Pack(ctx, 3, args[0], args[1], args[2]);
    }
}

/* A list that begins empty and grows. */
HPyDef_METH(append_all, "append_all", HPyFunc_VARARGS)
static HPy append_all_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy list = HPyList_New(ctx, 0);
    for (size_t i = 0; !HPy_IsNull(list) && i < nargs; i++) {
        if (HPyList_Append(ctx, list, args[i]) < 0) {
            HPy_Close(ctx, list);
            return HPy_NULL;
        }
    }
    return list;
}

static HPyDef *ext_defines[] = {
    &track, &build_list, &build_tuple, &huge_list, &huge_tuple, &null_in_list, &null_in_tuple, &from_array, &pack,
    &append_all, NULL,
};
static HPyModuleDef ext_module = {.doc = "Trackers and builders.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
