/* Misuse on purpose, each in a process of its own, that the debug mode is to end. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Contexts of functions that have returned, or that wait for a call of theirs. */
static HPyContext *kept;

typedef void (*misuse)(HPyContext *ctx, const HPy *args);

static HPy use(HPyContext *ctx, HPy object)
{
    HPy own = HPy_Dup(ctx, object);
    HPy_Close(ctx, own);
    return own;
}

static void closed_handle_used(HPyContext *ctx, const HPy *args)
{
    HPy_Is(ctx, use(ctx, args[0]), args[0]);
}

/* The first or the last of some arguments, or items. */
static void closed_first_argument_of_new(HPyContext *ctx, const HPy *args)
{
    HPy type = HPy_Type(ctx, args[3]), given[2] = {use(ctx, args[0]), args[1]};
    HPy_Close(ctx, HPyType_GenericNew(ctx, type, given, 2, HPy_NULL));
}

static void closed_last_argument_of_new(HPyContext *ctx, const HPy *args)
{
    HPy type = HPy_Type(ctx, args[3]), given[2] = {args[1], use(ctx, args[0])};
    HPy_Close(ctx, HPyType_GenericNew(ctx, type, given, 2, HPy_NULL));
}

static void closed_first_item(HPyContext *ctx, const HPy *args)
{
    HPy given[2] = {use(ctx, args[0]), args[1]};
    HPy_Close(ctx, HPyTuple_FromArray(ctx, given, 2));
}

static void closed_last_item(HPyContext *ctx, const HPy *args)
{
    HPy given[2] = {args[1], use(ctx, args[0])};
    HPy_Close(ctx, HPyTuple_FromArray(ctx, given, 2));
}

static void closed_twice(HPyContext *ctx, const HPy *args)
{
    HPy_Close(ctx, use(ctx, args[0]));
}

static void constant_closed(HPyContext *ctx, const HPy *args)
{
    HPy_Close(ctx, ctx->h_None);
}

static void list_set_after_build(HPyContext *ctx, const HPy *args)
{
    HPyListBuilder builder = HPyListBuilder_New(ctx, 1);
    HPyListBuilder_Set(ctx, builder, 0, args[0]);
    HPyListBuilder_Build(ctx, builder);
    HPyListBuilder_Set(ctx, builder, 0, args[0]);
}

static void list_built_twice(HPyContext *ctx, const HPy *args)
{
    HPyListBuilder builder = HPyListBuilder_New(ctx, 1);
    HPyListBuilder_Set(ctx, builder, 0, args[0]);
    HPyListBuilder_Build(ctx, builder);
    HPyListBuilder_Build(ctx, builder);
}

static void list_built_after_cancel(HPyContext *ctx, const HPy *args)
{
    HPyListBuilder builder = HPyListBuilder_New(ctx, 1);
    HPyListBuilder_Cancel(ctx, builder);
    HPyListBuilder_Build(ctx, builder);
}

static void list_cancelled_twice(HPyContext *ctx, const HPy *args)
{
    HPyListBuilder builder = HPyListBuilder_New(ctx, 1);
    HPyListBuilder_Cancel(ctx, builder);
    HPyListBuilder_Cancel(ctx, builder);
}

static void tuple_set_after_build(HPyContext *ctx, const HPy *args)
{
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, 1);
    HPyTupleBuilder_Set(ctx, builder, 0, args[0]);
    HPyTupleBuilder_Build(ctx, builder);
    HPyTupleBuilder_Set(ctx, builder, 0, args[0]);
}

static void tuple_built_twice(HPyContext *ctx, const HPy *args)
{
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, 1);
    HPyTupleBuilder_Set(ctx, builder, 0, args[0]);
    HPyTupleBuilder_Build(ctx, builder);
    HPyTupleBuilder_Build(ctx, builder);
}

static void tuple_built_after_cancel(HPyContext *ctx, const HPy *args)
{
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, 1);
    HPyTupleBuilder_Cancel(ctx, builder);
    HPyTupleBuilder_Build(ctx, builder);
}

