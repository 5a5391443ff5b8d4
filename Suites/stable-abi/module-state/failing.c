/* The same module, and a second exec slot, which fails when the type is there. */
#define MODULE_INIT PyInit_failing
#define FAILING
#include "capi.c"
