/* SPDX-License-Identifier: MIT */
/*
 * sha256: digests of files and of bytes, as 64 hexadecimal digits and NUL. libcrypto's.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>

#include "base/err.h"

int file_sha256(const char *path, char ret_hex[65], struct err *err);
void data_sha256(const void *data, size_t n, char ret_hex[65]);
/* The same piece by piece. sha256_end() also frees; call it exactly once. */
struct sha256;
struct sha256 *sha256_begin(void) __attribute__((returns_nonnull));
void sha256_add(struct sha256 *h, const void *data, size_t n);
void sha256_end(struct sha256 *h, char ret_hex[65]);

#endif
