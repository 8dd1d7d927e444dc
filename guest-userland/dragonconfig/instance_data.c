/* SPDX-License-Identifier: MIT */
#include "instance_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "files.h"
#include "wire/jsonw.h"

#define TEXT_MAX (1u << 20)

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

/* Where cloud-init's name for a cloud is not its source's. */
static const char *cloud_id(const char *source, char ret[STATUS_CLOUD_MAX])
{
	status_cloud(source, ret);
	if (strcmp(ret, "ec2") == 0)
		return "aws";
	return strcmp(ret, "nocloudnet") == 0 ? "nocloud" : ret;
}

static void write_standard(struct jsonw *w, const struct context *c, const char *cloud)
{
	/* The source's own, whatever else user data says. */
	const char *told = c->instance->hostname;
	_autofree_ char *name = told ? xstrndup(told, strcspn(told, ".")) : host_short_name(c);
	const struct {
		const char *keys[2], *value;
	} words[] = {
		{{"cloud_id", "cloud-id"}, cloud},
		{{"cloud_name", "cloud-name"}, cloud},
		{{"instance_id", "instance-id"}, c->state->id},
		{{"local_hostname", "local-hostname"}, name},
		{{"platform", NULL}, cloud},
		{{"subplatform", NULL}, c->instance->why},
	};

	jsonw_begin_object(w, "v1");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (size_t k = 0; k < 2 && words[i].keys[k]; k++)
			jsonw_string(w, words[i].keys[k], words[i].value);
	jsonw_begin_array(w, "public_ssh_keys");
	for (size_t i = 0; i < c->instance->keys.n; i++)
		jsonw_string(w, NULL, c->instance->keys.v[i]);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void put(const char *path, const char *data, size_t n)
{
	static const struct file_owner owner = {.mode = 0644};
	struct err err = ERR_INIT;

	if (file_put(path, data, n, &owner, &err) < 0)
		status_log("%s", err.text);
}

void instance_data_put(const struct context *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);
	char word[STATUS_CLOUD_MAX];
	const char *cloud = cloud_id(c->instance->source, word);
	struct jsonw w;

	strbuf_addf(&sb, "%s\n", cloud);
	put(STATUS_DIR "/cloud-id", strbuf_str(&sb), sb.len);
	strbuf_reset(&sb);
	jsonw_init(&w, (struct sink){to_strbuf, &sb}, true);
	jsonw_begin_object(&w, NULL);
	write_standard(&w, c, cloud);
	jsonw_end_object(&w);
	if (jsonw_finish(&w) == 0)
		put(INSTANCE_DATA, strbuf_str(&sb), sb.len);
}
