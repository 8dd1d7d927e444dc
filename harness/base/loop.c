/* SPDX-License-Identifier: MIT */
#include "base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "base/xalloc.h"

struct loop {
	uv_loop_t uv;
	uv_timer_t wake; /* bounds one uv_run() */
	uv_signal_t sig[3];
	bool catching;
	int cancelled;
};

struct timer_impl {
	uv_timer_t uv;
	struct loop_timer *owner; /* NULL once stopped */
	uint64_t repeat_us;
	void (*fn)(void *);
	void *arg;
};

struct fd_impl {
	uv_poll_t uv;
	void (*fn)(void *, unsigned int);
	void *arg;
};

static void on_wake(uv_timer_t *t)
{
}

int loop_new(struct loop **ret_loop, struct err *err)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	int r = uv_loop_init(&loop->uv);

	if (r < 0) {
		free(loop);
		return err_set(err, -r, "cannot make an event loop: %s", uv_strerror(r));
	}
	uv_timer_init(&loop->uv, &loop->wake);
	*ret_loop = loop;
	return 0;
}

void loop_free(struct loop *loop)
{
	int r;

	if (!loop)
		return;
	uv_close((uv_handle_t *)&loop->wake, NULL);
	if (loop->catching)
		for (int i = 0; i < 3; i++)
			uv_close((uv_handle_t *)&loop->sig[i], NULL);
	/* After a cancellation the first run only takes note of the stop. */
	r = uv_loop_close(&loop->uv);
	for (int i = 0; i < 3 && r == UV_EBUSY; i++) {
		uv_run(&loop->uv, UV_RUN_NOWAIT);
		r = uv_loop_close(&loop->uv);
	}
	if (r == 0)
		free(loop);
}

static void on_signal(uv_signal_t *s, int signo)
{
	struct loop *loop = s->data;

	loop_cancel(loop, signo);
}

int loop_catch_signals(struct loop *loop, struct err *err)
{
	static const int signals[3] = {SIGINT, SIGTERM, SIGHUP};

	for (int i = 0; i < 3; i++) {
		int r;

		uv_signal_init(&loop->uv, &loop->sig[i]);
		loop->sig[i].data = loop;
		r = uv_signal_start(&loop->sig[i], on_signal, signals[i]);
		uv_unref((uv_handle_t *)&loop->sig[i]);
		if (r < 0)
			return err_set(err, -r, "cannot catch signal %d: %s", signals[i],
				       uv_strerror(r));
	}
	loop->catching = true;
	return 0;
}

int loop_cancelled(const struct loop *loop)
{
	return loop->cancelled;
}

void loop_cancel(struct loop *loop, int signo)
{
	loop->cancelled = signo;
	uv_stop(&loop->uv);
}

void loop_uncancel(struct loop *loop)
{
	loop->cancelled = 0;
}

/* libuv counts in whole milliseconds: round up, so that a wait never ends early and spins. */
static uint64_t to_ms(uint64_t us)
{
	return us / 1000 + (us % 1000 ? 1 : 0);
}

int loop_wait(struct loop *loop, bool (*cond)(void *arg), void *arg, struct deadline deadline)
{
	int r;

	for (;;) {
		if (cond && cond(arg))
			r = 0;
		else if (loop->cancelled)
			r = -EINTR;
		else if (deadline_passed(deadline))
			r = -ETIMEDOUT;
		else
			r = 1;
		if (r <= 0)
			break;
		uv_update_time(&loop->uv);
		/* Without a deadline the timer only keeps the loop from returning at once. */
		uv_timer_start(&loop->wake, on_wake,
			       deadline.at == UINT64_MAX ? 3600 * 1000
							 : to_ms(deadline_left(deadline)),
			       0);
		uv_run(&loop->uv, UV_RUN_ONCE);
	}
	uv_timer_stop(&loop->wake);
	return r;
}

void loop_poll(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_NOWAIT);
}

static void free_timer(uv_handle_t *h)
{
	free((struct timer_impl *)h);
}

static void on_timer(uv_timer_t *uv)
{
	struct timer_impl *impl = (struct timer_impl *)uv;
	void (*fn)(void *) = impl->fn;
	void *arg = impl->arg;

	if (!impl->repeat_us && impl->owner)
		loop_timer_stop(impl->owner);
	fn(arg);
}

void loop_timer_start(struct loop *loop, struct loop_timer *t, uint64_t after_us,
		      uint64_t repeat_us, void (*fn)(void *arg), void *arg)
{
	struct timer_impl *impl;

	loop_timer_stop(t);
	impl = xcalloc(1, sizeof(*impl));
	impl->owner = t;
	impl->repeat_us = repeat_us;
	impl->fn = fn;
	impl->arg = arg;
	uv_timer_init(&loop->uv, &impl->uv);
	uv_update_time(&loop->uv);
	uv_timer_start(&impl->uv, on_timer, to_ms(after_us), to_ms(repeat_us));
	t->impl = impl;
}

void loop_timer_stop(struct loop_timer *t)
{
	struct timer_impl *impl = t->impl;

	if (!impl)
		return;
	impl->owner = NULL;
	t->impl = NULL;
	uv_close((uv_handle_t *)&impl->uv, free_timer);
}

static void free_fd(uv_handle_t *h)
{
	free((struct fd_impl *)h);
}

static void on_fd(uv_poll_t *uv, int status, int uv_events)
{
	struct fd_impl *impl = (struct fd_impl *)uv;
	unsigned int events = 0;

	if (uv_events & UV_READABLE)
		events |= LOOP_READ;
	if (uv_events & UV_WRITABLE)
		events |= LOOP_WRITE;
	if (status < 0 || (uv_events & UV_DISCONNECT))
		events |= LOOP_HUP;
	impl->fn(impl->arg, events);
}

static int to_uv(unsigned int events)
{
	int uv = UV_DISCONNECT;

	if (events & LOOP_READ)
		uv |= UV_READABLE;
	if (events & LOOP_WRITE)
		uv |= UV_WRITABLE;
	return uv;
}

int loop_fd_start(struct loop *loop, struct loop_fd *w, int fd, unsigned int events,
		  void (*fn)(void *arg, unsigned int events), void *arg)
{
	struct fd_impl *impl = w->impl;
	int r;

	if (!events) {
		loop_fd_stop(w);
		return 0;
	}
	if (!impl) {
		impl = xcalloc(1, sizeof(*impl));
		r = uv_poll_init(&loop->uv, &impl->uv, fd);
		if (r < 0) {
			free(impl);
			return r;
		}
		w->impl = impl;
	}
	impl->fn = fn;
	impl->arg = arg;
	return uv_poll_start(&impl->uv, to_uv(events), on_fd);
}

void loop_fd_stop(struct loop_fd *w)
{
	struct fd_impl *impl = w->impl;

	if (!impl)
		return;
	w->impl = NULL;
	uv_poll_stop(&impl->uv);
	uv_close((uv_handle_t *)&impl->uv, free_fd);
}
