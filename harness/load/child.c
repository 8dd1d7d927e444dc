/* SPDX-License-Identifier: MIT */
#include "load/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "base/xalloc.h"

/* A grandchild may keep a pipe open after the child's end: its output is not waited for longer. */
#define DRAIN_LIMIT (500 * MSEC)

struct pipe_end {
	struct loop *loop;
	struct loop_fd watch;
	int fd; /* -1: ended */
	struct strbuf sb;
};

struct child {
	struct loop *loop;
	struct proc proc;
	struct pipe_end out, err_out;
	struct loop_timer limit, drain;
	bool timed_out, drained;
};

static void end_pipe(struct pipe_end *p)
{
	if (p->fd < 0)
		return;
	loop_fd_stop(&p->watch);
	close(p->fd);
	p->fd = -1;
}

static void on_output(void *arg, unsigned int events)
{
	struct pipe_end *p = arg;
	char buf[16384];
	ssize_t n = read(p->fd, buf, sizeof(buf));
	size_t room = p->sb.max - p->sb.len;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0)
		end_pipe(p);
	else
		strbuf_add(&p->sb, buf, (size_t)n < room ? (size_t)n : room);
}

static void on_drained(void *arg)
{
	((struct child *)arg)->drained = true;
}

static void on_exit_of(void *arg, int status)
{
	struct child *c = arg;

	loop_timer_stop(&c->limit);
	loop_timer_start(c->loop, &c->drain, DRAIN_LIMIT, 0, on_drained, c);
}

static void on_limit(void *arg)
{
	struct child *c = arg;

	c->timed_out = true;
	proc_kill(&c->proc, SIGKILL);
}

/* Our end non-blocking, theirs as programs expect it. */
static int open_pipe(struct child *c, struct pipe_end *p, int *ret_theirs, struct err *err)
{
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	*ret_theirs = fds[1];
	p->loop = c->loop;
	p->fd = fds[0];
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
	r = loop_fd_start(c->loop, &p->watch, p->fd, LOOP_READ, on_output, p);
	return r < 0 ? err_errno(err, -r, "cannot watch a pipe") : 0;
}

static int spawn(struct child *c, const struct child_spec *spec, struct err *err)
{
	_autoclose_ int out = -1, err_out = -1;
	struct proc_spec ps = PROC_SPEC_INIT;
	int r = open_pipe(c, &c->out, &out, err);

	if (r == 0)
		r = open_pipe(c, &c->err_out, &err_out, err);
	if (r < 0)
		return r;
	ps.argv = spec->argv;
	ps.env = spec->env;
	ps.dir = spec->dir;
	ps.stdout_fd = out;
	ps.stderr_fd = err_out;
	c->proc.on_exit = on_exit_of;
	c->proc.arg = c;
	return proc_spawn(&c->proc, c->loop, &ps, err);
}

int child_start(struct loop *loop, const struct child_spec *spec, struct child **ret_child,
		struct err *err)
{
	struct child *c = xcalloc(1, sizeof(*c));
	int r;

	c->loop = loop;
	c->out.fd = c->err_out.fd = -1;
	strbuf_init(&c->out.sb, CHILD_OUTPUT_MAX);
	strbuf_init(&c->err_out.sb, CHILD_OUTPUT_MAX);
	r = spawn(c, spec, err);
	if (r < 0) {
		child_free(c);
		return r;
	}
	if (spec->deadline.at != UINT64_MAX)
		loop_timer_start(loop, &c->limit, deadline_left(spec->deadline), 0, on_limit, c);
	*ret_child = c;
	return 0;
}

void child_free(struct child *c)
{
	if (!c)
		return;
	loop_timer_stop(&c->limit);
	proc_release(&c->proc);
	loop_timer_stop(&c->drain);
	end_pipe(&c->out);
	end_pipe(&c->err_out);
	strbuf_release(&c->out.sb);
	strbuf_release(&c->err_out.sb);
	free(c);
}

bool child_ended(void *child)
{
	struct child *c = child;

	return c->proc.exited && (c->drained || (c->out.fd < 0 && c->err_out.fd < 0));
}

bool child_timed_out(const struct child *c)
{
	return c->timed_out;
}

int child_status(const struct child *c)
{
	return c->proc.status;
}

const struct strbuf *child_stdout(const struct child *c)
{
	return &c->out.sb;
}

const struct strbuf *child_stderr(const struct child *c)
{
	return &c->err_out.sb;
}
