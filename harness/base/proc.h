/* SPDX-License-Identifier: MIT */
/*
 * proc: child processes that never outlive us.
 *
 * Owns one child each: its pid, its pidfd and its process group (the child leads one). The child
 * dies with us even when we are killed with SIGKILL (PR_SET_PDEATHSIG, set between fork and exec,
 * parent checked). Ends only what it started. fork() and a pidfd rather than libuv's spawn: that
 * has no hook before exec, and this needs no helper program.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/loop.h"
#include "base/strbuf.h"

#define PROC_EXTRA_MAX 8

struct proc_spec {
	char *const *argv; /* argv[0] is looked up in PATH */
	char *const *env;  /* NULL: ours */
	const char *dir;   /* NULL: ours */
	int stdin_fd;	   /* descriptors given to the child; -1: /dev/null. Stay the caller's. */
	int stdout_fd;	   /* -1: /dev/null */
	int stderr_fd;	   /* -1: /dev/null */
	const int *extra_fds;	  /* given as descriptors 3, 4, … (-1: not); stay the caller's */
	unsigned int n_extra_fds; /* at most PROC_EXTRA_MAX */
	bool new_session;	  /* setsid() instead of setpgid() */
};

#define PROC_SPEC_INIT                                           \
	{                                                        \
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 \
	}

struct proc {
	struct loop *loop;
	struct loop_fd watch;
	pid_t pid; /* 0: none */
	int pidfd;
	bool exited;
	int status;				/* wait status, once exited */
	void (*on_exit)(void *arg, int status); /* optional */
	void *arg;
};

/* -ENOENT when there is no such program. on_exit and arg may be set before. */
int proc_spawn(struct proc *p, struct loop *loop, const struct proc_spec *spec, struct err *err);
int proc_wait(struct proc *p, struct deadline deadline);
/* Send to the whole group; nothing happens once it was reaped. */
void proc_kill(struct proc *p, int signo);
/* Kill the group with SIGKILL if it still runs, reap, release. Safe on a zeroed struct. */
void proc_release(struct proc *p);
/* "exit status 3" or "killed by signal 9"; buf is returned. */
const char *proc_status_text(int status, char *buf, size_t n);

/*
 * Run to the end, collecting stdout (and stderr when err_out is given) up to the buffers' ceilings;
 * what passes a ceiling is read and dropped. 0 with *ret_status set, -ETIMEDOUT (child killed),
 * -EINTR, or another error.
 */
int proc_run(struct loop *loop, const struct proc_spec *spec, struct deadline deadline,
	     struct strbuf *out, struct strbuf *err_out, int *ret_status, struct err *err);

#endif
