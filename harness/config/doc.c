/* SPDX-License-Identifier: MIT */
#include "config/doc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

struct reader {
	struct doc *doc;
	yaml_parser_t yaml;
	const char *text;
	size_t n;
	struct err *err;
};

static void free_node(struct doc_node *node)
{
	if (!node)
		return;
	for (size_t i = 0; i < node->n; i++)
		free_node(node->items[i]);
	free(node->items);
	free(node->text);
	free(node);
}

void doc_free(struct doc *doc)
{
	if (!doc)
		return;
	free_node(doc->root);
	free(doc->file);
	free(doc);
}

static void cleanup_doc(struct doc **doc)
{
	doc_free(*doc);
}

int doc_error(const struct doc *doc, const struct doc_node *at, struct err *err, const char *fmt,
	      ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_usage(err, "%s:%u:%u: %s", doc->file, at->line, at->column, text);
}

bool doc_is_null(const struct doc_node *node)
{
	return node->kind == DOC_SCALAR && node->plain &&
	       (!*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
}

const char *doc_describe(const struct doc_node *node, char *buf, size_t n)
{
	if (node->kind == DOC_LIST)
		snprintf(buf, n, "a list");
	else if (node->kind == DOC_MAPPING)
		snprintf(buf, n, "a mapping");
	else if (doc_is_null(node))
		snprintf(buf, n, "nothing");
	else
		snprintf(buf, n, "%s\"%.40s\"", node->plain ? "" : "the quoted text ", node->text);
	return buf;
}

static int error_at(struct reader *r, const yaml_mark_t *mark, const char *message)
{
	return err_usage(r->err, "%s:%zu:%zu: %s", r->doc->file, mark->line + 1, mark->column + 1,
			 message);
}

/* The library tells where bad bytes are as an offset only. */
static int encoding_error(struct reader *r)
{
	size_t end = r->yaml.problem_offset < r->n ? r->yaml.problem_offset : r->n;
	yaml_mark_t mark = {0};

	for (size_t i = 0; i < end; i++) {
		if (r->text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else {
			mark.column++;
		}
	}
	return error_at(r, &mark, r->yaml.problem ? r->yaml.problem : "unreadable characters");
}

static int next_event(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->yaml, event))
		return 0;
	if (r->yaml.error == YAML_READER_ERROR)
		return encoding_error(r);
	return error_at(r, &r->yaml.problem_mark,
			r->yaml.problem ? r->yaml.problem : "not readable as YAML");
}

static int read_node(struct reader *r, yaml_event_t *event, unsigned int depth,
		     struct doc_node **ret_node);

static void add_item(struct doc_node *node, struct doc_node *item)
{
	if (node->n == node->cap) {
		node->cap = node->cap ? node->cap * 2 : 8;
		node->items = xreallocarray(node->items, node->cap, sizeof(*node->items));
	}
	node->items[node->n++] = item;
}

static int check_key(struct reader *r, const struct doc_node *mapping, const struct doc_node *key)
{
	if (key->kind != DOC_SCALAR)
		return doc_error(r->doc, key, r->err, "a key must be a word");
	if (mapping->n >= 2 * DOC_MAX_KEYS)
		return doc_error(r->doc, key, r->err, "too many keys in one mapping");
	for (size_t i = 0; i + 1 < mapping->n; i += 2)
		if (!strcmp(mapping->items[i]->text, key->text))
			return doc_error(r->doc, key, r->err,
					 "\"%s\" stands here twice, first in line %u", key->text,
					 mapping->items[i]->line);
	return 0;
}

/* The children of a list or mapping until its end event. */
static int read_items(struct reader *r, struct doc_node *node, unsigned int depth)
{
	for (;;) {
		struct doc_node *item = NULL;
		yaml_event_t event;
		int ret = next_event(r, &event);

		if (ret < 0)
			return ret;
		if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&event);
			return 0;
		}
		ret = read_node(r, &event, depth + 1, &item);
		if (ret < 0)
			return ret;
		if (node->kind == DOC_MAPPING && node->n % 2 == 0)
			ret = check_key(r, node, item);
		add_item(node, item);
		if (ret < 0)
			return ret;
	}
}

