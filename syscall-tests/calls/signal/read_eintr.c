/* SPDX-License-Identifier: MIT */
#include "probe.h"

static int fds[2];
static pid_t reader;

static void on_signal(int sig)
{
	mark_add(0, 1);
}

/* Signals until told to stop; later it also feeds the pipe, between two signals. */
static void disturb(void *arg)
{
	while (!mark_get(1) && patience_ms() > 1) {
		kill(reader, SIGUSR1);
		pause_briefly();
		if (mark_get(2) && mark_get(0) > 3)
			write_full(fds[1], "r", 1);
	}
}

static void setup(void)
{
	reader = getpid();
	SETUP_OK(pipe(fds));
	SETUP(signal(SIGUSR1, SIG_IGN) != SIG_ERR, "signal: %s", errno_name(errno));
}

static void catch_with(int flags)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = flags};

	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
}

static void run(void)
{
	char c = 0;
	pid_t pid;

	catch_with(0);
	pid = child_start(disturb, NULL);
	EXPECT_ERRNO(read(fds[0], &c, 1), EINTR);
	catch_with(SA_RESTART);
	mark_set(0, 0);
	mark_set(2, 1);
	EXPECT_EQ(read(fds[0], &c, 1), 1);
	EXPECT_EQ(c, 'r');
	EXPECT(mark_get(0) > 3, "the read came back after %d signals", mark_get(0));
	mark_set(1, 1);
	child_end(pid);
}

PROBE(.promise = "A handled signal interrupts a blocking read with EINTR, or with SA_RESTART "
		 "leaves it "
		 "waiting",
      .source = "man 7 signal; POSIX.1-2017 sigaction",
      .covers = COVERS("read:EINTR", "rt_sigaction:SA_RESTART"), .call = {CALL(SYS_read)},
      .setup = setup, .run = run);
