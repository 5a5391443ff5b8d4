/* Counts objects in plain C, and notices one that ends twice. Objects of earlier rounds are not counted. */
#define ONCE_ROUND (1L << 19)

static struct {
    long round, made, ended, again;
    unsigned char done[ONCE_ROUND];
} once;

static void once_begin(void)
{
    once.round++;
    once.made = once.ended = once.again = 0;
    memset(once.done, 0, sizeof once.done);
}

/* The number of a new object. */
static long once_make(void)
{
    return once.round * ONCE_ROUND + __atomic_fetch_add(&once.made, 1, __ATOMIC_SEQ_CST);
}

static void once_end(long number)
{
    if (number < 0 || number / ONCE_ROUND != once.round) {
        return;
    }
    __atomic_add_fetch(&once.ended, 1, __ATOMIC_SEQ_CST);
    if (__atomic_exchange_n(&once.done[number % ONCE_ROUND], 1, __ATOMIC_SEQ_CST)) {
        __atomic_add_fetch(&once.again, 1, __ATOMIC_SEQ_CST);
    }
}

static long once_made(void)
{
    return __atomic_load_n(&once.made, __ATOMIC_SEQ_CST);
}

static long once_ended(void)
{
    return __atomic_load_n(&once.ended, __ATOMIC_SEQ_CST);
}

static long once_again(void)
{
    return __atomic_load_n(&once.again, __ATOMIC_SEQ_CST);
}
