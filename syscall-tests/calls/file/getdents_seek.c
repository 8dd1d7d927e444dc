/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { FILES = 6, MOST = 16, LITTLE = 48 };

static int dir;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
	for (int i = 0; i < FILES; i++) {
		char name[32];

		snprintf(name, sizeof(name), "folder/file-%d", i);
		tmp_file(name, "", 0, 0600);
	}
	dir = (int)SETUP_OK(open(tmp_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

struct place {
	char name[32];
	off_t next;
};

/* One name and where the next one stands, read into little room. */
static int one(struct place *ret)
{
	char buf[sizeof(struct dirent)] __attribute__((aligned(8)));
	const struct dirent *entry = (const struct dirent *)buf;
	long n = REQUIRE_OK(syscall(SYS_getdents64, dir, buf, LITTLE));

	if (n == 0)
		return 0;
	REQUIRE(n >= entry->d_reclen, "%ld bytes came, the first entry has %d", n, entry->d_reclen);
	snprintf(ret->name, sizeof(ret->name), "%.31s", entry->d_name);
	ret->next = entry->d_off;
	REQUIRE_EQ(lseek(dir, ret->next, SEEK_SET), ret->next);
	return 1;
}

static void run(void)
{
	struct place place[MOST], again = {0};
	int n = 0;

	while (n < MOST && one(&place[n]))
		n++;
	REQUIRE(n == FILES + 2, "%d entries were told of a folder with %d", n, FILES + 2);
	for (int i = n - 2; i >= 0; i -= 3) {
		REQUIRE_EQ(lseek(dir, place[i].next, SEEK_SET), place[i].next);
		REQUIRE_EQ(one(&again), 1);
		EXPECT_STR(again.name, place[i + 1].name);
	}
	SETUP_OK(mkdir(tmp_path("folder/late"), 0700));
	REQUIRE_EQ(lseek(dir, 0, SEEK_SET), 0);
	for (n = 0; n < MOST && one(&again); n++)
		if (strcmp(again.name, "late") == 0)
			return;
	EXPECT(false, "an entry made after opening is not seen from the start");
}

PROBE(.promise = "Each directory entry tells where the next one stands, reading goes on from "
		 "there, and from the start it sees what was made since",
      .source = "man 2 getdents; man 3 seekdir; POSIX.1-2017 rewinddir",
      .covers = COVERS("getdents64", "lseek"), .call = {CALL(SYS_getdents64)}, .setup = setup,
      .run = run);
