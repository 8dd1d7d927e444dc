/* SPDX-License-Identifier: MIT */
/*
 * store_db: the database under a run folder: opening, checking, prepared statements, errors.
 *
 * Owns the connection and the lock that tells readers that a writer lives. Called by store*.c
 * alone. Never knows what a record means.
 */
#ifndef STORE_STORE_DB_H
#define STORE_STORE_DB_H

#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * 1: a case had one result.
 * 2: a result is an attempt at a case; table expected.
 * Older ones are read as they are and never written to.
 */
#define STORE_SCHEMA	     2
#define STORE_APPLICATION_ID 0x68726e73 /* "hrns" */
#define STORE_BUSY_MS	     10000

/* Ceilings on what one record may hold; what is longer is cut, and says so. */
#define STORE_MAX_NAME	 ((size_t)256)
#define STORE_MAX_REASON ((size_t)4096)
#define STORE_MAX_FACT	 ((size_t)64 << 10)
#define STORE_MAX_EVENT	 ((size_t)64 << 10)
#define STORE_MAX_DETAIL ((size_t)256 << 10)
/* Events kept of one boot; what comes after is counted in the boot's row. */
#define STORE_MAX_EVENTS 10000

enum store_stmt {
	STMT_SET_RUN_FACT,
	STMT_SET_CELL_FACT,
	STMT_SET_BOOT_FACT,
	STMT_GET_RUN_FACT,
	STMT_GET_CELL_FACT,
	STMT_GET_BOOT_FACT,
	STMT_ADD_CELL,
	STMT_ADD_BOOT,
	STMT_BOOT_NUMBER,
	STMT_COUNT_EVENT,
	STMT_COUNT_EVENTS,
	STMT_ADD_EVENT,
	STMT_ADD_RESULT,
	STMT_ADD_METRIC,
	STMT_ADD_EXPECTED,
	STMT_BEGIN_WRITE,
	STMT_BEGIN_READ,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_EACH_RUN_FACT,
	STMT_EACH_CELL_FACT,
	STMT_EACH_BOOT_FACT,
	STMT_EACH_CELL,
	STMT_EACH_BOOT,
	STMT_EACH_EVENT,
	STMT_EACH_RESULT,
	STMT_EACH_CASE,
	STMT_CASE,
	STMT_COUNT_PASSES,
	STMT_LAST_RESULT,
	STMT_LAST_ATTEMPT,
	STMT_EACH_ATTEMPT,
	STMT_TELLING_ATTEMPT,
	STMT_EACH_METRIC,
	STMT_EACH_EXPECTED,
	STMT_DETAIL,
	STMT_LAST_TIME,
	STMT_COUNT
};

struct store {
	sqlite3 *db;
	char *dir;
	bool writable;
	int schema;	   /* of the database as it was found */
	int lock_fd;	   /* read lock held by every writer; -1: none */
	pid_t owner;	   /* a connection is of no use on the other side of a fork */
	uint64_t zero_us;  /* now_us() when the run began */
	uint64_t fixed_us; /* what records are stamped with; STORE_CLOCK: the time */
	sqlite3_stmt *stmt[STMT_COUNT];
};

int store_db_create(struct store *s, struct err *err);
int store_db_open(struct store *s, struct err *err);
void store_db_close(struct store *s);

/* The SQLite error of the connection as -errno, with "what" and the folder in the text. */
int store_db_error(struct store *s, int rc, const char *what, struct err *err);
/*
 * Ready a statement with its parameters: 'i' int64_t, 'd' double, 't' const char * (or NULL) and
 * size_t ceiling. Ends with sqlite3_reset() by the caller (store_db_run does).
 */
int store_db_bind(struct store *s, enum store_stmt id, sqlite3_stmt **ret_stmt, struct err *err,
		  const char *fmt, ...);
/* Step a statement to the row that it always has: 0, and the caller reads it and resets; or an
 * error, and it is reset. */
int store_db_row(struct store *s, sqlite3_stmt *st, const char *what, struct err *err);
/* Bind, step to the end, reset. */
int store_db_run(struct store *s, enum store_stmt id, const char *what, struct err *err,
		 const char *fmt, ...);

#endif
