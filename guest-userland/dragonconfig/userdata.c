/* SPDX-License-Identifier: MIT */
#include "userdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "codec.h"
#include "fetch_url.h"
#include "tree.h"
#include "mime.h"

#define LEVELS_MAX 4 /* gzip, archive or MIME in one another */

/* What includes what, innermost first. */
struct chain {
	const char *url;
	const struct chain *outer;
	unsigned int depth;
};

struct splitter {
	struct userdata *userdata;
	struct problems *problems;
	unsigned int level;
	const struct chain *chain; /* NULL: nothing was included */
};

struct content {
	const char *type; /* MIME type, NULL: by its first line */
	const char *filename, *merge;
	const char *data;
	size_t n;
};

static void split(struct splitter *s, const struct content *c);

static const char *const kind_names[PART_KINDS] = {
	[PART_CONFIG] = "cloud-config",
	[PART_SCRIPT] = "script",
	[PART_SCRIPT_PER_BOOT] = "per-boot script",
	[PART_SCRIPT_PER_INSTANCE] = "per-instance script",
	[PART_SCRIPT_PER_ONCE] = "per-once script",
	[PART_BOOTHOOK] = "boothook",
};

void userdata_release(struct userdata *u)
{
	for (size_t i = 0; i < u->n; i++) {
		free(u->parts[i].name);
		free(u->parts[i].merge);
		free(u->parts[i].data);
	}
	free(u->parts);
	*u = (struct userdata)USERDATA_INIT;
}

/* A name for a file of our own folder, whatever stands before the last "/". */
static char *part_name(const struct userdata *u, const char *filename)
{
	const char *slash = filename ? strrchr(filename, '/') : NULL;
	const char *base = slash ? slash + 1 : filename;

	if (!base || !*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return xasprintf("part-%03zu", u->n + 1);
	return xstrdup(base);
}

static void keep(struct splitter *s, enum part_kind kind, const struct content *c)
{
	struct userdata *u = s->userdata;
	struct part *p;

	if (c->n > USERDATA_MAX - u->size) {
		problem_error(s->problems, 0,
			      "user data of more than %u bytes: a %s does not count", USERDATA_MAX,
			      kind_names[kind]);
		return;
	}
	u->parts = xreallocarray(u->parts, u->n + 1, sizeof(*u->parts));
	p = &u->parts[u->n];
	*p = (struct part){.kind = kind, .n = c->n};
	p->name = part_name(u, c->filename);
	p->merge = c->merge && *c->merge ? xstrdup(c->merge) : NULL;
	p->data = xmalloc(c->n + 1);
	memcpy(p->data, c->data, c->n);
	p->data[c->n] = '\0';
	u->size += c->n;
	u->n++;
}

static void keep_config(struct splitter *s, const struct content *c)
{
	keep(s, PART_CONFIG, c);
}

static void keep_script(struct splitter *s, const struct content *c)
{
	keep(s, PART_SCRIPT, c);
}

static void keep_per_boot(struct splitter *s, const struct content *c)
{
	keep(s, PART_SCRIPT_PER_BOOT, c);
}

static void keep_per_instance(struct splitter *s, const struct content *c)
{
	keep(s, PART_SCRIPT_PER_INSTANCE, c);
}

static void keep_per_once(struct splitter *s, const struct content *c)
{
	keep(s, PART_SCRIPT_PER_ONCE, c);
}

static void keep_boothook(struct splitter *s, const struct content *c)
{
	keep(s, PART_BOOTHOOK, c);
}

static bool is_in_chain(const struct chain *c, const char *url)
{
	for (; c; c = c->outer)
		if (strcmp(c->url, url) == 0)
			return true;
	return false;
}

/* Why it must not be had; NULL: it may. */
static const char *why_not_included(const struct splitter *s, const char *url)
{
	const struct userdata *u = s->userdata;

	if (is_in_chain(s->chain, url))
		return "it includes itself";
	if (s->chain && s->chain->depth == USERDATA_INCLUDE_DEPTH_MAX)
		return "included by what is included, too often";
	if (u->n_included == USERDATA_INCLUDES_MAX)
		return "too many are included";
	return NULL;
}

/* An address may hold a secret: only its line is told. */
static void include(struct splitter *s, const char *url, bool once, unsigned int line)
{
	struct userdata *u = s->userdata;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(USERDATA_MAX - u->included_size);
	struct splitter inner = *s;
	struct chain chain = {url, s->chain, s->chain ? s->chain->depth + 1 : 1};
	const char *why_not = why_not_included(s, url);
	struct fetch_url parsed;
	struct err err = ERR_INIT;

	if (why_not) {
		problem_error(s->problems, line, "#include: %s", why_not);
		return;
	}
	if (fetch_url_parse(&parsed, url, &err) < 0) {
		problem_error(s->problems, line, "#include: %s", err.text);
		return;
	}
	u->n_included++;
	if (!u->includer.fetch) {
		problem_warn(s->problems, line, "#include: it is had at boot, not here");
		return;
	}
	if (u->includer.fetch(u->includer.arg, url, once, &sb, &err) < 0) {
		problem_error(s->problems, line, "#include: %s", err.text);
		return;
	}
	u->included_size += sb.len;
	inner.level = 0;
	inner.chain = &chain;
	split(&inner, &(struct content){.data = strbuf_str(&sb), .n = sb.len});
}

/* An address a line, behind the word itself too; "#include-once" holds from its line on. */
static void split_includes(struct splitter *s, const struct content *c, bool once)
{
	const char *p = c->data, *end = c->data + c->n;

	for (unsigned int line = 1; p < end; line++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		_autofree_ char *text = xstrndup(p, (size_t)((eol ? eol : end) - p));
		char *word = text;

		if (strncmp(word, "#include-once", 13) == 0) {
			once = true;
			word += 13;
		} else if (strncmp(word, "#include", 8) == 0) {
			word += 8;
		}
		word += strspn(word, " \t\r");
		for (size_t n = strlen(word); n && strchr(" \t\r", word[n - 1]); n--)
			word[n - 1] = '\0';
		if (*word && *word != '#')
			include(s, word, once, line);
		p = eol ? eol + 1 : end;
	}
}

static void take_include(struct splitter *s, const struct content *c)
{
	split_includes(s, c, false);
}

static void take_include_once(struct splitter *s, const struct content *c)
{
	split_includes(s, c, true);
}

static void refuse_template(struct splitter *s, const struct content *c)
{
	problem_error(s->problems, 1,
		      "a jinja template: there is no template engine here, write "
		      "the text out");
}

static void refuse_handler(struct splitter *s, const struct content *c)
{
	problem_error(s->problems, 1, "a part handler: there is no Python here");
}

static void refuse_patch(struct splitter *s, const struct content *c)
{
	problem_error(s->problems, 1, "a JSON patch (cloud-config-jsonp) is not supported");
}

/* A list of maps with type and content, or of texts. */
static void split_archive(struct splitter *s, const struct content *c)
{
	struct tree *d = tree_parse(c->data, c->n, s->problems);
	const struct tree_node *root = tree_root(d);

	if (root->kind != TREE_LIST)
		problem_error(s->problems, root->line, "an archive must be a list");
	for (size_t i = 0; root->kind == TREE_LIST && i < root->n; i++) {
		const struct tree_node *item = root->items[i];
		const struct tree_node *text =
			item->kind == TREE_SCALAR ? item : tree_get(item, "content");

		if (!text || text->kind != TREE_SCALAR) {
			problem_error(s->problems, item->line, "a part without content");
			continue;
		}
		split(s, &(struct content){.type = tree_get_text(item, "type"),
					   .filename = tree_get_text(item, "filename"),
					   .data = text->text,
					   .n = text->len});
	}
	tree_free(d);
}

struct form {
	const char *type;  /* MIME type */
	const char *magic; /* how the first line begins, NULL: told by its type only */
	void (*take)(struct splitter *s, const struct content *c);
};

/* A longer magic before one that it begins with. */
static const struct form forms[] = {
	{"text/cloud-config-archive", "#cloud-config-archive", split_archive},
	{"text/cloud-config-jsonp", "#cloud-config-jsonp", refuse_patch},
	{"text/cloud-config", "#cloud-config", keep_config},
	{"text/x-include-once-url", "#include-once", take_include_once},
	{"text/x-include-url", "#include", take_include},
	{"text/cloud-boothook", "#cloud-boothook", keep_boothook},
	{"text/part-handler", "#part-handler", refuse_handler},
	{"text/jinja2", "## template: jinja", refuse_template},
	{"text/x-shellscript", "#!", keep_script},
	{"text/x-shellscript-per-boot", NULL, keep_per_boot},
	{"text/x-shellscript-per-instance", NULL, keep_per_instance},
	{"text/x-shellscript-per-once", NULL, keep_per_once},
};

static const struct form *form_of(const struct content *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct form *f = &forms[i];

		if (c->type && strcmp(c->type, f->type) == 0)
			return f;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *magic = forms[i].magic;

		if (magic && c->n >= strlen(magic) && memcmp(c->data, magic, strlen(magic)) == 0)
			return &forms[i];
	}
	return NULL;
}

