/* SPDX-License-Identifier: MIT */
#include "wire/ktap.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "wire/escape.h"

struct ktap {
	struct ktap_listener listener;
	struct strbuf line;
	bool dropping; /* inside a line that was too long */
	bool versioned;
	unsigned int planned, last, done;
	uint64_t errors;
	bool open; /* name below was begun */
	char name[KTAP_MAX_NAME + 1];
	uint64_t limit_ms, at_us;
	/* Hashes of names seen: 8 bytes a name, whatever the names are. */
	uint64_t *seen;
	size_t n_seen, cap_seen;
};

struct ktap *ktap_new(const struct ktap_listener *listener)
{
	struct ktap *k = xcalloc(1, sizeof(*k));

	k->listener = *listener;
	strbuf_init(&k->line, KTAP_MAX_LINE);
	return k;
}

void ktap_free(struct ktap *k)
{
	if (!k)
		return;
	strbuf_release(&k->line);
	free(k->seen);
	free(k);
}

const char *ktap_open_name(const struct ktap *k)
{
	return k->open ? k->name : NULL;
}

uint64_t ktap_open_at(const struct ktap *k)
{
	return k->open ? k->at_us : 0;
}

unsigned int ktap_planned(const struct ktap *k)
{
	return k->planned;
}

unsigned int ktap_done(const struct ktap *k)
{
	return k->done;
}

uint64_t ktap_errors(const struct ktap *k)
{
	return k->errors;
}

static void complain(struct ktap *k, enum ktap_error error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void complain(struct ktap *k, enum ktap_error error, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (k->errors++ >= KTAP_MAX_ERRORS || !k->listener.on_error)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	k->listener.on_error(k->listener.arg, error, text);
}

static uint64_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Kept sorted by insertion: a plan has a few hundred names. */
static bool seen_before(struct ktap *k, const char *name)
{
	uint64_t h = hash(name);

	return k->n_seen && bsearch(&h, k->seen, k->n_seen, sizeof(h), compare);
}

static void remember(struct ktap *k, const char *name)
{
	uint64_t h = hash(name);
	size_t at = k->n_seen;

	if (k->n_seen == k->cap_seen) {
		k->cap_seen = k->cap_seen ? 2 * k->cap_seen : 64;
		k->seen = xreallocarray(k->seen, k->cap_seen, sizeof(*k->seen));
	}
	while (at && k->seen[at - 1] > h)
		at--;
	memmove(k->seen + at + 1, k->seen + at, (k->n_seen - at) * sizeof(*k->seen));
	k->seen[at] = h;
	k->n_seen++;
}

/* Decimal digits at *s, at most 18 of them; *s moves past. */
static bool take_number(const char **s, uint64_t *ret)
{
	uint64_t value = 0;
	int digits = 0;

	while (isdigit((unsigned char)(*s)[digits])) {
		if (digits == 18)
			return false;
		value = value * 10 + (uint64_t)((*s)[digits++] - '0');
	}
	if (!digits)
		return false;
	*s += digits;
	*ret = value;
	return true;
}

static bool take_word(const char **s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*s, word, n) != 0)
		return false;
	*s += n;
	return true;
}

static bool take_name(const char **s, char name[KTAP_MAX_NAME + 1])
{
	size_t n = 0;

	while ((*s)[n] && (isalnum((unsigned char)(*s)[n]) || strchr("_.:/+-", (*s)[n])))
		n++;
	if (n == 0 || n > KTAP_MAX_NAME)
		return false;
	memcpy(name, *s, n);
	name[n] = '\0';
	*s += n;
	return true;
}

static void take_version(struct ktap *k, const char *s)
{
	uint64_t version;

	if (k->versioned)
		complain(k, KTAP_ERR_VERSION, "a second version line");
	else if (!take_number(&s, &version) || *s || version != 1)
		complain(k, KTAP_ERR_VERSION, "a version other than 1");
	else
		k->versioned = true;
}

static void take_plan(struct ktap *k, const char *s)
{
	uint64_t n;

	if (!take_number(&s, &n) || *s) {
		complain(k, KTAP_ERR_SYNTAX, "a plan that is none");
	} else if (!k->versioned) {
		complain(k, KTAP_ERR_VERSION, "a plan before the version line");
	} else if (k->planned) {
		complain(k, KTAP_ERR_PLAN, "a second plan");
	} else if (n == 0 || n > KTAP_MAX_TESTS) {
		complain(k, KTAP_ERR_PLAN, "a plan of %llu tests", (unsigned long long)n);
	} else {
		k->planned = (unsigned int)n;
		if (k->listener.on_plan)
			k->listener.on_plan(k->listener.arg, k->planned);
	}
}

