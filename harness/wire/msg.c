/* SPDX-License-Identifier: MIT */
#include "wire/msg.h"

#include <string.h>

bool msg_parse(const void *data, size_t n, struct msg *ret)
{
	const char *p = data, *end = p + n, *line = p;

	while (line < end) {
		const char *nl = memchr(line, '\n', (size_t)(end - line));

		if (!nl)
			return false;
		if (nl == line) {
			*ret = (struct msg){.head = p,
					    .head_len = (size_t)(line - p),
					    .body = nl + 1,
					    .body_len = (size_t)(end - nl - 1)};
			return true;
		}
		if (!memchr(line, '=', (size_t)(nl - line)))
			return false;
		line = nl + 1;
	}
	return false;
}

bool msg_next(const struct msg *m, size_t *at, struct msg *ret_pair)
{
	const char *line = m->head + *at, *nl, *eq;

	if (*at >= m->head_len)
		return false;
	nl = memchr(line, '\n', m->head_len - *at);
	eq = nl ? memchr(line, '=', (size_t)(nl - line)) : NULL;
	if (!eq)
		return false;
	*ret_pair = (struct msg){.head = line,
				 .head_len = (size_t)(eq - line),
				 .body = eq + 1,
				 .body_len = (size_t)(nl - eq - 1)};
	*at += (size_t)(nl - line) + 1;
	return true;
}

bool msg_get(const struct msg *m, const char *key, const char **ret, size_t *ret_len)
{
	size_t n = strlen(key), at = 0;
	struct msg pair;

	while (msg_next(m, &at, &pair))
		if (pair.head_len == n && memcmp(pair.head, key, n) == 0) {
			*ret = pair.body;
			*ret_len = pair.body_len;
			return true;
		}
	return false;
}

bool msg_get_str(const struct msg *m, const char *key, char *buf, size_t room)
{
	const char *v;
	size_t n;

	if (!msg_get(m, key, &v, &n) || n >= room || memchr(v, '\0', n))
		return false;
	memcpy(buf, v, n);
	buf[n] = '\0';
	return true;
}

bool msg_get_u64(const struct msg *m, const char *key, uint64_t *ret)
{
	const char *v;
	uint64_t x = 0;
	size_t n;

	if (!msg_get(m, key, &v, &n) || n == 0 || n > 19)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (v[i] < '0' || v[i] > '9')
			return false;
		x = x * 10 + (uint64_t)(v[i] - '0');
	}
	*ret = x;
	return true;
}

bool msg_is(const struct msg *m, const char *key, const char *value)
{
	const char *v;
	size_t n;

	return msg_get(m, key, &v, &n) && n == strlen(value) && memcmp(v, value, n) == 0;
}

void msg_add(struct msg_writer *w, const void *data, size_t n)
{
	if (w->failed || n > w->room - w->len) {
		w->failed = true;
		return;
	}
	if (n)
		memcpy(w->buf + w->len, data, n);
	w->len += n;
}

void msg_begin(struct msg_writer *w, void *buf, size_t room, const char *op)
{
	*w = (struct msg_writer){.buf = buf, .room = room};
	msg_str(w, "op", op);
}

void msg_str(struct msg_writer *w, const char *key, const char *value)
{
	size_t n = strlen(value);

	if (memchr(value, '\n', n))
		w->failed = true;
	msg_add(w, key, strlen(key));
	msg_add(w, "=", 1);
	msg_add(w, value, n);
	msg_add(w, "\n", 1);
}

void msg_u64(struct msg_writer *w, const char *key, uint64_t value)
{
	char digits[21];
	char *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	msg_str(w, key, p);
}

void msg_end_head(struct msg_writer *w)
{
	msg_add(w, "\n", 1);
}
