/* The same module in a binary of its own, which scenarios load several times. */
#define MODULE_INIT PyInit_again
#include "capi.c"
