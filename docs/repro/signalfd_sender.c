/* SPDX-License-Identifier: MIT */
/* What is read from a signalfd names the process that sent the signal. */
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

int main(void)
{
	struct signalfd_siginfo info = {0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_NONBLOCK);

	if (fd < 0 || kill(getpid(), SIGUSR1) < 0 || read(fd, &info, sizeof(info)) != sizeof(info))
		return 2;
	printf("signal %u from process %u; %d from %d is right\n", info.ssi_signo, info.ssi_pid,
	       SIGUSR1, (int)getpid());
	return info.ssi_signo != SIGUSR1 || info.ssi_pid != (unsigned)getpid();
}
