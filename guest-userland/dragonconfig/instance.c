/* SPDX-License-Identifier: MIT */
#include "instance.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

static const struct source *const sources[] = {&source_nocloud};

void instance_release(struct instance *i)
{
	free(i->source);
	free(i->id);
	free(i->hostname);
	strv_release(&i->keys);
	free(i->user_data);
	free(i->vendor_data);
	*i = (struct instance){0};
}

bool instance_find(struct instance *ret, struct problems *problems)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		*ret = (struct instance){0};
		if (sources[i]->find(ret, problems))
			return true;
		instance_release(ret);
	}
	return false;
}
