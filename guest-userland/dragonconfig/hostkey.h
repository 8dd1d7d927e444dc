/* SPDX-License-Identifier: MIT */
/*
 * hostkey: an Ed25519 key of an ssh server, made from 32 random bytes, and the forms that OpenSSH
 * and dropbear keep one in.
 *
 * Pure. The arithmetic is libsodium's. Texts are appended; an error is a buffer's ceiling (-E2BIG)
 * where nothing else is said.
 */
#ifndef DRAGONCONFIG_HOSTKEY_H
#define DRAGONCONFIG_HOSTKEY_H

#include <stddef.h>

#include "base/strbuf.h"

#define HOSTKEY_SIZE	 32
#define HOSTKEY_FILE_MAX 16384 /* of a key of any type */

struct hostkey {
	unsigned char seed[HOSTKEY_SIZE]; /* the secret */
	unsigned char point[HOSTKEY_SIZE];
};

void hostkey_make(const unsigned char seed[HOSTKEY_SIZE], struct hostkey *ret);
/* OpenSSH's form, without a passphrase. -EBADMSG: it is no such key, or its halves do not belong
 * together. */
int hostkey_read(const char *text, struct hostkey *ret);
int hostkey_openssh(const struct hostkey *k, const char *comment, struct strbuf *out);
int hostkey_dropbear(const struct hostkey *k, struct strbuf *out);
/* "ssh-ed25519 AAAA… comment\n" */
int hostkey_public(const struct hostkey *k, const char *comment, struct strbuf *out);
/* "type SHA256:…", as ssh-keygen -l tells it, of a public key's line, or of the file of any type
 * that dropbear keeps. *ret_n: bytes of the public key. -EBADMSG: it is none. */
int hostkey_fingerprint(const char *line, struct strbuf *out, size_t *ret_n);
int hostkey_dropbear_fingerprint(const void *data, size_t n, struct strbuf *out, size_t *ret_n);

#endif
