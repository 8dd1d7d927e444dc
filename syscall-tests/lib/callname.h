/* SPDX-License-Identifier: MIT */
/*
 * callname: what a system call is, as far as mutation must know: its name, which of its arguments
 * make it another question, what it gives, and whether it is left alone.
 *
 * Owns:       the tables.
 * Called by:  mutant.c, mutate.c, cli.c.
 * Never does: make a call.
 */
#ifndef CALLNAME_H
#define CALLNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a call gives when it succeeds, hence which lies about it make sense. */
enum gives {
	GIVES_STATUS, /* 0, or nothing that a lie could be about */
	GIVES_COUNT,  /* how much or how many: may come short */
	GIVES_FD,     /* a descriptor: may be another one */
	GIVES_PAIR,   /* two descriptors in memory */
	GIVES_PID,    /* a process: never made up, a probe might signal it */
	GIVES_VALUE,  /* has no effect that could be left out: what it says may be 0 */
	GIVES_CHILD   /* returns twice: cannot succeed without effect */
};

/* A call as mutation tells it from others: number and the arguments that make it another one. */
struct callsite {
	long nr;
	uint32_t sub[2];
	int subs;
};

struct callsite callname_site(long nr, const uint64_t arg[6]);
bool callname_same(const struct callsite *a, const struct callsite *b);
/* "ioctl:TIOCSCTTY", "setsockopt:6:TCP_CORK"; letters, digits and _ : + - alone. buf is given. */
const char *callname_text(const struct callsite *site, char *buf, size_t len);
enum gives callname_gives(const struct callsite *site);
/* The call that a library makes instead where this one is missing; itself when there is none. */
long callname_older(long nr);
/* Argument of a pair's address. */
int callname_pair_arg(const struct callsite *site);
/* NULL, or why mutation leaves it alone unless a probe names it as its own. */
const char *callname_exempt(long nr, const uint64_t arg[6]);
/* Prints each exemption, with its reason. */
void callname_print_exempt(void);

#endif
