/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

enum { ROUNDS = 40, DONE = 0 };

static const char *source[2], *fresh, *target;
static ino_t ino[2];

static void setup(void)
{
	struct stat st = {0};

	source[0] = tmp_file("a", "a", 1, 0600);
	source[1] = tmp_file("b", "b", 1, 0600);
	fresh = tmp_path("fresh");
	target = tmp_path("target");
	for (int i = 0; i < 2; i++) {
		SETUP_OK(stat(source[i], &st));
		ino[i] = st.st_ino;
	}
	SETUP_OK(link(source[1], target));
}

static void replace(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		REQUIRE_OK(link(source[i % 2], fresh));
		REQUIRE_OK(rename(fresh, target));
	}
	mark_set(DONE, 1);
}

static void run(void)
{
	struct stat st = {0};
	pid_t pid = child_start(replace, NULL);

	do {
		REQUIRE_OK(stat(target, &st));
		REQUIRE(st.st_ino == ino[0] || st.st_ino == ino[1],
			"the name leads to neither of its files");
	} while (!mark_get(DONE) && patience_ms() > 1);
	child_end(pid);
	REQUIRE_OK(stat(target, &st));
	EXPECT_EQ(st.st_ino, ino[(ROUNDS - 1) % 2]);
}

PROBE(.promise = "A name that is renamed over is never missing meanwhile: it leads to the old file "
		 "or to the new one",
      .source = "man 2 rename; POSIX.1-2017 rename", .covers = COVERS("rename"),
      .call = {CALL(SYS_rename), CALL(SYS_renameat)}, .setup = setup, .run = run);
