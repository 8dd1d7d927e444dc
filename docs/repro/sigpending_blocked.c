/* SPDX-License-Identifier: MIT */
/* sigpending tells the signals that are blocked and pending. */
#include <signal.h>
#include <stdio.h>

int main(void)
{
	sigset_t blocked, pending;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &blocked, NULL) < 0 || raise(SIGUSR1) ||
	    sigpending(&pending) < 0)
		return 2;
	printf("SIGUSR1 is pending: %d; 1 is right\n", sigismember(&pending, SIGUSR1));
	return sigismember(&pending, SIGUSR1) != 1;
}