static void tuple_cancelled_twice(HPyContext *ctx, const HPy *args)
{
    HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, 1);
    HPyTupleBuilder_Cancel(ctx, builder);
    HPyTupleBuilder_Cancel(ctx, builder);
}

/* The text of args[0], with a handle of its own, which is closed before it is read, or written to while it is open. */
static void utf8_read_after_close(HPyContext *ctx, const HPy *args)
{
    HPy own = HPy_Dup(ctx, args[0]);
    volatile const char *text = HPyUnicode_AsUTF8AndSize(ctx, own, NULL);
    HPy_Close(ctx, own);
    (void)*text;
}

static void utf8_asked_twice(HPyContext *ctx, const HPy *args)
{
    HPy own = HPy_Dup(ctx, args[0]);
    volatile const char *text = HPyUnicode_AsUTF8AndSize(ctx, own, NULL);
    HPyUnicode_AsUTF8AndSize(ctx, own, NULL);
    HPy_Close(ctx, own);
    (void)*text;
}

static void utf8_written(HPyContext *ctx, const HPy *args)
{
    volatile char *text = (volatile char *)HPyUnicode_AsUTF8AndSize(ctx, args[0], NULL);
    *text = 'x';
}

static void bytes_read_after_close(HPyContext *ctx, const HPy *args)
{
    HPy own = HPy_Dup(ctx, args[1]);
    volatile const char *text = HPyBytes_AsString(ctx, own);
    HPy_Close(ctx, own);
    (void)*text;
}

static void bytes_written(HPyContext *ctx, const HPy *args)
{
    volatile char *text = (volatile char *)HPyBytes_AsString(ctx, args[1]);
    *text = 'x';
}

static void raw_bytes_read_after_close(HPyContext *ctx, const HPy *args)
{
    HPy own = HPy_Dup(ctx, args[1]);
    volatile const char *text = HPyBytes_AS_STRING(ctx, own);
    HPy_Close(ctx, own);
    (void)*text;
}

static void raw_bytes_written(HPyContext *ctx, const HPy *args)
{
    volatile char *text = (volatile char *)HPyBytes_AS_STRING(ctx, args[1]);
    *text = 'x';
}

static void name_written(HPyContext *ctx, const HPy *args)
{
    volatile char *text = (volatile char *)HPyType_GetName(ctx, ctx->h_LongType);
    *text = 'x';
}

/* Arguments that are not what a function takes. */
static void type_check_of_no_type(HPyContext *ctx, const HPy *args)
{
    HPy_TypeCheck(ctx, args[0], args[1]);
}

static void name_of_no_type(HPyContext *ctx, const HPy *args)
{
    HPyType_GetName(ctx, args[0]);
}

static void subtype_of_no_type(HPyContext *ctx, const HPy *args)
{
    HPyType_IsSubtype(ctx, ctx->h_LongType, args[0]);
}

static void no_type_as_subtype(HPyContext *ctx, const HPy *args)
{
    HPyType_IsSubtype(ctx, args[0], ctx->h_LongType);
}

static void substring_of_no_text(HPyContext *ctx, const HPy *args)
{
    HPyUnicode_Substring(ctx, args[1], 0, 1);
}

static void call_with_names_of_a_list(HPyContext *ctx, const HPy *args)
{
    HPy names = HPyList_New(ctx, 0);
    HPy_Call(ctx, ctx->h_LongType, args, 1, names);
}

static void method_with_names_of_a_list(HPyContext *ctx, const HPy *args)
{
    HPy name = HPyUnicode_FromString(ctx, "upper"), names = HPyList_New(ctx, 0);
    HPy_CallMethod(ctx, name, args, 1, names);
}

#define STRUCT_OF_ANOTHER_SHAPE(SHAPE)                                                                               \
    static void struct_of_##SHAPE(HPyContext *ctx, const HPy *args)                                                  \
    {                                                                                                                \
        _HPy_AsStruct_##SHAPE(ctx, args[2]);                                                                         \
    }
STRUCT_OF_ANOTHER_SHAPE(Type)
STRUCT_OF_ANOTHER_SHAPE(Long)
STRUCT_OF_ANOTHER_SHAPE(Unicode)
STRUCT_OF_ANOTHER_SHAPE(Tuple)
STRUCT_OF_ANOTHER_SHAPE(List)

