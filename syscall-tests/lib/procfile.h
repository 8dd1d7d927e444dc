/* SPDX-License-Identifier: MIT */
/*
 * Reading small files below /proc.
 *
 * Owns:       nothing.
 * Called by:  probes of what they say.
 * Never does: judge; that reading works is required.
 */
#ifndef PROCFILE_H
#define PROCFILE_H

#include <stddef.h>
#include <sys/types.h>

/* Reads a file whole, up to len - 1 bytes, and ends it with a 0. Gives the number of bytes. */
ssize_t proc_read(const char *path, char *buf, size_t len);
/* What follows "key:" and blanks on its line, up to the line's end; NULL when there is no such
 * line. The text is changed. */
const char *proc_value(char *text, const char *key);

#endif
