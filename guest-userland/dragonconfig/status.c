/* SPDX-License-Identifier: MIT */
#include "status.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "cmdline.h"
#include "command.h"
#include "files.h"
#include "wire/jsonw.h"

#define JSON_MAX (1u << 20)
#define LOG_FILE "/var/log/cloud-init.log"
/* Of one stage; past it the log has the rest. */
#define TEXTS_MAX 100

struct progress {
	uint64_t start, finished; /* microseconds since 1970; 0: not yet */
	struct strv errors, warnings;
};

static const char *const names[STAGES] = {
	[STAGE_LOCAL] = "init-local",
	[STAGE_INIT] = "init",
	[STAGE_CONFIG] = "modules-config",
	[STAGE_FINAL] = "modules-final",
};

static struct {
	struct progress stages[STAGES];
	int now; /* -1: between stages */
	char *source;
	int log_fd;
} status = {.now = -1, .log_fd = -1};

static uint64_t wall_clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * SEC + (uint64_t)ts.tv_nsec / 1000;
}

static void log_text(const char *level, const char *text)
{
	_autofree_ char *line = NULL;
	char stamp[80] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm))
		snprintf(stamp, sizeof(stamp), "%d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	line = xasprintf("%s - dragonconfig[%s]: %s\n", stamp, level, text);
	if (status.log_fd < 0 || fd_write_all(status.log_fd, line, strlen(line)) < 0)
		fd_write_all(STDERR_FILENO, line, strlen(line));
}

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

static void write_list(struct jsonw *w, const char *key, const struct strv *texts)
{
	jsonw_begin_array(w, key);
	for (size_t i = 0; i < texts->n; i++)
		jsonw_string(w, NULL, texts->v[i]);
	jsonw_end_array(w);
}

static void write_stage(struct jsonw *w, const struct progress *p, const char *name)
{
	jsonw_begin_object(w, name);
	write_list(w, "errors", &p->errors);
	jsonw_begin_object(w, "recoverable_errors");
	if (p->warnings.n)
		write_list(w, "WARNING", &p->warnings);
	jsonw_end_object(w);
	if (p->start)
		jsonw_micros(w, "start", p->start);
	else
		jsonw_null(w, "start");
	if (p->finished)
		jsonw_micros(w, "finished", p->finished);
	else
		jsonw_null(w, "finished");
	jsonw_end_object(w);
}

static void put_json(const char *name, const struct strbuf *sb)
{
	static const struct file_owner owner = {.mode = 0644};
	_autofree_ char *path = path_join(STATUS_DIR, name);
	_autofree_ char *link = path_join("/var/lib/cloud/data", name);
	struct err err = ERR_INIT;

	if (file_put(path, strbuf_str(sb), sb->len, &owner, &err) < 0 ||
	    link_put(link, path, &err) < 0)
		log_text("WARNING", err.text);
}

static void write_status(void)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(JSON_MAX);
	struct jsonw w;

	jsonw_init(&w, (struct sink){to_strbuf, &sb}, true);
	jsonw_begin_object(&w, NULL);
	jsonw_begin_object(&w, "v1");
	jsonw_string(&w, "datasource", status.source);
	for (int i = 0; i < STAGES; i++)
		write_stage(&w, &status.stages[i], names[i]);
	jsonw_string(&w, "stage", status.now < 0 ? NULL : names[status.now]);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	if (jsonw_finish(&w) == 0)
		put_json("status.json", &sb);
}

void status_open(void)
{
	_autoclose_ int output = -1;

	mkdir_p("/var/log", NULL);
	status.log_fd = file_open_log(LOG_FILE);
	/* There even if nobody writes to it. */
	output = file_open_log(COMMAND_LOG);
	write_status();
}

void status_close(void)
{
	for (int i = 0; i < STAGES; i++) {
		strv_release(&status.stages[i].errors);
		strv_release(&status.stages[i].warnings);
		status.stages[i].start = status.stages[i].finished = 0;
	}
	free(status.source);
	status.source = NULL;
	cleanup_close(&status.log_fd);
}

void status_source(const char *text)
{
	free(status.source);
	status.source = xstrdup(text);
	status_log("source: %s", text);
}

void status_begin(enum stage stage)
{
	status.now = stage;
	status.stages[stage].start = wall_clock_us();
	write_status();
}

void status_end(void)
{
	status.stages[status.now].finished = wall_clock_us();
	status.now = -1;
	write_status();
}

static struct progress *current(void)
{
	return &status.stages[status.now < 0 ? STAGE_LOCAL : status.now];
}

/* kept: NULL, or where the status has it, too. */
static __attribute__((format(printf, 3, 0))) void tell(const char *level, struct strv *kept,
						       const char *fmt, va_list ap)
{
	char text[1000];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (kept && kept->n < TEXTS_MAX)
		strv_push(kept, text);
	log_text(level, text);
}

void status_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell("ERROR", &current()->errors, fmt, ap);
	va_end(ap);
}

void status_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell("WARNING", &current()->warnings, fmt, ap);
	va_end(ap);
}

void status_log(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell("INFO", NULL, fmt, ap);
	va_end(ap);
}

void status_problems(const char *file, const struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *p = &problems->list[i];

		if (p->error)
			status_error("%s:%u: %s", file, p->line, p->text);
		else
			status_warn("%s:%u: %s", file, p->line, p->text);
	}
	if (problems->dropped)
		status_warn("%s: and %zu problems more", file, problems->dropped);
}

void status_finish(void)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(JSON_MAX);
	struct jsonw w;

	jsonw_init(&w, (struct sink){to_strbuf, &sb}, true);
	jsonw_begin_object(&w, NULL);
	jsonw_begin_object(&w, "v1");
	jsonw_string(&w, "datasource", status.source);
	jsonw_begin_array(&w, "errors");
	for (int i = 0; i < STAGES; i++)
		for (size_t k = 0; k < status.stages[i].errors.n; k++)
			jsonw_string(&w, NULL, status.stages[i].errors.v[k]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	if (jsonw_finish(&w) == 0)
		put_json("result.json", &sb);
}

const char *status_cloud(const char *source, char ret[STATUS_CLOUD_MAX])
{
	static const char before[] = "DataSource";
	size_t n = 0;

	if (source && strncmp(source, before, strlen(before)) == 0)
		for (source += strlen(before); isalnum((unsigned char)*source); source++)
			if (n + 1 < STATUS_CLOUD_MAX)
				ret[n++] = (char)tolower((unsigned char)*source);
	ret[n] = '\0';
	return ret;
}

bool status_is_disabled(void)
{
	_autofree_ char *word = cmdline_get("cloud-init");

	return word && strcmp(word, "disabled") == 0;
}

int status_code(void)
{
	int code = 0;

	for (int i = 0; i < STAGES; i++) {
		if (status.stages[i].errors.n)
			return 1;
		if (status.stages[i].warnings.n)
			code = 2;
	}
	return code;
}
