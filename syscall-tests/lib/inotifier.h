/* SPDX-License-Identifier: MIT */
/*
 * An inotify instance, and its events one by one.
 *
 * Owns:       the events that were read and not looked at.
 * Called by:  probes of inotify.
 * Never does: name the directory's entry an event is about; those probes look for themselves.
 */
#ifndef INOTIFIER_H
#define INOTIFIER_H

#include <stdint.h>
#include <sys/inotify.h>

/* A non-blocking instance, required. The probe is skipped where the user has no more of them. */
int inotifier_open(void);
/* The next event, required to come in time; valid until the next call. */
const struct inotify_event *inotifier_next(int fd);
/* It must have this mask and be of this watch, about no entry. */
void inotifier_expect(int fd, int watch, uint32_t mask);
/* No other event must be there. */
void inotifier_expect_none(int fd);

#endif
