/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "probe.h"
#include "lib/tiny.h"

static const char *program;
static int out[2];

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_NOTHING);
	SETUP_OK(pipe2(out, O_CLOEXEC));
}

static void run(void)
{
	char *const argv[] = {"spawned", NULL}, *const envp[] = {NULL};
	posix_spawn_file_actions_t actions;
	char text[4] = "";
	pid_t pid = -1;

	SETUP_EQ(posix_spawn_file_actions_init(&actions), 0);
	SETUP_EQ(posix_spawn_file_actions_adddup2(&actions, out[1], 1), 0);
	int error = posix_spawn(&pid, program, &actions, NULL, argv, envp);

	REQUIRE(error == 0, "posix_spawn: expected 0, saw %s", errno_name(error));
	SETUP_OK(close(out[1]));
	EXPECT_EQ(read_full(out[0], text, 3), 3);
	EXPECT_STR(text, "ac ");
	int status = child_join(pid);

	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == TINY_EXIT, "it ended with %s",
	       wait_name(status));
	error = posix_spawn(&pid, "/no-such-program", NULL, NULL, argv, envp);
	EXPECT(error == ENOENT, "spawning what is not there: expected ENOENT, saw %s",
	       errno_name(error));
}

PROBE(.promise =
	      "posix_spawn, which is clone with CLONE_VM and CLONE_VFORK, runs a program with its "
	      "descriptors arranged, and reports a failing execve",
      .source = "man 3 posix_spawn; man 2 clone",
      .covers = COVERS("clone:CLONE_VFORK", "clone:CLONE_VM", "execve"), .call = {CALL(SYS_clone)},
      .setup = setup, .run = run);
