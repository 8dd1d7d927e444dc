/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: a run that somebody hands in. Input that begins with a brace is a JSON report;
 * other input is written over the database of a run folder, three bytes of place (of 256 KiB), one
 * of length (at most 64) and that many bytes, as often as there are any. Whatever comes of it is
 * read as a run, and told in two formats.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "report/report.h"
#include "report/report_side.h"
#include "store/store.h"
#include "store/store_expected.h"

#define DB_MAX	(1u << 20)
#define RUN_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char top[] = "/tmp/report-side-fuzz-XXXXXX";
static char *run, *db_path, *json_path;
static struct strbuf sound = STRBUF_INIT(DB_MAX); /* the database as it was written */
static FILE *nowhere;

static void fill(struct store *s)
{
	const struct store_expected known = {.role = "kut",
					     .file = "known.yaml",
					     .name = "case1",
					     .verdicts = "fail",
					     .owner = "o",
					     .reason = "r",
					     .issue = "#1",
					     .expires = "2999-12-31"};
	struct store_cell cell = {.role = "kut",
				  .kernel = "k",
				  .target = "qemu",
				  .profile = "modern",
				  .lane = "static",
				  .scenario = "probes"};
	_autofree_ char *dir = NULL;
	int64_t boot = 0;

	store_add_cell(s, &cell, NULL);
	store_add_boot(s, cell.id, &boot, &dir, NULL);
	store_set_fact(s, "state", "finished", NULL);
	store_set_cell_fact(s, cell.id, "planned", "3", NULL);
	store_set_boot_fact(s, boot, "accel", "tcg", NULL);
	store_add_event(s, boot, "crash", "panic: x\nclass: task\n", NULL);
	store_add_event(s, boot, "crash-unattributed", "unattributed: panic: x", NULL);
	store_add_metric(s, cell.id, "m", 1.5, "s", NULL);
	store_add_expected(s, &known, NULL);
	for (unsigned int i = 0; i < 3; i++) {
		const char *const names[] = {"case0", "case1", "case2"};
		const struct store_result r = {.cell = cell.id,
					       .boot = boot,
					       .name = names[i],
					       .verdict = (enum verdict)(2 * i),
					       .reason = "why",
					       .detail = "text\n",
					       .end_us = 10};

		store_add_result(s, &r, NULL);
	}
}

static void tidy_up(void)
{
	rm_rf(top, NULL);
}

static void prepare(void)
{
	struct store *s = NULL;

	if (!mkdtemp(top))
		abort();
	atexit(tidy_up);
	run = path_join(top, "run");
	db_path = path_join(run, "run.db");
	json_path = path_join(top, "report.json");
	nowhere = fopen("/dev/null", "we");
	if (!nowhere || store_create(run, &s, NULL) < 0)
		abort();
	fill(s);
	store_close(s);
	if (file_read(db_path, &sound, NULL) < 0)
		abort();
}

static void damage(const uint8_t *data, size_t n)
{
	_autofree_ char *db = xmalloc(sound.len);

	memcpy(db, sound.buf, sound.len);
	while (n > 4) {
		size_t at = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % sound.len;
		size_t len = data[3] % (RUN_MAX + 1);

		data += 4;
		n -= 4;
		len = len < n ? len : n;
		len = len < sound.len - at ? len : sound.len - at;
		memcpy(db + at, data, len);
		data += len;
		n -= len;
	}
	if (file_write_atomic(db_path, db, sound.len, 0644, NULL) < 0)
		abort();
}

static void load(const char *path)
{
	struct report_side side = {0};

	if (report_side_load(path, &side, NULL) == 0)
		report_side_release(&side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (!run)
		prepare();
	if (n && data[0] == '{') {
		if (file_write_atomic(json_path, data, n, 0644, NULL) < 0)
			abort();
		load(json_path);
		return 0;
	}
	damage(data, n);
	load(run);
	report_write(run, "json", nowhere, NULL, NULL);
	report_write(run, "text", nowhere, NULL, NULL);
	return 0;
}
