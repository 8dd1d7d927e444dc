/* SPDX-License-Identifier: MIT */
/*
 * Acting as an ordinary user.
 *
 * Owns:       nothing.
 * Called by:  probes that need root first and must not have it afterwards.
 * Never does: change the ids of the probe's own process.
 */
#ifndef USER_H
#define USER_H

enum { USER_UID = 1000, USER_GID = 1000 };

/* Runs fn(arg) in a helper process whose ids are all the user's, without supplementary groups or
 * capabilities, and waits for its end (child_end). */
#define as_user(fn, arg) as_user_at(AT(FORCE_EXPECT), fn, arg)
void as_user_at(const struct probe_at *at, void (*fn)(void *arg), void *arg);

/* The same for a process at hand. */
void become_user(void);

#endif
