/* SPDX-License-Identifier: MIT */
/* The part that knows HTTP; metadata_socket.c has the connections. */
#include "machine/metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/xalloc.h"

#define PATH_LONG 512
#define TTL_MAX	  21600

void metadata_site_init(struct metadata_site *site, const struct cloud *c, const struct seed *s)
{
	*site = (struct metadata_site){.cloud = c};
	if (c->metadata)
		c->metadata(&site->tree, c, s);
}

void metadata_site_release(struct metadata_site *site)
{
	cloud_tree_release(&site->tree);
	explicit_bzero(site->tokens, sizeof(site->tokens));
}

/* --- Reading a request --- */

struct request {
	char method[8], path[PATH_LONG];
	const char *head; /* its lines after the first, each ended by \n */
	size_t head_n;
	bool old; /* HTTP/1.0 */
};

/* The value of a header, cut at the end of its line; false: there is none. */
static bool header(const struct request *q, const char *name, char *buf, size_t room)
{
	size_t n = strlen(name);

	for (const char *p = q->head, *end = p + q->head_n; p < end;) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t line = (size_t)((eol ? eol : end) - p);

		if (line > n && strncasecmp(p, name, n) == 0 && p[n] == ':') {
			const char *v = p + n + 1;
			size_t len = line - n - 1;

			while (len && (*v == ' ' || *v == '\t'))
				v++, len--;
			while (len && (v[len - 1] == '\r' || v[len - 1] == ' '))
				len--;
			snprintf(buf, room, "%.*s", (int)len, v);
			return true;
		}
		p += line + 1;
	}
	return false;
}