static void struct_of_Float(HPyContext *ctx, const HPy *args)
{
    _HPy_AsStruct_Float(ctx, args[3]);
}

static void struct_of_Legacy(HPyContext *ctx, const HPy *args)
{
    _HPy_AsStruct_Legacy(ctx, args[3]);
}

/* The context of another function: kept by keep(), or by the function that the call began in. */
static void kept_close(HPyContext *ctx, const HPy *args)
{
    HPy_Close(kept, HPy_Dup(ctx, args[0]));
}

static void kept_dup(HPyContext *ctx, const HPy *args)
{
    HPy_Dup(kept, args[0]);
}

static void kept_utf8(HPyContext *ctx, const HPy *args)
{
    HPyUnicode_AsUTF8AndSize(kept, args[0], NULL);
}

static void kept_bytes(HPyContext *ctx, const HPy *args)
{
    HPyBytes_AsString(kept, args[1]);
}

static void kept_raw_bytes(HPyContext *ctx, const HPy *args)
{
    HPyBytes_AS_STRING(kept, args[1]);
}

static void kept_tuple(HPyContext *ctx, const HPy *args)
{
    HPyTuple_FromArray(kept, (HPy *)args, 1);
}

static void kept_generic_new(HPyContext *ctx, const HPy *args)
{
    HPyType_GenericNew(kept, ctx->h_BaseObjectType, NULL, 0, HPy_NULL);
}

static HPyType_Spec plain_spec = {.name = "ext.Plain", .flags = HPy_TPFLAGS_DEFAULT};

static void kept_from_spec(HPyContext *ctx, const HPy *args)
{
    HPyType_FromSpec(kept, &plain_spec, NULL);
}

static void kept_tracker(HPyContext *ctx, const HPy *args)
{
    HPyTracker_New(kept, 1);
}

static void kept_tracker_add(HPyContext *ctx, const HPy *args)
{
    HPyTracker_Add(kept, HPyTracker_New(ctx, 1), HPy_Dup(ctx, args[0]));
}

static void kept_tracker_forget(HPyContext *ctx, const HPy *args)
{
    HPyTracker_ForgetAll(kept, HPyTracker_New(ctx, 1));
}

static void kept_tracker_close(HPyContext *ctx, const HPy *args)
{
    HPyTracker_Close(kept, HPyTracker_New(ctx, 1));
}

static void kept_type_name(HPyContext *ctx, const HPy *args)
{
    HPyType_GetName(kept, ctx->h_LongType);
}

static void kept_subtype(HPyContext *ctx, const HPy *args)
{
    HPyType_IsSubtype(kept, ctx->h_LongType, ctx->h_LongType);
}

static void kept_substring(HPyContext *ctx, const HPy *args)
{
    HPyUnicode_Substring(kept, args[0], 0, 1);
}

static void kept_call(HPyContext *ctx, const HPy *args)
{
    HPy_Call(kept, ctx->h_LongType, NULL, 0, HPy_NULL);
}

static void kept_method(HPyContext *ctx, const HPy *args)
{
    HPy name = HPyUnicode_FromString(ctx, "upper");
    HPy_CallMethod(kept, name, args, 1, HPy_NULL);
}

static void kept_struct(HPyContext *ctx, const HPy *args)
{
    _HPy_AsStruct_Object(kept, args[3]);
}

static void kept_dup_unseen(HPyContext *ctx, const HPy *args)
{
    static char unseen[8192];
    setvbuf(stderr, unseen, _IOFBF, sizeof(unseen));
    HPy_Dup(kept, args[0]);
}

