/* SPDX-License-Identifier: MIT */
#include "store/store_db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "store/store.h"

/* Past this size a read does not begin with a check of the whole file. */
#define CHECK_MAX_BYTES ((off_t)64 << 20)

static const char schema[] =
	"CREATE TABLE run_fact(key TEXT PRIMARY KEY, value TEXT NOT NULL, time_us INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE cell(id INTEGER PRIMARY KEY, role TEXT NOT NULL, kernel TEXT NOT NULL,"
	" target TEXT NOT NULL, profile TEXT NOT NULL, lane TEXT NOT NULL, scenario TEXT NOT NULL,"
	" time_us INTEGER NOT NULL) STRICT;"
	"CREATE TABLE cell_fact(cell INTEGER NOT NULL REFERENCES cell, key TEXT NOT NULL,"
	" value TEXT NOT NULL, time_us INTEGER NOT NULL, PRIMARY KEY(cell, key))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE boot(id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell,"
	" number INTEGER NOT NULL, time_us INTEGER NOT NULL, events INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE(cell, number)) STRICT;"
	"CREATE TABLE boot_fact(boot INTEGER NOT NULL REFERENCES boot, key TEXT NOT NULL,"
	" value TEXT NOT NULL, time_us INTEGER NOT NULL, PRIMARY KEY(boot, key))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE event(id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot,"
	" time_us INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT) STRICT;"
	"CREATE INDEX event_boot ON event(boot);"
	"CREATE TABLE result(id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell,"
	" boot INTEGER REFERENCES boot, name TEXT NOT NULL, attempt INTEGER NOT NULL,"
	" retry INTEGER NOT NULL, verdict TEXT NOT NULL, reason TEXT,"
	" detail TEXT, fingerprint TEXT, begin_us INTEGER NOT NULL, end_us INTEGER NOT NULL,"
	" console_from INTEGER NOT NULL, console_to INTEGER NOT NULL,"
	" UNIQUE(cell, name, attempt)) STRICT;"
	"CREATE TABLE expected(id INTEGER PRIMARY KEY, role TEXT NOT NULL, file TEXT NOT NULL,"
	" line INTEGER NOT NULL, name TEXT NOT NULL, scenario TEXT, lane TEXT,"
	" verdicts TEXT NOT NULL, owner TEXT NOT NULL, reason TEXT NOT NULL, issue TEXT NOT NULL,"
	" expires TEXT NOT NULL) STRICT;"
	"CREATE TABLE metric(id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell,"
	" time_us INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL, unit TEXT) STRICT;"
	"CREATE INDEX metric_cell ON metric(cell);";

/*
 * What is read through, whatever the schema: the tables of an older one as if they were of this
 * one. A view in memory, of this connection alone.
 */
#define RESULT_COLUMNS                                                                      \
	" verdict, reason, detail, fingerprint, begin_us, end_us, console_from, console_to" \
	" FROM main.result;"
static const char *const views[STORE_SCHEMA + 1] = {
	[1] = "CREATE TEMP VIEW results AS SELECT id, cell, boot, name, 1 AS attempt, 0 AS "
	      "retry," RESULT_COLUMNS
	      "CREATE TEMP VIEW expectations AS SELECT 0 AS id, '' AS role, '' AS file, 0 AS line,"
	      " '' AS name, '' AS scenario, '' AS lane, '' AS verdicts, '' AS owner, '' AS reason,"
	      " '' AS issue, '' AS expires WHERE 0;",
	[2] = "CREATE TEMP VIEW results AS SELECT id, cell, boot, name, attempt, "
	      "retry," RESULT_COLUMNS
	      "CREATE TEMP VIEW expectations AS SELECT * FROM main.expected;",
};

#define RESULT_ROW_OF                                                             \
	"SELECT id, cell, coalesce(boot, 0), name, verdict, reason, fingerprint," \
	" begin_us, end_us, console_from, console_to, detail IS NOT NULL,"        \
	" attempt, retry FROM results AS r WHERE"
#define RESULT_ROW RESULT_ROW_OF " cell=?1"

/* The table from the cell's first row to its last, as it lies: what is sorted is in memory. */
#define AS_IT_LIES                                     \
	" +cell=?1 AND id BETWEEN"                     \
	" (SELECT min(id) FROM results WHERE cell=?1)" \
	" AND (SELECT max(id) FROM results WHERE cell=?1)"

