/* The slots that types of a hierarchy may have, by the form of their functions. MARK is the number of the type. */
#ifndef SLOTS_H
#define SLOTS_H

#include <stdint.h>

#define TYPES 8

#define NUMBER_SLOTS(MARK)                                                                                           \
    UNARY(MARK, nb_negative)                                                                                         \
    UNARY(MARK, nb_positive)                                                                                         \
    UNARY(MARK, nb_absolute)                                                                                         \
    UNARY(MARK, nb_invert)                                                                                           \
    INTEGER(MARK, nb_int)                                                                                            \
    INTEGER(MARK, nb_index)                                                                                          \
    REAL(MARK, nb_float)                                                                                             \
    INQUIRY(MARK, nb_bool)                                                                                           \
    BINARY(MARK, nb_add)                                                                                             \
    BINARY(MARK, nb_subtract)                                                                                        \
    BINARY(MARK, nb_multiply)                                                                                        \
    BINARY(MARK, nb_remainder)                                                                                       \
    BINARY(MARK, nb_divmod)                                                                                          \
    TERNARY(MARK, nb_power)                                                                                          \
    BINARY(MARK, nb_lshift)                                                                                          \
    BINARY(MARK, nb_rshift)                                                                                          \
    BINARY(MARK, nb_and)                                                                                             \
    BINARY(MARK, nb_xor)                                                                                             \
    BINARY(MARK, nb_or)                                                                                              \
    BINARY(MARK, nb_floor_divide)                                                                                    \
    BINARY(MARK, nb_true_divide)                                                                                     \
    BINARY(MARK, nb_matrix_multiply)                                                                                 \
    BINARY(MARK, nb_inplace_add)                                                                                     \
    BINARY(MARK, nb_inplace_subtract)                                                                                \
    BINARY(MARK, nb_inplace_multiply)                                                                                \
    BINARY(MARK, nb_inplace_remainder)                                                                               \
    TERNARY(MARK, nb_inplace_power)                                                                                  \
    BINARY(MARK, nb_inplace_lshift)                                                                                  \
    BINARY(MARK, nb_inplace_rshift)                                                                                  \
    BINARY(MARK, nb_inplace_and)                                                                                     \
    BINARY(MARK, nb_inplace_xor)                                                                                     \
    BINARY(MARK, nb_inplace_or)                                                                                      \
    BINARY(MARK, nb_inplace_floor_divide)                                                                            \
    BINARY(MARK, nb_inplace_true_divide)                                                                             \
    BINARY(MARK, nb_inplace_matrix_multiply)

#define SEQUENCE_SLOTS(MARK)                                                                                         \
    LENGTH(MARK, sq_length)                                                                                          \
    INDEXED(MARK, sq_item)                                                                                           \
    STORED(MARK, sq_ass_item)                                                                                        \
    CONTAINS(MARK, sq_contains)                                                                                      \
    CONCATENATED(MARK, sq_concat)                                                                                    \
    INDEXED(MARK, sq_repeat)                                                                                         \
    CONCATENATED(MARK, sq_inplace_concat)                                                                            \
    INDEXED(MARK, sq_inplace_repeat)

#define MAPPING_SLOTS(MARK)                                                                                          \
    LENGTH(MARK, mp_length)                                                                                          \
    CONCATENATED(MARK, mp_subscript)                                                                                 \
    ASSIGNED(MARK, mp_ass_subscript)

#define OBJECT_SLOTS(MARK)                                                                                           \
    UNARY(MARK, tp_repr)                                                                                             \
    UNARY(MARK, tp_str)                                                                                              \
    HASH(MARK, tp_hash)                                                                                              \
    COMPARED(MARK, tp_richcompare)                                                                                   \
    CALL(MARK, tp_call)                                                                                              \
    NEW(MARK, tp_new)                                                                                                \
    INIT(MARK, tp_init)                                                                                              \
    FINALIZE(MARK, tp_finalize)

#define BUFFER_SLOTS(MARK)                                                                                           \
    GETBUFFER(MARK, bf_getbuffer)                                                                                    \
    RELEASEBUFFER(MARK, bf_releasebuffer)

