/* SPDX-License-Identifier: MIT */
#include "osconf.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "wire/jsonw.h"

#define INTERFACES_MAX 16

void osconf_release(struct osconf *c)
{
	for (size_t i = 0; i < c->values.n; i++)
		explicit_bzero(c->values.v[i], strlen(c->values.v[i]));
	strv_release(&c->keys);
	strv_release(&c->values);
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* Where the key of a line is; length 0: it has none. */
static const char *key_of(const char *line, size_t *ret_len)
{
	line = skip_blanks(line);
	*ret_len = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	if (line[*ret_len] != '=')
		*ret_len = 0;
	return line;
}

static char *value_of(const char *text)
{
	size_t n;

	text = skip_blanks(text);
	if (*text == '"' || *text == '\'') {
		const char *end = strrchr(text + 1, *text);

		if (end)
			return xstrndup(text + 1, (size_t)(end - text - 1));
	}
	n = strlen(text);
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	return xstrndup(text, n);
}

void osconf_parse(struct osconf *ret, const char *text)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	*ret = (struct osconf){0};
	strv_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.n; i++) {
		size_t n;
		const char *key = key_of(lines.v[i], &n);

		if (n) {
			strv_take(&ret->keys, xstrndup(key, n));
			strv_take(&ret->values, value_of(key + n + 1));
		}
		explicit_bzero(lines.v[i], strlen(lines.v[i]));
	}
}

const char *osconf_get(const struct osconf *c, const char *key)
{
	for (size_t i = c->keys.n; i-- > 0;)
		if (strcmp(c->keys.v[i], key) == 0)
			return *c->values.v[i] ? c->values.v[i] : NULL;
	return NULL;
}

static const char *get_of(const struct osconf *c, unsigned int interface, const char *what)
{
	_autofree_ char *key = xasprintf("eth%u_%s", interface, what);

	return osconf_get(c, key);
}

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

static void write_interface(struct jsonw *w, const struct osconf *c, unsigned int i)
{
	_autofree_ char *name = xasprintf("eth%u", i);
	static const char *const table[][2] = {
		{"address", "ip_addr"}, {"netmask", "netmask"}, {"gateway", "gateway"}};

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "type", "physical");
	jsonw_string(w, "name", name);
	if (get_of(c, i, "mac_addr"))
		jsonw_string(w, "mac_address", get_of(c, i, "mac_addr"));
	jsonw_begin_array(w, "subnets");
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "type", "static");
	for (size_t k = 0; k < ARRAY_SIZE(table); k++)
		if (get_of(c, i, table[k][1]))
			jsonw_string(w, table[k][0], get_of(c, i, table[k][1]));
	jsonw_end_object(w);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void write_servers(struct jsonw *w, const char *text)
{
	_cleanup_(strv_release) struct strv servers = STRV_INIT;

	strv_split(&servers, text, " ,;\t");
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "type", "nameserver");
	jsonw_begin_array(w, "address");
	for (size_t i = 0; i < servers.n; i++)
		jsonw_string(w, NULL, servers.v[i]);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

char *osconf_network(const struct osconf *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4 * OSCONF_MAX);
	const char *servers = osconf_get(c, "dns_nameserver");
	struct jsonw w;
	bool any = false;

	jsonw_init(&w, (struct sink){to_strbuf, &sb}, false);
	jsonw_begin_object(&w, NULL);
	jsonw_int(&w, "version", 1);
	jsonw_begin_array(&w, "config");
	for (unsigned int i = 0; i < INTERFACES_MAX; i++) {
		if (!get_of(c, i, "ip_addr"))
			continue;
		write_interface(&w, c, i);
		any = true;
	}
	if (any && servers)
		write_servers(&w, servers);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return jsonw_finish(&w) == 0 && any ? strbuf_detach(&sb, NULL) : NULL;
}

char *osconf_id(const struct osconf *c, const char *prefix)
{
	const char *id = osconf_get(c, "instance_id"), *mac = get_of(c, 0, "mac_addr");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1000);

	if (id)
		return xstrdup(id);
	if (strbuf_addf(&sb, "%s", prefix) < 0)
		return xstrdup(prefix);
	if (mac)
		strbuf_addch(&sb, '-');
	for (; mac && *mac; mac++)
		if (isxdigit((unsigned char)*mac))
			strbuf_addch(&sb, (char)tolower(*mac));
	return strbuf_detach(&sb, NULL);
}

char *osconf_without_password(const char *text)
{
	size_t n = strlen(text);
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(n + 1);

	while (*text) {
		size_t line = strcspn(text, "\r\n"), len;
		const char *key = key_of(text, &len);

		line += strspn(text + line, "\r\n");
		if (len != 8 || strncmp(key, "password", 8) != 0)
			strbuf_add(&sb, text, line);
		text += line;
	}
	return strbuf_detach(&sb, NULL);
}
