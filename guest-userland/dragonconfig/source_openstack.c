/* SPDX-License-Identifier: MIT */
/*
 * OpenStack's metadata service, which Huawei's cloud has too: the files of a ConfigDrive over HTTP
 * (OpenStack Nova, "Metadata").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "metadata.h"
#include "openstack.h"

#define BASE "http://169.254.169.254/openstack/latest/"

static bool find(struct instance *ret, const struct search_terms *terms, struct problems *problems)
{
	struct openstack_text files[OPENSTACK_FILES] = {0};
	struct piece p[OPENSTACK_FILES] = {0};
	struct metadata m = {
		.terms = terms, .problems = problems, .to = ret, .base = BASE, .is_probe = true};

	for (int i = 0; i < OPENSTACK_FILES; i++)
		p[i] = (struct piece){.name = xstrdup(openstack_names[i]), .max = openstack_max[i]};
	metadata_get(&m, p, 1);
	if (p[OPENSTACK_META].text) {
		m.is_probe = false;
		metadata_get(&m, p + 1, OPENSTACK_FILES - 1);
		for (int i = 0; i < OPENSTACK_FILES; i++)
			metadata_move(&p[i], &files[i].text, &files[i].n);
		openstack_take(ret, files, problems);
	}
	if (ret->id) {
		ret->source = xstrdup("DataSourceOpenStack [net,ver=2]");
		ret->why = xstrdup(BASE "meta_data.json has a uuid");
	} else {
		ret->why =
			*p[0].why ? metadata_why_not(&p[0]) : xstrdup("meta_data.json has no uuid");
	}
	openstack_release(files);
	metadata_release(p, OPENSTACK_FILES);
	return ret->id != NULL;
}

const struct source source_openstack = {
	.name = "OpenStack over HTTP",
	.words = {"openstack", "huawei", "huaweicloud"},
	.is_remote = true,
	.address = "169.254.169.254",
	.find = find,
};
