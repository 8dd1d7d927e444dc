/* SPDX-License-Identifier: MIT */
/* The reference guest, booted once and woken often, in a cache whose snapshots are the test's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "machine/image.h"
#include "machine/snapshot.h"
#include "step/guest.h"
#include "store/store_read.h"

/* A healthy host needs a twentieth of it. */
#define LIMIT (60 * SEC)

static char dir[] = "/tmp/harness-wake-XXXXXX";
static struct loop *loop;
static struct store *store;
static struct image_kernel kernel;
static char *disk;
static struct store_cell cell = {.role = "reference",
				 .kernel = "",
				 .target = "qemu",
				 .profile = "",
				 .lane = "static",
				 .scenario = "test"};
static struct guest *guests[2];

static struct guest *start(unsigned int i)
{
	const struct guest_spec spec = {
		.loop = loop,
		.store = store,
		.cell = cell.id,
		.lane = "static",
		.kernel = kernel.kernel,
		.initrd = kernel.initrd,
		.disk = disk,
		.accel = ACCEL_TCG,
		.pace = 1,
		.boot_limit_us = LIMIT,
		.snapshots = true,
	};
	struct err err = ERR_INIT;

	guest_free(guests[i]);
	guests[i] = NULL;
	if (guest_boot(&spec, &guests[i], &err) < 0)
		fail_msg("%s", err.text);
	return guests[i];
}

/* What a command says in the guest, without its last newline. */
static char *says(struct guest *g, const char *command)
{
	const struct chan_exec exec = {.argv = (char *[]){"/bin/sh", "-c", (char *)command, NULL}};
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4096);
	struct err err = ERR_INIT;

	if (chan_run(g->chan, &exec, &out, NULL, NULL, deadline_in(LIMIT), &err) < 0)
		fail_msg("%s: %s", command, err.text);
	return xstrndup(strbuf_str(&out), strcspn(strbuf_str(&out), "\n"));
}

static void is_woken(struct guest *g, bool woken)
{
	_autofree_ char *how = store_get_boot_fact(store, g->boot, "start");

	assert_string_equal(how, woken ? "wake" : "boot");
	assert_int_equal(g->booted_us > 0, woken);
}

struct search {
	int64_t boot;
	const char *kind, *text;
	bool found;
};

static int on_event(void *arg, const struct store_event_row *e)
{
	struct search *s = arg;

	s->found |= strcmp(e->kind, s->kind) == 0 && strstr(e->text, s->text);
	return 0;
}

static void has_event(struct guest *g, const char *kind, const char *text)
{
	struct search s = {.kind = kind, .text = text};

	assert_int_equal(store_each_event(store, g->boot, on_event, &s, NULL), 0);
	if (!s.found)
		fail_msg("no event %s with \"%s\"", kind, text);
}

static void the_second_is_woken(void **state)
{
	_autofree_ char *left = NULL, *date = NULL, *one = NULL, *two = NULL;
	long long off;

	is_woken(start(0), false);
	free(says(guests[0], "echo first >/written; sync"));
	is_woken(start(0), true);
	/* Without what was done in it after it was saved. */
	left = says(guests[0], "cat /written || echo nothing");
	assert_string_equal(left, "nothing");
	date = says(guests[0], "date +%s");
	off = (long long)(wall_us() / SEC) - strtoll(date, NULL, 10);
	assert_in_range(off + 60, 0, 120);
	/* Two that were woken from there draw other numbers. */
	is_woken(start(1), true);
	one = says(guests[0], "head -c 32 /dev/urandom | od -An -tx1 | tr -d '\\n'");
	two = says(guests[1], "head -c 32 /dev/urandom | od -An -tx1 | tr -d '\\n'");
	assert_string_not_equal(one, two);
}

static void two_at_once_do_not_see_each_other(void **state)
{
	_autofree_ char *one = NULL, *two = NULL;

	is_woken(start(0), true);
	is_woken(start(1), true);
	free(says(guests[0], "echo one >/who; sync"));
	free(says(guests[1], "echo two >/who; sync"));
	one = says(guests[0], "echo 3 >/proc/sys/vm/drop_caches; cat /who");
	two = says(guests[1], "echo 3 >/proc/sys/vm/drop_caches; cat /who");
	assert_string_equal(one, "one");
	assert_string_equal(two, "two");
}

