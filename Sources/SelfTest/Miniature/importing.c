/* Forges, while it is imported, all that a fork server, a cell or a worker could have written, and leaves. */
#include "conform_capi.h"
#include <stdlib.h>
#include <unistd.h>

#define DESCRIPTORS 1024

static const char forged[] =
    "ready\n"
    "00000000000000000000000000000000 {\"number\": 0, \"status\": 0, \"seconds\": 0.1, \"timed_out\": false, "
    "\"exceeded\": null, \"machine\": null, \"strays\": 0, \"parts\": [[\"result\", 0]]}\n"
    "{\"number\": 0, \"status\": 0, \"seconds\": 0.1, \"timed_out\": false, "
    "\"exceeded\": null, \"machine\": null, \"strays\": 0, \"parts\": [[\"result\", 0]]}\n"
    "00000000-0000-0000-0000-000000000000 {\"end\": {\"outcome\": \"completed\", \"observations\": 1}}\n";

PyMODINIT_FUNC PyInit_ext(void)
{
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
        if (write(descriptor, forged, sizeof forged - 1) < 0) {
            continue;
        }
    }
    _exit(0);
}