static const char *const sql[STMT_COUNT] = {
	[STMT_SET_RUN_FACT] = "INSERT OR REPLACE INTO run_fact(key, value, time_us) VALUES(?,?,?)",
	[STMT_SET_CELL_FACT] = "INSERT OR REPLACE INTO cell_fact(cell, key, value, time_us)"
			       " VALUES(?,?,?,?)",
	[STMT_SET_BOOT_FACT] = "INSERT OR REPLACE INTO boot_fact(boot, key, value, time_us)"
			       " VALUES(?,?,?,?)",
	[STMT_GET_RUN_FACT] = "SELECT value FROM run_fact WHERE key=?",
	[STMT_GET_CELL_FACT] = "SELECT value FROM cell_fact WHERE cell=? AND key=?",
	[STMT_GET_BOOT_FACT] = "SELECT value FROM boot_fact WHERE boot=? AND key=?",
	[STMT_ADD_CELL] = "INSERT INTO cell(role, kernel, target, profile, lane, scenario, time_us)"
			  " VALUES(?,?,?,?,?,?,?)",
	[STMT_ADD_BOOT] = "INSERT INTO boot(cell, number, time_us) SELECT ?1,"
			  " 1 + coalesce((SELECT max(number) FROM boot WHERE cell=?1), 0), ?2",
	[STMT_BOOT_NUMBER] = "SELECT cell, number FROM boot WHERE id=?",
	[STMT_COUNT_EVENT] = "UPDATE boot SET events = events + 1 WHERE id=? RETURNING events",
	[STMT_COUNT_EVENTS] = "UPDATE boot SET events = events + ?2 WHERE id=?1",
	[STMT_ADD_EVENT] = "INSERT INTO event(boot, time_us, kind, text) VALUES(?,?,?,?)",
	[STMT_ADD_RESULT] = "INSERT INTO result(cell, boot, name, attempt, retry, verdict, reason,"
			    " detail, fingerprint, begin_us, end_us, console_from, console_to)"
			    " VALUES(?,nullif(?,0),?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_ADD_METRIC] =
		"INSERT INTO metric(cell, time_us, name, value, unit) VALUES(?,?,?,?,?)",
	[STMT_ADD_EXPECTED] = "INSERT INTO expected(role, file, line, name, scenario, lane,"
			      " verdicts, owner, reason, issue, expires)"
			      " VALUES(?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_EACH_EXPECTED] = "SELECT role, file, line, name, scenario, lane, verdicts, owner,"
			       " reason, issue, expires FROM expectations ORDER BY id",
	[STMT_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[STMT_BEGIN_READ] = "BEGIN",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_EACH_RUN_FACT] = "SELECT key, value, time_us FROM run_fact ORDER BY key",
	[STMT_EACH_CELL_FACT] =
		"SELECT key, value, time_us FROM cell_fact WHERE cell=? ORDER BY key",
	[STMT_EACH_BOOT_FACT] =
		"SELECT key, value, time_us FROM boot_fact WHERE boot=? ORDER BY key",
	[STMT_EACH_CELL] = "SELECT id, role, kernel, target, profile, lane, scenario, time_us"
			   " FROM cell ORDER BY id",
	[STMT_EACH_BOOT] = "SELECT id, cell, number, time_us, events,"
			   " max(time_us, coalesce((SELECT max(time_us) FROM event"
			   " WHERE boot=boot.id), 0), coalesce((SELECT max(time_us) FROM boot_fact"
			   " WHERE boot=boot.id), 0)) FROM boot WHERE cell=? ORDER BY number",
	[STMT_EACH_EVENT] =
		"SELECT id, boot, time_us, kind, text FROM event WHERE boot=? ORDER BY id",
	[STMT_EACH_RESULT] = RESULT_ROW_OF AS_IT_LIES " ORDER BY id",
	/* Where it was recorded first. Of many attempts the first one ends the search at once. */
	[STMT_EACH_CASE] = "SELECT name FROM results AS r WHERE" AS_IT_LIES
			   " AND NOT EXISTS(SELECT 1 FROM results WHERE cell=?1"
			   " AND name=r.name AND id<r.id) ORDER BY id",
	[STMT_CASE] = "SELECT count(*), sum(verdict='pass'), sum(verdict='skip'),"
		      " sum(verdict='xfail'), sum(verdict='xpass'), sum(verdict='fail'),"
		      " sum(verdict='timeout'), sum(verdict='crash'), sum(verdict='lost'),"
		      " min(begin_us), max(end_us),"
		      " sum(retry=0 AND verdict IN ('fail','timeout','crash')),"
		      " sum(retry=0 AND verdict='pass')"
		      " FROM results WHERE cell=? AND name=?",
	[STMT_COUNT_PASSES] = "SELECT count(*), coalesce(sum(verdict='pass'), 0)"
			      " FROM results WHERE cell=? AND name=?",
	[STMT_LAST_RESULT] = "SELECT coalesce(max(id), 0) FROM result",
	[STMT_LAST_ATTEMPT] = "SELECT coalesce(max(attempt), 0) FROM results"
			      " WHERE cell=? AND name=? AND id<=?",
	[STMT_EACH_ATTEMPT] = RESULT_ROW " AND name=?2 ORDER BY attempt",
	[STMT_TELLING_ATTEMPT] =
		RESULT_ROW " AND name=?2 ORDER BY verdict=?3 DESC, attempt LIMIT 1",
	[STMT_EACH_METRIC] =
		"SELECT time_us, name, value, unit FROM metric WHERE cell=? ORDER BY id",
	[STMT_LAST_TIME] = "SELECT max(coalesce((SELECT max(time_us) FROM run_fact), 0),"
			   " coalesce((SELECT max(time_us) FROM boot), 0),"
			   " coalesce((SELECT max(end_us) FROM result), 0),"
			   " coalesce((SELECT time_us FROM event ORDER BY id DESC LIMIT 1), 0))",
	[STMT_DETAIL] = "SELECT detail FROM result WHERE id=?",
};

