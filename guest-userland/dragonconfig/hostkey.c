/* SPDX-License-Identifier: MIT */
#include "hostkey.h"

#include <errno.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_scalarmult_ed25519.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "codec.h"

#define TYPE	    "ssh-ed25519"
#define PEM_BEGIN   "-----BEGIN OPENSSH PRIVATE KEY-----"
#define PEM_END	    "-----END OPENSSH PRIVATE KEY-----"
#define PEM_COLUMNS 70
#define MAGIC	    "openssh-key-v1" /* with its NUL */

void hostkey_make(const unsigned char seed[HOSTKEY_SIZE], struct hostkey *ret)
{
	/* y is 4/5: RFC 8032's base point */
	static const unsigned char base[HOSTKEY_SIZE] = {
		0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	};
	unsigned char h[crypto_hash_sha512_BYTES];

	crypto_hash_sha512(h, seed, HOSTKEY_SIZE);
	memcpy(ret->seed, seed, HOSTKEY_SIZE);
	/* Clears and sets the scalar's bits itself. */
	if (crypto_scalarmult_ed25519(ret->point, h, base) != 0)
		abort();
	explicit_bzero(h, sizeof(h));
}

static int put_u32(struct strbuf *out, size_t v)
{
	const unsigned char b[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
				    (unsigned char)(v >> 8), (unsigned char)v};

	return strbuf_add(out, b, sizeof(b));
}

/* RFC 4251's string: its length, its bytes. */
static int put(struct strbuf *out, const void *data, size_t n)
{
	int r = put_u32(out, n);

	return r < 0 ? r : strbuf_add(out, data, n);
}

/* One is taken off what is left; false: it is cut. */
static bool take(const unsigned char **p, size_t *left, const unsigned char **ret, size_t *ret_n)
{
	size_t n;

	if (*left < 4)
		return false;
	n = (size_t)(*p)[0] << 24 | (size_t)(*p)[1] << 16 | (size_t)(*p)[2] << 8 | (*p)[3];
	if (n > *left - 4)
		return false;
	*ret = *p + 4;
	*ret_n = n;
	*p += 4 + n;
	*left -= 4 + n;
	return true;
}

static bool take_this(const unsigned char **p, size_t *left, const char *text)
{
	const unsigned char *s;
	size_t n;

	return take(p, left, &s, &n) && n == strlen(text) && memcmp(s, text, n) == 0;
}

static int put_blob(struct strbuf *out, const struct hostkey *k)
{
	int r = put(out, TYPE, strlen(TYPE));

	return r < 0 ? r : put(out, k->point, HOSTKEY_SIZE);
}

static int put_secret(struct strbuf *out, const struct hostkey *k)
{
	int r = put_u32(out, 2 * HOSTKEY_SIZE);

	r = r < 0 ? r : strbuf_add(out, k->seed, HOSTKEY_SIZE);
	return r < 0 ? r : strbuf_add(out, k->point, HOSTKEY_SIZE);
}

/* Two equal numbers tell a reader that a passphrase was right: the key's own bytes will do. */
static int put_private(struct strbuf *out, const struct hostkey *k, const char *comment)
{
	char pad = 0;
	int r;

	strbuf_add(out, k->point, 4);
	strbuf_add(out, k->point, 4);
	put_blob(out, k);
	put_secret(out, k);
	r = put(out, comment, strlen(comment));
	while (r == 0 && out->len % 8)
		r = strbuf_addch(out, ++pad);
	return r;
}

int hostkey_openssh(const struct hostkey *k, const char *comment, struct strbuf *out)
{
	_cleanup_(strbuf_wipe) struct strbuf blob = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_cleanup_(strbuf_wipe) struct strbuf private = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_cleanup_(strbuf_wipe) struct strbuf all = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_cleanup_(strbuf_wipe) struct strbuf text = STRBUF_INIT(HOSTKEY_FILE_MAX);
	int r = put_private(&private, k, comment);

	put_blob(&blob, k);
	strbuf_add(&all, MAGIC, sizeof(MAGIC));
	put(&all, "none", 4);
	put(&all, "none", 4);
	put(&all, "", 0);
	put_u32(&all, 1);
	put(&all, blob.buf, blob.len);
	r = r < 0 ? r : put(&all, private.buf, private.len);
	r = r < 0 ? r : codec_to_base64(all.buf, all.len, &text);
	if (r < 0)
		return r;
	strbuf_addstr(out, PEM_BEGIN "\n");
	for (size_t i = 0; i < text.len; i += PEM_COLUMNS)
		strbuf_addf(out, "%.*s\n", PEM_COLUMNS, text.buf + i);
	return strbuf_addstr(out, PEM_END "\n");
}

