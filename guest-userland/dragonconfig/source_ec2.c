/* SPDX-License-Identifier: MIT */
/*
 * Metadata services like EC2's: a tree of small texts over HTTP, in some clouds behind a token that
 * is asked for with PUT (Amazon, "Instance metadata", version 2; Alibaba, "instance metadata",
 * security-enhanced access). Where nobody gives tokens it is asked without.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "fetch.h"
#include "metadata.h"
#include "userdata.h"

#define TOKEN_MAX     1024
#define TOKEN_SECONDS "21600"
#define TEXT_MAX      65536

struct service {
	const char *name;
	const char *token; /* address; NULL: there are none */
	const char *token_ttl, *token_header;
	const char *base;
	const char *hostname;
	bool has_vendor;
};

struct client {
	const struct service *s;
	struct metadata m;
	char headers[TOKEN_MAX + 100];
	bool was_renewed;
};

enum { HOSTNAME, KEYS, MACS, USER, VENDOR, PIECES };

/* false: the service must not be asked, and why. */
static bool get_token(struct client *c, char **ret_why, bool *ret_late)
{
	_autofree_ char *ttl = xasprintf("%s: " TOKEN_SECONDS "\r\n", c->s->token_ttl);
	struct fetch_request r = {.method = "PUT",
				  .url = c->s->token,
				  .headers = ttl,
				  .max = TOKEN_MAX,
				  .tries = c->m.terms->is_named ? 0 : 3,
				  .deadline = c->m.terms->until};
	_autofree_ char *token = NULL;
	struct fetch *f = fetch_start(&r);
	struct err err = ERR_INIT;
	int status;

	fetch_wait(&f, 1);
	status = fetch_result(f, &err);
	token = fetch_take_body(f, NULL);
	fetch_free(f);
	*c->headers = '\0';
	/* One that hangs up on a PUT may still answer a GET. */
	if (status < 0 && status != -ECONNRESET && status != -EBADMSG && status != -E2BIG) {
		*ret_why = xasprintf("%s: %s", c->s->token, err.text);
		*ret_late = status == -ETIMEDOUT;
		return false;
	}
	if (status == 403) {
		*ret_why = xasprintf("%s: its status is 403: it is switched off", c->s->token);
		return false;
	}
	if (status == 200 && !metadata_is_page(token, strlen(token)) && metadata_line(token) &&
	    !strchr(token, ' '))
		snprintf(c->headers, sizeof(c->headers), "%s: %s\r\n", c->s->token_header, token);
	return true;
}

/* A token that is not good any more is renewed once. */
static void get(struct client *c, struct piece *pieces, size_t n)
{
	_autofree_ char *why = NULL;
	bool renew = false, late;

	c->m.headers = c->headers;
	c->m.may_renew = c->s->token && !c->was_renewed;
	metadata_get(&c->m, pieces, n);
	for (size_t i = 0; i < n; i++)
		renew |= pieces[i].status == 401;
	if (!renew || !c->m.may_renew)
		return;
	c->was_renewed = true;
	c->m.may_renew = false;
	/* Without one they answer as before, and that is told. */
	get_token(c, &why, &late);
	for (size_t i = 0; i < n; i++)
		if (pieces[i].status == 401)
			metadata_get(&c->m, &pieces[i], 1);
}

static void take_keys(struct client *c, const char *list)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct piece *p;

	metadata_key_names(list, &names);
	p = xcalloc(names.n + 1, sizeof(*p));
	for (size_t i = 0; i < names.n; i++)
		p[i] = (struct piece){
			.max = TEXT_MAX,
			.name = xasprintf("meta-data/public-keys/%s/openssh-key", names.v[i])};
	get(c, p, names.n);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_(strv_release) struct strv lines = STRV_INIT;

		strv_split(&lines, p[i].text ? p[i].text : "", "\r\n");
		for (size_t k = 0; k < lines.n; k++)
			if (metadata_is_key(lines.v[k]))
				strv_push(&c->m.to->keys, lines.v[k]);
			else
				problem_warn(c->m.problems, 0, "%s: a line that is no key",
					     p[i].name);
	}
	metadata_release(p, names.n);
	free(p);
}

/* One interface asks by DHCP without being told; of several, the first one's routes come first. */
static void take_network(struct client *c, const char *list)
{
	_cleanup_(strv_release) struct strv macs = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);

	metadata_macs(list, &macs);
	if (macs.n < 2)
		return;
	strbuf_addstr(&sb, "version: 2\nethernets:\n");
	for (size_t i = 0; i < macs.n; i++)
		strbuf_addf(&sb,
			    "  nic%zu: {match: {macaddress: '%s'}, dhcp4: true, "
			    "dhcp4-overrides: {route-metric: %zu}}\n",
			    i, macs.v[i], (i + 1) * 100);
	c->m.to->network = strbuf_detach(&sb, &c->m.to->network_size);
}

