/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "probe.h"

enum { READY, TOLD };

static volatile pid_t its_tid, hit;
static volatile int code;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	code = info->si_code;
	hit = (pid_t)syscall(SYS_gettid);
	mark_add(TOLD, 1);
}

static void *thread(void *arg)
{
	its_tid = (pid_t)syscall(SYS_gettid);
	mark_set(READY, 1);
	EVENTUALLY(false);
	return NULL;
}

static void setup(void)
{
	struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	pthread_t other;

	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
	SETUP_EQ(pthread_create(&other, NULL, thread, NULL), 0);
	SETUP(mark_wait(READY), "the thread did not start");
}

static void run(void)
{
	REQUIRE_OK(syscall(SYS_tgkill, getpid(), its_tid, SIGUSR1));
	REQUIRE(mark_wait(TOLD), "no signal came");
	EXPECT_EQ(hit, its_tid);
	EXPECT_EQ(code, SI_TKILL);
	hit = 0;
	REQUIRE_OK(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1));
	EXPECT_EQ(hit, getpid());
	/* A number that was used again belongs to another process. */
	EXPECT_ERRNO(syscall(SYS_tgkill, getppid(), its_tid, SIGUSR1), ESRCH);
	EXPECT_ERRNO(syscall(SYS_tgkill, -1, its_tid, SIGUSR1), EINVAL);
	EXPECT_EQ(mark_get(TOLD), 2);
}

PROBE(.promise = "tgkill sends a signal to one thread of one process, and to nobody when the "
		 "thread is not of that process",
      .source = "man 2 tgkill", .covers = COVERS("tgkill"), .call = {CALL(SYS_tgkill)},
      .setup = setup, .run = run);
