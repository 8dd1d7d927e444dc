/* SPDX-License-Identifier: MIT */
/*
 * ptable: the partition table of a disk, MBR or GPT, and how it is written with one partition grown
 * into the free room behind it.
 *
 * Pure: reads by a reader, says what is to be written where. Called by growpart. The disk is
 * hostile: whatever does not hold to the last bit (checksums, overlaps, places past the end) is
 * refused and nothing is planned. Logical partitions are not grown, so that no chain is followed.
 *
 * Between any two writes, and with the last one not begun, the table is the old one or the new one:
 * the last write, of no more than one 4 KiB block, is what makes the change.
 */
#ifndef DRAGONCONFIG_PTABLE_H
#define DRAGONCONFIG_PTABLE_H

#include "image.h"

#define PTABLE_BLOCK 4096 /* bytes that a disk writes as one */

struct ptable_disk {
	struct image_reader reader;
	uint64_t size;	 /* bytes */
	uint32_t sector; /* bytes */
};

struct ptable_write {
	uint64_t offset;
	uint8_t *data;
	size_t n;
};

struct ptable_plan {
	const char *kind;	   /* "MBR", "GPT" */
	uint64_t start, size, old; /* bytes; of the partition: where, how large then and now */
	struct ptable_write writes[2];
	size_t n; /* of writes, in their order, each to be on the disk before the next; 0: there
		   * is no room worth it */
};

/*
 * number: from 1, as the kernel counts. -ENOENT: there is no such partition; -ENOTSUP: it can be
 * grown by other tools, not by this; -EBADMSG: the table does not hold.
 */
int ptable_grow(const struct ptable_disk *disk, unsigned int number, struct ptable_plan *ret,
		struct err *err);
void ptable_plan_release(struct ptable_plan *p);

#endif
