/* SPDX-License-Identifier: MIT */
#include "store/nameset.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "base/xalloc.h"

struct nameset {
	sqlite3 *db;
	sqlite3_stmt *add;
};

static int failed(struct nameset *s, struct err *err)
{
	return err_set(err, EIO, "cannot keep the names apart: %s", sqlite3_errmsg(s->db));
}

int nameset_new(struct nameset **ret_set, struct err *err)
{
	struct nameset *s = xcalloc(1, sizeof(*s));
	int rc = sqlite3_open("", &s->db);
	int r = 0;

	/* One transaction that never ends: nobody else reads it. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db,
				  "PRAGMA cache_size=-256; PRAGMA journal_mode=OFF;"
				  "PRAGMA synchronous=OFF; BEGIN;"
				  "CREATE TABLE name(name TEXT PRIMARY KEY) WITHOUT ROWID",
				  NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, "INSERT OR IGNORE INTO name VALUES(?)", -1, &s->add,
					NULL);
	if (rc != SQLITE_OK) {
		r = failed(s, err);
		nameset_free(s);
	} else {
		*ret_set = s;
	}
	return r;
}

void nameset_free(struct nameset *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->add);
	sqlite3_close_v2(s->db);
	free(s);
}

int nameset_add(struct nameset *s, const char *name, struct err *err)
{
	int rc = sqlite3_bind_text(s->add, 1, name, -1, SQLITE_STATIC);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s->add);
	sqlite3_reset(s->add);
	if (rc != SQLITE_DONE)
		return failed(s, err);
	return sqlite3_changes(s->db) ? 0 : -EEXIST;
}
