/* SPDX-License-Identifier: MIT */
#include "wire/suite_record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/xalloc.h"

#define LINE_MAX_BYTES 128
#define ERRORS_MAX     64 /* told one by one; the rest is silent */

struct suite_record {
	struct suite_record_listener listener;
	unsigned long numbers;
	struct strbuf line;
	bool versioned, open, dropping;
	unsigned long number; /* of the case that is open */
	unsigned int errors;
	/* Bytes of a payload still to come, then one line end. */
	char kind;
	size_t left;
	bool payload_end;
};

struct suite_record *suite_record_new(const struct suite_record_listener *listener,
				      unsigned long numbers)
{
	struct suite_record *r = xcalloc(1, sizeof(*r));

	r->listener = *listener;
	r->numbers = numbers;
	strbuf_init(&r->line, LINE_MAX_BYTES);
	return r;
}

void suite_record_free(struct suite_record *r)
{
	if (!r)
		return;
	strbuf_release(&r->line);
	free(r);
}

static void complain(struct suite_record *r, const char *text)
{
	if (r->errors++ < ERRORS_MAX)
		r->listener.on_error(r->listener.arg, text);
}

/* n numbers, one blank between two, nothing behind them. */
static bool take_numbers(const char *s, unsigned long *v, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		char *end;

		if (!isdigit((unsigned char)*s))
			return false;
		v[i] = strtoul(s, &end, 10);
		s = end;
		if (*s != (i + 1 == n ? '\0' : ' '))
			return false;
		s++;
	}
	return true;
}

static void begin(struct suite_record *r, unsigned long number, uint64_t limit_ms)
{
	r->open = true;
	r->number = number;
	r->listener.on_begin(r->listener.arg, number, limit_ms);
}

static void take_begin(struct suite_record *r, const char *s)
{
	unsigned long v[2];

	if (!take_numbers(s, v, 2) || v[0] >= r->numbers)
		complain(r, "a begin record that is none");
	else if (r->open)
		complain(r, "a case begins while another is open");
	else
		begin(r, v[0], v[1]);
}

static void take_payload(struct suite_record *r, char kind, const char *s)
{
	unsigned long v[2];
	unsigned long most = kind == 'o' ? SUITE_RECORD_CHUNK : SUITE_MAX_FILE;

	if (!take_numbers(s, v, 2) || v[0] >= r->numbers || v[1] > most) {
		complain(r, "an output record that is none");
		return;
	}
	if (!r->open)
		begin(r, v[0], 0);
	if (v[0] != r->number) {
		complain(r, "output of a case that is not open");
		kind = '-';
	}
	r->kind = kind;
	r->left = v[1];
	r->payload_end = true;
}

static void take_end(struct suite_record *r, const char *s)
{
	char *how = strchr(s, ' ');
	struct suite_end end = {0};
	unsigned long number, v[3];

	if (!how || !isdigit((unsigned char)*s) || !strchr("xtn", how[1]) || how[2] != ' ') {
		complain(r, "an end record that is none");
		return;
	}
	number = strtoul(s, NULL, 10);
	if (number >= r->numbers || !take_numbers(how + 3, v, 3)) {
		complain(r, "an end record that is none");
		return;
	}
	if (r->open && number != r->number) {
		complain(r, "the end of a case that is not open");
		return;
	}
	if (!r->open)
		begin(r, number, 0);
	end.limit = how[1] == 't';
	end.stopped = how[1] == 'n';
	end.status = (int)v[0];
	end.cut = v[2] > 0;
	r->open = false;
	r->listener.on_end(r->listener.arg, number, &end, v[1]);
}

static void take_line(struct suite_record *r, const char *s)
{
	unsigned long v[2];

	if (strncmp(s, "suite ", 6) == 0) {
		if (r->versioned || !take_numbers(s + 6, v, 2) || v[0] != 1)
			complain(r, "a version line that is none, or a second one");
		else
			r->versioned = true;
	} else if (!r->versioned) {
		complain(r, "a record before the version line");
	} else if (s[0] && s[1] == ' ' && s[0] == 'b') {
		take_begin(r, s + 2);
	} else if (s[0] && s[1] == ' ' && (s[0] == 'o' || s[0] == 'f')) {
		take_payload(r, s[0], s + 2);
	} else if (s[0] && s[1] == ' ' && s[0] == 'e') {
		take_end(r, s + 2);
	} else {
		complain(r, "a record of no kind");
	}
}

static void end_line(struct suite_record *r)
{
	bool zero = r->line.len && memchr(r->line.buf, '\0', r->line.len);

	if (r->dropping || zero)
		complain(r, "a record that is too long or has a zero byte");
	else if (r->line.len)
		take_line(r, strbuf_str(&r->line));
	r->dropping = false;
	strbuf_reset(&r->line);
}

/* How many bytes belong to the payload that is open. */
static size_t feed_payload(struct suite_record *r, const char *data, size_t n)
{
	size_t part = n < r->left ? n : r->left;

	if (r->kind == 'o')
		r->listener.on_output(r->listener.arg, r->number, data, part);
	else if (r->kind == 'f')
		r->listener.on_file(r->listener.arg, r->number, data, part);
	r->left -= part;
	if (!r->left && r->kind == 'f')
		r->listener.on_file(r->listener.arg, r->number, NULL, 0);
	return part;
}

void suite_record_feed(struct suite_record *r, const char *data, size_t n)
{
	while (n) {
		const char *eol;
		size_t part;

		if (r->left) {
			part = feed_payload(r, data, n);
			data += part;
			n -= part;
			continue;
		}
		if (r->payload_end) {
			r->payload_end = false;
			if (*data != '\n') {
				complain(r, "a payload that is longer than it said");
				continue;
			}
			data++;
			n--;
			continue;
		}
		eol = memchr(data, '\n', n);
		part = eol ? (size_t)(eol - data) : n;
		if (!r->dropping && strbuf_add(&r->line, data, part) < 0)
			r->dropping = true;
		if (!eol)
			return;
		end_line(r);
		data += part + 1;
		n -= part + 1;
	}
}
