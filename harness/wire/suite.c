/* SPDX-License-Identifier: MIT */
#include "wire/suite.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

const struct suite_format_ops *const suite_formats[] = {
	&suite_format_auto,
	&suite_format_ltp,
	&suite_format_gtest,
	&suite_format_ktap,
	&suite_format_kselftest,
	&suite_format_exit,
	NULL,
};

const struct suite_format_ops *suite_format_find(const char *name)
{
	for (size_t i = 0; suite_formats[i]; i++)
		if (strcmp(suite_formats[i]->name, name) == 0)
			return suite_formats[i];
	return NULL;
}

void suite_answer_release(struct suite_answer *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->tests[i].name);
		free(a->tests[i].reason);
	}
	free(a->tests);
	*a = (struct suite_answer){0};
}

static uint32_t hash(const char *s)
{
	uint32_t h = 0x811c9dc5u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x01000193u;
	return h;
}

char *suite_short_name(const char *name)
{
	size_t n = strlen(name);

	if (n <= SUITE_MAX_NAME)
		return xstrdup(name);
	return xasprintf("%.*s~%08x", SUITE_MAX_NAME - 9, name, hash(name));
}

bool suite_answer_add(struct suite_answer *a, const char *name, enum suite_status status,
		      const char *reason)
{
	if (a->n == SUITE_MAX_TESTS)
		return false;
	if ((a->n & (a->n - 1)) == 0)
		a->tests = xreallocarray(a->tests, a->n ? 2 * a->n : 1, sizeof(*a->tests));
	a->tests[a->n++] = (struct suite_test){
		.name = suite_short_name(name),
		.status = status,
		.reason = reason && *reason ? xstrndup(reason, SUITE_MAX_REASON) : NULL,
	};
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct suite_test *const *x = a, *const *y = b;
	int r = strcmp((*x)->name, (*y)->name);

	/* Neighbours in the list come in its order. */
	return r ? r : *x < *y ? -1 : *x > *y;
}

size_t suite_answer_unique(struct suite_answer *a)
{
	_autofree_ struct suite_test **sorted = xcalloc(a->n + 1, sizeof(*sorted));
	size_t twice = 0, nth = 1;
	const char *name = "";

	for (size_t i = 0; i < a->n; i++)
		sorted[i] = &a->tests[i];
	qsort(sorted, a->n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < a->n; i++) {
		struct suite_test *t = sorted[i];

		if (i == 0 || strcmp(t->name, name) != 0) {
			name = t->name;
			nth = 1;
			continue;
		}
		twice++;
		name = sorted[i - nth]->name;
		nth++;
		/* The first of them keeps the name, so it stays at hand for the next comparison. */
		free(t->name);
		t->name = xasprintf("%s (%zu)", name, nth);
	}
	return twice;
}

void suite_answer_say(struct suite_answer *a, enum suite_status status, const char *fmt, ...)
{
	va_list ap;

	a->status = status;
	va_start(ap, fmt);
	vsnprintf(a->reason, sizeof(a->reason), fmt, ap);
	va_end(ap);
}

const char *suite_signal_text(int signo, char *buf, size_t n)
{
	const char *name = sigabbrev_np(signo);

	if (name)
		snprintf(buf, n, "SIG%s (%d)", name, signo);
	else
		snprintf(buf, n, "signal %d", signo);
	return buf;
}

bool suite_ended_badly(struct suite_answer *a, const struct suite_end *end)
{
	char text[40];

	if (end->stopped)
		suite_answer_say(a, SUITE_BROKEN, "cannot be started: %s", strerror(end->status));
	else if (end->limit)
		suite_answer_say(a, SUITE_TIMEOUT, "did not end within its limit");
	else if (WIFSIGNALED(end->status))
		suite_answer_say(a, SUITE_FAIL, "died with %s",
				 suite_signal_text(WTERMSIG(end->status), text, sizeof(text)));
	else if (!WIFEXITED(end->status))
		suite_answer_say(a, SUITE_FAIL, "ended with wait status 0x%x",
				 (unsigned int)end->status);
	else
		return false;
	return true;
}

void suite_judge_exit(struct suite_answer *a, const struct suite_end *end)
{
	if (suite_ended_badly(a, end))
		return;
	if (WEXITSTATUS(end->status) == 0)
		suite_answer_say(a, SUITE_PASS, "%s", "");
	else
		suite_answer_say(a, SUITE_FAIL, "exit status %d", WEXITSTATUS(end->status));
}

/* ---- exit: the status alone ---- */

static void *no_state(const char *only)
{
	return NULL;
}

static void no_line(void *state, const char *line)
{
}

static bool not_recognised(const void *state)
{
	return false;
}

static void exit_end(void *state, const struct suite_end *end, struct suite_answer *ret)
{
	suite_judge_exit(ret, end);
}

static void no_free(void *state)
{
}

