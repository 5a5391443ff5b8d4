/* Native resources, counted in plain C. */
static long native_alive;

#define NATIVE_SIZE 64

static void *native_open(void)
{
    void *memory = calloc(1, NATIVE_SIZE);
    if (memory != NULL) {
        __atomic_add_fetch(&native_alive, 1, __ATOMIC_SEQ_CST);
    }
    return memory;
}

static void native_close(void *memory)
{
    if (memory != NULL) {
        __atomic_sub_fetch(&native_alive, 1, __ATOMIC_SEQ_CST);
        free(memory);
    }
}

static long native_count(void)
{
    return __atomic_load_n(&native_alive, __ATOMIC_SEQ_CST);
}