/* SQLite tells the errno of a failed open, not always that of a failed write. */
static int system_errno(struct store *s)
{
	int last = errno;
	int sys = s->db ? sqlite3_system_errno(s->db) : 0;

	if (!sys && (last == EFBIG || last == ENOSPC || last == EDQUOT || last == EROFS))
		sys = last;
	return sys;
}

static int error_code(struct store *s, int rc)
{
	int sys = system_errno(s);

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_IOERR:
		return sys ? sys : EIO;
	case SQLITE_CANTOPEN:
		return sys ? sys : EACCES;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_CONSTRAINT:
		return (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
			       ? EEXIST
			       : EINVAL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
	case SQLITE_ERROR:
		return EBADMSG;
	case SQLITE_NOMEM:
		return ENOMEM;
	default:
		return EIO;
	}
}

int store_db_error(struct store *s, int rc, const char *what, struct err *err)
{
	int code = error_code(s, rc);
	const char *words = s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc);

	if (code == EBADMSG)
		return err_set(err, code, "%s/run.db is damaged or not a run: %s: %s", s->dir, what,
			       words);
	if (code == EBUSY)
		return err_set(err, code, "%s/run.db was locked by another process for %d s: %s",
			       s->dir, STORE_BUSY_MS / 1000, what);
	if (code == EEXIST || code == EINVAL)
		return err_set(err, code, "%s: %s", what, words);
	return err_errno(err, code, "%s/run.db: %s: %s", s->dir, what, words);
}

/* A text past its ceiling: the head of it, and how much is missing. */
static char *clip(const char *text, size_t len, size_t max)
{
	char note[64];
	int n = snprintf(note, sizeof(note), " [%zu bytes cut]", len - max);
	char *clipped = xmalloc(max + (size_t)n + 1);

	memcpy(clipped, text, max);
	memcpy(clipped + max, note, (size_t)n + 1);
	return clipped;
}

static int bind_text(sqlite3_stmt *st, int i, const char *text, size_t max)
{
	size_t len;

	if (!text)
		return sqlite3_bind_null(st, i);
	len = strlen(text);
	if (len > max)
		return sqlite3_bind_text(st, i, clip(text, len, max), -1, free);
	return sqlite3_bind_text(st, i, text, (int)len, SQLITE_TRANSIENT);
}

static int bind_all(sqlite3_stmt *st, const char *fmt, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *fmt && rc == SQLITE_OK; fmt++, i++) {
		if (*fmt == 'i') {
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
		} else if (*fmt == 'd') {
			rc = sqlite3_bind_double(st, i, va_arg(ap, double));
		} else {
			const char *text = va_arg(ap, const char *);

			rc = bind_text(st, i, text, va_arg(ap, size_t));
		}
	}
	return rc;
}

