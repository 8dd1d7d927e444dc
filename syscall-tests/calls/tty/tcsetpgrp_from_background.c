/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_control(&tty);
}

static void plain(void *arg)
{
	SETUP_OK(setpgid(0, 0));
	tcsetpgrp(tty.slave, getpid());
}

static void blocking(void *arg)
{
	sigset_t set;

	SETUP_OK(setpgid(0, 0));
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	SETUP_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	REQUIRE_OK(tcsetpgrp(tty.slave, getpid()));
	EXPECT_EQ(tcgetpgrp(tty.slave), getpid());
	mark_set(0, 1);
}

static void run(void)
{
	pid_t pid = child_start(plain, NULL);
	int status = child_change(pid, WUNTRACED);

	EXPECT(status != -1 && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU,
	       "from the background it gave %s, not a stop by SIGTTOU", wait_name(status));
	SETUP_OK(kill(pid, SIGKILL));
	SETUP_EQ(child_join(pid), SIGKILL);
	EXPECT_EQ(tcgetpgrp(tty.slave), getpid());

	pid = child_start(blocking, NULL);
	status = child_change(pid, WUNTRACED);
	EXPECT(status == 0 && mark_get(0), "with SIGTTOU blocked there was %s",
	       status == -1 ? "no end" : wait_name(status));
}

PROBE(.promise = "tcsetpgrp from the background stops the caller by SIGTTOU, unless that is "
		 "blocked: so a shell takes its terminal back",
      .source = "man 3 tcsetpgrp; POSIX.1-2017 tcsetpgrp",
      .covers = COVERS("ioctl:TIOCSPGRP", "wait4:WUNTRACED"), .needs = NEEDS("pty"),
      .call = {CALL_IOCTL(TIOCSPGRP)}, .setup = setup, .run = run);
