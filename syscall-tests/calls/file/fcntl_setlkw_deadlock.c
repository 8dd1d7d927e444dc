/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

enum { FIRST, SECOND, REFUSED, GRANTED };

static const char *path;

static void setup(void)
{
	path = tmp_file("lock", "0123456789", 10, 0600);
}

static int lock(int fd, int command, int type, int byte)
{
	struct flock fl = {
		.l_type = (short)type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

	return fcntl(fd, command, &fl);
}

/* Has one byte and wants the other's. Whoever is refused gives up its own. */
static void party(int own, int wanted)
{
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	char c = 0;

	interrupt_when_late();
	SETUP_EQ(pread(fd, &c, 1, 9), 1);
	SETUP_EQ(c, '9');
	SETUP_OK(lock(fd, F_SETLK, F_WRLCK, own));
	mark_set(own, 1);
	SETUP(mark_wait(wanted), "the other process did not lock its byte");
	if (lock(fd, F_SETLKW, F_WRLCK, wanted) == 0) {
		mark_add(GRANTED, 1);
		return;
	}
	REQUIRE(errno == EDEADLK, "fcntl: expected EDEADLK or success, saw %s", errno_name(errno));
	mark_add(REFUSED, 1);
	SETUP_OK(lock(fd, F_SETLK, F_UNLCK, own));
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
      .call = {CALL_IF(SYS_fcntl, 1, F_SETLKW)}, .setup = setup, .run = run);
