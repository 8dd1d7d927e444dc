/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: a file that claims to be a disk image: its container, its partition table and
 * boot code, and the superblocks on it. No partition reaches past the disk, and what is said of it
 * is for any eyes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "machine/image_disk.h"
#include "machine/image_root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_report(const struct image_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		for (const char *c = report->v[i].text; *c; c++)
			if ((unsigned char)*c < ' ' || *c == 127)
				abort();
}

static void check_partitions(const struct disk *d)
{
	if (d->n > DISK_PARTITIONS)
		abort();
	for (size_t i = 0; i < d->n; i++) {
		const struct disk_partition *p = &d->partitions[i];

		if (p->start == 0 || p->size == 0 || p->start > d->virtual_size ||
		    p->size > d->virtual_size - p->start)
			abort();
	}
}

static void look_inside(struct disk *d)
{
	_cleanup_(image_report_release) struct image_report report = {0};
	struct root root;

	disk_look(d, &report);
	check_partitions(d);
	root_find(d, &root, &report);
	if (root.at && (root.at < d->partitions || root.at >= d->partitions + d->n))
		abort();
	for (const struct image_cloud *c = image_clouds; root.at && c->name; c++)
		root_features(&root, c, d->n % 2, d->gpt, &report);
	check_report(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_autoclose_ int fd = memfd_create("disk", MFD_CLOEXEC);
	struct disk d;
	char path[64];

	if (fd < 0 || fd_write_all(fd, data, n) < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (disk_probe(path, &d, NULL) == 0 &&
	    (d.format >= DISK_FORMATS || d.virtual_size > DISK_VIRTUAL_MAX || d.fd >= 0 || d.n))
		abort();
	/* As raw bytes, whatever they claim to be. */
	d = (struct disk){.fd = fd, .virtual_size = n};
	look_inside(&d);
	return 0;
}