const struct suite_format_ops suite_format_exit = {
	.name = "exit",
	.brief = "exit status alone: 0 passes",
	.state_new = no_state,
	.line = no_line,
	.recognised = not_recognised,
	.end = exit_end,
	.state_free = no_free,
};

/* ---- auto: whichever recognises its own words ---- */

static const struct suite_format_ops *const candidates[] = {
	&suite_format_gtest, &suite_format_kselftest, &suite_format_ltp};

struct guess {
	void *state[ARRAY_SIZE(candidates)];
};

static void *auto_new(const char *only)
{
	struct guess *g = xcalloc(1, sizeof(*g));

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		g->state[i] = candidates[i]->state_new(only);
	return g;
}

static void auto_line(void *state, const char *line)
{
	struct guess *g = state;

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		candidates[i]->line(g->state[i], line);
}

static void auto_file(void *state, const char *data, size_t n)
{
	struct guess *g = state;

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		if (candidates[i]->file)
			candidates[i]->file(g->state[i], data, n);
}

static bool auto_recognised(const void *state)
{
	return true;
}

static void auto_end(void *state, const struct suite_end *end, struct suite_answer *ret)
{
	struct guess *g = state;

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
		if (candidates[i]->recognised(g->state[i])) {
			candidates[i]->end(g->state[i], end, ret);
			return;
		}
	}
	suite_judge_exit(ret, end);
}

static void auto_free(void *state)
{
	struct guess *g = state;

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		candidates[i]->state_free(g->state[i]);
	free(g);
}

const struct suite_format_ops suite_format_auto = {
	.name = "auto",
	.brief = "whichever of gtest, ktap and ltp its words belong to, else exit",
	.state_new = auto_new,
	.line = auto_line,
	.file = auto_file,
	.recognised = auto_recognised,
	.end = auto_end,
	.state_free = auto_free,
};

/* ---- the reader ---- */

struct suite_reader {
	const struct suite_format_ops *format;
	void *state;
	struct strbuf line, tail;
	bool dropping;
};

struct suite_reader *suite_reader_new(const struct suite_format_ops *format, const char *only)
{
	struct suite_reader *r = xcalloc(1, sizeof(*r));

	r->format = format;
	r->state = format->state_new(only);
	strbuf_init(&r->line, SUITE_MAX_LINE);
	strbuf_init(&r->tail, (size_t)2 * SUITE_TAIL);
	return r;
}

void suite_reader_free(struct suite_reader *r)
{
	if (!r)
		return;
	r->format->state_free(r->state);
	strbuf_release(&r->line);
	strbuf_release(&r->tail);
	free(r);
}

/* Zero bytes and terminal escapes are no part of any format. */
static void end_line(struct suite_reader *r)
{
	char *out = r->line.buf;

	r->dropping = false;
	if (!r->line.len)
		return;
	for (size_t i = 0; i < r->line.len; i++) {
		unsigned char c = (unsigned char)r->line.buf[i];

		if (c == 0x1b && i + 1 < r->line.len && r->line.buf[i + 1] == '[') {
			i += 2;
			while (i < r->line.len && (r->line.buf[i] < 0x40 || r->line.buf[i] > 0x7e))
				i++;
		} else if (c >= 0x20 || c == '\t') {
			*out++ = (char)c;
		} else if (c != '\r') {
			*out++ = '?';
		}
	}
	*out = '\0';
	r->format->line(r->state, r->line.buf);
	strbuf_reset(&r->line);
}

static void keep_tail(struct suite_reader *r, const char *data, size_t n)
{
	if (n > SUITE_TAIL) {
		data += n - SUITE_TAIL;
		n = SUITE_TAIL;
	}
	if (r->tail.len + n > r->tail.max)
		strbuf_consume(&r->tail, r->tail.len + n - SUITE_TAIL);
	strbuf_add(&r->tail, data, n);
}

void suite_reader_feed(struct suite_reader *r, const char *data, size_t n)
{
	keep_tail(r, data, n);
	while (n) {
		const char *eol = memchr(data, '\n', n);
		size_t part = eol ? (size_t)(eol - data) : n;
		size_t room = r->line.max - r->line.len;

		strbuf_add(&r->line, data, part < room ? part : room);
		if (!eol)
			return;
		end_line(r);
		data += part + 1;
		n -= part + 1;
	}
}

void suite_reader_file(struct suite_reader *r, const char *data, size_t n)
{
	if (r->format->file)
		r->format->file(r->state, data, n);
}

void suite_reader_end(struct suite_reader *r, const struct suite_end *end, struct suite_answer *ret)
{
	*ret = (struct suite_answer){0};
	end_line(r);
	r->format->end(r->state, end, ret);
}

const char *suite_reader_tail(struct suite_reader *r, size_t *ret_n)
{
	if (r->tail.len > SUITE_TAIL)
		strbuf_consume(&r->tail, r->tail.len - SUITE_TAIL);
	*ret_n = r->tail.len;
	return strbuf_str(&r->tail);
}
