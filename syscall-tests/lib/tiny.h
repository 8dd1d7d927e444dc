/* SPDX-License-Identifier: MIT */
/*
 * Executing a tiny program that tells what it sees of itself.
 *
 * Owns:       the program's image, linked in.
 * Called by:  probes of execve.
 * Never does: judge; the probe looks keys up.
 *
 * Keys: ac argc; av0, av1 … arguments; ev0 … environment; as AT_SECURE; ae AT_EUID; pi getpid.
 * With TINY_IDS: ur ue us, gr ge gs ids. With TINY_SIGNALS: siN 1 when signal N is ignored (absent
 * when default); sm blocked mask. With TINY_FDS: fdN 1 when descriptor N (3 to 11) is open.
 * With TINY_CAPS: ce cp ci the lower 32 effective, permitted, inheritable capabilities.
 * With TINY_KEPT: um umask, cw working directory, pg group, sd session, nf soft RLIMIT_NOFILE.
 * With TINY_AUXV: axN entry N of the auxiliary vector; xf AT_EXECFN's string.
 * With TINY_WAITS it then waits on descriptor 0, see tiny_start.
 */
#ifndef TINY_H
#define TINY_H

#include <sys/types.h>

#include "lib/tiny_wish.h"

enum { TINY_EXIT = 42 };

struct tiny {
	char text[2048];
	int status; /* wait status; the program exits with TINY_EXIT */
};

/* Writes the program to a file of this name in the probe's folder, and gives its path. It looks at
 * what the bits of wish say (TINY_IDS …). */
const char *tiny_install(const char *name, mode_t mode, unsigned wish);

/* Executes path in a helper process, where before(arg) was called, and collects what it says.
 * That execve does not come back is required. */
void tiny_exec(struct tiny *tiny, const char *path, char *const argv[], char *const envp[],
	       void (*before)(void *arg), void *arg);

/* The same for a program installed with TINY_WAITS, which runs on until tiny_finish: gives its
 * number when it has said all. */
pid_t tiny_start(struct tiny *tiny, const char *path, char *const argv[], char *const envp[]);
void tiny_finish(struct tiny *tiny, pid_t pid);

/* The value of a key, or NULL; as a number, or -1. Strings live until the next call. */
const char *tiny_get(const struct tiny *tiny, const char *key);
long tiny_number(const struct tiny *tiny, const char *key);

#endif
