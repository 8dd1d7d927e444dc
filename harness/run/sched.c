/* SPDX-License-Identifier: MIT */
#include "run/sched.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"

/* A worker that was told to stop has this long to close its books. */
#define STOP_LIMIT     (8 * SEC)
#define LINE_MAX_BYTES 4096

struct job {
	struct sched *sched;
	size_t i;
	struct proc proc;
	struct loop_fd watch;
	int fd; /* read end of the worker's standard output, -1: closed */
	struct strbuf line;
	struct deadline deadline;
	bool active, ended_well, stopped;
	char now[160]; /* the case in flight */
};

struct sched {
	struct loop *loop;
	struct store *store;
	struct cell *cells;
	struct view *view;
	struct job *jobs;
	unsigned int n_jobs;
	struct loop_timer tick;
};

static void take_line(struct job *j, const char *line)
{
	struct progress p;

	if (!progress_parse(line, &p))
		return;
	if (p.kind == PROGRESS_END)
		j->ended_well = true;
	if (p.kind == PROGRESS_BEGIN || p.kind == PROGRESS_BOOT)
		snprintf(j->now, sizeof(j->now), "%s", p.text);
	view_progress(j->sched->view, j->i, &p);
}

static void take_lines(struct job *j)
{
	char *nl;

	while (j->line.len && (nl = memchr(j->line.buf, '\n', j->line.len))) {
		*nl = '\0';
		take_line(j, j->line.buf);
		strbuf_consume(&j->line, (size_t)(nl - j->line.buf) + 1);
	}
	if (j->line.len == j->line.max)
		strbuf_reset(&j->line);
}

/* One read; false when nothing more is there for now. */
static bool read_output(struct job *j)
{
	char buf[LINE_MAX_BYTES];
	ssize_t n = read(j->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (n <= 0) {
		loop_fd_stop(&j->watch);
		close(j->fd);
		j->fd = -1;
		return false;
	}
	for (ssize_t done = 0; done < n;) {
		size_t room = j->line.max - j->line.len;
		size_t part = (size_t)(n - done) < room ? (size_t)(n - done) : room;

		strbuf_add(&j->line, buf + done, part);
		done += (ssize_t)part;
		take_lines(j);
	}
	return true;
}

static void on_output(void *arg, unsigned int events)
{
	read_output(arg);
}

static int start_job(struct sched *s, struct job *j, size_t i, struct err *err)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int fds[2], r;

	*j = (struct job){.sched = s, .i = i, .fd = -1, .line = STRBUF_INIT(LINE_MAX_BYTES)};
	strv_push(&argv, paths_self());
	strv_push(&argv, "worker");
	cell_to_argv(&s->cells[i], &argv);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	spec.argv = argv.v;
	spec.stdout_fd = fds[1];
	spec.stderr_fd = STDERR_FILENO;
	spec.extra_fds = &s->cells[i].share_fd; /* SHARE_FD there */
	spec.n_extra_fds = s->cells[i].common ? 1 : 0;
	r = proc_spawn(&j->proc, s->loop, &spec, err);
	close(fds[1]);
	if (r < 0) {
		close(fds[0]);
		return r;
	}
	j->fd = fds[0];
	j->active = true;
	j->deadline = deadline_in((uint64_t)s->cells[i].limit_s * SEC);
	loop_fd_start(s->loop, &j->watch, j->fd, LOOP_READ, on_output, j);
	view_started(s->view, i);
	return 0;
}

/* The books of a cell whose worker did not close them. */
static void add_broken(struct sched *s, struct job *j, const char *problem)
{
	struct err err = ERR_INIT;
	_autofree_ char *reason = xasprintf("%s%s%s", problem, *j->now ? " while at " : "", j->now);
	const struct cell *c = &s->cells[j->i];
	const struct store_result r = {
		.cell = c->id,
		.name = "(cell)",
		.attempt = (unsigned int)c->part,
		.verdict = VERDICT_BROKEN,
		.reason = reason,
		.begin_us = store_now(s->store),
		.end_us = store_now(s->store),
	};

	if (store_add_result(s->store, &r, &err) < 0)
		log_error("%s", err.text);
}

