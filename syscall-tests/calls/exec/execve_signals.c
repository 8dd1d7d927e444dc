/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "probe.h"
#include "lib/tiny.h"

static const char *program;

static void on_signal(int sig)
{
}

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_SIGNALS);
}

static void prepare(void *arg)
{
	struct sigaction caught = {.sa_handler = on_signal}, ignored = {.sa_handler = SIG_IGN};
	sigset_t block;

	SETUP_OK(sigaction(SIGUSR1, &caught, NULL));
	REQUIRE_OK(sigaction(SIGUSR2, &ignored, NULL));
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	SETUP_OK(sigprocmask(SIG_BLOCK, &block, NULL));
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, prepare, NULL);
	for (int sig = 1; sig < 32; sig++) {
		char key[8];

		snprintf(key, sizeof(key), "si%d", sig);
		EXPECT(tiny_number(&tiny, key) == (sig == SIGUSR2 ? 1 : -1),
		       "%s is %ld in the program (-1 default, 1 ignored)", signal_name(sig),
		       tiny_number(&tiny, key));
	}
	EXPECT_EQ(tiny_number(&tiny, "sm"), 1 << (SIGTERM - 1));
}

PROBE(.promise = "Across execve caught signals fall back to their defaults, ignored ones stay "
		 "ignored, and "
		 "the mask is kept",
      .source = "man 2 execve; POSIX.1-2017 exec",
      .covers = COVERS("execve", "rt_sigaction:SIG_IGN", "rt_sigprocmask"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGUSR2)}, .setup = setup, .run = run);