static int bind_v(struct store *s, enum store_stmt id, sqlite3_stmt **ret_stmt, struct err *err,
		  const char *fmt, va_list ap)
{
	int rc = SQLITE_OK;

	if (s->owner != getpid())
		return err_set(err, EINVAL,
			       "%s: opened by another process; open it again after a"
			       " fork",
			       s->dir);
	if (!s->stmt[id])
		rc = sqlite3_prepare_v3(s->db, sql[id], -1, SQLITE_PREPARE_PERSISTENT, &s->stmt[id],
					NULL);
	if (rc == SQLITE_OK)
		rc = bind_all(s->stmt[id], fmt, ap);
	if (rc != SQLITE_OK)
		return store_db_error(s, rc, "cannot prepare a statement", err);
	*ret_stmt = s->stmt[id];
	return 0;
}

int store_db_bind(struct store *s, enum store_stmt id, sqlite3_stmt **ret_stmt, struct err *err,
		  const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = bind_v(s, id, ret_stmt, err, fmt, ap);
	va_end(ap);
	return r;
}

int store_db_run(struct store *s, enum store_stmt id, const char *what, struct err *err,
		 const char *fmt, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc, r;

	va_start(ap, fmt);
	r = bind_v(s, id, &st, err, fmt, ap);
	va_end(ap);
	if (r < 0)
		return r;
	errno = 0;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		;
	if (rc != SQLITE_DONE)
		r = store_db_error(s, rc, what, err);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return r;
}

int store_db_row(struct store *s, sqlite3_stmt *st, const char *what, struct err *err)
{
	int rc = sqlite3_step(st), r;

	if (rc == SQLITE_ROW)
		return 0;
	r = store_db_error(s, rc, what, err);
	sqlite3_reset(st);
	return r;
}

static int exec(struct store *s, const char *text, const char *what, struct err *err)
{
	int rc = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : store_db_error(s, rc, what, err);
}

static int query_int(struct store *s, const char *text, int64_t *ret_value, struct err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, text, -1, &st, NULL);
	int r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*ret_value = sqlite3_column_int64(st, 0);
	else
		r = store_db_error(s, rc, "cannot read it", err);
	sqlite3_finalize(st);
	return r;
}

/* Small caches: a worker's memory belongs to the guest's evidence, not to ours. */
static int connect_db(struct store *s, const char *name, int flags, struct err *err)
{
	int rc;

	sqlite3_close_v2(s->db);
	s->db = NULL;
	rc = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
			     NULL);
	if (rc != SQLITE_OK)
		return store_db_error(s, rc, "cannot open", err);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return exec(s,
		    "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL;"
		    "PRAGMA cache_size=-256; PRAGMA temp_store=MEMORY",
		    "cannot set it up", err);
}

/*
 * On a medium that cannot be written to: without locks and without a shared index. Such a read does
 * not see what still lies in the write-ahead log, so there may be none.
 */
