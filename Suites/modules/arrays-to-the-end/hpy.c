/* Arrays and texts that end at the end of a page, behind which there is one that can't be read. */
#include "hpy.h"
#include "conform.h"
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

typedef struct {
    char *pages;
    size_t page;
} Memory;

/* `size` bytes up to the end of a page, or NULL with an exception; given back with `give_back`. */
static void *up_to_the_end(HPyContext *ctx, Memory *memory, size_t size)
{
    memory->page = (size_t)sysconf(_SC_PAGESIZE);
    memory->pages = mmap(NULL, 2 * memory->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory->pages == MAP_FAILED) {
        HPyErr_NoMemory(ctx);
        return NULL;
    }
    if (size > memory->page || mprotect(memory->pages + memory->page, memory->page, PROT_NONE) < 0) {
        munmap(memory->pages, 2 * memory->page);
        HPyErr_SetString(ctx, ctx->h_RuntimeError, "too much, or no end");
        return NULL;
    }
    return memory->pages + memory->page - size;
}

static void give_back(Memory *memory)
{
    munmap(memory->pages, 2 * memory->page);
}

static HPy *handles(HPyContext *ctx, Memory *memory, const HPy *args, size_t count)
{
    HPy *array = up_to_the_end(ctx, memory, count * sizeof(HPy));
    if (array != NULL) {
        memcpy(array, args, count * sizeof(HPy));
    }
    return array;
}

/* The names of the last of the arguments are a tuple, or None: HPy_NULL, and how many there are; -1 on failure. */
static HPy_ssize_t named(HPyContext *ctx, HPy *names)
{
    if (HPy_Is(ctx, *names, ctx->h_None)) {
        *names = HPy_NULL;
        return 0;
    }
    return HPy_Length(ctx, *names);
}

/* call(callable, names, *arguments), call_method(name, names, *arguments): those with names are the last. */
#define CALLING(NAME, FUNCTION)                                                                                      \
    HPyDef_METH(NAME, #NAME, HPyFunc_VARARGS)                                                                        \
    static HPy NAME##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                                 \
    {                                                                                                                \
        HPy names = args[1];                                                                                         \
        HPy_ssize_t count = named(ctx, &names);                                                                      \
        if (count < 0) {                                                                                             \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        Memory memory;                                                                                               \
        HPy *array = handles(ctx, &memory, args + 2, nargs - 2);                                                     \
        if (array == NULL) {                                                                                         \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        HPy result = FUNCTION(ctx, args[0], array, nargs - 2 - (size_t)count, names);                                \
        give_back(&memory);                                                                                          \
        return result;                                                                                               \
    }
CALLING(call, HPy_Call)
CALLING(call_method, HPy_CallMethod)

/* tuple(*items) */
HPyDef_METH(tuple, "tuple", HPyFunc_VARARGS)
static HPy tuple_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    Memory memory;
    HPy *array = handles(ctx, &memory, args, nargs);
    if (array == NULL) {
        return HPy_NULL;
    }
    HPy result = HPyTuple_FromArray(ctx, array, (HPy_ssize_t)nargs);
    give_back(&memory);
    return result;
}

/* parsed(*arguments): up to three, and None for those that are missing. */
HPyDef_METH(parsed, "parsed", HPyFunc_VARARGS)
static HPy parsed_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    Memory memory;
    HPy *array = handles(ctx, &memory, args, nargs);
    if (array == NULL) {
        return HPy_NULL;
    }
    HPy first = ctx->h_None, second = ctx->h_None, third = ctx->h_None, result = HPy_NULL;
    HPyTracker tracker;
    if (HPyArg_Parse(ctx, &tracker, array, nargs, "|OOO", &first, &second, &third)) {
        result = HPyTuple_Pack(ctx, 3, first, second, third);
        HPyTracker_Close(ctx, tracker);
    }
    give_back(&memory);
    return result;
}

static HPy wide(HPyContext *ctx, const char *text, HPy_ssize_t size)
{
    Memory memory;
    wchar_t *copy = up_to_the_end(ctx, &memory, (size_t)size * sizeof(wchar_t));
    if (copy == NULL) {
        return HPy_NULL;
    }
    for (HPy_ssize_t i = 0; i < size; i++) {
        copy[i] = (unsigned char)text[i];
    }
    HPy result = HPyUnicode_FromWideChar(ctx, copy, size);
    give_back(&memory);
    return result;
}

/* texts(bytes): what is made of the same bytes by each function that is told their number. */
HPyDef_METH(texts, "texts", HPyFunc_O)
static HPy texts_impl(HPyContext *ctx, HPy self, HPy bytes)
{
    const char *text = HPyBytes_AsString(ctx, bytes);
    HPy_ssize_t size = HPyBytes_Size(ctx, bytes);
    if (text == NULL || size < 0) {
        return HPy_NULL;
    }
    Memory memory;
    char *copy = up_to_the_end(ctx, &memory, (size_t)size);
    if (copy == NULL) {
        return HPy_NULL;
    }
    memcpy(copy, text, (size_t)size);
    HPy all[4] = {
        HPyBytes_FromStringAndSize(ctx, copy, size),
        HPyUnicode_DecodeLatin1(ctx, copy, size, "strict"),
        HPyUnicode_DecodeASCII(ctx, copy, size, "strict"),
        HPy_NULL,
    };
    give_back(&memory);
    int failed = HPyErr_Occurred(ctx);
    if (!failed) {
        all[3] = wide(ctx, text, size);
        failed = HPy_IsNull(all[3]);
    }
    HPy result = failed ? HPy_NULL : HPyTuple_FromArray(ctx, all, 4);
    for (int i = 0; i < 4; i++) {
        HPy_Close(ctx, all[i]);
    }
    return result;
}

static HPyDef *defines[] = {&call, &call_method, &tuple, &parsed, &texts, NULL};
static HPyModuleDef module = {.doc = "Up to the end of memory.", .defines = defines};
HPy_MODINIT(ext, module)
