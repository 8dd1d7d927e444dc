/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <sys/time.h>

#include "probe.h"

static sigset_t blocked;
static struct stat folder;

static void on_signal(int sig)
{
}

static void setup(void)
{
	struct sigaction act = {.sa_handler = on_signal};
	struct itimerval far = {.it_value = {1000, 0}};

	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	SETUP_OK(stat(tmp_path("folder"), &folder));
	SETUP_OK(chdir(tmp_path("folder")));
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
	SETUP_OK(kill(getpid(), SIGUSR1));
	SETUP_OK(setitimer(ITIMER_VIRTUAL, &far, NULL));
	SETUP_OK(sigaction(SIGUSR2, &act, NULL));
}

static void child(void)
{
	struct itimerval timer = {.it_value = {7, 7}};
	struct sigaction act = {0};
	struct stat here = {0};
	sigset_t set;

	sigfillset(&set);
	EXPECT_OK(sigpending(&set));
	EXPECT(!sigismember(&set, SIGUSR1), "the parent's pending signal is pending in the child");
	EXPECT_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	EXPECT(sigismember(&set, SIGUSR1), "the parent's mask is not the child's");
	EXPECT_OK(getitimer(ITIMER_VIRTUAL, &timer));
	EXPECT(timer.it_value.tv_sec == 0, "the parent's timer of 1000 s runs in the child");
	EXPECT_OK(sigaction(SIGUSR2, NULL, &act));
	EXPECT(act.sa_handler == on_signal, "the parent's handler is not the child's");
	EXPECT_OK(stat(".", &here));
	EXPECT_EQ(here.st_ino, folder.st_ino);
	mark_set(0, 1);
	_exit(9);
}

static void run(void)
{
	pid_t pid = (pid_t)REQUIRE_OK(fork());

	if (pid == 0)
		child();
	child_remember(pid);
	EXPECT_EQ(child_join(pid), 9 << 8);
	EXPECT(mark_get(0), "the child did not come to its end");
}

PROBE(.promise = "A child has its parent's mask, handlers and working directory, but neither its "
		 "pending signals nor its timers",
      .source = "man 2 fork; POSIX.1-2017 fork", .covers = COVERS("fork", "rt_sigpending"),
      .call = {CALL(SYS_fork), CALL(SYS_clone)}, .setup = setup, .run = run);
