/* SPDX-License-Identifier: MIT */
/* phone_home: a server is told that this machine is there, and by which keys it is known. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "facts.h"
#include "fetch.h"
#include "module.h"
#include "sshd.h"

#define TRIES	   10
#define WAIT_US	   (30 * SEC)
#define URL_MAX	   2000
#define FORM_MAX   65536
#define ANSWER_MAX 65536
#define KEY_MAX	   16384

/* "all", in cloud-init's order. */
static const char *const all[] = {"pub_key_rsa", "pub_key_ecdsa", "pub_key_ed25519",
				  "pub_key_dsa", "instance_id",	  "hostname",
				  "fqdn"};

static char *public_key(const char *type)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(KEY_MAX);
	_autofree_ char *key = sshd_openssh_key(type), *path = xasprintf("%s.pub", key);

	return file_read(path, &sb, NULL) < 0 ? NULL : xstrdup(strbuf_str(&sb));
}

/* Caller frees; NULL: it is not known. */
static char *value_of(const struct context *c, const char *name)
{
	if (strncmp(name, "pub_key_", 8) == 0)
		return public_key(name + 8);
	if (strcmp(name, "instance_id") == 0)
		return xstrdup(c->state->id);
	if (strcmp(name, "hostname") == 0)
		return host_short_name(c);
	return host_full_name(c);
}

static void add_encoded(struct strbuf *sb, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (; *text; text++)
		if (strchr(plain, *text))
			strbuf_addch(sb, *text);
		else
			strbuf_addf(sb, "%%%02X", (unsigned char)*text);
}

static void add_value(const struct context *c, const char *name, struct strbuf *form)
{
	_autofree_ char *value = value_of(c, name);

	strbuf_addf(form, "%s%s=", form->len ? "&" : "", name);
	add_encoded(form, value ? value : "N/A");
}

static bool is_known(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(all); i++)
		if (strcmp(name, all[i]) == 0)
			return true;
	return false;
}

static void make_form(const struct context *c, const struct tree_node *post, struct strbuf *form)
{
	bool some = post && post->kind == TREE_LIST;

	for (size_t i = 0; some && i < post->n; i++)
		if (is_known(tree_text(post->items[i])))
			add_value(c, tree_text(post->items[i]), form);
		else
			status_warn("phone_home: line %u: nothing of that name is posted",
				    post->items[i]->line);
	for (size_t i = 0; !some && i < ARRAY_SIZE(all); i++)
		add_value(c, all[i], form);
}

static void post(const struct fetch_request *r)
{
	struct fetch *h = fetch_start(r);
	struct err err = ERR_INIT;
	int status;

	fetch_wait(&h, 1);
	status = fetch_result(h, &err);
	if (status < 0)
		status_warn("phone_home: %s", err.text);
	else if (status / 100 != 2)
		status_warn("phone_home: the server answers with status %d", status);
	else
		status_log("phone_home: posted");
	fetch_free(h);
}

static void phone(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "phone_home");
	const char *url = tree_get_text(own, "url");
	_cleanup_(strbuf_release) struct strbuf full = STRBUF_INIT(URL_MAX);
	_cleanup_(strbuf_release) struct strbuf form = STRBUF_INIT(FORM_MAX);
	int64_t tries = TRIES;

	if (!own || own->kind != TREE_MAP)
		return;
	if (!url) {
		status_warn("phone_home: line %u: there is no url", own->line);
		return;
	}
	facts_expand(c, url, &full);
	make_form(c, tree_get(own, "post"), &form);
	tree_int(tree_get(own, "tries"), &tries);
	post(&(struct fetch_request){
		.method = "POST",
		.url = strbuf_str(&full),
		.headers = "Content-Type: application/x-www-form-urlencoded\r\n",
		.body = strbuf_str(&form),
		.body_size = form.len,
		.max = ANSWER_MAX,
		.tries = tries < 1	? 1
			 : tries > 1000 ? 1000
					: (unsigned int)tries,
		.deadline = deadline_in(WAIT_US),
	});
}

const struct module module_phone = {"phone_home", STAGE_FINAL, FREQUENCY_INSTANCE, phone};
