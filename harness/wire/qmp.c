/* SPDX-License-Identifier: MIT */
#include "wire/qmp.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void release_json(json_t **j)
{
	json_decref(*j);
}

static const char *text_of(const json_t *j)
{
	const char *s = json_string_value(j);

	return s ? s : "";
}

static const char *const body_keys[] = {
	[QMP_GREETING] = "QMP",
	[QMP_RETURN] = "return",
	[QMP_ERROR] = "error",
	[QMP_EVENT] = "event",
};

static bool find_kind(const json_t *doc, enum qmp_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(body_keys); i++) {
		if (json_object_get(doc, body_keys[i])) {
			*ret_kind = (enum qmp_kind)i;
			return true;
		}
	}
	return false;
}

int qmp_parse(const char *line, size_t n, struct qmp_message *ret_message, struct err *err)
{
	_cleanup_(release_json) json_t *doc = NULL;
	struct qmp_message m = {.name = "", .text = ""};
	json_error_t e;
	json_int_t id;

	doc = json_loadb(line, n, 0, &e);
	if (!doc)
		return err_set(err, EBADMSG, "QEMU's monitor sent no JSON: %s", e.text);
	if (!find_kind(doc, &m.kind))
		return err_set(err, EBADMSG, "QEMU's monitor sent no QMP message");
	id = json_integer_value(json_object_get(doc, "id"));
	m.id = id > 0 ? (uint64_t)id : 0;
	if (m.kind == QMP_EVENT) {
		m.name = text_of(json_object_get(doc, "event"));
	} else if (m.kind == QMP_ERROR) {
		m.name = text_of(json_object_get(json_object_get(doc, "error"), "class"));
		m.text = text_of(json_object_get(json_object_get(doc, "error"), "desc"));
	} else if (m.kind == QMP_RETURN) {
		m.text = text_of(json_object_get(doc, "return"));
	}
	m.doc = TAKE(doc);
	*ret_message = m;
	return 0;
}

void qmp_message_release(struct qmp_message *m)
{
	json_decref(m->doc);
	m->doc = NULL;
}

static const json_t *child(const json_t *j, const char *part, size_t n)
{
	char key[64];
	char *end;
	unsigned long i;

	if (n == 0 || n >= sizeof(key))
		return NULL;
	memcpy(key, part, n);
	key[n] = '\0';
	if (!json_is_array(j))
		return json_object_get(j, key);
	i = strtoul(key, &end, 10);
	return *end ? NULL : json_array_get(j, i);
}

static const json_t *walk(const struct qmp_message *m, const char *path)
{
	const json_t *j =
		json_object_get(m->doc, m->kind == QMP_EVENT ? "data" : body_keys[m->kind]);

	while (j && *path) {
		size_t n = strcspn(path, ".");

		j = child(j, path, n);
		path += n;
		path += *path == '.';
	}
	return j;
}

const char *qmp_string(const struct qmp_message *m, const char *path)
{
	return json_string_value(walk(m, path));
}

bool qmp_integer(const struct qmp_message *m, const char *path, int64_t *ret_value)
{
	const json_t *j = walk(m, path);

	if (!json_is_integer(j))
		return false;
	*ret_value = json_integer_value(j);
	return true;
}

bool qmp_boolean(const struct qmp_message *m, const char *path)
{
	return json_is_true(walk(m, path));
}

size_t qmp_length(const struct qmp_message *m, const char *path)
{
	return json_array_size(walk(m, path));
}

void qmp_stream_init(struct qmp_stream *s)
{
	strbuf_init(&s->buf, QMP_LINE_MAX);
	s->taken = 0;
}

void qmp_stream_release(struct qmp_stream *s)
{
	strbuf_release(&s->buf);
}

int qmp_stream_feed(struct qmp_stream *s, const char *data, size_t n)
{
	strbuf_consume(&s->buf, s->taken);
	s->taken = 0;
	return strbuf_add(&s->buf, data, n);
}

const char *qmp_stream_next(struct qmp_stream *s, size_t *ret_n)
{
	const char *line, *end;

	if (s->taken == s->buf.len)
		return NULL;
	line = s->buf.buf + s->taken;
	end = memchr(line, '\n', s->buf.len - s->taken);
	if (!end)
		return NULL;
	s->taken += (size_t)(end - line) + 1;
	*ret_n = (size_t)(end - line);
	if (*ret_n && line[*ret_n - 1] == '\r')
		--*ret_n;
	return line;
}

int qmp_command(struct strbuf *sb, uint64_t id, const char *command, ...)
{
	_cleanup_(release_json) json_t *args = json_object();
	_cleanup_(release_json) json_t *doc = NULL;
	_autofree_ char *text = NULL;
	const char *name;
	va_list ap;
	size_t n;
	int r = 0;

	va_start(ap, command);
	while (r == 0 && (name = va_arg(ap, const char *)))
		r = json_object_set_new(args, name, json_string(va_arg(ap, const char *)));
	va_end(ap);
	doc = json_pack("{s:s, s:I}", "execute", command, "id", (json_int_t)id);
	if (r == 0 && json_object_size(args))
		r = json_object_set(doc, "arguments", args);
	text = r == 0 ? json_dumps(doc, JSON_COMPACT) : NULL;
	if (!text)
		return -EINVAL;
	n = strlen(text);
	text[n] = '\n';
	return strbuf_add(sb, text, n + 1);
}
