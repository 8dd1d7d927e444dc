/* SPDX-License-Identifier: MIT */
#include "config/seed.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "config/doc.h"
#include "config/fill.h"

#define OWN "harness"

static const struct field fields[] = {
	{.name = "instance_id",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, instance_id),
	 .required = true,
	 .help = "A machine with another one is a new machine."},
	{.name = "hostname",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, hostname),
	 .required = true,
	 .help = "Its name."},
	{.name = "region",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, region),
	 .fallback = "local",
	 .help = "Where it is."},
	{.name = "zone",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, zone),
	 .fallback = "local-1",
	 .help = "Where in the region."},
	{.name = "keys",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct seed, keys),
	 .help = "OpenSSH public keys; harness: the one that steps log in with."},
	{.name = "password",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, password),
	 .help = "Of root; harness: the one that steps log in with."},
	{.name = "user_data",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, user_data),
	 .help = "As it is handed over."},
	{.name = "vendor_data",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct seed, vendor_data),
	 .help = "The same from the cloud, where it has such."},
	FIELD_END,
};

void seed_free(struct seed *s)
{
	if (!s)
		return;
	if (s->password)
		explicit_bzero(s->password, strlen(s->password));
	fill_release(fields, s);
	free(s);
}

static void cleanup_seed(struct seed **s)
{
	seed_free(*s);
}

static void cleanup_doc(struct doc **doc)
{
	doc_free(*doc);
}

/* The first line of a file beside the keys. */
static int own(const char *keys_dir, const char *name, char **ret_text, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(16384);
	_autofree_ char *path = path_join(keys_dir, name);
	int r = file_read(path, &sb, err);

	if (r == 0)
		*ret_text = xstrndup(strbuf_str(&sb), strcspn(strbuf_str(&sb), "\r\n"));
	return r;
}

static int resolve(struct seed *s, const char *keys_dir, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->keys.n; i++) {
		char *key;

		if (strcmp(s->keys.v[i], OWN) != 0)
			continue;
		r = own(keys_dir, "id_ed25519.pub", &key, err);
		if (r == 0) {
			free(s->keys.v[i]);
			s->keys.v[i] = key;
		}
	}
	if (r == 0 && s->password && strcmp(s->password, OWN) == 0) {
		char *password;

		r = own(keys_dir, "password", &password, err);
		if (r == 0) {
			free(s->password);
			s->password = password;
		}
	}
	return r;
}

/* Texts that end up in single lines of several formats. */
static int check_plain(const struct doc *doc, const char *name, const char *text, struct err *err)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (*text && !text[strspn(text, plain)] && strlen(text) <= 200)
		return 0;
	return doc_error(doc, doc->root, err,
			 "\"%s\" expects letters, digits, dots, dashes and underscores", name);
}

static int check(const struct doc *doc, const struct seed *s, struct err *err)
{
	int r = check_plain(doc, "instance_id", s->instance_id, err);

	if (r == 0)
		r = check_plain(doc, "hostname", s->hostname, err);
	if (r == 0)
		r = check_plain(doc, "region", s->region, err);
	return r == 0 ? check_plain(doc, "zone", s->zone, err) : r;
}

int seed_load(const char *path, const char *keys_dir, struct seed **ret_seed, struct err *err)
{
	_cleanup_(cleanup_seed) struct seed *s = xcalloc(1, sizeof(*s));
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_load(path, &doc, err);

	if (r == 0)
		r = fill_mapping(doc, doc->root, fields, s, err);
	if (r == 0)
		r = check(doc, s, err);
	if (r == 0)
		r = resolve(s, keys_dir, err);
	if (r == 0)
		*ret_seed = TAKE(s);
	return r;
}

void seed_print_schema(FILE *f)
{
	fill_schema(f, "", fields);
}
