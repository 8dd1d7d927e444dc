/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "probe.h"

enum { SIZE = 5000, ATTACHED = 0, GO };

static char *zone;

static void setup(void)
{
	/* So that nothing stays, whatever becomes of the probe. Where it is refused, the question
	 * is asked all the same. */
	(void)unshare(CLONE_NEWIPC);
}

static void child(void *arg)
{
	EXPECT_EQ(zone[SIZE - 1], 'p');
	zone[0] = 'c';
	mark_set(ATTACHED, 1);
	SETUP(mark_wait(GO), "the parent did not go on");
}

static void run(void)
{
	int id = (int)REQUIRE_OK(shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600));
	struct shmid_ds ds = {0};
	pid_t pid;

	zone = shmat(id, NULL, 0);
	REQUIRE(zone != (void *)-1, "shmat: %s", errno_name(errno));
	REQUIRE(zone != NULL, "shmat gave address 0");
	EXPECT_EQ(zone[0], 0);
	zone[SIZE - 1] = 'p';
	pid = child_start(child, NULL);
	SETUP(mark_wait(ATTACHED), "the child did not get to the segment");
	EXPECT_EQ(zone[0], 'c');
	EXPECT_OK(shmctl(id, IPC_STAT, &ds));
	EXPECT_EQ(ds.shm_segsz, SIZE);
	EXPECT_EQ(ds.shm_nattch, 2);
	EXPECT_EQ(ds.shm_cpid, getpid());
	mark_set(GO, 1);
	child_end(pid);
	/* Somebody else who looks at the child may hold its memory a little longer. */
	EXPECT(EVENTUALLY(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 1),
	       "%lu are attached after the child's end, expected 1", (unsigned long)ds.shm_nattch);
	/* It is there until the last one lets go. */
	EXPECT_OK(shmctl(id, IPC_RMID, NULL));
	EXPECT_EQ(zone[0], 'c');
	EXPECT_OK(shmctl(id, IPC_STAT, &ds));
	EXPECT_OK(shmdt(zone));
	EXPECT_ERRNO(shmctl(id, IPC_STAT, &ds), EINVAL);
	EXPECT_ERRNO(shmdt(zone), EINVAL);
}

PROBE(.promise = "A System V segment is shared with children, tells how many are attached, and "
		 "goes with the last of them once removed: PostgreSQL starts by it",
      .source = "man 2 shmget; man 2 shmop; man 2 shmctl; POSIX.1-2017 shmget",
      .covers = COVERS("shmget", "shmat", "shmdt", "shmctl:IPC_RMID", "shmctl:IPC_STAT"),
      .needs = NEEDS("root"), .call = {CALL(SYS_shmget), CALL(SYS_shmat), CALL(SYS_shmctl)},
      .setup = setup, .run = run);
