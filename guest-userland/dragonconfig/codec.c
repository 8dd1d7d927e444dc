/* SPDX-License-Identifier: MIT */
#include "codec.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(char c)
{
	const char *p = c ? strchr(base64_digits, c) : NULL;

	return p ? (int)(p - base64_digits) : -1;
}

int codec_base64(const char *text, size_t n, struct strbuf *out)
{
	uint32_t bits = 0;
	unsigned int have = 0, digits = 0;
	int r = 0;

	for (size_t i = 0; i < n && r == 0 && text[i] != '='; i++) {
		int v;

		if (strchr(" \t\r\n", text[i]) && text[i])
			continue;
		v = base64_value(text[i]);
		if (v < 0)
			return -EBADMSG;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		digits++;
		if (have < 8)
			continue;
		have -= 8;
		r = strbuf_addch(out, (char)(bits >> have));
	}
	return r < 0 ? r : digits % 4 == 1 ? -EBADMSG : 0;
}

int codec_to_base64(const void *data, size_t n, struct strbuf *out)
{
	const unsigned char *p = data;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i += 3) {
		uint32_t bits = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) |
				(i + 2 < n ? p[i + 2] : 0);
		char group[4];

		for (int k = 0; k < 4; k++)
			group[k] =
				i + (size_t)k > n ? '=' : base64_digits[bits >> (18 - 6 * k) & 63];
		r = strbuf_add(out, group, sizeof(group));
	}
	return r;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of what follows a "=" at the end of a line, 0: it is no soft line break. */
static size_t soft_break(const char *text, size_t n)
{
	if (n >= 1 && text[0] == '\n')
		return 1;
	return n >= 2 && text[0] == '\r' && text[1] == '\n' ? 2 : 0;
}

int codec_quoted_printable(const char *text, size_t n, struct strbuf *out)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		size_t left = n - i - 1, skip;

		if (text[i] != '=') {
			r = strbuf_addch(out, text[i]);
			continue;
		}
		skip = soft_break(text + i + 1, left);
		if (skip) {
			i += skip;
		} else if (left >= 2 && hex_value(text[i + 1]) >= 0 &&
			   hex_value(text[i + 2]) >= 0) {
			r = strbuf_addch(
				out, (char)(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])));
			i += 2;
		} else {
			r = strbuf_addch(out, '=');
		}
	}
	return r;
}

bool codec_is_gzip(const void *data, size_t n)
{
	return n >= 2 && memcmp(data, "\x1f\x8b", 2) == 0;
}

static int inflate_all(z_stream *z, struct strbuf *out)
{
	char buf[8192];
	int r = 0, zr;

	for (;;) {
		z->next_out = (Bytef *)buf;
		z->avail_out = sizeof(buf);
		zr = inflate(z, Z_NO_FLUSH);
		if (zr != Z_OK && zr != Z_STREAM_END)
			return -EBADMSG;
		r = strbuf_add(out, buf, sizeof(buf) - z->avail_out);
		if (r < 0)
			return r;
		if (zr != Z_STREAM_END)
			continue;
		if (!codec_is_gzip(z->next_in, z->avail_in))
			return 0;
		if (inflateReset(z) != Z_OK)
			return -EBADMSG;
	}
}

int codec_gunzip(const void *data, size_t n, struct strbuf *out)
{
	z_stream z = {.next_in = (Bytef *)data, .avail_in = (uInt)n};
	int r;

	if (n != (uInt)n)
		return -E2BIG;
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return -ENOMEM;
	r = inflate_all(&z, out);
	inflateEnd(&z);
	return r;
}

int codec_decode(const char *encoding, const char *data, size_t n, struct strbuf *out)
{
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(out->max);
	bool gzip = encoding && (strncmp(encoding, "gz", 2) == 0 || strstr(encoding, "gzip"));
	bool base64 = encoding && (strstr(encoding, "b64") || strstr(encoding, "base64"));
	int r = 0;

	if (encoding && !gzip && !base64 && strcmp(encoding, "text/plain") != 0 &&
	    strcmp(encoding, "raw") != 0)
		return -ENOTSUP;
	if (base64) {
		r = codec_base64(data, n, gzip ? &sb : out);
		if (r < 0 || !gzip)
			return r;
		data = strbuf_str(&sb);
		n = sb.len;
	}
	return gzip ? codec_gunzip(data, n, out) : strbuf_add(out, data, n);
}
