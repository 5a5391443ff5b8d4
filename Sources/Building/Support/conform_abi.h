/* Included before a case's own sources, to make a binary that requires another version of HPy's ABI than its
   headers have: HPy_MODINIT writes these two numbers into the binary, and loaders read them. */
#ifndef HPY_CONFORM_ABI_H
#define HPY_CONFORM_ABI_H

#include "hpy.h"

#undef HPY_ABI_VERSION
#undef HPY_ABI_VERSION_MINOR
#define HPY_ABI_VERSION CONFORM_REQUIRED_ABI
#define HPY_ABI_VERSION_MINOR CONFORM_REQUIRED_ABI_MINOR

#endif