/* The bytes between the first and the last line. */
static bool unwrap(const char *text, struct strbuf *out)
{
	const char *begin = strstr(text, PEM_BEGIN), *end = begin ? strstr(begin, PEM_END) : NULL;

	if (!end)
		return false;
	begin += strlen(PEM_BEGIN);
	return codec_base64(begin, (size_t)(end - begin), out) == 0;
}

int hostkey_read(const char *text, struct hostkey *ret)
{
	_cleanup_(strbuf_wipe) struct strbuf all = STRBUF_INIT(HOSTKEY_FILE_MAX);
	const unsigned char *p, *s, *secret;
	size_t left, n, n_secret;
	struct hostkey k;

	if (!unwrap(text, &all) || all.len < sizeof(MAGIC) ||
	    memcmp(all.buf, MAGIC, sizeof(MAGIC)) != 0)
		return -EBADMSG;
	p = (const unsigned char *)all.buf + sizeof(MAGIC);
	left = all.len - sizeof(MAGIC);
	if (!take_this(&p, &left, "none") || !take_this(&p, &left, "none") ||
	    !take(&p, &left, &s, &n) || left < 4)
		return -EBADMSG;
	p += 4; /* how many: the first counts */
	left -= 4;
	if (!take(&p, &left, &s, &n) || !take(&p, &left, &s, &n) || n < 8)
		return -EBADMSG;
	p = s + 8;
	left = n - 8;
	if (!take_this(&p, &left, TYPE) || !take(&p, &left, &s, &n) || n != HOSTKEY_SIZE ||
	    !take(&p, &left, &secret, &n_secret) || n_secret != 2 * HOSTKEY_SIZE)
		return -EBADMSG;
	hostkey_make(secret, &k);
	if (memcmp(s, k.point, HOSTKEY_SIZE) != 0)
		return -EBADMSG;
	*ret = k;
	explicit_bzero(&k, sizeof(k));
	return 0;
}

int hostkey_dropbear(const struct hostkey *k, struct strbuf *out)
{
	int r = put(out, TYPE, strlen(TYPE));

	return r < 0 ? r : put_secret(out, k);
}

int hostkey_public(const struct hostkey *k, const char *comment, struct strbuf *out)
{
	_cleanup_(strbuf_release) struct strbuf blob = STRBUF_INIT(HOSTKEY_FILE_MAX);
	int r;

	put_blob(&blob, k);
	strbuf_addstr(out, TYPE " ");
	r = codec_to_base64(blob.buf, blob.len, out);
	return r < 0 ? r : strbuf_addf(out, " %s\n", comment);
}

/* blob: its type, and what else makes a public key of that type. */
static int print_blob(const void *blob, size_t n, struct strbuf *out, size_t *ret_n)
{
	const unsigned char *p = blob, *type;
	unsigned char digest[crypto_hash_sha256_BYTES];
	size_t left = n, n_type;
	int r;

	if (!take(&p, &left, &type, &n_type) || !n_type || n_type > 64)
		return -EBADMSG;
	crypto_hash_sha256(digest, blob, n);
	strbuf_add(out, type, n_type);
	strbuf_addstr(out, " SHA256:");
	r = codec_to_base64(digest, sizeof(digest), out);
	while (r == 0 && out->buf[out->len - 1] == '=')
		out->buf[--out->len] = '\0';
	*ret_n = n;
	return r;
}

int hostkey_fingerprint(const char *line, struct strbuf *out, size_t *ret_n)
{
	_cleanup_(strbuf_release) struct strbuf blob = STRBUF_INIT(HOSTKEY_FILE_MAX);
	const char *text = line + strcspn(line, " \t");

	text += strspn(text, " \t");
	if (codec_base64(text, strcspn(text, " \t\r\n"), &blob) < 0)
		return -EBADMSG;
	return print_blob(strbuf_str(&blob), blob.len, out, ret_n);
}

int hostkey_dropbear_fingerprint(const void *data, size_t n, struct strbuf *out, size_t *ret_n)
{
	_cleanup_(strbuf_release) struct strbuf blob = STRBUF_INIT(HOSTKEY_FILE_MAX);
	const unsigned char *p = data, *s;
	size_t left = n, k;

	if (take_this(&p, &left, TYPE)) {
		if (!take(&p, &left, &s, &k) || k != 2 * HOSTKEY_SIZE)
			return -EBADMSG;
		put(&blob, TYPE, strlen(TYPE));
		put(&blob, s + HOSTKEY_SIZE, HOSTKEY_SIZE);
		return print_blob(blob.buf, blob.len, out, ret_n);
	}
	/* RSA and ECDSA: the first three of its parts are the public ones. */
	p = data;
	left = n;
	for (int i = 0; i < 3; i++)
		if (!take(&p, &left, &s, &k))
			return -EBADMSG;
	return print_blob(data, n - left, out, ret_n);
}
