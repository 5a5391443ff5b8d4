/* Functions that do the same thing many times, and return how many bytes of malloc each time has kept. */
#include "hpy.h"
#include "conform.h"
#include <malloc.h>

/* What else an interpreter does with malloc meanwhile comes in some rounds; what is kept each time, in all. So many
   that debug mode has put by as many closed handles as it ever does. */
#define ROUNDS 6
#define TIMES 250

typedef int (*Work)(HPyContext *ctx, HPy item, long size);

static size_t in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* The least number of bytes that each time has kept, of several rounds behind one that fills caches; the remainder is
   left out. NULL with an exception. */
static HPy kept(HPyContext *ctx, Work work, HPy item, long size)
{
    long least = 0;
    for (int round = 0; round <= ROUNDS; round++) {
        size_t before = in_use();
        for (long i = 0; i < TIMES; i++) {
            if (work(ctx, item, size) < 0) {
                return HPy_NULL;
            }
        }
        size_t after = in_use();
        long each = after > before ? (long)((after - before) / TIMES) : 0;
        if (round == 1 || (round > 1 && each < least)) {
            least = each;
        }
    }
    return HPyLong_FromLong(ctx, least);
}

static int track(HPyContext *ctx, HPy item, long size)
{
    HPyTracker tracker = HPyTracker_New(ctx, size / 2);
    if (HPy_IsNull(tracker)) {
        return -1;
    }
    int failed = 0;
    for (long i = 0; !failed && i < size; i++) {
        failed = HPyTracker_Add(ctx, tracker, HPy_Dup(ctx, item)) < 0;
    }
    HPyTracker_Close(ctx, tracker);
    return failed ? -1 : 0;
}

static int forget(HPyContext *ctx, HPy item, long size)
{
    HPyTracker tracker = HPyTracker_New(ctx, size);
    if (HPy_IsNull(tracker)) {
        return -1;
    }
    int failed = 0;
    for (long i = 0; !failed && i < size; i++) {
        failed = HPyTracker_Add(ctx, tracker, item) < 0;
    }
    HPyTracker_ForgetAll(ctx, tracker);
    HPyTracker_Close(ctx, tracker);
    return failed ? -1 : 0;
}

static int parse(HPyContext *ctx, HPy item, long size)
{
    HPy args[] = {item, item, item};
    HPy first, second, third;
    HPyTracker tracker;
    if (!HPyArg_Parse(ctx, &tracker, args, 3, "OOO", &first, &second, &third)) {
        return -1;
    }
    HPyTracker_Close(ctx, tracker);
    return 0;
}

static int parse_in_vain(HPyContext *ctx, HPy item, long size)
{
    HPy args[] = {item, item};
    HPy first;
    long second;
    HPyTracker tracker;
    if (HPyArg_Parse(ctx, &tracker, args, 2, "Ol", &first, &second)) {
        HPyTracker_Close(ctx, tracker);
        HPyErr_SetString(ctx, ctx->h_RuntimeError, "parsed as an integer");
        return -1;
    }
    HPyErr_Clear(ctx);
    return 0;
}

/* Parses that fail before and behind the first object: by the names, the units and the values. */
static int parse_names_in_vain(HPyContext *ctx, HPy item, long way)
{
    static const char *one[] = {"one", NULL}, *empty[] = {"one", "", NULL}, *two[] = {"one", "two", NULL};
    HPy args[] = {item, item}, first, second;
    HPyTracker tracker;
    int parsed = 0;
    switch (way) {
        case 0: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 1, HPy_NULL, "O", empty, &first); break;
        case 1: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 2, HPy_NULL, "OO", one, &first, &second); break;
        case 2: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 1, HPy_NULL, "OO", two, &first, &second); break;
        case 3: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 1, HPy_NULL, "O", two, &first); break;
        case 4: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 2, HPy_NULL, "O|$O", two, &first, &second); break;
        case 5: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 2, HPy_NULL, "O?", two, &first, &second); break;
        case 6: parsed = HPyArg_ParseKeywordsDict(ctx, &tracker, args, 1, HPy_NULL, "OO", two, &first, &second); break;
        default: parsed = HPyArg_ParseKeywords(ctx, &tracker, args, 1, item, "O", one, &first); break;
    }
    if (parsed) {
        HPyTracker_Close(ctx, tracker);
        HPyErr_SetString(ctx, ctx->h_RuntimeError, "parsed all the same");
        return -1;
    }
    HPyErr_Clear(ctx);
    return 0;
}

/* names_in_vain(item, way); the last of the ways takes the item for the tuple of names. */
HPyDef_METH(names_in_vain, "names_in_vain", HPyFunc_VARARGS)
static HPy names_in_vain_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy item;
    long way;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &item, &way)) {
        return HPy_NULL;
    }
    return kept(ctx, parse_names_in_vain, item, way);
}

HPyDef_METH(tracked, "tracked", HPyFunc_VARARGS)
static HPy tracked_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy item;
    long size;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &item, &size)) {
        return HPy_NULL;
    }
    return kept(ctx, track, item, size);
}

HPyDef_METH(forgotten, "forgotten", HPyFunc_VARARGS)
static HPy forgotten_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy item;
    long size;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &item, &size)) {
        return HPy_NULL;
    }
    return kept(ctx, forget, item, size);
}

HPyDef_METH(parsed, "parsed", HPyFunc_O)
static HPy parsed_impl(HPyContext *ctx, HPy self, HPy item)
{
    return kept(ctx, parse, item, 0);
}

HPyDef_METH(parsed_in_vain, "parsed_in_vain", HPyFunc_O)
static HPy parsed_in_vain_impl(HPyContext *ctx, HPy self, HPy item)
{
    return kept(ctx, parse_in_vain, item, 0);
}

/* A tracker for more handles than there is memory for, closed at once if it is had. */
HPyDef_METH(huge_tracker, "huge_tracker", HPyFunc_NOARGS)
static HPy huge_tracker_impl(HPyContext *ctx, HPy self)
{
    HPyTracker tracker = HPyTracker_New(ctx, HPY_SSIZE_T_MAX / 32);
    if (HPy_IsNull(tracker)) {
        return HPy_NULL;
    }
    HPyTracker_Close(ctx, tracker);
    return HPyUnicode_FromString(ctx, "a tracker");
}

static HPyDef *defines[] = {
    &tracked,
    &forgotten,
    &parsed,
    &parsed_in_vain,
    &names_in_vain,
    &huge_tracker,
    NULL,
};

static HPyModuleDef module = {
    .doc = "Memory of malloc.",
    .defines = defines,
};

HPy_MODINIT(ext, module)
