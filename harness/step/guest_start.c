/* SPDX-License-Identifier: MIT */
/*
 * How a guest comes to life: woken from a snapshot, or booted and then saved for the next one.
 * machine/snapshot.h describes what lies on the disk. Whatever goes wrong with a snapshot costs a
 * boot and is told, never a verdict.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "machine/snapshot.h"
#include "step/guest_priv.h"

/* From waking to the agent's answer, and for each thing asked of it then: a hundredth of that on a
 * healthy host. */
#define WAKE_LIMIT (15 * SEC)
/* A guest that hung after its hello shall not cost its case more than this. */
#define KEEP_LIMIT SEC
#define SAVE_LIMIT (20 * SEC)
/* Of a run. */
#define FAILURES_MAX 3
#define FAILURES     "snapshot.failures"
#define NOTE	     "note.snapshots"

/* --- Shared by the workers of a run --- */

static bool is_off(const struct guest_spec *spec)
{
	_autofree_ char *note = store_get_fact(spec->store, NOTE);

	return note != NULL;
}

/* Past the bound nobody in this run tries again. */
static void count_failure(const struct guest_spec *spec, const char *what)
{
	_autofree_ char *before = store_get_fact(spec->store, FAILURES);
	_autofree_ char *text = NULL, *number = NULL;
	unsigned long n = (before ? strtoul(before, NULL, 10) : 0) + 1;

	number = xasprintf("%lu", n);
	store_set_fact(spec->store, FAILURES, number, NULL);
	if (n < FAILURES_MAX)
		return;
	text = xasprintf("snapshots were switched off after %lu failures, the last: %s", n, what);
	store_set_fact(spec->store, NOTE, text, NULL);
	log_warn("%s", text);
}

static bool has_key(const struct guest_spec *spec, char ret_key[SNAPSHOT_KEY_SIZE],
		    char **ret_why_not)
{
	const struct machine_spec ms = guest_machine_spec(spec);
	struct err err = ERR_INIT;

	if (machine_snapshot_key(spec->loop, &ms, ret_key, &err) == 0)
		return true;
	*ret_why_not = xstrdup(err.text);
	return false;
}

static void random_digits(char *ret, size_t n)
{
	unsigned char bytes[64];

	for (size_t i = 0; i < n; i += 2) {
		if (i / 2 % sizeof(bytes) == 0 &&
		    getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
			abort();
		snprintf(ret + i, 3, "%02x", bytes[i / 2 % sizeof(bytes)]);
	}
}

/* --- Waking --- */

static bool is_up(void *arg)
{
	return chan_is_up(((struct guest *)arg)->chan);
}

static int say_hello(struct guest *g, const struct snapshot *s, double pace, struct err *err)
{
	const char *nonce;
	int r;

	chan_attach(g->chan, s->about.session);
	r = guest_wait(g, is_up, g, deadline_in(WAKE_LIMIT));
	if (r < 0)
		return err_set(err, -r,
			       r == -EPIPE ? "the guest died" : "the agent does not answer");
	nonce = chan_fact(g->chan, "nonce");
	if (!nonce || strcmp(nonce, s->about.nonce) != 0)
		return err_set(err, EBADMSG, "it is not the machine that was saved");
	guest_keep_hello(g, pace, s->about.speed_us);
	return 0;
}

/* What a machine that merely looks awake cannot do: start a program. */
static int try_program(struct guest *g, struct deadline d, struct err *err)
{
	const struct chan_exec exec = {.argv = (char *[]){"/harness/probes", "--version", NULL}};
	int status = 0;
	int r = chan_run(g->chan, &exec, NULL, NULL, &status, d, err);

	if (r == 0 && status != 0)
		r = err_set(err, ENOEXEC, "a program ended with wait status %#x",
			    (unsigned int)status);
	return r;
}

/* Hello, nonce, clock, random numbers; a program, unless another machine woken from here ran one
 * lately; and no crash meanwhile. */
static int check_health(struct guest *g, const struct snapshot *s, double pace, struct err *err)
{
	char entropy[2 * 64 + 1];
	int r = say_hello(g, s, pace, err);

	random_digits(entropy, sizeof(entropy) - 1);
	if (r == 0)
		r = chan_woken(g->chan, wall_us(), entropy, deadline_in(WAKE_LIMIT), err);
	if (r == 0 && !s->worked)
		r = try_program(g, deadline_in(WAKE_LIMIT), err);
	if (r == 0 && g->crashes)
		r = err_set(err, EIO, "it crashed: %s", g->first_crash.title);
	return r;
}

static int wake_from(const struct guest_spec *spec, struct snapshot *s, struct guest **ret_guest,
		     struct err *err)
{
	struct machine_spec ms = guest_machine_spec(spec);
	struct guest *g = NULL;
	int r;

	ms.wake = s->dir;
	r = guest_new(spec, &ms, &g, err);
	snapshot_opened(s);
	if (r == 0)
		r = check_health(g, s, spec->pace, err);
	if (loop_cancelled(spec->loop))
		r = -EINTR;
	if (r < 0) {
		guest_free(g);
		return r;
	}
	guest_fact(g, "start", "wake");
	guest_fact(g, "snapshot", s->key);
	guest_fact_number(g, "booted_us", s->about.boot_us);
	g->booted_us = s->about.boot_us;
	snapshot_worked(s);
	*ret_guest = g;
	return 0;
}

/* -ENOENT: nothing to wake from; -ENOTSUP: given up; -EIO: it failed. err says why. */
static int wake(const struct guest_spec *spec, const char *key, struct guest **ret_guest,
		struct err *err)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;
	int r = snapshot_open(key, &s, err);

	if (r == -ENOENT || r == -EWOULDBLOCK)
		return -ENOENT;
	if (r == 0)
		r = wake_from(spec, &s, ret_guest, err);
	return r == 0 || r == -EINTR || r == -ENOTSUP ? r : -EIO;
}