/* Those that HPy lacks. */
#define LEGACY_SLOTS(MARK)                                                                                           \
    UNARY(MARK, tp_iter)                                                                                             \
    UNARY(MARK, tp_iternext)                                                                                         \
    UNARY(MARK, am_await)                                                                                            \
    UNARY(MARK, am_aiter)                                                                                            \
    UNARY(MARK, am_anext)                                                                                            \
    CONCATENATED(MARK, tp_getattro)                                                                                  \
    ASSIGNED(MARK, tp_setattro)                                                                                      \
    GOTTEN(MARK, tp_descr_get)                                                                                       \
    ASSIGNED(MARK, tp_descr_set)

#define HPY_SLOTS(MARK) NUMBER_SLOTS(MARK) SEQUENCE_SLOTS(MARK) MAPPING_SLOTS(MARK) OBJECT_SLOTS(MARK) BUFFER_SLOTS(MARK)

/* Numbers of the slots. The last two have no table of their own: each type with a struct has their functions. */
#define ONE(MARK, SLOT) SLOT_##SLOT,
#define UNARY ONE
#define BINARY ONE
#define TERNARY ONE
#define CONCATENATED ONE
#define GOTTEN ONE
#define ASSIGNED ONE
#define INTEGER ONE
#define REAL ONE
#define INQUIRY ONE
#define LENGTH ONE
#define INDEXED ONE
#define STORED ONE
#define CONTAINS ONE
#define HASH ONE
#define COMPARED ONE
#define CALL ONE
#define NEW ONE
#define INIT ONE
#define FINALIZE ONE
#define GETBUFFER ONE
#define RELEASEBUFFER ONE
enum { HPY_SLOTS(0) LEGACY_SLOTS(0) SLOT_destroy, SLOTS };
#undef ONE
#define ONE(MARK, SLOT) #SLOT,
static const char *const slot_names[] = {HPY_SLOTS(0) LEGACY_SLOTS(0) "destroy"};
#undef ONE
#undef UNARY
#undef BINARY
#undef TERNARY
#undef CONCATENATED
#undef GOTTEN
#undef ASSIGNED
#undef INTEGER
#undef REAL
#undef INQUIRY
#undef LENGTH
#undef INDEXED
#undef STORED
#undef CONTAINS
#undef HASH
#undef COMPARED
#undef CALL
#undef NEW
#undef INIT
#undef FINALIZE
#undef GETBUFFER
#undef RELEASEBUFFER

/* Which functions were called since the last reading: 128 * mark + slot. How objects and views end is noted apart, as a
   collection may come at any time. */
struct noted {
    int count;
    uint16_t codes[1024];
};
static struct noted calls, ends;

static inline void called(int mark, int slot)
{
    int ends_something = slot == SLOT_destroy || slot == SLOT_tp_finalize || slot == SLOT_bf_releasebuffer;
    struct noted *noted = ends_something ? &ends : &calls;
    if (noted->count < 1024) {
        noted->codes[noted->count++] = (uint16_t)(128 * mark + slot);
    }
}

/* Slots that answer NotImplemented, of the types made last. */
static uint8_t declines[TYPES][128];

/* What the type of a mark adds to the struct of its base. Each mark has a place of its own, so that a function of the
   type finds it without asking what the object's type is. */
struct part {
    uint64_t before;
    void *fields[2];
    void *dictionary;
    void *weak;
    uint64_t after;
};
#define PART_SIZE 48
#define CANARY(MARK) (0x5ca1ab1e00000000u + (uint64_t)(MARK))

/* What a type has beside its slots. */
enum feature {
    HAS_PART = 1,
    HAS_GC = 2,
    IS_BASE = 4,
    HAS_DICTIONARY = 8,
    HAS_WEAK = 16,
    MANAGES_DICTIONARY = 32,
    MANAGES_WEAK = 64,
    HAS_MEMBER = 128,
    IS_IMMUTABLE = 256,
    READS_MEMBER = 512,
    HAS_BUFFERS = 1024,
};

#endif
