/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

static void hex(const unsigned char *digest, char ret_hex[65])
{
	for (int i = 0; i < 32; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

static void free_md(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

int file_sha256(const char *path, char ret_hex[65], struct err *err)
{
	_cleanup_(free_md) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char digest[EVP_MAX_MD_SIZE];
	char buf[65536];
	ssize_t n;

	if (fd < 0)
		return err_errno(err, errno, "cannot open %s", path);
	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		return err_set(err, ENOMEM, "cannot set up SHA-256");
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, errno, "cannot read %s", path);
		EVP_DigestUpdate(ctx, buf, (size_t)n);
	}
	EVP_DigestFinal_ex(ctx, digest, NULL);
	hex(digest, ret_hex);
	return 0;
}

void data_sha256(const void *data, size_t n, char ret_hex[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	EVP_Digest(data, n, digest, NULL, EVP_sha256(), NULL);
	hex(digest, ret_hex);
}

struct sha256 {
	EVP_MD_CTX *ctx;
};

struct sha256 *sha256_begin(void)
{
	struct sha256 *h = xcalloc(1, sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	if (h->ctx)
		EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL);
	return h;
}

void sha256_add(struct sha256 *h, const void *data, size_t n)
{
	EVP_DigestUpdate(h->ctx, data, n);
}

void sha256_end(struct sha256 *h, char ret_hex[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};

	EVP_DigestFinal_ex(h->ctx, digest, NULL);
	EVP_MD_CTX_free(h->ctx);
	free(h);
	hex(digest, ret_hex);
}
