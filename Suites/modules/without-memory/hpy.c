/* Functions that are called while neither the system nor malloc has memory. There is no raw twin: what a function of
   HPy needs memory for is HPy's own. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* A number that is an object of its own on any interpreter, and more of them than what is left of a piece of memory
   that an interpreter cuts up for small objects. */
#define NUMBER ((HPy_ssize_t)1 << 40)
#define MANY 36000

typedef struct {
    struct rlimit before;
    void *blocks;
    int limited;
} Famine;

/* From now on there is no memory. 0, or -1 with an exception where that can't be had. */
static int begin(HPyContext *ctx, Famine *famine)
{
    static const size_t sizes[] = {4096, 1024, 256, 96, 64, 48, 24};
    rlim_t used = conform_address_space();
    famine->blocks = NULL;
    famine->limited = 0;
    if (used > 0 && getrlimit(RLIMIT_AS, &famine->before) == 0) {
        struct rlimit now = {used, famine->before.rlim_max};
        famine->limited = setrlimit(RLIMIT_AS, &now) == 0;
    }
    if (!famine->limited) {
        HPyErr_SetString(ctx, ctx->h_RuntimeError, "memory can't be limited");
        return -1;
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        void **block;
        while ((block = malloc(sizes[i])) != NULL) {
            *block = famine->blocks;
            famine->blocks = block;
        }
    }
    return 0;
}

static void end(Famine *famine)
{
    while (famine->blocks != NULL) {
        void *next = *(void **)famine->blocks;
        free(famine->blocks);
        famine->blocks = next;
    }
    setrlimit(RLIMIT_AS, &famine->before);
}

HPyDef_METH(tracker, "tracker", HPyFunc_NOARGS)
static HPy tracker_impl(HPyContext *ctx, HPy self)
{
    Famine famine;
    if (begin(ctx, &famine) < 0) {
        return HPy_NULL;
    }
    HPyTracker made = HPyTracker_New(ctx, 0);
    end(&famine);
    if (HPy_IsNull(made)) {
        return HPy_NULL;
    }
    HPyTracker_Close(ctx, made);
    return HPyUnicode_FromString(ctx, "a tracker");
}

/* parse(item), by_name(item), by_dict(dict): the parsed item, which comes with a tracker. */
#define PARSING(NAME, CALL)                                                                                          \
    HPyDef_METH(NAME, #NAME, HPyFunc_O)                                                                              \
    static HPy NAME##_impl(HPyContext *ctx, HPy self, HPy given)                                                     \
    {                                                                                                                \
        static const char *names[] = {"one", NULL};                                                                  \
        HPyTracker tracker;                                                                                          \
        HPy one = HPy_NULL;                                                                                          \
        Famine famine;                                                                                               \
        if (begin(ctx, &famine) < 0) {                                                                               \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        int parsed = CALL;                                                                                           \
        end(&famine);                                                                                                \
        (void)names;                                                                                                 \
        if (!parsed) {                                                                                               \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        HPy result = HPy_IsNull(one) ? HPy_NULL : HPy_Dup(ctx, one);                                                 \
        HPyTracker_Close(ctx, tracker);                                                                              \
        return result;                                                                                               \
    }
PARSING(parse, HPyArg_Parse(ctx, &tracker, &given, 1, "O", &one))
PARSING(by_name, HPyArg_ParseKeywords(ctx, &tracker, &given, 1, HPy_NULL, "O", names, &one))
PARSING(by_dict, HPyArg_ParseKeywordsDict(ctx, &tracker, &given, 1, HPy_NULL, "O", names, &one))

/* Make the small objects that an interpreter has memory for yet, and give them to the builder. */
static void small_objects(HPyContext *ctx, HPyListBuilder builder)
{
    for (long i = 0; i < MANY; i++) {
        HPy number = HPyLong_FromSsize_t(ctx, NUMBER + i);
        if (HPy_IsNull(number)) {
            HPyErr_Clear(ctx);
            return;
        }
        HPyListBuilder_Set(ctx, builder, i, number);
        HPy_Close(ctx, number);
    }
}

/* get(object), set(object, value), delete(object): the item of NUMBER. */
#define ITEM(NAME, TYPE, CALL, FAILED, RESULT)                                                                       \
    HPyDef_METH(NAME, #NAME, HPyFunc_VARARGS)                                                                        \
    static HPy NAME##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                                 \
    {                                                                                                                \
        Famine famine;                                                                                               \
        HPyListBuilder builder = HPyListBuilder_New(ctx, MANY);                                                      \
        if (begin(ctx, &famine) < 0) {                                                                               \
            HPyListBuilder_Cancel(ctx, builder);                                                                     \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        small_objects(ctx, builder);                                                                                 \
        TYPE result = CALL;                                                                                          \
        end(&famine);                                                                                                \
        HPyListBuilder_Cancel(ctx, builder);                                                                         \
        return FAILED ? HPy_NULL : RESULT;                                                                           \
    }
ITEM(get, HPy, HPy_GetItem_i(ctx, args[0], NUMBER), HPy_IsNull(result), result)
ITEM(set, int, HPy_SetItem_i(ctx, args[0], NUMBER, args[1]), result < 0, HPyLong_FromLong(ctx, result))
ITEM(delete, int, HPy_DelItem_i(ctx, args[0], NUMBER), result < 0, HPyLong_FromLong(ctx, result))

static HPyDef *defines[] = {&tracker, &parse, &by_name, &by_dict, &get, &set, &delete, NULL};
static HPyModuleDef module = {.doc = "Without memory.", .defines = defines};
HPy_MODINIT(ext, module)
