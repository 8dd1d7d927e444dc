/* SPDX-License-Identifier: MIT */
/*
 * jsonr: a JSON document read whole; the counterpart of jsonw.
 *
 * Owns the parsed document. Called by report/ (a report in place of a run folder). No descriptor;
 * the caller bounds the bytes. Every look-up takes NULL, so that a chain of them needs one check.
 */
#ifndef WIRE_JSONR_H
#define WIRE_JSONR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A value inside a document, alive as long as that. */
struct jsonr;

/* -EBADMSG with line and column. Release what was filled. */
int jsonr_parse(const char *text, size_t n, struct jsonr **ret_root, struct err *err);
void jsonr_release(struct jsonr **root);

/* A member of an object, an element of an array; NULL when there is none. */
const struct jsonr *jsonr_get(const struct jsonr *value, const char *key);
const struct jsonr *jsonr_at(const struct jsonr *value, size_t i);
/* Elements of an array; 0 for anything else. */
size_t jsonr_length(const struct jsonr *value);
bool jsonr_is_array(const struct jsonr *value);
/* A text, or fallback when it is none. One with a NUL inside ends there. */
const char *jsonr_text(const struct jsonr *value, const char *fallback);
/* The member's. */
const char *jsonr_string(const struct jsonr *value, const char *key, const char *fallback);
/* The member's number when it is a whole one and not negative, else fallback. */
uint64_t jsonr_uint(const struct jsonr *value, const char *key, uint64_t fallback);
bool jsonr_bool(const struct jsonr *value, const char *key);
/* The members of an object that are strings, in their order. */
void jsonr_each_string(const struct jsonr *value,
		       void (*fn)(void *arg, const char *key, const char *text), void *arg);

#endif
