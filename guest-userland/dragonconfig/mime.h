/* SPDX-License-Identifier: MIT */
/*
 * mime: the parts of a MIME message, RFC 2045 and 2046, as far as user data goes.
 *
 * Pure. A message is hostile: depth and number of parts have ceilings, a missing boundary is an
 * error that is told.
 */
#ifndef DRAGONCONFIG_MIME_H
#define DRAGONCONFIG_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "problems.h"

#define MIME_DEPTH_MAX 8
#define MIME_PARTS_MAX 200
#define MIME_WORD_MAX  200

struct mime_part {
	char type[MIME_WORD_MAX]; /* "text/x-shellscript", lower case */
	char filename[MIME_WORD_MAX];
	char merge[MIME_WORD_MAX]; /* Merge-Type or X-Merge-Type */
	const char *data;	   /* decoded; valid during the call */
	size_t n;
};

/* It begins with a MIME header. */
bool mime_is_message(const char *text, size_t n);
/* Calls for each part that holds no parts itself, in order. max: ceiling on a decoded part. */
void mime_each(const char *text, size_t n, size_t max,
	       void (*on_part)(void *arg, const struct mime_part *part), void *arg,
	       struct problems *problems);

#endif