/* Is there a plan, and is it not done yet? */
static bool may_come(struct ktap *k, const char *what)
{
	if (!k->planned)
		complain(k, KTAP_ERR_NO_PLAN, "%s before the plan", what);
	else if (k->last == k->planned)
		complain(k, KTAP_ERR_AFTER_PLAN, "%s after all %u that were planned", what,
			 k->planned);
	else
		return true;
	return false;
}

static void take_begin(struct ktap *k, const char *s)
{
	char name[KTAP_MAX_NAME + 1];
	uint64_t limit, at = 0;

	if (!take_name(&s, name) || !take_word(&s, " limit=") || !take_number(&s, &limit) ||
	    (take_word(&s, " at=") && !take_number(&s, &at)) || *s) {
		complain(k, KTAP_ERR_SYNTAX, "a begin line that is none");
		return;
	}
	if (!may_come(k, "a begin line"))
		return;
	if (seen_before(k, name)) {
		complain(k, KTAP_ERR_DUPLICATE, "%s begins a second time", name);
		return;
	}
	if (k->open)
		complain(k, KTAP_ERR_UNFINISHED, "%s begins while %s has no result", name, k->name);
	remember(k, name);
	memcpy(k->name, name, sizeof(name));
	k->limit_ms = limit;
	k->at_us = at;
	k->open = true;
	if (k->listener.on_begin)
		k->listener.on_begin(k->listener.arg, name, limit);
}

static bool take_after(const char **s)
{
	uint64_t ms;

	return take_word(s, "after ") && take_number(s, &ms) && (**s == '\0' || **s == ' ');
}

/* What follows "# ". ok decides which directives make sense. */
static bool take_directive(const char *s, bool ok, struct ktap_result *res)
{
	if (take_word(&s, "time=")) {
		res->has_time = true;
		res->status = ok ? KTAP_OK : KTAP_NOT_OK;
		if (!take_number(&s, &res->time_us) || (*s && *s != ' '))
			return false;
	} else if (ok && take_word(&s, "SKIP")) {
		res->status = KTAP_SKIP;
	} else if (!ok && take_word(&s, "TIMEOUT ")) {
		const char *t = s;

		res->status = KTAP_TIMEOUT;
		if (!take_after(&t))
			return false;
	} else if (!ok && take_word(&s, "BROKEN")) {
		res->status = KTAP_BROKEN;
	} else {
		return false;
	}
	res->reason = s + strspn(s, " ");
	return true;
}

static bool parse_result(const char *s, bool ok, struct ktap_result *res,
			 char name[KTAP_MAX_NAME + 1])
{
	uint64_t number;

	if (!take_number(&s, &number) || number == 0 || number > KTAP_MAX_TESTS)
		return false;
	res->number = (unsigned int)number;
	res->name = name;
	return take_word(&s, " ") && take_name(&s, name) && take_word(&s, " # ") &&
	       take_directive(s, ok, res);
}

static bool believable(struct ktap *k, const struct ktap_result *res)
{
	if (!may_come(k, "a result"))
		return false;
	if (res->number <= k->last)
		complain(k, KTAP_ERR_DUPLICATE, "result %u (%s) after result %u", res->number,
			 res->name, k->last);
	else if (res->number > k->planned)
		complain(k, KTAP_ERR_NUMBER, "result %u (%s) of %u planned", res->number, res->name,
			 k->planned);
	else if (!k->open || strcmp(k->name, res->name) != 0)
		complain(k, KTAP_ERR_NOT_BEGUN, "result of %s, which has not begun", res->name);
	else
		return true;
	return false;
}

static void take_result(struct ktap *k, const char *s, bool ok)
{
	char name[KTAP_MAX_NAME + 1];
	struct ktap_result res = {0};

	if (!parse_result(s, ok, &res, name)) {
		complain(k, KTAP_ERR_SYNTAX, "a result line that is none: %.200s", s);
		return;
	}
	if (!believable(k, &res))
		return;
	if (res.number != k->last + 1)
		complain(k, KTAP_ERR_NUMBER, "result %u (%s) follows result %u", res.number, name,
			 k->last);
	res.limit_ms = k->limit_ms;
	k->last = res.number;
	k->open = false;
	k->done++;
	if (k->listener.on_result)
		k->listener.on_result(k->listener.arg, &res);
}

static bool take_diagnostic(struct ktap *k, const char *s)
{
	char name[KTAP_MAX_NAME + 1];
	size_t n = k->open ? strlen(k->name) : 0;

	/* A name may hold colons: compare with the one that is open. */
	if (!n || strncmp(s, k->name, n) != 0 || s[n] != ':' || (s[n + 1] && s[n + 1] != ' '))
		return false;
	memcpy(name, k->name, n + 1);
	s += n + 1;
	if (k->listener.on_diagnostic)
		k->listener.on_diagnostic(k->listener.arg, name, *s ? s + 1 : s);
	return true;
}

