/* SPDX-License-Identifier: MIT */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strv.h"

extern char **environ;

/* dup2() to the same number would keep close-on-exec, so move low descriptors out of the way first.
 */
static int place(int fd, int target)
{
	if (fd < 0)
		fd = open("/dev/null", target == 0 ? O_RDONLY : O_WRONLY);
	return fd < 0 ? -1 : dup2(fd, target);
}

static int lift(int fd)
{
	return fd < 0 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3 + PROC_EXTRA_MAX);
}

static void child(const struct proc_spec *spec, pid_t parent, int report_fd)
{
	int fds[3] = {lift(spec->stdin_fd), lift(spec->stdout_fd), lift(spec->stderr_fd)};
	int extra[PROC_EXTRA_MAX];
	sigset_t none;
	int e;

	report_fd = lift(report_fd);
	for (unsigned int i = 0; i < spec->n_extra_fds; i++)
		extra[i] = lift(spec->extra_fds[i]);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (spec->new_session)
		setsid();
	else
		setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(127);
	for (int i = 0; i < 3; i++)
		if (place(fds[i], i) < 0)
			goto fail;
	for (unsigned int i = 0; i < spec->n_extra_fds; i++)
		if (extra[i] >= 0 && dup2(extra[i], 3 + (int)i) < 0)
			goto fail;
	if (spec->dir && chdir(spec->dir) < 0)
		goto fail;
	execvpe(spec->argv[0], spec->argv, spec->env ? spec->env : environ);
fail:
	e = errno;
	if (write(report_fd, &e, sizeof(e)) < 0)
		_exit(126);
	_exit(127);
}

/*
 * The group is killed while its leader is still a zombie: only then is the group's number surely
 * ours.
 */
static void reap(struct proc *p, int flags)
{
	siginfo_t si = {0};
	int r;

	if (!p->pid || p->exited)
		return;
	do {
		r = waitid(P_PID, (id_t)p->pid, &si, WEXITED | WNOWAIT | flags);
	} while (r < 0 && errno == EINTR);
	if (r < 0 || si.si_pid != p->pid)
		return;
	kill(-p->pid, SIGKILL);
	waitpid(p->pid, &p->status, 0);
	p->exited = true;
	loop_fd_stop(&p->watch);
	if (p->on_exit)
		p->on_exit(p->arg, p->status);
}

static void on_pidfd(void *arg, unsigned int events)
{
	reap(arg, WNOHANG);
}

/* What exec said: 0 when the report pipe closed without a word. */
static int exec_error(int fd)
{
	int e = 0;
	ssize_t n;

	do {
		n = read(fd, &e, sizeof(e));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(e) ? e : 0;
}

int proc_spawn(struct proc *p, struct loop *loop, const struct proc_spec *spec, struct err *err)
{
	_autoclose_ int report_r = -1, report_w = -1;
	pid_t parent = getpid();
	int fds[2], e, r;

	if (spec->n_extra_fds > PROC_EXTRA_MAX)
		return err_set(err, E2BIG, "too many descriptors for %s", spec->argv[0]);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	report_r = fds[0];
	report_w = fds[1];
	p->loop = loop;
	p->exited = false;
	p->watch = (struct loop_fd){0};
	p->pid = fork();
	if (p->pid == 0)
		child(spec, parent, report_w);
	if (p->pid < 0) {
		p->pid = 0;
		return err_errno(err, errno, "cannot fork");
	}
	if (!spec->new_session)
		setpgid(p->pid, p->pid);
	close(TAKE_FD(report_w));
	e = exec_error(report_r);
	if (e) {
		waitpid(p->pid, NULL, 0);
		p->pid = 0;
		return err_errno(err, e, "cannot run %s", spec->argv[0]);
	}
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd < 0) {
		r = err_errno(err, errno, "cannot watch process %d", (int)p->pid);
		proc_release(p);
		return r;
	}
	r = loop_fd_start(loop, &p->watch, p->pidfd, LOOP_READ, on_pidfd, p);
	if (r < 0) {
		proc_release(p);
		return err_errno(err, -r, "cannot watch %s", spec->argv[0]);
	}
	return 0;
}

static bool has_exited(void *arg)
{
	return ((struct proc *)arg)->exited;
}

int proc_wait(struct proc *p, struct deadline deadline)
{
	return loop_wait(p->loop, has_exited, p, deadline);
}

void proc_kill(struct proc *p, int signo)
{
	if (p->pid && !p->exited)
		kill(-p->pid, signo);
}

void proc_release(struct proc *p)
{
	if (!p->pid)
		return;
	p->on_exit = NULL;
	if (!p->exited) {
		/* The group may not exist yet if the child has not run: the child itself always
		 * does. */
		kill(-p->pid, SIGKILL);
		kill(p->pid, SIGKILL);
		reap(p, 0);
	}
	loop_fd_stop(&p->watch);
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->pidfd = -1;
	p->pid = 0;
}

const char *proc_status_text(int status, char *buf, size_t n)
{
	if (WIFEXITED(status))
		snprintf(buf, n, "exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(buf, n, "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(buf, n, "wait status 0x%x", status);
	return buf;
}

struct collector {
	struct loop *loop;
	struct loop_fd watch;
	struct strbuf *sb;
	int fd;
	bool ended;
};

static void on_output(void *arg, unsigned int events)
{
	struct collector *c = arg;
	char buf[16384];
	ssize_t n = read(c->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		loop_fd_stop(&c->watch);
		c->ended = true;
		return;
	}
	if (c->sb && strbuf_add(c->sb, buf, (size_t)n) < 0)
		strbuf_add(c->sb, buf, c->sb->max - c->sb->len);
}

struct run_state {
	struct proc *proc;
	struct collector out, err;
};

static bool run_ended(void *arg)
{
	struct run_state *s = arg;

	return s->proc->exited && s->out.ended && s->err.ended;
}

static int collect(struct collector *c, struct loop *loop, struct strbuf *sb, int fd,
		   struct err *err)
{
	int r;

	*c = (struct collector){.loop = loop, .sb = sb, .fd = fd};
	r = loop_fd_start(loop, &c->watch, fd, LOOP_READ, on_output, c);
	return r < 0 ? err_errno(err, -r, "cannot watch a pipe") : 0;
}

int proc_run(struct loop *loop, const struct proc_spec *spec, struct deadline deadline,
	     struct strbuf *out, struct strbuf *err_out, int *ret_status, struct err *err)
{
	_cleanup_(proc_release) struct proc p = {0};
	struct proc_spec s = *spec;
	struct run_state state = {.proc = &p};
	int po[2], pe[2], r;

	if (pipe2(po, O_CLOEXEC) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	if (pipe2(pe, O_CLOEXEC) < 0) {
		close(po[0]);
		close(po[1]);
		return err_errno(err, errno, "cannot make a pipe");
	}
	s.stdout_fd = po[1];
	s.stderr_fd = err_out ? pe[1] : spec->stderr_fd;
	r = proc_spawn(&p, loop, &s, err);
	close(po[1]);
	close(pe[1]);
	if (r == 0)
		r = collect(&state.out, loop, out, po[0], err);
	if (r == 0)
		r = collect(&state.err, loop, err_out, pe[0], err);
	if (r == 0) {
		r = loop_wait(loop, run_ended, &state, deadline);
		if (r < 0)
			err_errno(err, -r, "%s", spec->argv[0]);
	}
	loop_fd_stop(&state.out.watch);
	loop_fd_stop(&state.err.watch);
	close(po[0]);
	close(pe[0]);
	if (r == 0)
		*ret_status = p.status;
	return r;
}