/* --- Booting and saving --- */

static int save(struct guest *g, const char *key, struct err *err)
{
	_cleanup_(snapshot_part_release) struct snapshot_part part = SNAPSHOT_PART_INIT;
	const char *speed = chan_fact(g->chan, "speed_us");
	struct snapshot_about about = {.session = chan_session(g->chan),
				       .boot_us = g->hello_us,
				       .speed_us = speed ? strtoull(speed, NULL, 10) : 0};
	uint64_t began = now_us();
	struct deadline keep = guest_deadline(g, KEEP_LIMIT);
	int r = snapshot_begin(key, &part, err);

	if (r < 0)
		return r;
	random_digits(about.nonce, SNAPSHOT_NONCE_SIZE - 1);
	/* A machine that cannot start it is not worth keeping, and those woken from one that has
	 * find it in the guest's memory instead of on the disk. */
	r = try_program(g, keep, err);
	if (r == 0)
		r = chan_keep(g->chan, about.nonce, keep, err);
	if (r == 0)
		r = machine_save(g->machine, part.dir, deadline_in(SAVE_LIMIT), err);
	if (r == 0 && (g->crashes || g->crash_began))
		r = err_set(err, EIO, "it crashed");
	if (r == 0)
		r = snapshot_commit(&part, &about, err);
	if (r == 0)
		guest_fact_number(g, "saved_us", now_us() - began);
	return r;
}

/* A boot that cannot be saved is as good as another. */
static void try_save(const struct guest_spec *spec, struct guest *g, const char *key)
{
	struct err err = ERR_INIT;
	int r = save(g, key, &err);

	/* There is one by now, or will be. */
	if (r == 0 || r == -EEXIST || r == -EBUSY)
		return;
	guest_note(g, "not-saved", err.text);
	/* Only what QEMU or the host could not do: the guest's own troubles are its verdict. */
	if (r == -EIO && !g->dead && !g->crashes)
		count_failure(spec, err.text);
}

static int boot(const struct guest_spec *spec, bool may_save, struct guest **ret_guest,
		struct err *err)
{
	struct machine_spec ms = guest_machine_spec(spec);
	struct guest *g = NULL;
	int r;

	ms.may_save = may_save;
	r = guest_new(spec, &ms, &g, err);
	if (r < 0)
		return r;
	r = guest_wait(g, is_up, g, spec->gdb ? DEADLINE_NEVER : deadline_in(spec->boot_limit_us));
	if (r == -EINTR) {
		guest_free(g);
		return err_set(err, EINTR, "interrupted");
	}
	if (r == 0)
		guest_keep_hello(g, spec->pace, 0);
	*ret_guest = g;
	return r;
}

int guest_boot(const struct guest_spec *spec, struct guest **ret_guest, struct err *err)
{
	char key[SNAPSHOT_KEY_SIZE] = "";
	_autofree_ char *why_not = NULL;
	struct err failed = ERR_INIT;
	bool keyed =
		spec->snapshots && !spec->seed && !is_off(spec) && has_key(spec, key, &why_not);
	int woke = keyed ? wake(spec, key, ret_guest, &failed) : -ENOENT;
	int r;

	if (woke == 0)
		return 0;
	if (woke == -EINTR)
		return err_set(err, EINTR, "interrupted");
	r = boot(spec, keyed && woke != -ENOTSUP, ret_guest, err);
	if (r < 0 && r != -EPIPE && r != -ETIMEDOUT)
		return r;
	guest_fact(*ret_guest, "start", "boot");
	if (why_not)
		guest_fact(*ret_guest, "cannot_wake", why_not);
	if (woke != -ENOENT)
		guest_note(*ret_guest, woke == -ENOTSUP ? "cannot-wake" : "wake-failed",
			   failed.text);
	/* Where the boot fails too, the snapshot is not to blame. */
	if (r == 0 && woke == -EIO) {
		snapshot_failed(key, failed.text);
		count_failure(spec, failed.text);
	}
	if (r == 0 && keyed && woke != -ENOTSUP)
		try_save(spec, *ret_guest, key);
	return r;
}
