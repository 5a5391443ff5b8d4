/* Remembers what Python's allocators hand out, with the frames of C that asked for it, and tells what stays.
 *
 * For run_scenario.py, which loads it with ctypes.PyDLL: all of this happens with the GIL held, as the domains `mem` and
 * `object` require (Python/C API, "Memory Management", Allocator Domains). It includes no header of Python, so that
 * one library serves every CPython.
 */
#define _GNU_SOURCE
#include <execinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* PyMemAllocatorEx, as the Python/C API has it ("Customize Memory Allocators"). */
struct allocator {
    void *context;
    void *(*allocate)(void *context, size_t size);
    void *(*allocate_zeroed)(void *context, size_t count, size_t size);
    void *(*resize)(void *context, void *block, size_t size);
    void (*release)(void *context, void *block);
};

#define FRAMES 32
#define OWN_FRAMES 2 /* remember, and the function that calls it */

struct block {
    void *address; /* NULL: was never used; REMOVED: is free */
    size_t size;
    int depth;
    void *frames[FRAMES];
};

#define REMOVED ((void *)1)

static struct allocator originals[3];
static struct block *blocks;
static size_t capacity, taken;
static int is_recording;

static size_t place_of(const void *address)
{
    return (size_t)(((uintptr_t)address >> 4) * UINT64_C(0x9E3779B97F4A7C15)) & (capacity - 1);
}

static void put(const struct block *one)
{
    size_t place = place_of(one->address);
    while (blocks[place].address != NULL && blocks[place].address != REMOVED)
        place = (place + 1) & (capacity - 1);
    if (blocks[place].address == NULL)
        taken++;
    blocks[place] = *one;
}

/* Makes room for one more; 0 where there is no memory. */
static int make_room(void)
{
    if (capacity != 0 && taken < capacity / 2)
        return 1;
    struct block *old = blocks;
    size_t old_capacity = capacity;
    size_t wanted = capacity == 0 ? 1024 : capacity * 2;
    struct block *more = calloc(wanted, sizeof(struct block));
    if (more == NULL)
        return 0;
    blocks = more;
    capacity = wanted;
    taken = 0;
    for (size_t place = 0; place < old_capacity; place++)
        if (old[place].address != NULL && old[place].address != REMOVED)
            put(&old[place]);
    free(old);
    return 1;
}

__attribute__((noinline)) static void remember(void *address, size_t size)
{
    if (address == NULL || !is_recording || !make_room())
        return;
    struct block one = {address, size, 0, {0}};
    one.depth = backtrace(one.frames, FRAMES);
    put(&one);
}

static void forget(const void *address)
{
    if (address == NULL || capacity == 0)
        return;
    for (size_t place = place_of(address); blocks[place].address != NULL; place = (place + 1) & (capacity - 1))
        if (blocks[place].address == address) {
            blocks[place].address = REMOVED;
            return;
        }
}

static void *allocate(void *context, size_t size)
{
    struct allocator *original = context;
    void *address = original->allocate(original->context, size);
    remember(address, size);
    return address;
}

static void *allocate_zeroed(void *context, size_t count, size_t size)
{
    struct allocator *original = context;
    void *address = original->allocate_zeroed(original->context, count, size);
    remember(address, count * size);
    return address;
}

static void *resize(void *context, void *block, size_t size)
{
    struct allocator *original = context;
    void *address = original->resize(original->context, block, size);
    if (address != NULL) {
        forget(block);
        remember(address, size);
    }
    return address;
}

static void release(void *context, void *block)
{
    struct allocator *original = context;
    forget(block);
    original->release(original->context, block);
}

/* Stands before the allocators from now on; those of the domain `raw` may be called without the GIL, and stay. */
void conform_watch(void (*get)(int, struct allocator *), void (*set)(int, struct allocator *))
{
    void *frames[2];
    backtrace(frames, 2); /* the first call loads a library */
    for (int domain = 1; domain <= 2; domain++) {
        get(domain, &originals[domain]);
        struct allocator own = {&originals[domain], allocate, allocate_zeroed, resize, release};
        set(domain, &own);
    }
}

void conform_record(int is_wanted)
{
    is_recording = is_wanted;
}

/* Takes out the blocks of one place in the code that are still allocated, at least so many.
 *
 * Returns their number, 0 when there are no more. `frames` gets up to 32 addresses, the innermost first. */
long conform_next(long least, size_t *size, int *depth, void **frames)
{
    for (size_t first = 0; first < capacity; first++) {
        struct block *one = &blocks[first];
        if (one->address == NULL || one->address == REMOVED)
            continue;
        long count = 0;
        for (size_t place = first; place < capacity; place++) {
            struct block *other = &blocks[place];
            if (other->address == NULL || other->address == REMOVED || other->depth != one->depth)
                continue;
            if (memcmp(other->frames, one->frames, sizeof(void *) * (size_t)one->depth) != 0)
                continue;
            count++;
            if (other != one)
                other->address = REMOVED;
        }
        one->address = REMOVED;
        if (count < least)
            continue;
        *size = one->size;
        *depth = one->depth > OWN_FRAMES ? one->depth - OWN_FRAMES : 0;
        memcpy(frames, one->frames + OWN_FRAMES, sizeof(void *) * (size_t)*depth);
        return count;
    }
    return 0;
}
