/* Handles that stay open or are closed in a chosen order, for hpy.debug to tell of. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

#include <malloc.h>
#include <stdlib.h>

HPyDef_METH_IMPL(imported, "imported", conform_hpy_imported, HPyFunc_VARARGS)
HPyDef_METH_IMPL(leak, "leak", conform_hpy_leak, HPyFunc_O)

/* in_order(items, order): opens a handle for each item, then closes those that `order` numbers, in that order, and
   opens one more for each that was closed; those stay open, as do the ones that no number names. */
HPyDef_METH(in_order, "in_order", HPyFunc_VARARGS)
static HPy in_order_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy handles[16];
    HPy_ssize_t count = HPy_Length(ctx, args[0]), closed = HPy_Length(ctx, args[1]);
    if (count < 0 || closed < 0 || count > 16) {
        return HPy_NULL;
    }
    for (HPy_ssize_t i = 0; i < count; i++) {
        handles[i] = HPy_GetItem_i(ctx, args[0], i);
    }
    for (HPy_ssize_t i = 0; i < closed; i++) {
        HPy number = HPy_GetItem_i(ctx, args[1], i);
        long place = HPyLong_AsLong(ctx, number);
        HPy_Close(ctx, number);
        HPy_Close(ctx, handles[place]);
        HPy_Dup(ctx, args[2]);
    }
    return HPy_Dup(ctx, ctx->h_None);
}

/* open_and_close(item, count): that many handles of it, one after the other. */
HPyDef_METH(open_and_close, "open_and_close", HPyFunc_VARARGS)
static HPy open_and_close_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    long count = HPyLong_AsLong(ctx, args[1]);
    for (long i = 0; i < count; i++) {
        HPy_Close(ctx, HPy_Dup(ctx, args[0]));
    }
    return HPy_Dup(ctx, ctx->h_None);
}

/* kept(item, count): the bytes of malloc that each of so many handles keeps, opened and closed one after the other,
   once as many had been before. */
HPyDef_METH(kept, "kept", HPyFunc_VARARGS)
static HPy kept_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    long count = HPyLong_AsLong(ctx, args[1]);
    size_t before = 0, after = 0;
    for (int turn = 0; turn < 2; turn++) {
        before = mallinfo2().uordblks;
        for (long i = 0; i < count; i++) {
            HPy_Close(ctx, HPy_Dup(ctx, args[0]));
        }
        after = mallinfo2().uordblks;
    }
    return HPyLong_FromLong(ctx, after > before ? (long)(after - before) / count : 0);
}

/* contents(object, way, close): what `way` gives of its contents, as bytes of the size that is told, and the byte that
   stands behind them; the handle that was asked stays open, or is closed. */
HPyDef_METH(contents, "contents", HPyFunc_VARARGS)
static HPy contents_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *way, *text = NULL;
    HPy object;
    long close;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Osl", &object, &way, &close)) {
        return HPy_NULL;
    }
    HPy own = HPy_Dup(ctx, object);
    HPy_ssize_t size = -1;
    if (strcmp(way, "HPyUnicode_AsUTF8AndSize") == 0) {
        text = HPyUnicode_AsUTF8AndSize(ctx, own, &size);
    } else if (strcmp(way, "HPyUnicode_AsUTF8AndSize without a size") == 0) {
        text = HPyUnicode_AsUTF8AndSize(ctx, own, NULL);
        size = text == NULL ? -1 : (HPy_ssize_t)strlen(text);
    } else if (strcmp(way, "HPyBytes_AsString") == 0) {
        text = HPyBytes_AsString(ctx, own);
        size = text == NULL ? -1 : HPyBytes_Size(ctx, own);
    } else if (strcmp(way, "HPyBytes_AS_STRING") == 0) {
        text = HPyBytes_AS_STRING(ctx, own);
        size = HPyBytes_GET_SIZE(ctx, own);
    } else if (strcmp(way, "HPyType_GetName") == 0) {
        text = HPyType_GetName(ctx, own);
        size = (HPy_ssize_t)strlen(text);
    }
    HPy result = HPy_NULL;
    if (text != NULL) {
        HPy bytes = HPyBytes_FromStringAndSize(ctx, text, size);
        HPy end = HPyLong_FromLong(ctx, text[size]);
        if (!HPy_IsNull(bytes) && !HPy_IsNull(end)) {
            result = HPyTuple_Pack(ctx, 2, bytes, end);
        }
        HPy_Close(ctx, bytes);
        HPy_Close(ctx, end);
    }
    if (close) {
        HPy_Close(ctx, own);
    }
    return result;
}

