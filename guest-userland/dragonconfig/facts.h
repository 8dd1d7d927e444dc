/* SPDX-License-Identifier: MIT */
/* facts: words such as $UPTIME that texts of the configuration may have. */
#ifndef DRAGONCONFIG_FACTS_H
#define DRAGONCONFIG_FACTS_H

#include "base/strbuf.h"
#include "module.h"

/* Appends text; "$UPTIME" or "${uptime}" is what it means: UPTIME, TIMESTAMP, DATASOURCE, VERSION,
 * INSTANCE_ID. Other words stay as they are. */
void facts_expand(const struct context *c, const char *text, struct strbuf *sb);

#endif