static void take_rest(struct client *c)
{
	const struct metadata_file names[PIECES] = {
		[HOSTNAME] = {c->s->hostname, TEXT_MAX},
		[KEYS] = {"meta-data/public-keys/", TEXT_MAX},
		[MACS] = {"meta-data/network/interfaces/macs/", TEXT_MAX},
		[USER] = {"user-data", USERDATA_MAX},
		[VENDOR] = {"vendor-data", USERDATA_MAX},
	};
	struct piece p[PIECES] = {0};
	struct instance *to = c->m.to;

	metadata_name(p, names, PIECES);
	get(c, p, c->s->has_vendor ? PIECES : VENDOR);
	if (p[HOSTNAME].text && metadata_line(p[HOSTNAME].text))
		to->hostname = TAKE(p[HOSTNAME].text);
	else if (p[HOSTNAME].text)
		problem_warn(c->m.problems, 0, "%s: no name", c->s->hostname);
	metadata_move(&p[USER], &to->user_data, &to->user_size);
	metadata_move(&p[VENDOR], &to->vendor_data, &to->vendor_size);
	if (p[KEYS].text)
		take_keys(c, p[KEYS].text);
	if (p[MACS].text)
		take_network(c, p[MACS].text);
	metadata_release(p, PIECES);
}

static bool find_service(const struct service *s, struct instance *ret,
			 const struct search_terms *terms, struct problems *problems)
{
	struct client c = {.s = s,
			   .m = {.terms = terms,
				 .problems = problems,
				 .to = ret,
				 .base = s->base,
				 .is_probe = true}};
	struct piece id = {.max = TEXT_MAX};

	if (s->token && !get_token(&c, &ret->why, &ret->is_partial))
		return false;
	id.name = xstrdup("meta-data/instance-id");
	get(&c, &id, 1);
	if (id.text && metadata_line(id.text)) {
		ret->id = TAKE(id.text);
		c.m.is_probe = false;
		take_rest(&c);
		ret->source = xasprintf("DataSource%s [seed=%s]", s->name, s->base);
		ret->why = xasprintf("%smeta-data/instance-id is there%s", s->base,
				     *c.headers ? ", with a token" : "");
	} else {
		ret->is_partial = id.status == -ETIMEDOUT;
		ret->why =
			*id.why ? metadata_why_not(&id) : xstrdup("meta-data/instance-id is no id");
	}
	explicit_bzero(c.headers, sizeof(c.headers));
	metadata_release(&id, 1);
	return ret->id != NULL;
}

static bool find_ec2(struct instance *ret, const struct search_terms *terms,
		     struct problems *problems)
{
	static const struct service ec2 = {
		.name = "Ec2",
		.token = "http://169.254.169.254/latest/api/token",
		.token_ttl = "X-aws-ec2-metadata-token-ttl-seconds",
		.token_header = "X-aws-ec2-metadata-token",
		.base = "http://169.254.169.254/latest/",
		.hostname = "meta-data/local-hostname",
	};

	return find_service(&ec2, ret, terms, problems);
}

static bool find_aliyun(struct instance *ret, const struct search_terms *terms,
			struct problems *problems)
{
	static const struct service aliyun = {
		.name = "AliYun",
		.token = "http://100.100.100.200/latest/api/token",
		.token_ttl = "X-aliyun-ecs-metadata-token-ttl-seconds",
		.token_header = "X-aliyun-ecs-metadata-token",
		.base = "http://100.100.100.200/2016-01-01/",
		.hostname = "meta-data/hostname",
		.has_vendor = true,
	};

	return find_service(&aliyun, ret, terms, problems);
}

static bool find_tencent(struct instance *ret, const struct search_terms *terms,
			 struct problems *problems)
{
	static const struct service tencent = {
		.name = "TencentCloud",
		.base = "http://169.254.0.23/latest/",
		.hostname = "meta-data/hostname",
	};

	return find_service(&tencent, ret, terms, problems);
}

const struct source source_ec2 = {
	.name = "EC2 over HTTP",
	.words = {"ec2"},
	.is_remote = true,
	.address = "169.254.169.254",
	.find = find_ec2,
};
const struct source source_aliyun_net = {
	.name = "Alibaba over HTTP",
	.words = {"aliyun"},
	.is_remote = true,
	.find = find_aliyun,
};
const struct source source_tencent_net = {
	.name = "Tencent over HTTP",
	.words = {"tencent", "tencentcloud"},
	.is_remote = true,
	.find = find_tencent,
};
