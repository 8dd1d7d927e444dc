/* SPDX-License-Identifier: MIT */
/* A signal that stops must not stop a process that ignores, catches or blocks it: shells rely on
 * it. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
}

static void hold(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* What became of a child that sends itself SIGTSTP: 0 it went on, 1 it was stopped. */
static int child_stops(int how)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (how == 2)
			hold(SIGTSTP);
		else
			signal(SIGTSTP, how ? handler : SIG_IGN);
		kill(getpid(), SIGTSTP);
		_exit(0);
	}
	waitpid(pid, &status, WUNTRACED);
	if (!WIFSTOPPED(status))
		return 0;
	kill(pid, SIGKILL);
	return 1;
}

int main(void)
{
	static const char *const hows[] = {"ignores", "catches", "blocks"};
	int stopped = 0;

	alarm(5);
	for (int how = 0; how < 3; how++) {
		int r = child_stops(how);

		printf("a process that %s SIGTSTP %s\n", hows[how], r ? "was stopped" : "went on");
		stopped += r;
	}
	return stopped != 0;
}
