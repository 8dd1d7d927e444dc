/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/filelock.h"

enum { FIRST, SECOND, REFUSED, GRANTED };

/* Has one byte and wants the other's. Whoever is refused gives up its own. */
static void party(int own, int wanted)
{
	int fd = filelock_open();

	interrupt_when_late();
	SETUP_OK(filelock(fd, F_SETLK, F_WRLCK, own, 1, NULL));
	mark_set(own, 1);
	SETUP(mark_wait(wanted), "the other process did not lock its byte");
	if (filelock(fd, F_SETLKW, F_WRLCK, wanted, 1, NULL) == 0) {
		mark_add(GRANTED, 1);
		return;
	}
	REQUIRE(errno == EDEADLK, "fcntl: expected EDEADLK or success, saw %s", errno_name(errno));
	mark_add(REFUSED, 1);
	SETUP_OK(filelock(fd, F_SETLK, F_UNLCK, own, 1, NULL));
}

static void other(void *arg)
{
	party(SECOND, FIRST);
}

static void run(void)
{
	pid_t pid = child_start(other, NULL);

	party(FIRST, SECOND);
	/* Else the other one waits for what this process holds. */
	child_end(pid);
	EXPECT_EQ(mark_get(REFUSED), 1);
	EXPECT_EQ(mark_get(GRANTED), 1);
}

PROBE(.promise = "Of two processes that wait for each other's lock one is refused with EDEADLK, "
		 "and the other has its lock when that one gives way",
      .source = "man 2 fcntl (EDEADLK); POSIX.1-2017 fcntl",
      .covers = COVERS("fcntl:F_SETLKW", "fcntl:EDEADLK"),
      .call = {CALL_IF(SYS_fcntl, 1, F_SETLKW)}, .setup = filelock_make, .run = run);