/* builders(item, count): that many lists and tuples of one item, each cancelled or built, two of them at a time. */
HPyDef_METH(builders, "builders", HPyFunc_VARARGS)
static HPy builders_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    long count = HPyLong_AsLong(ctx, args[1]);
    HPy result = HPyList_New(ctx, 0);
    for (long i = 0; i < count && !HPy_IsNull(result); i++) {
        HPyListBuilder list = HPyListBuilder_New(ctx, 1);
        HPyTupleBuilder tuple = HPyTupleBuilder_New(ctx, 1), other = HPyTupleBuilder_New(ctx, 2);
        HPy number = HPyLong_FromLong(ctx, i);
        HPyListBuilder_Set(ctx, list, 0, number);
        HPyTupleBuilder_Set(ctx, tuple, 0, args[0]);
        HPyTupleBuilder_Set(ctx, other, 1, number);
        HPyTupleBuilder_Set(ctx, other, 0, args[0]);
        HPyTupleBuilder_Cancel(ctx, tuple);
        HPy made[2] = {HPyListBuilder_Build(ctx, list), HPyTupleBuilder_Build(ctx, other)};
        HPyList_Append(ctx, result, made[0]);
        HPyList_Append(ctx, result, made[1]);
        HPy_Close(ctx, number);
        HPy_Close(ctx, made[0]);
        HPy_Close(ctx, made[1]);
        HPyListBuilder cancelled = HPyListBuilder_New(ctx, 3);
        HPyListBuilder_Set(ctx, cancelled, 1, args[0]);
        HPyListBuilder_Set(ctx, cancelled, 0, args[0]);
        HPyListBuilder_Set(ctx, cancelled, 2, args[0]);
        HPyListBuilder_Cancel(ctx, cancelled);
    }
    return result;
}

/* after_closing(object, times): uses a handle that is closed, while another one of the same object is open. */
HPyDef_METH(after_closing, "after_closing", HPyFunc_VARARGS)
static HPy after_closing_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy own = HPy_Dup(ctx, args[0]);
    long times = HPyLong_AsLong(ctx, args[1]);
    HPy_Close(ctx, own);
    for (long i = 0; i < times; i++) {
        HPy_Is(ctx, own, args[0]);
    }
    return HPy_Dup(ctx, ctx->h_None);
}

/* Takes what memory of a small size has been given back, and fills it with zeros. */
static void fill(void **blocks, int count)
{
    for (int i = 0; i < count; i++) {
        blocks[i] = calloc(1, 16 + (size_t)(i % 8) * 8);
    }
}

/* after_building(item): sets the item of a list and of a tuple that have been built. */
HPyDef_METH(after_building, "after_building", HPyFunc_O)
static HPy after_building_impl(HPyContext *ctx, HPy self, HPy item)
{
    HPyListBuilder list = HPyListBuilder_New(ctx, 1);
    HPyTupleBuilder tuple = HPyTupleBuilder_New(ctx, 1);
    HPyListBuilder_Set(ctx, list, 0, ctx->h_None);
    HPyTupleBuilder_Set(ctx, tuple, 0, ctx->h_None);
    HPy made[2] = {HPyListBuilder_Build(ctx, list), HPyTupleBuilder_Build(ctx, tuple)};
    void *blocks[800];
    fill(blocks, 800);
    HPyListBuilder_Set(ctx, list, 0, ctx->h_None);
    HPyTupleBuilder_Set(ctx, tuple, 0, ctx->h_None);
    for (int i = 0; i < 800; i++) {
        free(blocks[i]);
    }
    HPy result = HPyTuple_FromArray(ctx, made, 2);
    HPy_Close(ctx, made[0]);
    HPy_Close(ctx, made[1]);
    return result;
}

static HPyDef *ext_defines[] = {
    &imported, &leak, &in_order, &open_and_close, &kept, &contents, &builders, &after_closing, &after_building, NULL,
};
static HPyModuleDef ext_module = {.doc = "Open and closed handles.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
