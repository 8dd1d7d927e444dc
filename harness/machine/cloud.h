/* SPDX-License-Identifier: MIT */
/*
 * cloud: what each cloud tells a machine of itself, made from one seed: a CD's files, files on its
 * disk, and the tree of its metadata service.
 *
 * Owns the trees. Called by qemu (CD, service), run/plan (disk) and tests. Adding a cloud is an
 * entry in cloud.c and a profile that names it.
 */
#ifndef MACHINE_CLOUD_H
#define MACHINE_CLOUD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"
#include "config/seed.h"

struct cloud_file {
	char *path; /* without a slash at its beginning */
	char *data;
	size_t n;
};

struct cloud_tree {
	struct cloud_file *files;
	size_t n;
};

/* What the cloud gives a machine's only interface. Texts, as they stand in files. */
struct cloud_net {
	const char *net, *netmask; /* what the user network holds: machine and service */
	const char *address, *mask, *gateway, *dns;
};

struct cloud {
	const char *name;
	struct cloud_net net;
	const char *const *addresses; /* of its metadata service, on port 80; ends with NULL */
	const char *cd_label;	      /* NULL: no CD */
	void (*cd)(struct cloud_tree *ret, const struct cloud *c, const struct seed *s);
	/* Files on the first partition; NULL: none. */
	void (*disk)(struct cloud_tree *ret, const struct cloud *c, const struct seed *s);
	/* Its metadata service's; NULL: it has none. */
	void (*metadata)(struct cloud_tree *ret, const struct cloud *c, const struct seed *s);
	/* The service answers only who has a token, from a PUT there; NULL: everybody. */
	const char *token_path, *token_ttl, *token; /* the latter two are headers */
	bool slashes;				    /* a folder's listing marks folders */
};

extern const struct cloud cloud_tencent, cloud_aliyun, cloud_huawei, cloud_nocloud;

#define CLOUD_MAC "52:54:00:68:61:72"

void cloud_tree_release(struct cloud_tree *t);
void cloud_add(struct cloud_tree *t, const char *path, const char *text);
/* NULL: no such file. */
const struct cloud_file *cloud_find(const struct cloud_tree *t, const char *path);

/* An iso9660 image (Rock Ridge and Joliet), the same for the same files. */
int cloud_write_cd(const struct cloud_tree *t, const char *label, const char *path,
		   struct err *err);
/*
 * The disk that a fresh machine of this seed gets: a copy, kept in the cache, with DragonConfig,
 * with what the cloud writes there (cloud NULL: nothing), and without the keys that images for
 * tests have. The caller frees the path.
 */
int cloud_disk_ready(struct loop *loop, const char *disk, const struct cloud *c,
		     const struct seed *s, char **ret_path, struct err *err);

#endif
