/* SPDX-License-Identifier: MIT */
/*
 * loop: one event loop a process (libuv inside), and blocking-style waiting on top of it.
 *
 * Owns timers and descriptor watches registered with it. Called by everything that talks to a
 * guest. Never sleeps: loop_wait() returns as soon as its condition holds. Not thread-safe;
 * callbacks run inside loop_wait() only and may register and stop anything, but must not call
 * loop_wait() themselves.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/err.h"

struct loop;

#define LOOP_READ  1u
#define LOOP_WRITE 2u
#define LOOP_HUP   4u /* peer gone or error; only reported, never asked for */

int loop_new(struct loop **ret_loop, struct err *err);
/* NULL is fine. Everything registered must have been stopped. */
void loop_free(struct loop *loop);

/* Make SIGINT, SIGTERM and SIGHUP end every wait with -EINTR from now on instead of killing the
 * process. */
int loop_catch_signals(struct loop *loop, struct err *err);
/* The signal that was caught, 0: none. */
int loop_cancelled(const struct loop *loop);
/* As if that signal had come (for a parent that went away, a limit that passed). */
void loop_cancel(struct loop *loop, int signo);
/* Let waits work again after a cancellation, for tidying up. */
void loop_uncancel(struct loop *loop);

/*
 * Run callbacks until cond(arg) holds. 0: it holds; -ETIMEDOUT: the deadline passed first; -EINTR:
 * cancelled. cond is asked once before anything runs and after every batch of callbacks. cond NULL:
 * wait for the deadline.
 */
int loop_wait(struct loop *loop, bool (*cond)(void *arg), void *arg, struct deadline deadline);
/* Run what is ready now, without blocking. */
void loop_poll(struct loop *loop);

/* Timers. The struct belongs to the caller and must live until stopped or, for a one-shot, fired.
 */
struct loop_timer {
	void *impl;
};
void loop_timer_start(struct loop *loop, struct loop_timer *t, uint64_t after_us,
		      uint64_t repeat_us, void (*fn)(void *arg), void *arg);
void loop_timer_stop(struct loop_timer *t);

/* Descriptor watches. The descriptor stays the caller's and must be stopped before it is closed. */
struct loop_fd {
	void *impl;
};
/* Start, or change the events of a running watch. events 0 is a stop. */
int loop_fd_start(struct loop *loop, struct loop_fd *w, int fd, unsigned int events,
		  void (*fn)(void *arg, unsigned int events), void *arg);
void loop_fd_stop(struct loop_fd *w);

#endif
