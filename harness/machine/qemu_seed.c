/* SPDX-License-Identifier: MIT */
/* What a machine with a seed has besides: its cloud's CD, metadata service and network. */
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "machine/metadata.h"
#include "machine/qemu_priv.h"
#include "machine/usernet.h"

int qemu_seed_cd(struct qemu_plan *plan, struct err *err)
{
	const struct machine_spec *spec = plan->spec;
	const struct cloud *c = plan->profile->cloud;
	struct cloud_tree tree = {0};
	char *path;
	int r;

	if (!spec->seed)
		return 0;
	if (!c)
		return err_usage(err,
				 "the machine profile %s is of no cloud: nobody gives it a seed",
				 plan->profile->info.name);
	if (!c->cd)
		return 0;
	path = path_join(spec->run_dir, "cd.iso");
	c->cd(&tree, c, spec->seed);
	r = cloud_write_cd(&tree, c->cd_label, path, err);
	cloud_tree_release(&tree);
	if (r < 0)
		free(path);
	else
		plan->cd = path;
	return r;
}

static void on_request(void *arg, const char *what)
{
	struct qemu *q = arg;

	if (q->listener.on_metadata)
		q->listener.on_metadata(q->listener.arg, what);
}

int qemu_seed_start(struct qemu *q, const struct qemu_plan *plan, int *fd, struct err *err)
{
	const struct metadata_listener listener = {.on_request = on_request, .arg = q};
	const struct machine_spec *spec = plan->spec;
	const struct cloud *c = plan->profile->cloud;
	int r;

	if (!spec->seed)
		return 0;
	r = metadata_start(q->loop, c, spec->seed, spec->run_dir, &listener, &q->metadata, err);
	if (r == 0)
		r = usernet_start(q->loop, *fd, &c->net, c->addresses, metadata_socket(q->metadata),
				  &q->usernet, err);
	if (r == 0)
		*fd = -1;
	for (const uint16_t *p = spec->forward; r == 0 && p && *p; p++)
		r = usernet_forward(q->usernet, &c->net, *p, err);
	return r;
}

void qemu_seed_stop(struct qemu *q)
{
	usernet_free(q->usernet);
	metadata_free(q->metadata);
	if (q->cd_path)
		unlink(q->cd_path);
	free(q->cd_path);
	q->usernet = NULL;
	q->metadata = NULL;
	q->cd_path = NULL;
}