/* Methods of args[3] that close what they are given, or give what they may not; see below. */
#define METHOD_CALLED(NAME)                                                                                          \
    static void NAME##_called(HPyContext *ctx, const HPy *args)                                                      \
    {                                                                                                                \
        HPy given[2] = {args[3], args[0]};                                                                           \
        HPy name = HPyUnicode_FromString(ctx, #NAME), names = HPyTuple_FromArray(ctx, &name, 1);                     \
        size_t count = strcmp(#NAME, "self_closed") == 0 || strcmp(#NAME, "constant") == 0 ? 1 : 2;                  \
        int named = strcmp(#NAME, "named_closed") == 0 || strcmp(#NAME, "names_closed") == 0;                        \
        HPy_CallMethod(ctx, name, given, named ? 1 : count, named ? names : HPy_NULL);                               \
    }
METHOD_CALLED(self_closed)
METHOD_CALLED(argument_closed)
METHOD_CALLED(one_of_arguments_closed)
METHOD_CALLED(named_closed)
METHOD_CALLED(names_closed)
METHOD_CALLED(constant)
METHOD_CALLED(closed_result)

static void type_called(HPyContext *ctx, const HPy *args)
{
    HPy type = HPy_Type(ctx, args[3]);
    HPy_Call(ctx, type, args, 1, HPy_NULL);
}

static void shown(HPyContext *ctx, const HPy *args)
{
    HPy_Repr(ctx, args[3]);
}

/* What is right: nothing ends here. */
static void nothing_wrong(HPyContext *ctx, const HPy *args)
{
    HPy own = HPy_Dup(ctx, args[0]);
    volatile const char *text = HPyUnicode_AsUTF8AndSize(ctx, own, NULL);
    (void)*text;
    HPy_Close(ctx, own);
    _HPy_AsStruct_Object(ctx, args[3]);
}

#define ONE(NAME) {#NAME, NAME}
static const struct {
    const char *name;
    misuse function;
} all[] = {
    ONE(closed_first_argument_of_new), ONE(closed_last_argument_of_new), ONE(closed_first_item), ONE(closed_last_item),
    ONE(closed_handle_used), ONE(closed_twice), ONE(constant_closed), ONE(list_set_after_build),
    ONE(list_built_twice), ONE(list_built_after_cancel), ONE(list_cancelled_twice), ONE(tuple_set_after_build),
    ONE(tuple_built_twice), ONE(tuple_built_after_cancel), ONE(tuple_cancelled_twice), ONE(utf8_read_after_close),
    ONE(utf8_written), ONE(bytes_read_after_close), ONE(bytes_written), ONE(raw_bytes_read_after_close),
    ONE(raw_bytes_written), ONE(name_written), ONE(type_check_of_no_type), ONE(name_of_no_type),
    ONE(subtype_of_no_type), ONE(no_type_as_subtype), ONE(substring_of_no_text), ONE(call_with_names_of_a_list),
    ONE(method_with_names_of_a_list), ONE(struct_of_Type), ONE(struct_of_Long),
    ONE(struct_of_Float), ONE(struct_of_Unicode), ONE(struct_of_Tuple), ONE(struct_of_List), ONE(struct_of_Legacy),
    ONE(kept_close), ONE(kept_dup), ONE(kept_utf8), ONE(kept_bytes), ONE(kept_raw_bytes), ONE(kept_tuple),
    ONE(kept_generic_new), ONE(kept_from_spec), ONE(kept_tracker), ONE(kept_tracker_add), ONE(kept_tracker_forget),
    ONE(kept_tracker_close), ONE(kept_type_name), ONE(kept_subtype), ONE(kept_substring), ONE(kept_call),
    ONE(kept_method), ONE(kept_struct), ONE(nothing_wrong), ONE(kept_dup_unseen), ONE(self_closed_called),
    ONE(argument_closed_called), ONE(one_of_arguments_closed_called), ONE(named_closed_called),
    ONE(names_closed_called), ONE(constant_called), ONE(closed_result_called), ONE(type_called), ONE(shown), ONE(utf8_asked_twice),
};

/* in_child(name, str, bytes, float, object): how a process ended that did it, and what it wrote to the standard
   error: (number of the signal, text). Without a signal, 0. */
HPyDef_METH(in_child, "in_child", HPyFunc_VARARGS)
static HPy in_child_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy own = HPy_Dup(ctx, args[0]);
    const char *name = HPyUnicode_AsUTF8AndSize(ctx, own, NULL);
    misuse function = NULL;
    for (size_t i = 0; name != NULL && i < sizeof(all) / sizeof(*all); i++) {
        if (strcmp(all[i].name, name) == 0) {
            function = all[i].function;
        }
    }
    HPy_Close(ctx, own);
    int ends[2];
    if (function == NULL || pipe(ends) < 0) {
        return HPyErr_SetString(ctx, ctx->h_ValueError, "no such misuse");
    }
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        dup2(ends[1], 2);
        alarm(20);
        function(ctx, args + 1);
        _exit(0);
    }
    close(ends[1]);
    char text[8192];
    size_t length = 0;
    ssize_t got;
    while (child > 0 && (got = read(ends[0], text + length, sizeof(text) - 1 - length)) > 0) {
        length += (size_t)got;
    }
    close(ends[0]);
    text[length] = 0;
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "no child");
    }
    HPy number = HPyLong_FromLong(ctx, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    HPy written = HPyBytes_FromStringAndSize(ctx, text, (HPy_ssize_t)length);
    HPy result = HPyTuple_Pack(ctx, 2, number, written);
    HPy_Close(ctx, number);
    HPy_Close(ctx, written);
    return result;
}

