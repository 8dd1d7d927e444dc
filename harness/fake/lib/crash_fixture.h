/* SPDX-License-Identifier: MIT */
/*
 * crash_fixture: console texts with what is to be found in them, harness/diagnose/fixtures/.
 *
 * Owns the texts. Called by tests only (cmocka's assertions are in it). A file is
 *
 *   TITLE:       begins an expected crash; a file without one expects none
 *   CLASS: OS: PID: IP: STAMP: CORRUPTED: FINGERPRINT: of that crash
 *   FRAMES: ALSO:  separated by |, - for none
 *   (empty line)
 *   the text; \e \r \n \xHH and \\ stand for those bytes, a \ at the end of a line for no newline
 */
#ifndef FAKE_CRASH_FIXTURE_H
#define FAKE_CRASH_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "diagnose/crash.h"

#define CRASH_WANTS_MAX 6

struct crash_want {
	char title[CRASH_TITLE_MAX + 1];
	char class[16], os[16], corrupted[8], fingerprint[17];
	char frames[CRASH_FRAMES * 100], also[CRASH_ALSO * 130];
	long pid;
	uint64_t ip, stamp;
	bool has_pid, has_ip, has_stamp;
};

struct crash_fixture {
	char *name;
	struct crash_want wants[CRASH_WANTS_MAX];
	size_t n_wants;
	struct strbuf text;
};

/* Set-up and tear-down of a group of tests. */
int crash_fixtures_read(void **state);
int crash_fixtures_release(void **state);

/* How many there are, sorted by name; they stay ours. */
size_t crash_fixtures(struct crash_fixture **ret_fixtures);

/* Feed text, so many bytes at a time, to a scanner without that row (SIZE_MAX: with all): is what
   comes out not what the fixture wants? Then crash_fixture_why() says what. */
bool crash_fixture_fails(const struct crash_fixture *f, const struct strbuf *text, size_t step,
			 size_t without);
const char *crash_fixture_why(void);

#endif
