/* SPDX-License-Identifier: MIT */
#include "metadata.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "fetch.h"

#define LINE_MAX_BYTES 253
#define KEYS_MAX       64
#define MACS_MAX       16
/* Of a source that may not be there at all. */
#define TRIES 3

void metadata_name(struct piece *pieces, const struct metadata_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pieces[i] = (struct piece){.name = xstrdup(files[i].name), .max = files[i].max};
}

static struct fetch *start(const struct metadata *m, const struct piece *p)
{
	_autofree_ char *url = xasprintf("%s%s", m->base, p->name);
	struct fetch_request r = {.url = url,
				  .headers = m->headers,
				  .max = p->max,
				  .tries = m->terms->is_named ? 0 : TRIES,
				  .deadline = m->terms->until};

	return fetch_start(&r);
}

static void take(const struct metadata *m, struct piece *p, struct fetch *f)
{
	struct err err = ERR_INIT;
	size_t n;
	_autofree_ char *text = fetch_take_body(f, &n);
	bool absent;

	p->status = fetch_result(f, &err);
	absent = p->status / 100 == 4 && p->status != 429;
	if (p->status / 100 == 2 && !metadata_is_page(text, n)) {
		p->text = TAKE(text);
		p->n = n;
		return;
	}
	if (p->status < 0)
		snprintf(p->why, sizeof(p->why), "%.150s", err.text);
	else if (p->status / 100 == 2)
		snprintf(p->why, sizeof(p->why), "a page of HTML is in its place");
	else
		snprintf(p->why, sizeof(p->why), "its status is %d", p->status);
	if (m->is_probe || (p->status == 401 && m->may_renew) ||
	    (absent && p->status != 401 && p->status != 403))
		return;
	problem_warn(m->problems, 0, "%s%s: %s", m->base, p->name, p->why);
	m->to->is_partial = true;
}

void metadata_get(const struct metadata *m, struct piece *pieces, size_t n)
{
	struct fetch **all = xcalloc(n + 1, sizeof(struct fetch *));

	for (size_t i = 0; i < n; i++)
		all[i] = start(m, &pieces[i]);
	fetch_wait(all, n);
	for (size_t i = 0; i < n; i++) {
		take(m, &pieces[i], all[i]);
		fetch_free(all[i]);
	}
	free(all);
}

char *metadata_why_not(const struct piece *p)
{
	return xasprintf("%s: %s", p->name, p->why);
}

void metadata_move(struct piece *p, char **ret, size_t *ret_n)
{
	if (!p->text)
		return;
	free(*ret);
	*ret = TAKE(p->text);
	*ret_n = p->n;
}

void metadata_release(struct piece *pieces, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(pieces[i].name);
		free(pieces[i].text);
	}
}

bool metadata_line(char *text)
{
	size_t from = strspn(text, " \t\r\n"), n = strlen(text);

	while (n > from && strchr(" \t\r\n", text[n - 1]))
		n--;
	n -= from;
	memmove(text, text + from, n);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			return false;
	return n > 0 && n <= LINE_MAX_BYTES;
}

bool metadata_is_page(const char *text, size_t n)
{
	size_t i = 0;

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < n && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	return i < n && text[i] == '<';
}

bool metadata_is_key(const char *line)
{
	static const char *const kinds[] = {"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"};
	size_t n = strcspn(line, " ");

	for (const char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(line, kinds[i], strlen(kinds[i])) == 0)
			return strncmp(line + n, " AAAA", 5) == 0;
	return false;
}

void metadata_key_names(const char *text, struct strv *to)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.n && to->n < KEYS_MAX; i++) {
		_autofree_ char *name = xstrndup(lines.v[i], strcspn(lines.v[i], "=/"));
		size_t n = strlen(name);

		for (const char *p = name; *p; p++)
			if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_')
				n = 0;
		if (n && n <= 64 && !strv_has(to, name))
			strv_push(to, name);
	}
}

void metadata_macs(const char *text, struct strv *to)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\r\n/");
	for (size_t i = 0; i < lines.n && to->n < MACS_MAX; i++) {
		bool good = strlen(lines.v[i]) == 17;

		for (size_t k = 0; good && k < 17; k++)
			good = k % 3 == 2 ? lines.v[i][k] == ':'
					  : isxdigit((unsigned char)lines.v[i][k]) != 0;
		if (good && !strv_has(to, lines.v[i]))
			strv_push(to, lines.v[i]);
	}
}
