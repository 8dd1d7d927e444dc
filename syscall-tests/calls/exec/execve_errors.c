/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "probe.h"
#include "lib/tiny.h"

enum { TOO_LONG = 131072 + 4096 };

static const char *plain, *text, *busy, *below, *lost;

static void setup(void)
{
	plain = tiny_install("plain", 0644, TINY_NOTHING);
	busy = tiny_install("busy", 0755, TINY_NOTHING);
	text = tmp_file("text", "exit 0\n", 7, 0755);
	below = tmp_path("text/x");
	lost = tmp_file("lost", "#!/no/such/program\n", 19, 0755);
}

static int exec(const char *path)
{
	char *const argv[] = {"x", NULL}, *const envp[] = {NULL};

	return execve(path, argv, envp);
}

static int exec_long(void)
{
	char *huge = malloc(TOO_LONG);
	char *const argv[] = {"x", huge, NULL}, *const envp[] = {NULL};

	SETUP(huge != NULL, "no memory");
	memset(huge, 'x', TOO_LONG - 1);
	huge[TOO_LONG - 1] = '\0';
	return execve(busy, argv, envp);
}

static void in_helper(void *arg)
{
	exec(arg);
	mark_set(0, errno);
}

static void in_helper_long(void *arg)
{
	exec_long();
	mark_set(0, errno);
}

/* In a process of its own, since it might succeed. */
static void expect_refused(void (*attempt)(void *), const char *path, int error, const char *words)
{
	mark_set(0, 0);
	int status = child_join(child_start(attempt, (void *)path));

	EXPECT(mark_get(0) == error && status == 0, "executing %s: expected %s, saw %s", words,
	       errno_name(error),
	       WIFEXITED(status) && WEXITSTATUS(status) == TINY_EXIT ? "that it ran"
								     : errno_name(mark_get(0)));
}

static void run(void)
{
	EXPECT_ERRNO(exec("/no-such-program"), ENOENT);
	expect_refused(in_helper, plain, EACCES, "a file without execute permission");
	EXPECT_ERRNO(exec("/tmp"), EACCES);
	EXPECT_ERRNO(exec(text), ENOEXEC);
	EXPECT_ERRNO(exec(below), ENOTDIR);
	expect_refused(in_helper, lost, ENOENT, "a script whose interpreter is not there");
	expect_refused(in_helper_long, busy, E2BIG, "with an argument of 132 KiB");

	int fd = (int)SETUP_OK(open(busy, O_WRONLY | O_CLOEXEC));

	expect_refused(in_helper, busy, ETXTBSY, "a file open for writing");
	SETUP_OK(close(fd));
	int status = child_join(child_start(in_helper, (void *)busy));

	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == TINY_EXIT,
	       "executing a file that is written no more ended with %s", wait_name(status));
}

PROBE(.promise = "When execve cannot, the caller lives on with the reason: ENOENT, EACCES (also "
		 "for root), "
		 "ENOEXEC, ENOTDIR, E2BIG, ETXTBSY",
      .source = "man 2 execve", .covers = COVERS("execve"), .call = {CALL(SYS_execve)},
      .setup = setup, .run = run);
