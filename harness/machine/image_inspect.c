/* SPDX-License-Identifier: MIT */
#include "machine/image_inspect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "machine/image_disk.h"
#include "machine/image_root.h"

#define TEXT_MAX     300
#define FINDINGS_MAX 200

void image_report_release(struct image_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->v[i].text);
	free(r->v);
	*r = (struct image_report){0};
}

void image_report_add(struct image_report *r, enum image_say say, const char *topic,
		      const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	if (r->n >= FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 16;
		r->v = xreallocarray(r->v, r->cap, sizeof(*r->v));
	}
	r->v[r->n++] = (struct image_finding){say, topic, xstrdup(text)};
}

enum image_say image_report_worst(const struct image_report *r)
{
	enum image_say worst = IMAGE_FINE;

	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].say > worst)
			worst = r->v[i].say;
	return worst;
}

static void look_container(const struct disk *d, const struct image_cloud *cloud,
			   struct image_report *report)
{
	uint64_t virtual_mib = (d->virtual_size + (1 << 20) - 1) >> 20,
		 file_mib = d->file_size >> 20;

	image_report_add(report, cloud->formats[d->format], "format",
			 "%s, a disk of %llu MiB in %llu", disk_format_names[d->format],
			 (unsigned long long)virtual_mib, (unsigned long long)file_mib);
	if (cloud->max_virtual_mib && virtual_mib > cloud->max_virtual_mib)
		image_report_add(report, IMAGE_REFUSED, "size", "a disk of %llu MiB: %llu at most",
				 (unsigned long long)virtual_mib,
				 (unsigned long long)cloud->max_virtual_mib);
	if (cloud->max_file_mib && file_mib > cloud->max_file_mib)
		image_report_add(report, IMAGE_REFUSED, "size", "a file of %llu MiB: %llu at most",
				 (unsigned long long)file_mib,
				 (unsigned long long)cloud->max_file_mib);
	if (cloud->custom_folder && virtual_mib <= 5 * 1024)
		image_report_add(report, IMAGE_REFUSED, "size",
				 "Customized Linux wants a disk of more than 5 GiB");
}

static int look_inside(struct loop *loop, struct disk *d, const char *dir,
		       const struct image_cloud *cloud, struct image_report *report,
		       struct err *err)
{
	const struct disk_partition *fat = NULL;
	struct root root;
	int r = 0;

	disk_look(d, report);
	if (d->gpt && cloud->gpt != IMAGE_FINE)
		image_report_add(report, cloud->gpt, "partitions", "GPT, which %s may not take",
				 cloud->title);
	for (size_t i = 0; i < d->n && !fat; i++)
		if (d->partitions[i].kind == DISK_FAT)
			fat = &d->partitions[i];
	root_find(d, &root, report);
	if (root.at)
		r = root_files(loop, &root, fat, cloud, dir, report, err);
	return r;
}

int image_inspect(struct loop *loop, const char *path, const struct image_cloud *cloud,
		  struct image_report *ret_report, struct err *err)
{
	_cleanup_(disk_release) struct disk d = {.fd = -1};
	_cleanup_(image_report_release) struct image_report report = {0};
	_autofree_ char *dir = NULL;
	int r = disk_probe(path, &d, err);

	if (r == 0)
		r = paths_new_tmp("inspect", &dir, err);
	if (r < 0)
		return r;
	look_container(&d, cloud, &report);
	r = disk_open(&d, loop, path, dir, err);
	if (r == 0)
		r = look_inside(loop, &d, dir, cloud, &report, err);
	rm_rf(dir, NULL);
	if (r < 0)
		return r;
	*ret_report = report;
	report = (struct image_report){0};
	return 0;
}