static void take_line(struct ktap *k)
{
	const char *s = strbuf_str(&k->line);

	if (take_word(&s, "KTAP version "))
		take_version(k, s);
	else if (take_word(&s, "1.."))
		take_plan(k, s);
	else if (take_word(&s, "# begin "))
		take_begin(k, s);
	else if (take_word(&s, "ok ") && isdigit((unsigned char)*s))
		take_result(k, s, true);
	else if (take_word(&s, "not ok ") && isdigit((unsigned char)*s))
		take_result(k, s, false);
	else if (take_word(&s, "# ") && take_diagnostic(k, s))
		return;
	else if (k->listener.on_other)
		k->listener.on_other(k->listener.arg, strbuf_str(&k->line));
}

static void end_line(struct ktap *k)
{
	while (k->line.len && k->line.buf[k->line.len - 1] == '\r')
		k->line.buf[--k->line.len] = '\0';
	if (k->dropping)
		complain(k, KTAP_ERR_LONG, "a line of more than %d bytes", KTAP_MAX_LINE);
	else if (k->line.len && memchr(k->line.buf, '\0', k->line.len))
		complain(k, KTAP_ERR_SYNTAX, "a line with a zero byte in it");
	else if (k->line.len)
		take_line(k);
	k->dropping = false;
	strbuf_reset(&k->line);
}

void ktap_feed(struct ktap *k, const char *data, size_t n)
{
	while (n) {
		const char *eol = memchr(data, '\n', n);
		size_t part = eol ? (size_t)(eol - data) : n;

		if (!k->dropping && strbuf_add(&k->line, data, part) < 0)
			k->dropping = true;
		if (!eol)
			return;
		end_line(k);
		data += part + 1;
		n -= part + 1;
	}
}

bool ktap_finish(struct ktap *k)
{
	if (k->line.len || k->dropping)
		complain(k, KTAP_ERR_SYNTAX, "the stream ends inside a line");
	strbuf_reset(&k->line);
	k->dropping = false;
	if (k->open)
		complain(k, KTAP_ERR_UNFINISHED, "the stream ends while %s has no result", k->name);
	if (!k->planned)
		complain(k, KTAP_ERR_NO_PLAN, "the stream ends without a plan");
	else if (k->done < k->planned)
		complain(k, KTAP_ERR_MISSING, "%u of %u planned results are missing",
			 k->planned - k->done, k->planned);
	return k->planned && k->done == k->planned;
}

static int put(const struct sink *sink, const char *s)
{
	return sink->write(sink->arg, s, strlen(s));
}

static int put_indent(const struct sink *sink, unsigned int depth)
{
	int r = 0;

	while (r == 0 && depth--)
		r = put(sink, "    ");
	return r;
}

/* One harmless line; '#' opens a directive, so it may not stand in a name. */
static int put_text(const struct sink *sink, const char *text, bool is_name)
{
	_autofree_ char *copy = xstrdup(text);

	for (char *p = copy; is_name && *p; p++)
		if (*p == '#' || *p == ' ')
			*p = '_';
	return escape_write(sink, ESCAPE_TEXT | ESCAPE_ONE_LINE, copy, strlen(copy));
}

int ktap_write_version(const struct sink *sink, unsigned int depth)
{
	int r = put_indent(sink, depth);

	return r < 0 ? r : put(sink, "KTAP version 1\n");
}

int ktap_write_plan(const struct sink *sink, unsigned int depth, unsigned int n)
{
	char line[32];
	int r = put_indent(sink, depth);

	snprintf(line, sizeof(line), "1..%u\n", n);
	return r < 0 ? r : put(sink, line);
}

int ktap_write_comment(const struct sink *sink, unsigned int depth, const char *text)
{
	int r = put_indent(sink, depth);

	if (r == 0)
		r = put(sink, "# ");
	if (r == 0)
		r = put_text(sink, text, false);
	return r < 0 ? r : put(sink, "\n");
}

int ktap_write_result(const struct sink *sink, unsigned int depth, const struct ktap_line *line)
{
	char head[32];
	int r = put_indent(sink, depth);

	snprintf(head, sizeof(head), "%s %u ", line->ok ? "ok" : "not ok", line->number);
	if (r == 0)
		r = put(sink, head);
	if (r == 0)
		r = put_text(sink, line->name, true);
	if (r == 0 && (line->directive || line->reason))
		r = put(sink, " #");
	if (r == 0 && line->directive)
		r = put(sink, " ");
	if (r == 0 && line->directive)
		r = put(sink, line->directive);
	if (r == 0 && line->reason)
		r = put(sink, " ");
	if (r == 0 && line->reason)
		r = put_text(sink, line->reason, false);
	return r < 0 ? r : put(sink, "\n");
}
