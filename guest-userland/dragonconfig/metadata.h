/* SPDX-License-Identifier: MIT */
/*
 * metadata: pieces of a metadata service, many at once, and what their texts may be.
 *
 * A service is hostile. A piece that is not there (4xx) is none; one that cannot be had (trouble of
 * the server, time, size, a page of HTML in its place) is a problem that is told, and what is known
 * of the instance is partial.
 */
#ifndef DRAGONCONFIG_METADATA_H
#define DRAGONCONFIG_METADATA_H

#include "instance.h"

struct metadata {
	const struct search_terms *terms;
	struct problems *problems;
	struct instance *to;
	const char *base;    /* address that names are put behind */
	const char *headers; /* NULL: none */
	bool is_probe;	     /* what cannot be had is no problem yet */
	bool may_renew;	     /* nor is a status of 401 */
};

struct metadata_file {
	const char *name;
	size_t max;
};

struct piece {
	char *name; /* behind the base */
	size_t max;
	int status;    /* or -errno */
	char why[200]; /* it is not there */
	char *text;    /* NULL: not there */
	size_t n;
};

void metadata_name(struct piece *pieces, const struct metadata_file *files, size_t n);
/* Asks for all of them together, within the terms. */
void metadata_get(const struct metadata *m, struct piece *pieces, size_t n);
/* "meta_data.json: its status is 404"; caller frees. */
char *metadata_why_not(const struct piece *p);
/* Hands the text over, if there is one. */
void metadata_move(struct piece *p, char **ret, size_t *ret_n);
void metadata_release(struct piece *pieces, size_t n);

/* One line without control characters, as an id or a name is; white space around it is cut off.
 * false: it is none. */
bool metadata_line(char *text);
/* Markup, which no metadata is. */
bool metadata_is_page(const char *text, size_t n);
/* A public ssh key, as it stands in authorized_keys. */
bool metadata_is_key(const char *line);
/* What a list of public keys names: the part of a line before "=", or a last "/". */
void metadata_key_names(const char *text, struct strv *to);
/* The hardware addresses of a list, "52:54:00:00:00:01/" a line. */
void metadata_macs(const char *text, struct strv *to);

#endif
