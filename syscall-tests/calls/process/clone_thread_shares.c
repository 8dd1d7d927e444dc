/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "probe.h"

enum { FD = 57, DONE = 0 };

static const char *folder;
static pid_t its_pid, its_tid;

static void setup(void)
{
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0700));
	tmp_file("folder/here", "123", 3, 0600);
	SETUP_EQ(umask(022), 022);
}

static void *thread(void *arg)
{
	struct sigaction act = {.sa_handler = SIG_IGN};

	its_pid = (pid_t)syscall(SYS_getpid);
	its_tid = (pid_t)syscall(SYS_gettid);
	SETUP_EQ(dup2(0, FD), FD);
	SETUP_OK(chdir(folder));
	SETUP_EQ(umask(027), 022);
	SETUP_OK(sigaction(SIGUSR1, &act, NULL));
	mark_set(DONE, 1);
	return NULL;
}

static void run(void)
{
	struct sigaction act = {.sa_handler = SIG_DFL};
	struct stat st = {0};
	pthread_t other;
	int error = pthread_create(&other, NULL, thread, NULL);

	REQUIRE(error == 0, "pthread_create: expected 0, saw %s", errno_name(error));
	REQUIRE(mark_wait(DONE), "the thread did not come to its end");
	EXPECT_EQ(its_pid, getpid());
	EXPECT_EQ(syscall(SYS_gettid), getpid());
	EXPECT(its_tid > 0 && its_tid != getpid(), "the thread's number is %d, the process's %d",
	       (int)its_tid, (int)getpid());
	EXPECT(fcntl(FD, F_GETFD) == 0, "the descriptor that the thread made: %s",
	       errno_name(errno));
	EXPECT(stat("here", &st) == 0 && st.st_size == 3,
	       "the thread's working directory is not the process's: %s", errno_name(errno));
	EXPECT_EQ(umask(022), 027);
	SETUP_OK(sigaction(SIGUSR1, NULL, &act));
	EXPECT(act.sa_handler == SIG_IGN, "the signal that the thread ignores is not ignored");
}

PROBE(.promise = "A thread has a number of its own and shares the process's, its descriptors, "
		 "working directory, umask and signal dispositions",
      .source = "man 7 pthreads; man 2 clone (CLONE_THREAD, CLONE_FILES, CLONE_FS, "
		"CLONE_SIGHAND)",
      .covers = COVERS("clone:CLONE_THREAD", "clone:CLONE_FILES", "clone:CLONE_FS",
		       "clone:CLONE_SIGHAND", "gettid"),
      .call = {CALL(SYS_clone)}, .setup = setup, .run = run);
