/* Functions that each call one member that HPyContext got after HPy 0.9.0, and a type that extends dict. */
#include "hpy.h"
#include "conform.h"

HPyDef_METH(is_iterator, "is_iterator", HPyFunc_O)
static HPy is_iterator_impl(HPyContext *ctx, HPy self, HPy object)
{
    return HPyBool_FromBool(ctx, HPyIter_Check(ctx, object) != 0);
}

HPyDef_METH(items, "items", HPyFunc_O)
static HPy items_impl(HPyContext *ctx, HPy self, HPy object)
{
    HPy iterator = HPy_GetIter(ctx, object);
    if (HPy_IsNull(iterator)) {
        return HPy_NULL;
    }
    HPy list = HPyList_New(ctx, 0);
    if (HPy_IsNull(list)) {
        HPy_Close(ctx, iterator);
        return HPy_NULL;
    }
    int failed = 0;
    HPy item;
    while (!failed && !HPy_IsNull(item = HPyIter_Next(ctx, iterator))) {
        failed = HPyList_Append(ctx, list, item) < 0;
        HPy_Close(ctx, item);
    }
    HPy_Close(ctx, iterator);
    if (failed || HPyErr_Occurred(ctx)) {
        HPy_Close(ctx, list);
        return HPy_NULL;
    }
    return list;
}

HPyDef_METH(insert, "insert", HPyFunc_VARARGS)
static HPy insert_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy list, item;
    long index;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OlO", &list, &index, &item)
            || HPyList_Insert(ctx, list, index, item) < 0) {
        return HPy_NULL;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(part, "part", HPyFunc_VARARGS)
static HPy part_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy sequence;
    long start, end;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oll", &sequence, &start, &end)) {
        return HPy_NULL;
    }
    return HPy_GetSlice(ctx, sequence, start, end);
}

HPyDef_METH(replace, "replace", HPyFunc_VARARGS)
static HPy replace_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy sequence, value;
    long start, end;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OllO", &sequence, &start, &end, &value)
            || HPy_SetSlice(ctx, sequence, start, end, value) < 0) {
        return HPy_NULL;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(take_out, "take_out", HPyFunc_VARARGS)
static HPy take_out_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy sequence;
    long start, end;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oll", &sequence, &start, &end)
            || HPy_DelSlice(ctx, sequence, start, end) < 0) {
        return HPy_NULL;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(make_slice, "make_slice", HPyFunc_VARARGS)
static HPy make_slice_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy start, stop, step;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOO", &start, &stop, &step)) {
        return HPy_NULL;
    }
    return HPySlice_New(ctx, start, stop, step);
}

/* --- a dict with a number of its own --- */

typedef struct {
    long number;
} Numbered;
HPyType_HELPERS(Numbered, HPyType_BuiltinShape_Dict)

HPyDef_METH(set_number, "set_number", HPyFunc_O)
static HPy set_number_impl(HPyContext *ctx, HPy self, HPy value)
{
    long number = HPyLong_AsLong(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    Numbered_AsStruct(ctx, self)->number = number;
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(number, "number", HPyFunc_NOARGS)
static HPy number_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, Numbered_AsStruct(ctx, self)->number);
}

static HPyDef *Numbered_defines[] = {&set_number, &number, NULL};
static HPyType_Spec Numbered_spec = {
    .name = "ext.Numbered",
    .basicsize = sizeof(Numbered),
    .builtin_shape = SHAPE(Numbered),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Numbered_defines,
};

/* Made when it is asked for: a runtime that can't do this can do the rest. */
HPyDef_METH(numbered_type, "numbered_type", HPyFunc_NOARGS)
static HPy numbered_type_impl(HPyContext *ctx, HPy self)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, ctx->h_DictType}, {0}};
    return HPyType_FromSpec(ctx, &Numbered_spec, params);
}

static HPyDef *ext_defines[] = {
    &is_iterator, &items, &insert, &part, &replace, &take_out, &make_slice, &numbered_type, NULL,
};
static HPyModuleDef ext_module = {.doc = "Functions that came after HPy 0.9.0.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
