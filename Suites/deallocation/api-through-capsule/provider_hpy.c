/* Gives its table away in a capsule; a second one has the next version. Compiled under two names. */
#include "hpy.h"
#define TABLE_PROVIDER
#include "table.h"

HPyDef_SLOT(exec, HPy_mod_exec)
static int exec_impl(HPyContext *ctx, HPy module)
{
    static struct {
        const char *name;
        struct table *table;
    } const given[] = {{"table", &table}, {"next_table", &next_table}};
    for (int i = 0; i < 2; i++) {
        HPy capsule = HPyCapsule_New(ctx, given[i].table, TABLE_NAME, NULL);
        if (HPy_IsNull(capsule)) {
            return -1;
        }
        int failed = HPy_SetAttr_s(ctx, module, given[i].name, capsule);
        HPy_Close(ctx, capsule);
        if (failed < 0) {
            return -1;
        }
    }
    return 0;
}

static HPyDef *defines[] = {&exec, NULL};
static HPyModuleDef provider = {.doc = "Provides a table.", .defines = defines};
HPy_MODINIT(provider, provider)
HPy_MODINIT(provider_of_hpy, provider)
