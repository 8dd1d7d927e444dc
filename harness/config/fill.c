/* SPDX-License-Identifier: MIT */
#include "config/fill.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/strv.h"
#include "base/xalloc.h"

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit durations[] = {
	{"us", 1}, {"ms", MSEC}, {"s", SEC}, {"m", 60 * SEC}, {"h", 3600 * SEC}, {NULL, 0},
};
static const struct unit sizes[] = {
	{"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0},
};

static const char *const expectation[] = {
	[FIELD_STRING] = "a text",
	[FIELD_BOOL] = "true or false",
	[FIELD_INT] = "a whole number",
	[FIELD_DURATION] = "a duration such as 250ms, 10s or 5m",
	[FIELD_SIZE] = "a size such as 4096, 4KiB or 16MiB",
	[FIELD_ENUM] = "one of a few words",
	[FIELD_STRINGS] = "a list of texts",
};

/* Digits and a unit, nothing else. */
static int parse_units(const char *text, const struct unit *units, uint64_t *ret)
{
	uint64_t value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return -ERANGE;
	for (; units->suffix; units++) {
		if (strcmp(end, units->suffix))
			continue;
		if (value > INT64_MAX / units->factor)
			return -ERANGE;
		*ret = value * units->factor;
		return 0;
	}
	return -EINVAL;
}

static int parse_int(const char *text, int64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text) && *text != '-')
		return -EINVAL;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (errno)
		return -ERANGE;
	return *end || end == text ? -EINVAL : 0;
}

static int parse_bool(const char *text, bool *ret)
{
	if (strcmp(text, "true") && strcmp(text, "false"))
		return -EINVAL;
	*ret = text[0] == 't';
	return 0;
}

static int parse_word(const struct field *f, const char *text, int *ret)
{
	for (int i = 0; f->words[i]; i++) {
		if (strcmp(f->words[i], text))
			continue;
		*ret = i;
		return 0;
	}
	return -EINVAL;
}

static bool bounded(const struct field *f)
{
	return f->min || f->max;
}

/* Text to value. -EINVAL: not of that type; -ERANGE: too large for the type, -EDOM: out of the
 * field's bounds. */
static int parse_text(const struct field *f, const char *text, void *options)
{
	void *at = (char *)options + f->offset;
	int64_t value = 0;
	int r = 0;

	switch (f->type) {
	case FIELD_STRING:
		free(*(char **)at);
		*(char **)at = xstrdup(text);
		return 0;
	case FIELD_BOOL:
		return parse_bool(text, at);
	case FIELD_ENUM:
		return parse_word(f, text, at);
	case FIELD_INT:
		r = parse_int(text, &value);
		break;
	case FIELD_DURATION:
	case FIELD_SIZE:
		r = parse_units(text, f->type == FIELD_SIZE ? sizes : durations,
				(uint64_t *)&value);
		break;
	default:
		return -EINVAL;
	}
	if (r == 0 && bounded(f) && (value < f->min || value > f->max))
		r = -EDOM;
	if (r == 0)
		memcpy(at, &value, sizeof(value));
	return r;
}

static void join_words(const char *const *words, char *buf, size_t n)
{
	size_t used = 0;

	buf[0] = 0;
	for (int i = 0; words[i] && used < n; i++)
		used += (size_t)snprintf(buf + used, n - used, "%s%s", i ? ", " : "", words[i]);
}

