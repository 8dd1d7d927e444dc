/* SPDX-License-Identifier: MIT */
/*
 * codec: what user data is wrapped in: base64, quoted-printable, gzip.
 *
 * Pure. What comes out is bounded by the ceiling of the buffer that it is appended to.
 */
#ifndef DRAGONCONFIG_CODEC_H
#define DRAGONCONFIG_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* White space is skipped, padding may be missing. -EBADMSG: another character, or a cut group;
 * -E2BIG: past the ceiling. */
int codec_base64(const char *text, size_t n, struct strbuf *out);
/* In one line, with its padding. */
int codec_to_base64(const void *data, size_t n, struct strbuf *out);
/* RFC 2045 6.7; a broken escape stands for itself. */
int codec_quoted_printable(const char *text, size_t n, struct strbuf *out);
/* By its first bytes. */
bool codec_is_gzip(const void *data, size_t n);
/* Members one after the other too. -EBADMSG: damaged or cut; -E2BIG. */
int codec_gunzip(const void *data, size_t n, struct strbuf *out);
/* gzip, base64 and both, in any of cloud-init's spellings; NULL: as it is. -ENOTSUP: another one.
 */
int codec_decode(const char *encoding, const char *data, size_t n, struct strbuf *out);

#endif