static const char *refusal(struct reader *r, const yaml_event_t *e, unsigned int depth)
{
	if (e->type == YAML_ALIAS_EVENT)
		return "aliases (*name) are not used here";
	if (depth > DOC_MAX_DEPTH)
		return "nested too deeply";
	if (++r->doc->n_nodes > DOC_MAX_NODES)
		return "too many entries in one file";
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		if (e->data.scalar.anchor || e->data.scalar.tag)
			break;
		if (memchr(e->data.scalar.value, 0, e->data.scalar.length))
			return "a NUL character in a text";
		return NULL;
	case YAML_SEQUENCE_START_EVENT:
		if (e->data.sequence_start.anchor || e->data.sequence_start.tag)
			break;
		return NULL;
	case YAML_MAPPING_START_EVENT:
		if (e->data.mapping_start.anchor || e->data.mapping_start.tag)
			break;
		return NULL;
	default:
		return "something is missing here";
	}
	return "anchors (&name) and tags (!name) are not used here";
}

/* Consumes the event. */
static int read_node(struct reader *r, yaml_event_t *event, unsigned int depth,
		     struct doc_node **ret_node)
{
	const char *why = refusal(r, event, depth);
	struct doc_node *node;
	int ret = 0;

	if (why) {
		ret = error_at(r, &event->start_mark, why);
		yaml_event_delete(event);
		return ret;
	}
	node = xcalloc(1, sizeof(*node));
	node->line = (unsigned int)event->start_mark.line + 1;
	node->column = (unsigned int)event->start_mark.column + 1;
	if (event->type == YAML_SCALAR_EVENT) {
		node->kind = DOC_SCALAR;
		node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		node->text =
			xstrndup((const char *)event->data.scalar.value, event->data.scalar.length);
	} else {
		node->kind = event->type == YAML_SEQUENCE_START_EVENT ? DOC_LIST : DOC_MAPPING;
	}
	yaml_event_delete(event);
	if (node->kind != DOC_SCALAR)
		ret = read_items(r, node, depth);
	if (ret < 0)
		free_node(node);
	else
		*ret_node = node;
	return ret;
}

/* Stream start, one document, stream end. */
static int read_document(struct reader *r)
{
	for (;;) {
		yaml_event_t event;
		yaml_event_type_t type;
		yaml_mark_t mark;
		int ret = next_event(r, &event);

		if (ret < 0)
			return ret;
		type = event.type;
		mark = event.start_mark;
		if (type == YAML_DOCUMENT_START_EVENT && r->doc->root) {
			yaml_event_delete(&event);
			return error_at(r, &mark, "a second document begins here");
		}
		if (type == YAML_STREAM_START_EVENT || type == YAML_STREAM_END_EVENT ||
		    type == YAML_DOCUMENT_START_EVENT || type == YAML_DOCUMENT_END_EVENT) {
			yaml_event_delete(&event);
			if (type == YAML_STREAM_END_EVENT)
				return r->doc->root ? 0 : error_at(r, &mark, "the file is empty");
			continue;
		}
		ret = read_node(r, &event, 0, &r->doc->root);
		if (ret < 0)
			return ret;
	}
}

int doc_parse(const char *file, const char *text, size_t n, struct doc **ret_doc, struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = xcalloc(1, sizeof(*doc));
	struct reader r = {.doc = doc, .text = text, .n = n, .err = err};
	int ret;

	doc->file = xstrdup(file);
	if (n > DOC_MAX_BYTES)
		return err_usage(err, "%s: larger than 1 MiB", file);
	if (!yaml_parser_initialize(&r.yaml))
		return err_set(err, ENOMEM, "cannot start the YAML reader");
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, n);
	ret = read_document(&r);
	yaml_parser_delete(&r.yaml);
	if (ret == 0)
		*ret_doc = TAKE(doc);
	return ret;
}

int doc_load(const char *path, struct doc **ret_doc, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(DOC_MAX_BYTES);
	struct err why = ERR_INIT;
	int r = file_read(path, &text, &why);

	if (r == -E2BIG)
		return err_usage(err, "%s: larger than 1 MiB", path);
	if (r < 0)
		return err_usage(err, "%s", why.text);
	return doc_parse(path, strbuf_str(&text), text.len, ret_doc, err);
}
