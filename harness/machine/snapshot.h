/* SPDX-License-Identifier: MIT */
/*
 * snapshot: booted machines kept on disk, to be woken instead of booted.
 *
 * Owns <cache>/snapshot/. One folder a key, and the key is a hash of everything that a booted guest
 * depends on (machine_snapshot_key()): what is found under it is right, and what was saved is never
 * updated.
 *
 *   KEY/ram          the guest's memory, sparse; a machine that wakes maps it privately
 *   KEY/state        QEMU's migration stream of everything but the memory
 *   KEY/disk.qcow2   what the guest had written to its disk, over the lane's image
 *   KEY/about        what the waker must know; its time is that of the last use
 *   KEY/worked       a machine was woken from it and everything asked of it worked; forgotten after
 *                    an hour
 *   KEY.part/        being written; renamed to KEY when it is whole
 *   KEY.lock         locked by whoever writes KEY.part
 *   KEY.failed       a line for each wake that failed, the reason on it; forgotten after an hour
 *   lock             held shared while a machine opens a folder's files, exclusively to remove one
 *
 * So several runs share the folders without knowing of each other, and a process that is killed
 * leaves at most a part that the next one removes. Least recently used ones go when all together
 * pass the ceiling. Called by step/guest. Never starts a machine: machine_save() and
 * machine_spec.wake do.
 */
#ifndef MACHINE_SNAPSHOT_H
#define MACHINE_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Wakes of one key that failed, until it is given up. One that succeeds forgives all. */
#define SNAPSHOT_FAILURES_MAX 2
/* Of all snapshots, unless the environment says otherwise. */
#define SNAPSHOT_MAX_MIB 4096
#define SNAPSHOT_MAX_ENV "HARNESS_SNAPSHOT_MIB"

#define SNAPSHOT_KEY_SIZE   65
#define SNAPSHOT_NONCE_SIZE 33

struct snapshot_about {
	uint32_t session;		 /* of the channel, when it was saved */
	uint64_t boot_us;		 /* what the boot had taken, to hello */
	uint64_t speed_us;		 /* what the agent measured then */
	char nonce[SNAPSHOT_NONCE_SIZE]; /* what the agent was given to keep */
};

/* --- To wake from --- */

struct snapshot {
	char key[SNAPSHOT_KEY_SIZE];
	char *dir;
	struct snapshot_about about;
	bool worked; /* snapshot_worked() was said of it within the hour */
	int lock;    /* -1: not held any more */
};
#define SNAPSHOT_INIT      \
	{                  \
		.lock = -1 \
	}

/*
 * The snapshot of a key, which nobody removes until snapshot_opened(). -ENOENT: there is none;
 * -ENOTSUP: it was given up, err says why; -EBADMSG: it is damaged; -EWOULDBLOCK: it is being
 * removed.
 */
int snapshot_open(const char *key, struct snapshot *ret, struct err *err);
/* The machine has opened the files: the folder may go. */
void snapshot_opened(struct snapshot *s);
void snapshot_worked(struct snapshot *s);
/* The wake failed where a boot did not: the folder is removed and the failure remembered. */
void snapshot_failed(const char *key, const char *reason);
void snapshot_release(struct snapshot *s);

/* --- To save into --- */

struct snapshot_part {
	char key[SNAPSHOT_KEY_SIZE];
	char *dir; /* machine_save() writes its files there */
	int lock;
};
#define SNAPSHOT_PART_INIT \
	{                  \
		.lock = -1 \
	}

/* -EEXIST: there is one; -EBUSY: another process writes it; -ENOTSUP: given up; -ENOSPC. */
int snapshot_begin(const char *key, struct snapshot_part *ret, struct err *err);
/* The part becomes the snapshot; then the least recently used others make room. */
int snapshot_commit(struct snapshot_part *p, const struct snapshot_about *about, struct err *err);
/* Removes what was not committed. */
void snapshot_part_release(struct snapshot_part *p);

/* SHA-256 of a file, remembered as long as the file is untouched. */
int snapshot_file_hash(const char *path, char ret_hex[65], struct err *err);

#endif
