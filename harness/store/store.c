/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "store/store_db.h"
#include "store/store_read.h"

/* Identity of this boot of the host: monotonic times of one are worth nothing in another. */
static void host_boot_id(char *buf, size_t n)
{
	_autoclose_ int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, buf, n - 1);

	buf[got > 0 ? got : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

static struct store *new_store(const char *dir, bool writable)
{
	struct store *s = xcalloc(1, sizeof(*s));

	s->dir = xstrdup(dir);
	s->writable = writable;
	s->lock_fd = -1;
	s->fixed_us = STORE_CLOCK;
	s->owner = getpid();
	return s;
}

static int set_fact_u64(struct store *s, const char *key, uint64_t value, struct err *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return store_set_fact(s, key, text, err);
}

static uint64_t fact_u64(struct store *s, const char *key)
{
	_autofree_ char *text = store_get_fact(s, key);

	return text ? strtoull(text, NULL, 10) : 0;
}

static int begin_clock(struct store *s, struct err *err)
{
	uint64_t wall;
	char id[64];
	int r;

	s->zero_us = now_us();
	wall = wall_us();
	host_boot_id(id, sizeof(id));
	r = store_set_fact(s, "begin.boot_id", id, err);
	if (r == 0)
		r = set_fact_u64(s, "begin.monotonic_us", s->zero_us, err);
	if (r == 0)
		r = set_fact_u64(s, "begin.wall_us", wall, err);
	return r;
}

static uint64_t last_time(struct store *s)
{
	sqlite3_stmt *st;
	uint64_t last = 0;

	if (store_db_bind(s, STMT_LAST_TIME, &st, NULL, "") < 0)
		return 0;
	if (sqlite3_step(st) == SQLITE_ROW)
		last = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return last;
}

/*
 * A run resumed after the host rebooted goes on by the wall clock, but never back to before what it
 * has recorded: wall clocks are set.
 */
static void resume_clock(struct store *s)
{
	_autofree_ char *then = store_get_fact(s, "begin.boot_id");
	char id[64];

	host_boot_id(id, sizeof(id));
	if (then && strcmp(then, id) == 0) {
		s->zero_us = fact_u64(s, "begin.monotonic_us");
	} else {
		uint64_t begin = fact_u64(s, "begin.wall_us"), wall = wall_us();
		uint64_t passed = wall > begin ? wall - begin : 0, last = last_time(s);

		s->zero_us = now_us() - (passed > last ? passed : last);
	}
}

static int check_empty(const char *dir, struct err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int r = 0;

	if (!d)
		return err_errno(err, errno, "cannot read %s", dir);
	while (r == 0 && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = err_set(err, EEXIST, "%s is not empty: a run needs a folder of its own",
				    dir);
	closedir(d);
	return r;
}

int store_create(const char *dir, struct store **ret_store, struct err *err)
{
	struct store *s;
	int r = mkdir_p(dir, err);

	if (r == 0)
		r = check_empty(dir, err);
	if (r < 0)
		return r;
	s = new_store(dir, true);
	r = store_db_create(s, err);
	if (r == 0)
		r = begin_clock(s, err);
	if (r == 0)
		r = store_set_fact(s, "state", "running", err);
	if (r < 0)
		store_close(s);
	else
		*ret_store = s;
	return r;
}

int store_open(const char *dir, bool writable, struct store **ret_store, struct err *err)
{
	struct store *s = new_store(dir, writable);
	int r = store_db_open(s, err);

	if (r < 0) {
		store_close(s);
		return r;
	}
	resume_clock(s);
	*ret_store = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_db_close(s);
	free(s->dir);
	free(s);
}

const char *store_dir(const struct store *s)
{
	return s->dir;
}

uint64_t store_now(const struct store *s)
{
	return now_us() - s->zero_us;
}

void store_set_clock(struct store *s, uint64_t time_us)
{
	s->fixed_us = time_us;
}

static int64_t stamp(const struct store *s)
{
	return (int64_t)(s->fixed_us == STORE_CLOCK ? store_now(s) : s->fixed_us);
}

int store_set_fact(struct store *s, const char *key, const char *value, struct err *err)
{
	return store_db_run(s, STMT_SET_RUN_FACT, "cannot record a fact of the run", err, "tti",
			    key, STORE_MAX_NAME, value ? value : "", STORE_MAX_FACT, stamp(s));
}

char *store_get_fact(struct store *s, const char *key)
{
	sqlite3_stmt *st;
	char *value = NULL;

	if (store_db_bind(s, STMT_GET_RUN_FACT, &st, NULL, "t", key, STORE_MAX_NAME) < 0)
		return NULL;
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0))
		value = xstrdup((const char *)sqlite3_column_text(st, 0));
	sqlite3_reset(st);
	return value;
}

int store_add_cell(struct store *s, struct store_cell *cell, struct err *err)
{
	int r = store_db_run(s, STMT_ADD_CELL, "cannot record a cell", err, "tttttti", cell->role,
			     STORE_MAX_NAME, cell->kernel, STORE_MAX_REASON, cell->target,
			     STORE_MAX_NAME, cell->profile, STORE_MAX_NAME, cell->lane,
			     STORE_MAX_NAME, cell->scenario, STORE_MAX_NAME, stamp(s));

	if (r == 0)
		cell->id = sqlite3_last_insert_rowid(s->db);
	return r;
}