HPyDef_METH_IMPL(imported, "imported", conform_hpy_imported, HPyFunc_VARARGS)

/* Functions of each signature that keep their context, for use after they have returned. */
static HPy none(HPyContext *ctx)
{
    kept = ctx;
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(keep_noargs, "keep_noargs", HPyFunc_NOARGS)
static HPy keep_noargs_impl(HPyContext *ctx, HPy self)
{
    return none(ctx);
}

HPyDef_METH(keep_o, "keep_o", HPyFunc_O)
static HPy keep_o_impl(HPyContext *ctx, HPy self, HPy arg)
{
    return none(ctx);
}

HPyDef_METH(keep_varargs, "keep_varargs", HPyFunc_VARARGS)
static HPy keep_varargs_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return none(ctx);
}

HPyDef_METH(keep_keywords, "keep_keywords", HPyFunc_KEYWORDS)
static HPy keep_keywords_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    return none(ctx);
}

typedef struct {
    char content[4];
} Keeper;
HPyType_HELPERS(Keeper)

/* 1: new, 2: init, 3: getbuffer, 4: releasebuffer, 5: repr keeps its context. 11: new, 12: init, 15: repr closes what
   it is given. */
static int keeps;

HPyDef_METH(self_closed, "self_closed", HPyFunc_NOARGS)
static HPy self_closed_impl(HPyContext *ctx, HPy self)
{
    HPy_Close(ctx, self);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(argument_closed, "argument_closed", HPyFunc_O)
static HPy argument_closed_impl(HPyContext *ctx, HPy self, HPy arg)
{
    HPy_Close(ctx, arg);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(one_of_arguments_closed, "one_of_arguments_closed", HPyFunc_VARARGS)
static HPy one_of_arguments_closed_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy_Close(ctx, args[0]);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(named_closed, "named_closed", HPyFunc_KEYWORDS)
static HPy named_closed_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    HPy_Close(ctx, args[0]);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(names_closed, "names_closed", HPyFunc_KEYWORDS)
static HPy names_closed_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    HPy_Close(ctx, kwnames);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(constant, "constant", HPyFunc_NOARGS)
static HPy constant_impl(HPyContext *ctx, HPy self)
{
    return ctx->h_None;
}

HPyDef_METH(closed_result, "closed_result", HPyFunc_O)
static HPy closed_result_impl(HPyContext *ctx, HPy self, HPy arg)
{
    return use(ctx, arg);
}

HPyDef_METH(keep_in, "keep_in", HPyFunc_O)
static HPy keep_in_impl(HPyContext *ctx, HPy self, HPy arg)
{
    keeps = (int)HPyLong_AsLong(ctx, arg);
    return HPy_Dup(ctx, ctx->h_None);
}

static void keep_if(HPyContext *ctx, int place)
{
    if (keeps == place) {
        kept = ctx;
    }
}

HPyDef_SLOT(Keeper_new, HPy_tp_new)
static HPy Keeper_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    keep_if(ctx, 1);
    if (keeps == 11 && nargs > 0) {
        HPy_Close(ctx, args[0]);
    }
    Keeper *self;
    return HPy_New(ctx, cls, &self);
}

HPyDef_SLOT(Keeper_init, HPy_tp_init)
static int Keeper_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    keep_if(ctx, 2);
    if (keeps == 12 && nargs > 0) {
        HPy_Close(ctx, args[0]);
    }
    return 0;
}

