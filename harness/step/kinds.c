/* SPDX-License-Identifier: MIT */
#include "step/kinds.h"

#include <string.h>

#include "base/xalloc.h"

const struct scenario_kind *step_config_kinds(void)
{
	static struct scenario_kind *kinds;
	size_t n = 0;

	if (kinds)
		return kinds;
	while (step_kinds[n])
		n++;
	kinds = xcalloc(n + 1, sizeof(*kinds));
	for (size_t i = 0; i < n; i++)
		kinds[i] = (struct scenario_kind){.name = step_kinds[i]->name,
						  .help = step_kinds[i]->help,
						  .fields = step_kinds[i]->fields,
						  .options_size = step_kinds[i]->options_size};
	return kinds;
}

const struct step_ops *step_find(const char *name)
{
	for (size_t i = 0; step_kinds[i]; i++)
		if (strcmp(step_kinds[i]->name, name) == 0)
			return step_kinds[i];
	return NULL;
}
