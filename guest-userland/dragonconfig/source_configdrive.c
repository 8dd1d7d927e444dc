/* SPDX-License-Identifier: MIT */
/*
 * ConfigDrive, version 2: a volume "config-2" with OpenStack's folders (cloud-init, "Config
 * drive"). Tencent's has a folder of its own beside them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "openstack.h"
#include "source_osconf.h"
#include "volumes.h"

#define LABEL "config-2"

/* Newest first; what is newer than all of them is read as the latest. */
static const char *const versions[] = {"2018-08-27", "2017-02-22", "2016-10-06",
				       "2016-06-30", "2015-10-15", "2013-10-17",
				       "2013-04-04", "2012-08-10", "latest"};

struct drive {
	struct instance *to;
	struct volume *volume;
	const char *version;
	struct problems *problems;
};

static bool take_version(struct drive *d)
{
	struct openstack_text files[OPENSTACK_FILES] = {0};

	for (int i = 0; i < OPENSTACK_FILES; i++) {
		_autofree_ char *path =
			xasprintf("openstack/%s/%s", d->version, openstack_names[i]);

		volume_take(d->volume, path, openstack_max[i], &files[i].text, &files[i].n,
			    d->problems);
		if (i == OPENSTACK_META && !files[i].text)
			return false;
	}
	openstack_take(d->to, files, d->problems);
	openstack_release(files);
	return true;
}

static bool take_drive(void *arg, struct volume *v)
{
	struct drive *d = arg;
	bool found = false;

	d->volume = v;
	for (size_t i = 0; i < ARRAY_SIZE(versions) && !found; i++) {
		d->version = versions[i];
		found = take_version(d);
	}
	if (!found)
		return false;
	osconf_take_tencent(d->to, v, d->problems);
	d->to->source = xasprintf("DataSourceConfigDrive [ver=2][source=%s]", v->device);
	d->to->why = xasprintf("%s of %s, label %s, has openstack/%s", volume_kind_name(v->kind),
			       v->device, v->label, d->version);
	return true;
}

static bool find(struct instance *ret, const struct search_terms *terms, struct problems *problems)
{
	struct drive d = {.to = ret, .problems = problems};

	if (!volumes_find(LABEL, take_drive, &d))
		return false;
	if (!ret->id) {
		problem_warn(problems, 0, "meta_data.json has no uuid");
		ret->id = xstrdup("config-drive");
	}
	return true;
}

const struct source source_configdrive = {
	.name = "ConfigDrive",
	.words = {"configdrive"},
	.absent = "no volume " LABEL " that is whole",
	.find = find,
};