static size_t count_words(const char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

/* Levenshtein's distance of two short words; long ones are simply far. */
static unsigned int distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	unsigned int row[64];

	if (na >= ARRAY_SIZE(row) || nb >= ARRAY_SIZE(row))
		return 99;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int diagonal = row[0];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *fill_nearest(const char *word, const char *const *words, size_t n)
{
	const char *best = NULL;
	unsigned int least = (unsigned int)strlen(word) / 3 + 2;

	for (size_t i = 0; i < n; i++) {
		unsigned int d = distance(word, words[i]);

		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}

static int word_error(const struct doc *doc, const struct doc_node *node, const struct field *f,
		      struct err *err)
{
	const char *near = fill_nearest(node->text, f->words, count_words(f->words));
	char words[300];

	join_words(f->words, words, sizeof(words));
	return doc_error(doc, node, err, "\"%s\" expects one of %s; this is \"%.40s\"%s%s%s",
			 f->name, words, node->text, near ? "; did you mean \"" : "",
			 near ? near : "", near ? "\"?" : "");
}

/* A bound as a person writes it in the file. */
static const char *bound_text(const struct field *f, int64_t value, char *buf, size_t n)
{
	const struct unit *units = f->type == FIELD_SIZE ? sizes : durations;
	const struct unit *best = NULL;

	if (f->type == FIELD_INT) {
		snprintf(buf, n, "%" PRId64, value);
		return buf;
	}
	for (; units->suffix; units++)
		if (!best ||
		    (value && units->factor > best->factor && (uint64_t)value % units->factor == 0))
			best = units;
	snprintf(buf, n, "%" PRIu64 "%s", (uint64_t)value / best->factor, best->suffix);
	return buf;
}

static int range_error(const struct doc *doc, const struct doc_node *node, const struct field *f,
		       struct err *err)
{
	char low[40], high[40];

	if (!bounded(f))
		return doc_error(doc, node, err, "\"%s\": %.40s is too large", f->name, node->text);
	return doc_error(doc, node, err, "\"%s\" must lie between %s and %s; this is %.40s",
			 f->name, bound_text(f, f->min, low, sizeof(low)),
			 bound_text(f, f->max, high, sizeof(high)), node->text);
}

static int fill_strings(const struct doc *doc, const struct doc_node *node, const struct field *f,
			struct strv *sv, struct err *err)
{
	char seen[80];

	for (size_t i = 0; i < node->n; i++) {
		const struct doc_node *item = node->items[i];

		if (item->kind != DOC_SCALAR || doc_is_null(item))
			return doc_error(doc, item, err,
					 "\"%s\" expects a list of texts; here is %s", f->name,
					 doc_describe(item, seen, sizeof(seen)));
		strv_push(sv, item->text);
	}
	return 0;
}

/* A quoted number is a text, and a text is not a number. */
static bool right_kind(const struct doc_node *node, const struct field *f)
{
	if (f->type == FIELD_STRINGS)
		return node->kind == DOC_LIST;
	if (node->kind != DOC_SCALAR || doc_is_null(node))
		return false;
	return node->plain || f->type == FIELD_STRING || f->type == FIELD_ENUM;
}

int fill_value(const struct doc *doc, const struct doc_node *node, const struct field *f,
	       void *options, struct err *err)
{
	char seen[80];
	int r = -EINVAL;

	if (f->type == FIELD_STRINGS && right_kind(node, f)) {
		struct strv *sv = (struct strv *)((char *)options + f->offset);

		strv_release(sv);
		return fill_strings(doc, node, f, sv, err);
	}
	if (right_kind(node, f))
		r = parse_text(f, node->text, options);
	if (r == 0)
		return 0;
	if (r == -ERANGE || r == -EDOM)
		return range_error(doc, node, f, err);
	if (f->type == FIELD_ENUM && node->kind == DOC_SCALAR)
		return word_error(doc, node, f, err);
	return doc_error(doc, node, err, "\"%s\" expects %s; this is %s", f->name,
			 expectation[f->type], doc_describe(node, seen, sizeof(seen)));
}

static const struct field *find_field(const struct field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (!strcmp(fields->name, name))
			return fields;
	return NULL;
}

static int unknown_key(const struct doc *doc, const struct doc_node *key,
		       const struct field *fields, struct err *err)
{
	const char *names[64], *near;
	size_t n = 0;

	for (; fields[n].name && n < ARRAY_SIZE(names); n++)
		names[n] = fields[n].name;
	near = fill_nearest(key->text, names, n);
	if (near)
		return doc_error(doc, key, err, "unknown key \"%.40s\"; did you mean \"%s\"?",
				 key->text, near);
	if (!n)
		return doc_error(doc, key, err, "unknown key \"%.40s\"; nothing is allowed here",
				 key->text);
	return doc_error(doc, key, err, "unknown key \"%.40s\"", key->text);
}

/* A list's default is written as one text, split at blanks. */
static void fill_fallback(const struct field *f, void *options)
{
	if (f->type == FIELD_STRINGS)
		strv_split((struct strv *)((char *)options + f->offset), f->fallback, " ");
	else
		parse_text(f, f->fallback, options);
}

static bool has_key(const struct doc_node *node, const char *name)
{
	for (size_t i = 0; i + 1 < node->n; i += 2)
		if (!strcmp(node->items[i]->text, name))
			return true;
	return false;
}

int fill_mapping(const struct doc *doc, const struct doc_node *node, const struct field *fields,
		 void *options, struct err *err)
{
	char seen[80];

	if (node->kind != DOC_MAPPING && !doc_is_null(node))
		return doc_error(doc, node, err,
				 "here must stand a mapping (key: value); this is %s",
				 doc_describe(node, seen, sizeof(seen)));
	for (const struct field *f = fields; f->name; f++)
		if (f->fallback)
			fill_fallback(f, options);
	for (size_t i = 0; i + 1 < node->n; i += 2) {
		const struct field *f = find_field(fields, node->items[i]->text);
		int r = f ? fill_value(doc, node->items[i + 1], f, options, err)
			  : unknown_key(doc, node->items[i], fields, err);

		if (r < 0)
			return r;
	}
	for (const struct field *f = fields; f->name; f++)
		if (f->required && !has_key(node, f->name))
			return doc_error(doc, node, err, "\"%s\" is missing", f->name);
	return 0;
}

void fill_release(const struct field *fields, void *options)
{
	if (!options)
		return;
	for (; fields->name; fields++) {
		void *at = (char *)options + fields->offset;

		if (fields->type == FIELD_STRING) {
			free(*(char **)at);
			*(char **)at = NULL;
		} else if (fields->type == FIELD_STRINGS) {
			strv_release(at);
		}
	}
}

static const char *type_text(const struct field *f, char *buf, size_t n)
{
	char low[40], high[40];

	if (f->type == FIELD_ENUM)
		join_words(f->words, buf, n);
	else if (bounded(f))
		snprintf(buf, n, "%s, %s to %s", expectation[f->type],
			 bound_text(f, f->min, low, sizeof(low)),
			 bound_text(f, f->max, high, sizeof(high)));
	else
		snprintf(buf, n, "%s", expectation[f->type]);
	return buf;
}

void fill_schema(FILE *f, const char *indent, const struct field *fields)
{
	char type[300];

	for (; fields->name; fields++) {
		fprintf(f, "%s%s: <%s>", indent, fields->name,
			type_text(fields, type, sizeof(type)));
		if (fields->required)
			fputs(" (required)", f);
		else if (fields->fallback)
			fprintf(f, " (default %s)", fields->fallback);
		fprintf(f, "\n%s    %s\n", indent, fields->help ? fields->help : "");
	}
}
