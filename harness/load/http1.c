/* SPDX-License-Identifier: MIT */
#include "load/http1.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define HEAD_MAX   (64u << 10)
#define LENGTH_MAX ((size_t)1 << 40)

/* The end of the line that begins at p: its LF, or NULL. */
static const char *line_end(const char *p, const char *end)
{
	return memchr(p, '\n', (size_t)(end - p));
}

static int parse_status(const char *p, const char *eol, int *ret)
{
	if (eol - p < 12 || strncmp(p, "HTTP/1.", 7) || !isdigit((unsigned char)p[7]) ||
	    p[8] != ' ')
		return -EBADMSG;
	*ret = 0;
	for (int i = 9; i < 12; i++) {
		if (!isdigit((unsigned char)p[i]))
			return -EBADMSG;
		*ret = *ret * 10 + (p[i] - '0');
	}
	return 0;
}

static bool is_header(const char *p, const char *eol, const char *name, const char **ret_value)
{
	size_t n = strlen(name);

	if ((size_t)(eol - p) <= n || p[n] != ':' || strncasecmp(p, name, n))
		return false;
	p += n + 1;
	while (p < eol && (*p == ' ' || *p == '\t'))
		p++;
	*ret_value = p;
	return true;
}

static int parse_length(const char *p, const char *eol, size_t *ret)
{
	size_t n = 0;
	const char *from = p;

	for (; p < eol && isdigit((unsigned char)*p); p++) {
		n = n * 10 + (size_t)(*p - '0');
		if (n > LENGTH_MAX)
			return -EBADMSG;
	}
	if (p == from || (p < eol && *p != '\r' && *p != ' '))
		return -EBADMSG;
	*ret = n;
	return 0;
}

static int parse_field(const char *p, const char *eol, bool *has_length, struct http1_response *out)
{
	const char *value;

	if (is_header(p, eol, "Transfer-Encoding", &value))
		return -EBADMSG;
	if (is_header(p, eol, "Connection", &value))
		out->close = eol - value >= 5 && !strncasecmp(value, "close", 5);
	if (!is_header(p, eol, "Content-Length", &value))
		return 0;
	*has_length = true;
	return parse_length(value, eol, &out->body_len);
}

/* Lines until the empty one. */
static int parse_head(const char *data, const char *end, bool *has_length, const char **ret_body,
		      struct http1_response *out)
{
	const char *p = data, *eol = line_end(p, end);
	int r;

	if (!eol)
		return end - data > (ptrdiff_t)HEAD_MAX ? -EBADMSG : -EAGAIN;
	r = parse_status(p, eol, &out->status);
	for (p = eol + 1; r == 0; p = eol + 1) {
		if (p - data > (ptrdiff_t)HEAD_MAX)
			return -EBADMSG;
		eol = p < end ? line_end(p, end) : NULL;
		if (!eol)
			return end - data > (ptrdiff_t)HEAD_MAX ? -EBADMSG : -EAGAIN;
		if (eol == p || (eol == p + 1 && *p == '\r')) {
			*ret_body = eol + 1;
			return 0;
		}
		r = parse_field(p, eol, has_length, out);
	}
	return r;
}

int http1_parse(const char *data, size_t n, bool head, struct http1_response *ret)
{
	struct http1_response out = {0};
	const char *end = data + n;
	bool has_length = false;
	int r = parse_head(data, end, &has_length, &out.body, &out);

	if (r < 0)
		return r;
	if (head || out.status == 304 || out.status == 204 || out.status / 100 == 1)
		out.body_len = 0;
	else if (!has_length)
		return -EBADMSG;
	if (out.body_len > (size_t)(end - out.body))
		return -EAGAIN;
	out.total = (size_t)(out.body - data) + out.body_len;
	*ret = out;
	return 0;
}