HPyDef_SLOT(Keeper_getbuffer, HPy_bf_getbuffer)
static int Keeper_getbuffer_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer, int flags)
{
    keep_if(ctx, 3);
    static HPy_ssize_t shape[1] = {4}, strides[1] = {1};
    buffer->buf = Keeper_AsStruct(ctx, self)->content;
    buffer->len = 4;
    buffer->itemsize = 1;
    buffer->readonly = 1;
    buffer->ndim = 1;
    buffer->format = "B";
    buffer->shape = shape;
    buffer->strides = strides;
    buffer->suboffsets = NULL;
    buffer->internal = NULL;
    buffer->obj = HPy_Dup(ctx, self);
    return 0;
}

HPyDef_SLOT(Keeper_releasebuffer, HPy_bf_releasebuffer)
static void Keeper_releasebuffer_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer)
{
    keep_if(ctx, 4);
}

HPyDef_SLOT(Keeper_repr, HPy_tp_repr)
static HPy Keeper_repr_impl(HPyContext *ctx, HPy self)
{
    keep_if(ctx, 5);
    if (keeps == 15) {
        HPy_Close(ctx, self);
    }
    return HPyUnicode_FromString(ctx, "Keeper");
}

/* meanwhile(way, callable): keeps its context, and has the callable called in that way. */
HPyDef_METH(meanwhile, "meanwhile", HPyFunc_VARARGS)
static HPy meanwhile_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    long way = HPyLong_AsLong(ctx, args[0]);
    kept = ctx;
    switch (way) {
    case 0:
        return HPy_Call(ctx, args[1], NULL, 0, HPy_NULL);
    case 1: {
        HPy name = HPyUnicode_FromString(ctx, "__call__");
        HPy result = HPy_CallMethod(ctx, name, args + 1, 1, HPy_NULL);
        HPy_Close(ctx, name);
        return result;
    }
    case 2:
        return HPy_CallTupleDict(ctx, args[1], HPy_NULL, HPy_NULL);
    default: {
        /* what is made is closed, and that may run its __del__ */
        HPy made = HPy_CallTupleDict(ctx, args[1], HPy_NULL, HPy_NULL);
        int failed = HPy_IsNull(made);
        HPy_Close(ctx, made);
        return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
    }
    }
}

/* make_many(type, count): keeps its context, and has objects of the type made, which may start a collection. */
HPyDef_METH(make_many, "make_many", HPyFunc_VARARGS)
static HPy make_many_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    size_t count = HPyLong_AsSize_t(ctx, args[1]), made = 0;
    HPy *objects = (HPy *)calloc(count, sizeof(HPy));
    if (objects == NULL) {
        return HPyErr_NoMemory(ctx);
    }
    kept = ctx;
    while (made < count && !HPyErr_Occurred(ctx)) {
        objects[made++] = HPyType_GenericNew(ctx, args[0], NULL, 0, HPy_NULL);
    }
    for (size_t i = 0; i < made; i++) {
        HPy_Close(ctx, objects[i]);
    }
    free(objects);
    return HPyErr_Occurred(ctx) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Keeper_defines[] = {
    &Keeper_new, &Keeper_init, &Keeper_getbuffer, &Keeper_releasebuffer, &Keeper_repr, &self_closed, &argument_closed,
    &one_of_arguments_closed, &named_closed, &names_closed, &constant, &closed_result, NULL,
};
static HPyType_Spec Keeper_spec = {
    .name = "ext.Keeper",
    .basicsize = sizeof(Keeper),
    .builtin_shape = SHAPE(Keeper),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Keeper_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Keeper", &Keeper_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {
    &imported, &in_child, &keep_noargs, &keep_o, &keep_varargs, &keep_keywords, &keep_in, &meanwhile, &make_many,
    &ext_exec, NULL,
};
static HPyModuleDef ext_module = {.doc = "Misuse.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
