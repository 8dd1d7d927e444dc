/* SPDX-License-Identifier: MIT */
#include "instance.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "tree.h"

/* Its texts: what has a length of its own, and what has none. A text that is not here is neither
 * freed nor comes back from a search. */
static const struct {
	size_t text, size; /* size: SIZE_MAX: none */
} fields[] = {
	{offsetof(struct instance, source), SIZE_MAX},
	{offsetof(struct instance, id), SIZE_MAX},
	{offsetof(struct instance, hostname), SIZE_MAX},
	{offsetof(struct instance, random_seed), SIZE_MAX},
	{offsetof(struct instance, password), SIZE_MAX},
	{offsetof(struct instance, password_file), SIZE_MAX},
	{offsetof(struct instance, why), SIZE_MAX},
	{offsetof(struct instance, user_data), offsetof(struct instance, user_size)},
	{offsetof(struct instance, vendor_data), offsetof(struct instance, vendor_size)},
	{offsetof(struct instance, network), offsetof(struct instance, network_size)},
};

static char **text_of(const struct instance *i, size_t k)
{
	return (char **)((const char *)i + fields[k].text);
}

static size_t size_of(const struct instance *i, size_t k)
{
	const char *text = *text_of(i, k);

	if (fields[k].size != SIZE_MAX)
		return *(const size_t *)((const char *)i + fields[k].size);
	return text ? strlen(text) : 0;
}

/* Passwords, seeds and user data are secrets: none stays in memory. */
void instance_release(struct instance *i)
{
	for (size_t k = 0; k < ARRAY_SIZE(fields); k++) {
		char *text = *text_of(i, k);

		if (text)
			explicit_bzero(text, size_of(i, k));
		free(text);
	}
	strv_release(&i->keys);
	*i = (struct instance){0};
}

static void move(char **to, char **from)
{
	if (!*to)
		*to = TAKE(*from);
}

void instance_join(struct instance *to, struct instance *from)
{
	if (!to->user_data)
		to->user_size = from->user_size;
	if (!to->vendor_data)
		to->vendor_size = from->vendor_size;
	move(&to->user_data, &from->user_data);
	move(&to->vendor_data, &from->vendor_data);
	move(&to->hostname, &from->hostname);
	if (from->keys.n)
		strv_push_all(&to->keys, from->keys.v);
	to->is_partial |= from->is_partial;
}

static void take_keys(struct strv *keys, const struct tree_node *node)
{
	const char *text = tree_text(node);

	if (text)
		strv_split(keys, text, "\n");
	for (size_t i = 0; node && node->kind == TREE_LIST && i < node->n; i++)
		take_keys(keys, node->items[i]);
	for (size_t i = 0; node && node->kind == TREE_MAP && i < node->n; i++)
		take_keys(keys, node->items[i]->kind == TREE_MAP
					? tree_get(node->items[i], "openssh_key")
					: node->items[i]);
}

static void replace(char **to, const char *text)
{
	if (!text)
		return;
	free(*to);
	*to = xstrdup(text);
}

void instance_take_meta(struct instance *i, const char *text, size_t n, struct problems *problems)
{
	struct tree *t = tree_parse(text, n, problems);
	const struct tree_node *root = tree_root(t);

	replace(&i->id, tree_get_text(root, "uuid"));
	replace(&i->id, tree_get_text(root, "instance_id"));
	replace(&i->hostname, tree_get_text(root, "hostname"));
	replace(&i->hostname, tree_get_text(root, "local_hostname"));
	replace(&i->random_seed, tree_get_text(root, "random_seed"));
	take_keys(&i->keys, tree_get(root, "public_keys"));
	tree_free(t);
}

static void pack_number(struct strbuf *to, size_t n)
{
	strbuf_add(to, &n, sizeof(n));
}

/* NULL is no text of no bytes. */
static void pack_text(struct strbuf *to, const char *text, size_t n)
{
	pack_number(to, text ? n + 1 : 0);
	if (text)
		strbuf_add(to, text, n);
}

void instance_pack(struct strbuf *to, const struct instance *i, const struct problems *problems)
{
	pack_number(to, (size_t)i->password_is_hash | (size_t)i->is_partial << 1);
	for (size_t k = 0; k < ARRAY_SIZE(fields); k++) {
		pack_text(to, *text_of(i, k), size_of(i, k));
	}
	pack_number(to, i->keys.n);
	for (size_t k = 0; k < i->keys.n; k++)
		pack_text(to, i->keys.v[k], strlen(i->keys.v[k]));
	pack_number(to, problems->n);
	for (size_t k = 0; k < problems->n; k++) {
		const struct problem *p = &problems->list[k];

		pack_number(to, (size_t)p->error | (size_t)p->line << 1);
		pack_text(to, p->text, strlen(p->text));
	}
}

static bool unpack_number(const char **p, const char *end, size_t *ret)
{
	if ((size_t)(end - *p) < sizeof(*ret))
		return false;
	memcpy(ret, *p, sizeof(*ret));
	*p += sizeof(*ret);
	return true;
}

static bool unpack_text(const char **p, const char *end, char **ret, size_t *ret_n)
{
	size_t n;

	if (!unpack_number(p, end, &n) || (n && n - 1 > (size_t)(end - *p)))
		return false;
	*ret = NULL;
	*ret_n = n ? n - 1 : 0;
	if (!n)
		return true;
	*ret = xmalloc(n);
	memcpy(*ret, *p, n - 1);
	(*ret)[n - 1] = '\0';
	*p += n - 1;
	return true;
}

static bool unpack_lists(const char **p, const char *end, struct instance *ret,
			 struct problems *problems)
{
	size_t count, n, about;
	char *text;

	if (!unpack_number(p, end, &count))
		return false;
	for (; count > 0; count--) {
		if (!unpack_text(p, end, &text, &n) || !text)
			return false;
		strv_take(&ret->keys, text);
	}
	if (!unpack_number(p, end, &count))
		return false;
	for (; count > 0; count--) {
		if (!unpack_number(p, end, &about) || !unpack_text(p, end, &text, &n) || !text)
			return false;
		if (about & 1)
			problem_error(problems, (unsigned int)(about >> 1), "%s", text);
		else
			problem_warn(problems, (unsigned int)(about >> 1), "%s", text);
		free(text);
	}
	return true;
}

int instance_unpack(const char **p, const char *end, struct instance *ret,
		    struct problems *problems)
{
	struct instance i = {0};
	size_t flags = 0, n;
	bool whole = unpack_number(p, end, &flags);

	for (size_t k = 0; whole && k < ARRAY_SIZE(fields); k++) {
		whole = unpack_text(p, end, text_of(&i, k), &n);
		if (whole && fields[k].size != SIZE_MAX)
			*(size_t *)((char *)&i + fields[k].size) = n;
	}
	whole = whole && unpack_lists(p, end, &i, problems);
	if (!whole) {
		instance_release(&i);
		return -EBADMSG;
	}
	i.password_is_hash = flags & 1;
	i.is_partial = flags >> 1 & 1;
	*ret = i;
	return 0;
}
