#include "../rule-breaking/hpy.c"
