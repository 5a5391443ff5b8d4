/* The constants of the context, by name, and what else can be read from it. */
#include "hpy.h"
#include "conform.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONSTANTS \
    X(None) X(True) X(False) X(NotImplemented) X(Ellipsis) X(BaseException) X(Exception) X(StopAsyncIteration) \
    X(StopIteration) X(GeneratorExit) X(ArithmeticError) X(LookupError) X(AssertionError) X(AttributeError) \
    X(BufferError) X(EOFError) X(FloatingPointError) X(OSError) X(ImportError) X(ModuleNotFoundError) \
    X(IndexError) X(KeyError) X(KeyboardInterrupt) X(MemoryError) X(NameError) X(OverflowError) X(RuntimeError) \
    X(RecursionError) X(NotImplementedError) X(SyntaxError) X(IndentationError) X(TabError) X(ReferenceError) \
    X(SystemError) X(SystemExit) X(TypeError) X(UnboundLocalError) X(UnicodeError) X(UnicodeEncodeError) \
    X(UnicodeDecodeError) X(UnicodeTranslateError) X(ValueError) X(ZeroDivisionError) X(BlockingIOError) \
    X(BrokenPipeError) X(ChildProcessError) X(ConnectionError) X(ConnectionAbortedError) X(ConnectionRefusedError) \
    X(ConnectionResetError) X(FileExistsError) X(FileNotFoundError) X(InterruptedError) X(IsADirectoryError) \
    X(NotADirectoryError) X(PermissionError) X(ProcessLookupError) X(TimeoutError) X(Warning) X(UserWarning) \
    X(DeprecationWarning) X(PendingDeprecationWarning) X(SyntaxWarning) X(RuntimeWarning) X(FutureWarning) \
    X(ImportWarning) X(UnicodeWarning) X(BytesWarning) X(ResourceWarning) X(BaseObjectType) X(TypeType) \
    X(BoolType) X(LongType) X(FloatType) X(UnicodeType) X(TupleType) X(ListType) X(ComplexType) X(BytesType) \
    X(MemoryViewType) X(CapsuleType) X(SliceType) X(Builtins)

typedef struct {
    const char *name;
    size_t offset;
} Constant;
#define X(name) {#name, offsetof(HPyContext, h_##name)},
static const Constant constants[] = {CONSTANTS {NULL, 0}};
#undef X

HPyDef_METH(constant, "constant", HPyFunc_O, .doc = "The constant of this name, without its h_.")
static HPy constant_impl(HPyContext *ctx, HPy module, HPy name)
{
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (text == NULL) {
        return HPy_NULL;
    }
    for (const Constant *one = constants; one->name != NULL; one++) {
        if (strcmp(one->name, text) == 0) {
            HPy found;
            memcpy(&found, (const char *)ctx + one->offset, sizeof found);
            if (HPy_IsNull(found)) {
                HPyErr_SetString(ctx, ctx->h_LookupError, "the constant is null");
                return HPy_NULL;
            }
            return HPy_Dup(ctx, found);
        }
    }
    HPyErr_SetString(ctx, ctx->h_LookupError, "no such constant");
    return HPy_NULL;
}

HPyDef_METH(names, "names", HPyFunc_NOARGS, .doc = "The names of the constants.")
static HPy names_impl(HPyContext *ctx, HPy module)
{
    HPy list = HPyList_New(ctx, 0);
    for (const Constant *one = constants; !HPy_IsNull(list) && one->name != NULL; one++) {
        HPy name = HPyUnicode_FromString(ctx, one->name);
        if (HPy_IsNull(name) || HPyList_Append(ctx, list, name) < 0) {
            HPy_Close(ctx, list);
            list = HPy_NULL;
        }
        HPy_Close(ctx, name);
    }
    return list;
}

HPyDef_METH(about, "about", HPyFunc_NOARGS, .doc = "Whether the context has a name, and the version of its ABI.")
static HPy about_impl(HPyContext *ctx, HPy module)
{
    int named = ctx->name != NULL && ctx->name[0] != '\0';
    return HPy_BuildValue(ctx, "(iii)", named, ctx->abi_version, HPY_ABI_VERSION);
}

HPyDef_METH(capsule, "capsule", HPyFunc_NOARGS, .doc = "A capsule.")
static HPy capsule_impl(HPyContext *ctx, HPy module)
{
    return HPyCapsule_New(ctx, (void *)constants, "ext.constants", NULL);
}

HPyDef_METH(dumped, "dumped", HPyFunc_O, .doc = "What _HPy_Dump writes to standard error, as bytes.")
static HPy dumped_impl(HPyContext *ctx, HPy module, HPy object)
{
    char text[4096];
    FILE *file = tmpfile();
    if (file == NULL) {
        return HPyErr_SetFromErrnoWithFilename(ctx, ctx->h_OSError, "a temporary file");
    }
    fflush(stderr);
    int before = dup(2);
    if (before < 0 || dup2(fileno(file), 2) < 0) {
        fclose(file);
        return HPyErr_SetFromErrnoWithFilename(ctx, ctx->h_OSError, "standard error");
    }
    _HPy_Dump(ctx, object);
    fflush(stderr);
    dup2(before, 2);
    close(before);
    rewind(file);
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    return HPyBytes_FromStringAndSize(ctx, text, (HPy_ssize_t)size);
}

static HPyDef *ext_defines[] = {&constant, &names, &about, &capsule, &dumped, NULL};
static HPyModuleDef ext_module = {.doc = "What the context has.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
