/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <sys/ipc.h>
#include <sys/sem.h>

#include "probe.h"

static int id;

static void setup(void)
{
	/* So that nothing stays, whatever becomes of the probe. Where it is refused, the question
	 * is asked all the same. */
	(void)unshare(CLONE_NEWIPC);
}

static int change(int by, int flags)
{
	struct sembuf op = {.sem_num = 1, .sem_op = (short)by, .sem_flg = (short)flags};

	return semop(id, &op, 1);
}

/* Takes one and does not give it back. */
static void taker(void *arg)
{
	interrupt_when_late();
	EXPECT_OK(change(-1, SEM_UNDO));
	EXPECT_EQ(semctl(id, 1, GETVAL), 0);
}

static void run(void)
{
	pid_t pid;

	id = (int)REQUIRE_OK(semget(IPC_PRIVATE, 2, IPC_CREAT | 0600));
	interrupt_when_late();
	REQUIRE_OK(semctl(id, 1, SETVAL, 1));
	EXPECT_OK(change(-1, IPC_NOWAIT));
	EXPECT_ERRNO(change(-1, IPC_NOWAIT), EAGAIN);
	pid = child_start(taker, NULL);
	EXPECT(EVENTUALLY(semctl(id, 1, GETNCNT) == 1), "nobody waits: GETNCNT is %d",
	       semctl(id, 1, GETNCNT));
	REQUIRE_OK(change(1, 0));
	child_end(pid);
	EXPECT_EQ(semctl(id, 1, GETVAL), 1);
	EXPECT_EQ(semctl(id, 0, GETVAL), 0);
	EXPECT_OK(semctl(id, 0, IPC_RMID));
	EXPECT_ERRNO(change(1, 0), EINVAL);
}

PROBE(.promise = "semop waits for a System V semaphore until somebody raises it, and SEM_UNDO "
		 "gives back what a process took when it ends: PostgreSQL and Apache lock so",
      .source = "man 2 semop; man 2 semctl; POSIX.1-2017 semop",
      .covers = COVERS("semget", "semop", "semop:SEM_UNDO", "semctl:SETVAL"),
      .needs = NEEDS("root"), .call = {CALL(SYS_semget), CALL(SYS_semop), CALL(SYS_semctl)},
      .setup = setup, .run = run);
