/* SPDX-License-Identifier: MIT */
#include "mime.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "codec.h"

struct header {
	struct mime_part part;
	char boundary[MIME_WORD_MAX];
	char encoding[MIME_WORD_MAX];
};

struct walk {
	void (*on_part)(void *arg, const struct mime_part *part);
	void *arg;
	struct problems *problems;
	size_t max;
	unsigned int parts, depth;
};

struct slice {
	const char *p;
	size_t n;
};

/* Takes a line off, without its end. */
static struct slice take_line(struct slice *rest)
{
	const char *nl = memchr(rest->p, '\n', rest->n);
	size_t n = nl ? (size_t)(nl - rest->p) : rest->n;
	struct slice line = {rest->p, n};

	rest->p += n + (nl != NULL);
	rest->n -= n + (nl != NULL);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool has_prefix(struct slice s, const char *prefix)
{
	return s.n >= strlen(prefix) && strncasecmp(s.p, prefix, strlen(prefix)) == 0;
}

bool mime_is_message(const char *text, size_t n)
{
	struct slice s = {text, n};

	return has_prefix(s, "content-type:") || has_prefix(s, "mime-version:");
}

/* The word at p, up to one of the ends; quotes taken off. Nothing when it is too long. */
static void copy_word(char *to, const char *p, size_t n, const char *ends)
{
	bool quoted = n && *p == '"';
	size_t len = 0;

	if (quoted) {
		const char *end = memchr(p + 1, '"', n - 1);

		p++;
		len = end ? (size_t)(end - p) : 0;
	} else {
		while (len < n && p[len] && !strchr(ends, p[len]))
			len++;
	}
	if (len >= MIME_WORD_MAX)
		len = 0;
	memcpy(to, p, len);
	to[len] = '\0';
}

/* name=value behind the semicolons of a header's value. */
static void copy_parameter(char *to, const char *value, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strchr(value, ';'); p; p = strchr(p, ';')) {
		p += 1 + strspn(p + 1, " \t");
		if (strncasecmp(p, name, n) == 0 && p[n] == '=')
			copy_word(to, p + n + 1, strlen(p + n + 1), "; \t");
	}
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s |= 0x20;
}

static void read_field(struct header *h, const char *field)
{
	static const struct {
		const char *name;
		size_t offset;
	} words[] = {
		{"content-type:", offsetof(struct header, part.type)},
		{"content-transfer-encoding:", offsetof(struct header, encoding)},
		{"merge-type:", offsetof(struct header, part.merge)},
		{"x-merge-type:", offsetof(struct header, part.merge)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i].name);
		const char *value = field + n + strspn(field + strnlen(field, n), " \t");

		if (strncasecmp(field, words[i].name, n) != 0)
			continue;
		copy_word((char *)h + words[i].offset, value, strlen(value),
			  strstr(words[i].name, "merge") ? "" : "; \t");
	}
	if (strncasecmp(field, "content-type:", 13) == 0) {
		copy_parameter(h->boundary, field, "boundary");
		copy_parameter(h->part.filename, field, "name");
	}
	if (strncasecmp(field, "content-disposition:", 20) == 0)
		copy_parameter(h->part.filename, field, "filename");
}

/* Fields up to the empty line; a line that begins with white space continues the one before. */
static void read_header(struct slice *rest, struct header *h)
{
	char field[1000] = "";
	size_t len = 0;

	*h = (struct header){.part.type = "text/plain"};
	for (;;) {
		struct slice line = rest->n ? take_line(rest) : (struct slice){"", 0};
		bool more = line.n && (*line.p == ' ' || *line.p == '\t');

		if (!more) {
			read_field(h, field);
			len = 0;
		}
		if (!line.n)
			break;
		if (len + line.n < sizeof(field)) {
			memcpy(field + len, line.p, line.n);
			len += line.n;
		}
		field[len] = '\0';
	}
	lower(h->part.type);
	lower(h->encoding);
}

static void give(struct walk *w, struct header *h, struct slice body)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(w->max);
	int r = 0;

	if (++w->parts > MIME_PARTS_MAX) {
		if (w->parts == MIME_PARTS_MAX + 1)
			problem_error(w->problems, 0, "more than %d MIME parts", MIME_PARTS_MAX);
		return;
	}
	h->part.data = body.p;
	h->part.n = body.n;
	if (strcmp(h->encoding, "base64") == 0)
		r = codec_base64(body.p, body.n, &sb);
	else if (strcmp(h->encoding, "quoted-printable") == 0)
		r = codec_quoted_printable(body.p, body.n, &sb);
	if (r < 0) {
		problem_error(w->problems, 0, "MIME part %u: no valid %s, or too large", w->parts,
			      h->encoding);
		return;
	}
	if (*h->encoding == 'b' || *h->encoding == 'q') {
		h->part.data = strbuf_str(&sb);
		h->part.n = sb.len;
	}
	w->on_part(w->arg, &h->part);
}

/* 1: a boundary, 2: the last one. */
static int is_boundary(struct slice line, const char *boundary)
{
	size_t n = strlen(boundary);

	if (line.n < n + 2 || memcmp(line.p, "--", 2) != 0 || memcmp(line.p + 2, boundary, n) != 0)
		return 0;
	line.p += n + 2;
	line.n -= n + 2;
	if (line.n >= 2 && memcmp(line.p, "--", 2) == 0)
		return 2;
	while (line.n && (*line.p == ' ' || *line.p == '\t')) {
		line.p++;
		line.n--;
	}
	return line.n == 0;
}

static void walk_message(struct walk *w, struct slice message);

/* The line end before a boundary belongs to the boundary. */
static struct slice without_line_end(const char *from, const char *to)
{
	if (to > from && to[-1] == '\n')
		to--;
	if (to > from && to[-1] == '\r')
		to--;
	return (struct slice){from, (size_t)(to - from)};
}

static void walk_parts(struct walk *w, struct slice body, const char *boundary)
{
	const char *begin = NULL;
	bool last = false;

	while (body.n && !last) {
		const char *at = body.p;
		int kind = is_boundary(take_line(&body), boundary);

		if (!kind)
			continue;
		if (begin)
			walk_message(w, without_line_end(begin, at));
		begin = body.p;
		last = kind == 2;
	}
	/* Half a script is worse than none. */
	if (!last)
		problem_error(w->problems, 0,
			      "MIME: the closing boundary is missing: what was cut does not count");
}

static void walk_message(struct walk *w, struct slice message)
{
	struct header h;

	read_header(&message, &h);
	if (strncmp(h.part.type, "multipart/", 10) != 0) {
		give(w, &h, message);
	} else if (!*h.boundary) {
		problem_error(w->problems, 0, "MIME: %s without a boundary", h.part.type);
	} else if (w->depth == MIME_DEPTH_MAX) {
		problem_error(w->problems, 0, "MIME: nested too deep");
	} else {
		w->depth++;
		walk_parts(w, message, h.boundary);
		w->depth--;
	}
}

void mime_each(const char *text, size_t n, size_t max,
	       void (*on_part)(void *arg, const struct mime_part *part), void *arg,
	       struct problems *problems)
{
	struct walk w = {.on_part = on_part, .arg = arg, .problems = problems, .max = max};

	walk_message(&w, (struct slice){text, n});
}
