/* SPDX-License-Identifier: MIT */
/*
 * A pseudoterminal pair, and a session on it.
 *
 * Owns:       nothing; descriptors are close-on-exec and live as long as the probe.
 * Called by:  probes below calls/tty.
 * Never does: acquire a controlling terminal unless asked.
 */
#ifndef TTYPAIR_H
#define TTYPAIR_H

#include <stdbool.h>
#include <termios.h>

struct ttypair {
	int master, slave;
	char name[32]; /* /dev/pts/N */
};

/* Opens both ends; trouble is a broken probe. The master is blocking. */
void ttypair_open(struct ttypair *tty);
/* Only the master, unlocked; tty->slave is -1 and name is set. */
void ttypair_open_master(struct ttypair *tty);
/* Makes the slave this session's controlling terminal; the probe's process leads its session. */
void ttypair_control(struct ttypair *tty);
/* No canonical mode, echo, signals or output processing; VMIN 1. */
void ttypair_raw(struct ttypair *tty);
/* What tcgetattr tells of the slave; that it tells nothing is a broken probe. */
struct termios ttypair_attr(struct ttypair *tty);
/* Writes a string to the master, as if typed. */
void ttypair_type(struct ttypair *tty, const char *keys);

/* In canonical mode: the next read of the slave must give just this line, else the probe fails. */
void ttypair_expect_line(struct ttypair *tty, const char *line);
/* This must come out of the master next, else the probe fails. */
void ttypair_expect_shown(struct ttypair *tty, const char *text);

/* Whether a descriptor is open on a slave. */
bool ttypair_is_slave(int fd);

#endif
