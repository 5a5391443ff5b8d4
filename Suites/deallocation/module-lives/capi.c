/* An empty extension: what is asked is in again.c. */
#include "conform_capi.h"

static PyModuleDef ext_module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_doc = "Shares its log with `again`."};

PyMODINIT_FUNC PyInit_ext(void)
{
    conform_event("ext", 0);
    return PyModuleDef_Init(&ext_module);
}
