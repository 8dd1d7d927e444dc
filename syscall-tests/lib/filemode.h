/* SPDX-License-Identifier: MIT */
/*
 * What a file's mode has become.
 *
 * Owns:       nothing.
 * Called by:  probes below calls/cred.
 */
#ifndef FILEMODE_H
#define FILEMODE_H

/* Fails the probe unless path is a regular file with just these bits of 07777. */
void expect_mode(const char *path, unsigned mode);

#endif
