/* SPDX-License-Identifier: MIT */
/* What wire/frame and wire/msg need where there is no C library; bodies in mem.c. */
#ifndef FAKE_STRING_H
#define FAKE_STRING_H

#include <stddef.h>

void *memset(void *to, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memchr(const void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

#endif
