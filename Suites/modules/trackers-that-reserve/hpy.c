/* Trackers that are used while the process gets no more memory than it has. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* More handles than memory that was used before and is free can take: malloc never raises what it takes from
   the system directly above 32 MiB, so an array of so many is taken from there. */
#define VERY_MANY (5L << 20)
#define MANY 20000L
#define BLOCK 4096

/* No more memory from the system from now on; `before` is what was allowed. 0, or -1 if that can't be had. */
static int no_more(struct rlimit *before)
{
    rlim_t used = conform_address_space();
    if (used == 0 || getrlimit(RLIMIT_AS, before) < 0) {
        return -1;
    }
    struct rlimit now = {used, before->rlim_max};
    return setrlimit(RLIMIT_AS, &now);
}

static int as_before(const struct rlimit *before)
{
    return setrlimit(RLIMIT_AS, before);
}

static HPy no_limit(HPyContext *ctx)
{
    return HPyErr_SetString(ctx, ctx->h_RuntimeError, "memory can't be limited");
}

/* within(item): how many handles a tracker takes, less the VERY_MANY that it was made for; or its exception. */
HPyDef_METH(within, "within", HPyFunc_O)
static HPy within_impl(HPyContext *ctx, HPy self, HPy item)
{
    HPyTracker tracker = HPyTracker_New(ctx, VERY_MANY);
    if (HPy_IsNull(tracker)) {
        return HPy_NULL;
    }
    struct rlimit before;
    int limited = no_more(&before) == 0, failed = 0;
    long count = 0;
    while (limited && !failed && count < VERY_MANY) {
        failed = HPyTracker_Add(ctx, tracker, item) < 0;
        count += !failed;
    }
    if (limited) {
        as_before(&before);
    }
    /* The handles are one, and the caller's. */
    HPyTracker_ForgetAll(ctx, tracker);
    HPyTracker_Close(ctx, tracker);
    if (!limited) {
        return no_limit(ctx);
    }
    return failed ? HPy_NULL : HPyLong_FromLong(ctx, count - VERY_MANY);
}

/* All of malloc's memory that is free, as a list of blocks; for use while there is no more. */
static void *all_free_memory(void)
{
    void **last = NULL, **next;
    while ((next = malloc(BLOCK)) != NULL) {
        *next = last;
        last = next;
    }
    return last;
}

static void free_all(void *list)
{
    while (list != NULL) {
        void *next = *(void **)list;
        free(list);
        list = next;
    }
}

/* beyond(item): track MANY times nothing, and then item while there is no memory; an exception of the tracker's. */
HPyDef_METH(beyond, "beyond", HPyFunc_O)
static HPy beyond_impl(HPyContext *ctx, HPy self, HPy item)
{
    HPyTracker tracker = HPyTracker_New(ctx, MANY);
    if (HPy_IsNull(tracker)) {
        return HPy_NULL;
    }
    int failed = 0;
    for (long i = 0; !failed && i < MANY; i++) {
        failed = HPyTracker_Add(ctx, tracker, HPy_NULL) < 0;
    }
    HPy own = failed ? HPy_NULL : HPy_Dup(ctx, item);
    struct rlimit before;
    int limited = no_more(&before) == 0;
    void *memory = limited ? all_free_memory() : NULL;
    if (!failed) {
        failed = HPyTracker_Add(ctx, tracker, own) < 0;
    }
    free_all(memory);
    if (limited) {
        as_before(&before);
    }
    HPyTracker_Close(ctx, tracker);
    if (!limited && !failed) {
        return no_limit(ctx);
    }
    return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* refused(): bytes of malloc that each of some trackers leaves for which there is no memory. */
#define TIMES 250
HPyDef_METH(refused, "refused", HPyFunc_NOARGS)
static HPy refused_impl(HPyContext *ctx, HPy self)
{
    long least = 0;
    for (int round = 0; round < 5; round++) {
        size_t start = mallinfo2().uordblks;
        for (int i = 0; i < TIMES; i++) {
            HPyTracker tracker = HPyTracker_New(ctx, HPY_SSIZE_T_MAX / 32);
            if (HPy_IsNull(tracker)) {
                HPyErr_Clear(ctx);
            } else {
                HPyTracker_Close(ctx, tracker);
            }
        }
        size_t end = mallinfo2().uordblks;
        long each = end > start ? (long)((end - start) / TIMES) : 0;
        if (round == 1 || (round > 1 && each < least)) {
            least = each;
        }
    }
    return HPyLong_FromLong(ctx, least);
}

/* in_used_memory(item): a tracker of memory that malloc has filled with something; item is tracked and closed. */
HPyDef_METH(in_used_memory, "in_used_memory", HPyFunc_O)
static HPy in_used_memory_impl(HPyContext *ctx, HPy self, HPy item)
{
    void *small[256];
    HPy own = HPy_Dup(ctx, item);
    /* Pieces that a thread has put by come as they are: they are used up first. */
    for (int i = 0; i < 256; i++) {
        small[i] = malloc(i % 2 ? 24 : 48);
    }
    mallopt(M_PERTURB, 0x55);
    HPyTracker tracker = HPyTracker_New(ctx, 3);
    mallopt(M_PERTURB, 0);
    for (int i = 0; i < 256; i++) {
        free(small[i]);
    }
    if (HPy_IsNull(tracker)) {
        HPy_Close(ctx, own);
        return HPy_NULL;
    }
    int failed = HPyTracker_Add(ctx, tracker, own) < 0;
    HPyTracker_Close(ctx, tracker);
    return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *defines[] = {&within, &beyond, &refused, &in_used_memory, NULL};
static HPyModuleDef module = {.doc = "Trackers without memory.", .defines = defines};
HPy_MODINIT(ext, module)