int store_set_cell_fact(struct store *s, int64_t cell, const char *key, const char *value,
			struct err *err)
{
	return store_db_run(s, STMT_SET_CELL_FACT, "cannot record a fact of a cell", err, "itti",
			    cell, key, STORE_MAX_NAME, value ? value : "", STORE_MAX_FACT,
			    stamp(s));
}

char *store_boot_dir(const struct store *s, int64_t cell, int64_t number)
{
	return xasprintf("%s/cells/%" PRId64 "/boot%" PRId64, s->dir, cell, number);
}

static int boot_number(struct store *s, int64_t boot, int64_t *ret_number, struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, STMT_BOOT_NUMBER, &st, err, "i", boot);
	int rc;

	if (r < 0)
		return r;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*ret_number = sqlite3_column_int64(st, 1);
	else
		r = store_db_error(s, rc, "cannot read a boot back", err);
	sqlite3_reset(st);
	return r;
}

int store_add_boot(struct store *s, int64_t cell, int64_t *ret_boot, char **ret_dir,
		   struct err *err)
{
	_autofree_ char *dir = NULL;
	int64_t boot, number = 0;
	int r = store_db_run(s, STMT_ADD_BOOT, "cannot record a boot", err, "ii", cell, stamp(s));

	if (r < 0)
		return r;
	boot = sqlite3_last_insert_rowid(s->db);
	r = boot_number(s, boot, &number, err);
	if (r < 0)
		return r;
	dir = store_boot_dir(s, cell, number);
	r = mkdir_p(dir, err);
	if (r < 0)
		return r;
	*ret_boot = boot;
	*ret_dir = TAKE(dir);
	return 0;
}

int store_set_boot_fact(struct store *s, int64_t boot, const char *key, const char *value,
			struct err *err)
{
	return store_db_run(s, STMT_SET_BOOT_FACT, "cannot record a fact of a boot", err, "itti",
			    boot, key, STORE_MAX_NAME, value ? value : "", STORE_MAX_FACT,
			    stamp(s));
}

/* How many events this boot has seen, this one included; -errno. */
static int64_t count_event(struct store *s, int64_t boot, struct err *err)
{
	sqlite3_stmt *st;
	int64_t n = store_db_bind(s, STMT_COUNT_EVENT, &st, err, "i", boot);
	int rc;

	if (n < 0)
		return n;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	else if (rc == SQLITE_DONE)
		n = err_set(err, EINVAL, "cannot record an event: there is no boot %" PRId64, boot);
	else
		n = store_db_error(s, rc, "cannot record an event", err);
	sqlite3_reset(st);
	return n;
}

static int add_event(struct store *s, int64_t boot, const char *kind, const char *text,
		     struct err *err)
{
	int64_t n = count_event(s, boot, err);

	if (n < 0)
		return (int)n;
	if (n > STORE_MAX_EVENTS)
		return 0;
	return store_db_run(s, STMT_ADD_EVENT, "cannot record an event", err, "iitt", boot,
			    stamp(s), kind, STORE_MAX_NAME, text, STORE_MAX_EVENT);
}

int store_add_event(struct store *s, int64_t boot, const char *kind, const char *text,
		    struct err *err)
{
	int r = store_db_run(s, STMT_BEGIN_WRITE, "cannot record an event", err, "");

	if (r < 0)
		return r;
	r = add_event(s, boot, kind, text, err);
	if (r == 0)
		r = store_db_run(s, STMT_COMMIT, "cannot record an event", err, "");
	if (r < 0 && !sqlite3_get_autocommit(s->db))
		store_db_run(s, STMT_ROLLBACK, "cannot take an event back", NULL, "");
	return r;
}

int store_count_events(struct store *s, int64_t boot, uint64_t n, struct err *err)
{
	return store_db_run(s, STMT_COUNT_EVENTS, "cannot count events", err, "ii", boot,
			    (int64_t)n);
}

int store_add_result(struct store *s, const struct store_result *r, struct err *err)
{
	unsigned int attempt = r->attempt ? r->attempt : 1;
	int rc;

	if (!r->name || (unsigned int)r->verdict >= VERDICT_COUNT)
		return err_set(err, EINVAL, "a result needs a name and a verdict");
	rc = store_db_run(s, STMT_ADD_RESULT, "cannot record a result", err, "iitiittttiiii",
			  r->cell, r->boot, r->name, STORE_MAX_NAME, (int64_t)attempt,
			  (int64_t)r->retry, verdict_name(r->verdict), STORE_MAX_NAME, r->reason,
			  STORE_MAX_REASON, r->detail, STORE_MAX_DETAIL, r->fingerprint,
			  STORE_MAX_NAME, (int64_t)r->begin_us, (int64_t)r->end_us,
			  (int64_t)r->console_from, (int64_t)r->console_to);
	if (rc == -EEXIST)
		return err_set(err, EEXIST,
			       "cell %" PRId64 " has a result \"%s\" (attempt %u) already", r->cell,
			       r->name, attempt);
	return rc;
}

int store_add_metric(struct store *s, int64_t cell, const char *name, double value,
		     const char *unit, struct err *err)
{
	return store_db_run(s, STMT_ADD_METRIC, "cannot record a metric", err, "iitdt", cell,
			    stamp(s), name, STORE_MAX_NAME, value, unit, STORE_MAX_NAME);
}