static void finish_job(struct sched *s, struct job *j)
{
	char status[80], problem[120] = "";
	bool ok = WIFEXITED(j->proc.status) && WEXITSTATUS(j->proc.status) == 0 && j->ended_well;

	if (j->fd >= 0) {
		/* Whatever the worker still said lies in the pipe. */
		fcntl(j->fd, F_SETFL, O_NONBLOCK);
		while (j->fd >= 0 && read_output(j))
			;
	}
	if (j->stopped && loop_cancelled(s->loop))
		snprintf(problem, sizeof(problem), "interrupted");
	else if (j->stopped)
		snprintf(problem, sizeof(problem), "passed its limit of %lld s",
			 (long long)s->cells[j->i].limit_s);
	else if (!ok)
		snprintf(problem, sizeof(problem), "the worker process ended early (%s)",
			 proc_status_text(j->proc.status, status, sizeof(status)));
	if (*problem && !(j->stopped && loop_cancelled(s->loop)))
		add_broken(s, j, problem);
	view_ended(s->view, j->i, *problem ? problem : NULL);
	loop_fd_stop(&j->watch);
	if (j->fd >= 0)
		close(j->fd);
	strbuf_release(&j->line);
	proc_release(&j->proc);
	j->active = false;
}

static bool something_to_do(void *arg)
{
	struct sched *s = arg;

	for (unsigned int k = 0; k < s->n_jobs; k++)
		if (s->jobs[k].active &&
		    (s->jobs[k].proc.exited || deadline_passed(s->jobs[k].deadline)))
			return true;
	return false;
}

static bool all_exited(void *arg)
{
	struct sched *s = arg;

	for (unsigned int k = 0; k < s->n_jobs; k++)
		if (s->jobs[k].active && !s->jobs[k].proc.exited)
			return false;
	return true;
}

static void stop_job(struct job *j)
{
	if (j->active && !j->proc.exited && !j->stopped) {
		j->stopped = true;
		proc_kill(&j->proc, SIGTERM);
	}
}

static void on_tick(void *arg)
{
	view_tick(((struct sched *)arg)->view);
}

static unsigned int active_jobs(const struct sched *s)
{
	unsigned int n = 0;

	for (unsigned int k = 0; k < s->n_jobs; k++)
		n += s->jobs[k].active;
	return n;
}

/* End what is past its limit, close what has ended. */
static void sweep(struct sched *s)
{
	for (unsigned int k = 0; k < s->n_jobs; k++) {
		struct job *j = &s->jobs[k];

		if (!j->active)
			continue;
		if (j->proc.exited) {
			finish_job(s, j);
		} else if (deadline_passed(j->deadline)) {
			if (j->stopped)
				proc_kill(&j->proc, SIGKILL);
			stop_job(j);
			j->deadline = deadline_in(STOP_LIMIT);
		}
	}
}

static void stop_all(struct sched *s)
{
	int signo = loop_cancelled(s->loop);

	for (unsigned int k = 0; k < s->n_jobs; k++)
		stop_job(&s->jobs[k]);
	loop_uncancel(s->loop);
	loop_wait(s->loop, all_exited, s, deadline_in(STOP_LIMIT));
	loop_cancel(s->loop, signo);
	for (unsigned int k = 0; k < s->n_jobs; k++)
		if (s->jobs[k].active)
			finish_job(s, &s->jobs[k]);
}

static struct job *free_job(struct sched *s)
{
	for (unsigned int k = 0; k < s->n_jobs; k++)
		if (!s->jobs[k].active)
			return &s->jobs[k];
	return NULL;
}

int sched_run(struct loop *loop, struct store *store, struct cell *cells, size_t n,
	      unsigned int jobs, struct view *view, struct err *err)
{
	struct sched s = {.loop = loop, .store = store, .cells = cells, .view = view};
	_autofree_ struct job *room = xcalloc(jobs, sizeof(*room));
	size_t next = 0;
	int r = 0;

	s.jobs = room;
	s.n_jobs = jobs;
	loop_timer_start(loop, &s.tick, 200 * MSEC, 200 * MSEC, on_tick, &s);
	while (r == 0 && (next < n || active_jobs(&s))) {
		struct job *j = next < n ? free_job(&s) : NULL;

		if (j) {
			r = start_job(&s, j, next++, err);
			continue;
		}
		r = loop_wait(loop, something_to_do, &s, deadline_in(SEC));
		if (r == -ETIMEDOUT)
			r = 0;
		if (r == 0)
			sweep(&s);
	}
	if (r < 0) {
		if (r == -EINTR)
			err_set(err, EINTR, "interrupted");
		stop_all(&s);
	}
	loop_timer_stop(&s.tick);
	return r;
}