/* Length of the head with its empty line, 0: not whole. */
static size_t head_end(const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (data[i] != '\n')
			continue;
		if (i + 1 < n && data[i + 1] == '\n')
			return i + 2;
		if (i + 2 < n && data[i + 1] == '\r' && data[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

static bool parse(const char *data, size_t n, struct request *q)
{
	char line[PATH_LONG + 32], version[12];
	const char *eol = memchr(data, '\n', n);
	size_t len = (size_t)(eol - data);

	*q = (struct request){0};
	if (len >= sizeof(line) || memchr(data, 0, n))
		return false;
	memcpy(line, data, len);
	line[len] = '\0';
	if (sscanf(line, "%7s %511s %11s", q->method, q->path, version) != 3 ||
	    strncmp(version, "HTTP/1.", 7) != 0 || q->path[0] != '/')
		return false;
	q->old = strcmp(version, "HTTP/1.0") == 0;
	q->head = eol + 1;
	q->head_n = n - len - 1;
	return true;
}

/* --- Answering --- */

static const char *phrase(int status)
{
	static const struct {
		int status;
		const char *text;
	} phrases[] = {{200, "OK"},
		       {400, "Bad Request"},
		       {401, "Unauthorized"},
		       {404, "Not Found"},
		       {405, "Method Not Allowed"},
		       {413, "Content Too Large"},
		       {431, "Request Header Fields Too Large"}};

	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return "";
}

static void respond(struct strbuf *out, const struct request *q, struct metadata_reply *ret,
		    const char *body, size_t n)
{
	strbuf_addf(out,
		    "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
		    "Connection: %s\r\n\r\n",
		    ret->status, phrase(ret->status), n, ret->close ? "close" : "keep-alive");
	if (!q || strcmp(q->method, "HEAD") != 0)
		strbuf_add(out, body, n);
}

static void refuse(struct strbuf *out, const struct request *q, struct metadata_reply *ret,
		   int status)
{
	ret->status = status;
	respond(out, q, ret, phrase(status), strlen(phrase(status)));
}

/* What stands in a folder, a name a line. False: there is no such folder. */
static bool list(const struct metadata_site *site, const char *folder, struct strbuf *sb)
{
	_autofree_ char *prefix = *folder ? xasprintf("%s/", folder) : xstrdup("");
	_cleanup_(strv_release) struct strv names = STRV_INIT;

	for (size_t i = 0; i < site->tree.n; i++) {
		const char *path = site->tree.files[i].path, *rest;
		_autofree_ char *name = NULL;
		bool deeper;

		if (strncmp(path, prefix, strlen(prefix)) != 0)
			continue;
		rest = path + strlen(prefix);
		deeper = strchr(rest, '/') != NULL;
		name = xasprintf("%.*s%s", (int)strcspn(rest, "/"), rest,
				 deeper && site->cloud->slashes ? "/" : "");
		if (!strv_has(&names, name))
			strv_push(&names, name);
	}
	for (size_t i = 0; i < names.n; i++)
		strbuf_addf(sb, "%s%s", i ? "\n" : "", names.v[i]);
	return names.n > 0;
}

static bool has_token(const struct metadata_site *site, uint64_t now, const struct request *q)
{
	char given[64];

	if (!site->cloud->token_path)
		return true;
	if (!header(q, site->cloud->token, given, sizeof(given)))
		return false;
	for (size_t i = 0; i < METADATA_TOKENS; i++)
		if (site->tokens[i].until > now && strcmp(site->tokens[i].text, given) == 0)
			return true;
	return false;
}

static void give_token(struct metadata_site *site, uint64_t now, const struct request *q,
		       struct strbuf *out, struct metadata_reply *ret)
{
	size_t i = site->n_tokens % METADATA_TOKENS;
	unsigned char raw[16];
	char ttl[16], *end;
	long seconds = 0;

	if (header(q, site->cloud->token_ttl, ttl, sizeof(ttl)))
		seconds = strtol(ttl, &end, 10);
	if (seconds < 1 || seconds > TTL_MAX || *end ||
	    getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw)) {
		refuse(out, q, ret, 400);
		return;
	}
	for (size_t k = 0; k < sizeof(raw); k++)
		snprintf(site->tokens[i].text + 2 * k, 3, "%02x", raw[k]);
	site->tokens[i].until = now + (uint64_t)seconds * SEC;
	site->n_tokens++;
	ret->status = 200;
	respond(out, q, ret, site->tokens[i].text, strlen(site->tokens[i].text));
}

static void get(struct metadata_site *site, uint64_t now, const struct request *q, char *path,
		struct strbuf *out, struct metadata_reply *ret)
{
	_cleanup_(strbuf_release) struct strbuf names = STRBUF_INIT(1u << 20);
	size_t n = strlen(path);
	const struct cloud_file *f;

	if (!has_token(site, now, q)) {
		refuse(out, q, ret, 401);
		return;
	}
	while (n && path[n - 1] == '/')
		path[--n] = '\0';
	f = cloud_find(&site->tree, path);
	if (!f && !list(site, path, &names)) {
		refuse(out, q, ret, 404);
		return;
	}
	ret->status = 200;
	respond(out, q, ret, f ? f->data : strbuf_str(&names), f ? f->n : names.len);
}

/* Each version of a service, named by its day, is the latest here. */
static char *of_latest(const char *path)
{
	static const char form[] = "dddd-dd-dd";

	for (const char *p = path; *p; p += strcspn(p, "/"), p += *p == '/') {
		size_t n = strcspn(p, "/"), i = 0;

		while (i < n && i < strlen(form) &&
		       (form[i] == 'd' ? p[i] >= '0' && p[i] <= '9' : p[i] == form[i]))
			i++;
		if (i == n && i == strlen(form))
			return xasprintf("%.*slatest%s", (int)(p - path), path, p + n);
	}
	return xstrdup(path);
}

static void act(struct metadata_site *site, uint64_t now, const struct request *q,
		struct strbuf *out, struct metadata_reply *ret)
{
	_autofree_ char *path = of_latest(q->path + strspn(q->path, "/"));
	const struct cloud *c = site->cloud;

	path[strcspn(path, "?")] = '\0';
	if (strcmp(q->method, "PUT") == 0 && c->token_path && strcmp(path, c->token_path) == 0)
		give_token(site, now, q, out, ret);
	else if (strcmp(q->method, "GET") == 0 || strcmp(q->method, "HEAD") == 0)
		get(site, now, q, path, out, ret);
	else
		refuse(out, q, ret, 405);
}

static void describe(struct metadata_reply *ret, const char *data, size_t n)
{
	size_t line = strnlen(data, n);
	size_t len = 0;

	while (len < line && len < 150 && data[len] != '\r' && data[len] != '\n') {
		ret->what[len] = data[len] < 32 || data[len] == 127 ? '?' : data[len];
		len++;
	}
	/* The protocol's version tells nobody anything. */
	if (len > 9 && memcmp(ret->what + len - 9, " HTTP/1.", 8) == 0)
		len -= 9;
	snprintf(ret->what + len, sizeof(ret->what) - len, " %d", ret->status);
}

size_t metadata_answer(struct metadata_site *site, uint64_t now, const char *data, size_t n,
		       struct strbuf *out, struct metadata_reply *ret)
{
	size_t head = head_end(data, n);
	unsigned long body = 0;
	struct request q;
	char text[16];

	*ret = (struct metadata_reply){.close = true};
	if (!head || head > METADATA_HEAD_MAX) {
		if (n < METADATA_HEAD_MAX)
			return 0;
		refuse(out, NULL, ret, 431);
		head = n;
	} else if (!parse(data, head, &q)) {
		refuse(out, NULL, ret, 400);
	} else {
		if (header(&q, "Content-Length", text, sizeof(text)))
			body = strtoul(text, NULL, 10);
		if (body <= METADATA_BODY_MAX && n < head + body)
			return 0;
		ret->close = q.old || (header(&q, "Connection", text, sizeof(text)) &&
				       strcasecmp(text, "close") == 0);
		if (body > METADATA_BODY_MAX) {
			ret->close = true;
			body = n - head;
			refuse(out, &q, ret, 413);
		} else {
			act(site, now, &q, out, ret);
		}
	}
	describe(ret, data, n);
	return head + body;
}