static char *file_of(struct guest *g, const char *name)
{
	_autofree_ char *key = store_get_boot_fact(store, g->boot, "snapshot");

	assert_non_null(key);
	return xasprintf("%s/snapshot/%s/%s", dir, key, name);
}

static void another_nonce_is_a_boot(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
	_autofree_ char *about = NULL;
	char *nonce;

	is_woken(start(0), true);
	about = file_of(guests[0], "about");
	assert_int_equal(file_read(about, &sb, NULL), 0);
	nonce = strstr(sb.buf, "nonce=") + 6;
	*nonce = *nonce == '0' ? '1' : '0';
	assert_int_equal(file_write_atomic(about, sb.buf, sb.len, 0644, NULL), 0);
	is_woken(start(0), false);
	has_event(guests[0], "wake-failed", "not the machine that was saved");
	/* That boot was saved in its place. */
	is_woken(start(0), true);
}

static void damage_is_a_boot(void **state)
{
	static const char zeros[4096];
	_autofree_ char *name = NULL;
	_autoclose_ int fd = -1;

	is_woken(start(0), true);
	name = file_of(guests[0], "state");
	fd = open(name, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, zeros, sizeof(zeros)), sizeof(zeros));
	is_woken(start(0), false);
	has_event(guests[0], "wake-failed", "migration");
	is_woken(start(0), true);
}

/* Third failure of this run: memory that is gone. Nothing is woken or saved any more. */
static void past_the_bound_nothing_is_woken(void **state)
{
	_autofree_ char *ram = NULL, *note = NULL;

	is_woken(start(0), true);
	ram = file_of(guests[0], "ram");
	guest_free(guests[0]);
	guests[0] = NULL;
	assert_int_equal(truncate(ram, 1 << 20), 0);
	is_woken(start(0), false);
	has_event(guests[0], "wake-failed", "not as it was saved");
	note = store_get_fact(store, "note.snapshots");
	assert_non_null(note);
	is_woken(start(0), false);
}

static void link_cache(const char *real, const char *name)
{
	_autofree_ char *from = path_join(real, name), *to = path_join(dir, name);

	assert_int_equal(symlink(from, to), 0);
}

static int setup(void **state)
{
	const char *real = getenv("HARNESS_CACHE") ? getenv("HARNESS_CACHE") : getenv("CACHE");
	_autofree_ char *run = NULL;
	struct err err = ERR_INIT;

	if (!real || !mkdtemp(dir))
		return -1;
	link_cache(real, "image");
	link_cache(real, "reference");
	link_cache(real, "ready");
	setenv("HARNESS_CACHE", dir, 1);
	run = path_join(dir, "run");
	if (loop_new(&loop, &err) < 0 || store_create(run, &store, &err) < 0 ||
	    store_add_cell(store, &cell, &err) < 0 ||
	    image_ready(loop, "static", &disk, &err) < 0 ||
	    image_reference("cloud", &kernel, &err) < 0) {
		print_message("# %s\n", err.text);
		return -1;
	}
	return 0;
}

static int end_guests(void **state)
{
	guest_free(guests[0]);
	guest_free(guests[1]);
	guests[0] = guests[1] = NULL;
	return 0;
}

static int teardown(void **state)
{
	store_close(store);
	loop_free(loop);
	image_kernel_release(&kernel);
	free(disk);
	rm_rf(dir, NULL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_second_is_woken, end_guests),
		cmocka_unit_test_teardown(two_at_once_do_not_see_each_other, end_guests),
		cmocka_unit_test_teardown(another_nonce_is_a_boot, end_guests),
		cmocka_unit_test_teardown(damage_is_a_boot, end_guests),
		cmocka_unit_test_teardown(past_the_bound_nothing_is_woken, end_guests),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
