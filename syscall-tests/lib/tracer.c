/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include "inside.h"
#include "tracer.h"

enum {
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
		  PTRACE_O_EXITKILL,
	SYSCALL_STOP = SIGTRAP | 0x80,
	/* What the kernel gives itself for a call that a signal cut short. */
	RESTART_SYS = 512,
	RESTART_NOINTR = 513,
	RESTART_NOHAND = 514,
	RESTART_BLOCK = 516,
};

static struct tracee *find(struct tracer *t, pid_t pid)
{
	for (int i = 0; i < TRACEES; i++)
		if (t->tracee[i].pid == pid)
			return &t->tracee[i];
	return NULL;
}

bool tracer_holds(const struct tracer *t, pid_t pid)
{
	return pid > 0 && find((struct tracer *)t, pid);
}

bool tracer_holds_group(const struct tracer *t, pid_t pgid)
{
	for (int i = 0; i < TRACEES; i++)
		if (t->tracee[i].pid && getpgid(t->tracee[i].pid) == pgid)
			return true;
	return false;
}

static struct tracee *find_or_add(struct tracer *t, pid_t pid)
{
	struct tracee *e = find(t, pid);

	if (!e && (e = find(t, 0)))
		*e = (struct tracee){.pid = pid};
	return e;
}

int tracer_peek_int(pid_t pid, uint64_t addr, int *ret_value)
{
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, (void *)addr, NULL);
	if (word == -1 && errno)
		return -1;
	memcpy(ret_value, &word, sizeof(*ret_value));
	return 0;
}

int tracer_poke_int(pid_t pid, uint64_t addr, int value)
{
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, (void *)addr, NULL);
	if (word == -1 && errno)
		return -1;
	memcpy(&word, &value, sizeof(value));
	return (int)ptrace(PTRACE_POKEDATA, pid, (void *)addr, (void *)word);
}

static void resume(struct tracee *e, int sig)
{
	ptrace(e->inside ? PTRACE_SYSCALL : PTRACE_CONT, e->pid, NULL, (void *)(long)sig);
}

/* A call stands before the kernel. */
static void at_call(struct tracer *t, struct tracee *e)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, e->pid, NULL, &regs))
		return;
	e->call = (struct call){
		.pid = e->pid,
		.nr = (long)regs.orig_rax,
		.arg = {regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9},
	};
	e->inside = false;
	switch (t->on_call(t->arg, &e->call)) {
	case TRACER_PASS:
		break;
	case TRACER_WATCH:
		e->inside = true;
		break;
	case TRACER_ANSWER:
		regs.orig_rax = (unsigned long long)-1;
		regs.rax = (unsigned long long)e->call.result;
		ptrace(PTRACE_SETREGS, e->pid, NULL, &regs);
	}
}

static uint64_t status_mask(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 16) : 0;
}

/* A handler is about to run: what was cut short ends with EINTR. Else the kernel goes on with it,
 * as after SIGCHLD that nobody handles, which a traced process is woken by. */
static bool will_handle(pid_t pid)
{
	char path[40], text[4096];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	return (status_mask(text, "SigPnd:") | status_mask(text, "ShdPnd:")) &
	       status_mask(text, "SigCgt:") & ~status_mask(text, "SigBlk:");
}

/* A call comes back. */
static void at_return(struct tracer *t, struct tracee *e)
{
	struct user_regs_struct regs;
	long result;

	if (!e->inside || ptrace(PTRACE_GETREGS, e->pid, NULL, &regs))
		return;
	e->inside = false;
	result = (long)regs.rax;
	/* The first two are taken up again even after a handler, unless it wants otherwise. */
	if (result == -RESTART_SYS || result == -RESTART_NOINTR)
		return;
	if (result == -RESTART_NOHAND || result == -RESTART_BLOCK) {
		if (!will_handle(e->pid))
			return;
		result = -EINTR;
	}
	e->call.result = result;

	long shown = e->call.result;

	t->on_return(t->arg, &e->call);
	if (e->call.result == shown)
		return;
	regs.rax = (unsigned long long)e->call.result;
	ptrace(PTRACE_SETREGS, e->pid, NULL, &regs);
}

static bool is_job_stop(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void at_stop(struct tracer *t, struct tracee *e, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		at_call(t, e);
		resume(e, 0);
		return;
	case PTRACE_EVENT_STOP:
		/* Stopped as a job stays so until SIGCONT; else it has only just begun. */
		if (is_job_stop(sig))
			ptrace(PTRACE_LISTEN, e->pid, NULL, NULL);
		else
			resume(e, 0);
		return;
	case 0:
		if (sig == SYSCALL_STOP)
			at_return(t, e);
		resume(e, sig == SYSCALL_STOP ? 0 : sig);
		return;
	default: /* fork, vfork, clone, exec: the call comes back later */
		resume(e, 0);
	}
}

static void on_change(struct tracer *t, pid_t pid, int status)
{
	struct tracee *e;

	if (WIFSTOPPED(status)) {
		e = find_or_add(t, pid);
		if (e && !t->ending)
			at_stop(t, e, status);
		else
			kill(pid, SIGKILL);
		return;
	}
	e = find(t, pid);
	if (e)
		e->pid = 0;
	if (pid == t->main && !t->ended) {
		t->ended = true;
		t->status = status;
	}
}

static void await_change(void)
{
	struct timespec ts = {0, SLICE_MS * 1000000l};
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigtimedwait(&chld, NULL, &ts);
}

/* The caller has blocked SIGCHLD, so that none is missed between waitpid and the wait for it. */
static bool pump(struct tracer *t, uint64_t deadline_us, bool (*done)(const struct tracer *t))
{
	uint64_t late_us = clock_late_us();

	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL | WNOHANG);

		if (pid > 0)
			on_change(t, pid, status);
		else if (pid < 0 && errno == ECHILD)
			t->childless = true;
		if (done(t))
			return true;
		if (clock_look() >= deadline_us + clock_late_us() - late_us)
			return false;
		if (pid == 0)
			await_change();
		else if (pid < 0 && errno != EINTR)
			return false;
	}
}

int tracer_attach(struct tracer *t, pid_t pid)
{
	t->main = pid;
	t->ended = t->ending = t->childless = false;
	memset(t->tracee, 0, sizeof(t->tracee));
	if (!find_or_add(t, pid))
		return -1;
	return (int)ptrace(PTRACE_SEIZE, pid, NULL, (void *)(long)OPTIONS);
}

static bool is_decided(const struct tracer *t)
{
	return t->ended || atomic_load(&shared->phase) == PHASE_DONE;
}

bool tracer_follow(struct tracer *t, uint64_t deadline_us)
{
	return pump(t, deadline_us, is_decided);
}

bool tracer_ended(const struct tracer *t, int *ret_status)
{
	if (t->ended)
		*ret_status = t->status;
	return t->ended;
}

static bool is_childless(const struct tracer *t)
{
	return t->childless;
}

bool tracer_end(struct tracer *t, uint64_t deadline_us)
{
	t->ending = true;
	for (int i = 0; i < TRACEES; i++)
		if (t->tracee[i].pid)
			kill(t->tracee[i].pid, SIGKILL);
	return pump(t, deadline_us, is_childless);
}
