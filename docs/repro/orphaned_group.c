/* SPDX-License-Identifier: MIT */
/* A stopped job whose last tie to its session ends gets SIGHUP and SIGCONT. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t hup, cont;

static void on_signal(int sig)
{
	*(sig == SIGHUP ? &hup : &cont) = 1;
}

static void job(int ready, int result)
{
	setpgid(0, 0);
	signal(SIGHUP, on_signal);
	signal(SIGCONT, on_signal);
	write(ready, "r", 1);
	for (int i = 0; i < 100 && !(hup && cont); i++)
		poll(NULL, 0, 20);
	write(result, hup && cont ? "y" : "n", 1);
	_exit(0);
}

static void shell(int ready[2], int result)
{
	pid_t pid = fork();
	char c;

	if (pid == 0)
		job(ready[1], result);
	read(ready[0], &c, 1);
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	_exit(0);
}

int main(void)
{
	int ready[2], result[2];
	char c = '-';

	if (pipe(ready) < 0 || pipe(result) < 0)
		return 2;
	if (fork() == 0) {
		setsid();
		if (fork() == 0)
			shell(ready, result[1]);
		wait(NULL);
		poll(NULL, 0, 4000); /* keeps the session */
		_exit(0);
	}
	struct pollfd p = {.fd = result[0], .events = POLLIN};

	if (poll(&p, 1, 3000) == 1)
		read(result[0], &c, 1);
	printf("the orphaned job got SIGHUP and SIGCONT: %c; y is right, - still stopped\n", c);
	return c != 'y';
}
