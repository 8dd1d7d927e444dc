/* SPDX-License-Identifier: MIT */
#include "wire/jsonr.h"

#include <errno.h>
#include <jansson.h>

static const json_t *inside(const struct jsonr *value)
{
	return (const json_t *)value;
}

static const struct jsonr *outside(const json_t *j)
{
	return (const struct jsonr *)j;
}

int jsonr_parse(const char *text, size_t n, struct jsonr **ret_root, struct err *err)
{
	json_error_t e;
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);

	if (!root)
		return err_set(err, EBADMSG, "line %d, column %d: %s", e.line, e.column, e.text);
	*ret_root = (struct jsonr *)root;
	return 0;
}

void jsonr_release(struct jsonr **root)
{
	json_decref((json_t *)*root);
	*root = NULL;
}

const struct jsonr *jsonr_get(const struct jsonr *value, const char *key)
{
	return outside(json_object_get(inside(value), key));
}

const struct jsonr *jsonr_at(const struct jsonr *value, size_t i)
{
	return outside(json_array_get(inside(value), i));
}

size_t jsonr_length(const struct jsonr *value)
{
	return json_array_size(inside(value));
}

bool jsonr_is_array(const struct jsonr *value)
{
	return json_is_array(inside(value));
}

const char *jsonr_text(const struct jsonr *value, const char *fallback)
{
	const char *text = json_string_value(inside(value));

	return text ? text : fallback;
}

const char *jsonr_string(const struct jsonr *value, const char *key, const char *fallback)
{
	return jsonr_text(jsonr_get(value, key), fallback);
}

uint64_t jsonr_uint(const struct jsonr *value, const char *key, uint64_t fallback)
{
	const json_t *j = inside(jsonr_get(value, key));

	return json_is_integer(j) && json_integer_value(j) >= 0 ? (uint64_t)json_integer_value(j)
								: fallback;
}

bool jsonr_bool(const struct jsonr *value, const char *key)
{
	return json_is_true(inside(jsonr_get(value, key)));
}

void jsonr_each_string(const struct jsonr *value,
		       void (*fn)(void *arg, const char *key, const char *text), void *arg)
{
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)value, key, member)
	{
		if (json_is_string(member))
			fn(arg, key, json_string_value(member));
	}
}
