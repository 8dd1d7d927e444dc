/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

enum { STOP_STEPS = 3 };

static void setup(void)
{
	sigset_t set;

	signal_watch(SIGTSTP);
	signal_watch(SIGCONT);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	SETUP_OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

static void send_and_look(int sig, bool stop, bool cont)
{
	sigset_t set;

	REQUIRE_OK(kill(getpid(), sig));
	sigemptyset(&set);
	SETUP_OK(sigpending(&set));
	EXPECT(sigismember(&set, SIGTSTP) == stop && sigismember(&set, SIGCONT) == cont,
	       "after %s, SIGTSTP is %spending and SIGCONT is %spending", signal_name(sig),
	       sigismember(&set, SIGTSTP) ? "" : "not ", sigismember(&set, SIGCONT) ? "" : "not ");
	mark_add(0, 1);
}

static void job(void *arg)
{
	send_and_look(SIGTSTP, true, false);
	send_and_look(SIGCONT, false, true);
	send_and_look(SIGTSTP, true, false);
}

/* In a helper process, which a kernel might stop. */
static void run(void)
{
	pid_t pid = child_start(job, NULL);
	int status = child_change(pid, WUNTRACED);

	if (status == -1 || WIFSTOPPED(status))
		SETUP_OK(kill(pid, SIGKILL));
	EXPECT(status == 0 && mark_get(0) == STOP_STEPS, "after %d of %d signals there was %s",
	       mark_get(0), STOP_STEPS, status == -1 ? "no answer" : wait_name(status));
}

PROBE(.promise = "SIGCONT takes pending stop signals away, and a stop signal a pending SIGCONT: "
		 "the last word counts",
      .source = "POSIX.1-2017 2.4.1 Signal Generation and Delivery; man 7 signal",
      .covers = COVERS("kill:SIGCONT", "kill:SIGTSTP", "rt_sigpending"), .call = {CALL(SYS_kill)},
      .setup = setup, .run = run);