static void on_mime_part(void *arg, const struct mime_part *p)
{
	split(arg, &(struct content){.type = p->type,
				     .filename = p->filename,
				     .merge = p->merge,
				     .data = p->data,
				     .n = p->n});
}

static void split_gzip(struct splitter *s, const struct content *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(USERDATA_MAX);
	struct content inner = *c;

	if (codec_gunzip(c->data, c->n, &sb) < 0) {
		problem_error(s->problems, 0, "gzip data that is damaged, or larger than %u bytes",
			      USERDATA_MAX);
		return;
	}
	inner.data = strbuf_str(&sb);
	inner.n = sb.len;
	split(s, &inner);
}

static bool is_blank(const struct content *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!memchr(" \t\r\n", c->data[i], 4))
			return false;
	return true;
}

static void split_inner(struct splitter *s, const struct content *c)
{
	const struct form *form;

	if (codec_is_gzip(c->data, c->n)) {
		split_gzip(s, c);
		return;
	}
	if (mime_is_message(c->data, c->n)) {
		mime_each(c->data, c->n, USERDATA_MAX, on_mime_part, s, s->problems);
		return;
	}
	form = form_of(c);
	if (form)
		form->take(s, c);
	else if (!is_blank(c))
		problem_error(
			s->problems, 1,
			"user data that begins neither with #cloud-config nor with #! nor with "
			"anything else that is known: it does not count");
}

static void split(struct splitter *s, const struct content *c)
{
	if (s->level == LEVELS_MAX) {
		problem_error(s->problems, 0, "user data wrapped more than %d times", LEVELS_MAX);
		return;
	}
	s->level++;
	split_inner(s, c);
	s->level--;
}

void userdata_add(struct userdata *u, const void *data, size_t n, struct problems *problems)
{
	struct splitter s = {.userdata = u, .problems = problems};

	split(&s, &(struct content){.data = data, .n = n});
}