static int connect_immutable(struct store *s, const char *path, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf uri = STRBUF_INIT(4 * PATH_MAX);
	_autofree_ char *wal = xasprintf("%s-wal", path);
	struct stat st;

	if (stat(wal, &st) == 0 && st.st_size > 0)
		return err_set(err, EROFS,
			       "%s was not closed and its last records cannot be recovered where"
			       " nothing can be written: copy the folder and read the copy",
			       s->dir);
	strbuf_addstr(&uri, "file:");
	for (const char *p = path; *p; p++)
		strbuf_addf(&uri, strchr("?#%", *p) ? "%%%02x" : "%c", (unsigned char)*p);
	strbuf_addstr(&uri, "?immutable=1");
	return connect_db(s, strbuf_str(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
}

/* Every writer holds a read lock; the kernel drops it however the writer ends. */
static int lock_writer(struct store *s, struct err *err)
{
	_autofree_ char *path = path_join(s->dir, "run.lock");
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->lock_fd < 0 || fcntl(s->lock_fd, F_OFD_SETLK, &lock) < 0)
		return err_errno(err, errno, "cannot lock %s", path);
	return 0;
}

bool store_has_writer(const char *dir)
{
	_autofree_ char *path = path_join(dir, "run.lock");
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return false;
	return lock.l_type != F_UNLCK;
}

int store_db_create(struct store *s, struct err *err)
{
	_autofree_ char *path = path_join(s->dir, "run.db");
	_autofree_ char *stamps =
		xasprintf("PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
			  STORE_APPLICATION_ID, STORE_SCHEMA);
	int r = lock_writer(s, err);

	if (r == 0)
		r = connect_db(s, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
	if (r == 0)
		r = exec(s, "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE", "cannot begin", err);
	if (r == 0)
		r = exec(s, schema, "cannot make the tables", err);
	if (r == 0)
		r = exec(s, stamps, "cannot make the tables", err);
	if (r == 0)
		r = exec(s, views[STORE_SCHEMA], "cannot make the views", err);
	return r;
}

static int check_schema(struct store *s, struct err *err)
{
	int64_t application = 0, version = 0;
	int r = query_int(s, "PRAGMA application_id", &application, err);

	if (r == 0)
		r = query_int(s, "PRAGMA user_version", &version, err);
	if (r < 0)
		return r;
	if (application != STORE_APPLICATION_ID || version < 1)
		return err_set(
			err, EBADMSG,
			"%s/run.db is not a run: it was cut before it began, or another program"
			" wrote it",
			s->dir);
	if (version > STORE_SCHEMA)
		return err_set(
			err, ENOTSUP,
			"%s/run.db has schema %lld, this harness knows up to %d: read it with"
			" the harness that wrote it, or a newer one",
			s->dir, (long long)version, STORE_SCHEMA);
	if (version < STORE_SCHEMA && s->writable)
		return err_set(
			err, ENOTSUP,
			"%s/run.db has schema %lld of an older harness: it can be read, not gone on"
			" with",
			s->dir, (long long)version);
	s->schema = (int)version;
	return 0;
}

static int check_whole(struct store *s, struct err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &st, NULL);
	const char *words = NULL;
	int r = 0;

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		words = (const char *)sqlite3_column_text(st, 0);
	if (!words)
		r = store_db_error(s, rc, "cannot check it", err);
	else if (strcmp(words, "ok") != 0)
		r = err_set(err, EBADMSG, "%s/run.db is damaged: %s", s->dir, words);
	sqlite3_finalize(st);
	return r;
}

static int connect_existing(struct store *s, const char *path, struct err *err)
{
	struct err first = ERR_INIT;
	int r = connect_db(s, path, SQLITE_OPEN_READWRITE, &first);

	if (r == 0)
		r = check_schema(s, &first);
	/* Where nothing can be written, the index beside the log cannot be made. */
	if (!s->writable && (r == -EROFS || r == -EACCES || r == -ENOENT)) {
		r = connect_immutable(s, path, err);
		return r < 0 ? r : check_schema(s, err);
	}
	if (r < 0 && err)
		*err = first;
	return r;
}

/* Of a run that was cut before it began there is the writer's lock. */
static int no_database(const struct store *s, int code, struct err *err)
{
	_autofree_ char *lock = path_join(s->dir, "run.lock");

	if (code != ENOENT && code != ENOTDIR)
		return err_errno(err, code, "cannot read %s/run.db", s->dir);
	err_set(err, code, "%s is not a run folder: no run.db in it", s->dir);
	if (err && !file_exists(lock))
		err->kind = ERR_USAGE;
	return -code;
}

int store_db_open(struct store *s, struct err *err)
{
	_autofree_ char *path = path_join(s->dir, "run.db");
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return no_database(s, errno, err);
	if (!S_ISREG(st.st_mode))
		return err_set(err, EBADMSG, "%s is not a regular file", path);
	r = connect_existing(s, path, err);
	if (r == 0 && st.st_size <= CHECK_MAX_BYTES)
		r = check_whole(s, err);
	if (r == 0)
		r = exec(s, views[s->schema], "cannot make the views", err);
	if (r == 0 && s->writable)
		r = lock_writer(s, err);
	if (r == 0 && !s->writable)
		r = exec(s, "PRAGMA query_only=ON", "cannot set it up", err);
	return r;
}

void store_db_close(struct store *s)
{
	/* On the other side of a fork the connection is the parent's: leave its files alone. */
	if (s->db && s->owner == getpid()) {
		for (int i = 0; i < STMT_COUNT; i++)
			sqlite3_finalize(s->stmt[i]);
		sqlite3_close_v2(s->db);
	}
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	s->db = NULL;
	s->lock_fd = -1;
}
