/* SPDX-License-Identifier: MIT */
/* ppoll interrupted by a signal that only its mask lets through: the handler has run when it
 * returns. The same holds for pselect. sshd waits for the end of its children so. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t ran;

static void on_signal(int sig)
{
	ran++;
}

int main(void)
{
	struct timespec limit = {3, 0};
	sigset_t blocked, none;
	int fds[2];

	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	signal(SIGCHLD, on_signal);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	if (fork() == 0) {
		poll(NULL, 0, 300);
		_exit(0);
	}
	pipe(fds);
	struct pollfd p = {.fd = fds[0], .events = POLLIN};
	int r = ppoll(&p, 1, &limit, &none);

	printf("ppoll gives %d (%s), the handler ran %d times; -1, EINTR and 1 are right\n", r,
	       errno == EINTR ? "EINTR" : "not EINTR", ran);
	return !(r == -1 && errno == EINTR && ran == 1);
}
