/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/tiny.h"

enum { TOO_LONG = 131072 + 4096 };

static const char *plain, *text, *busy, *below, *lost;

static void setup(void)
{
	plain = tiny_install("plain", 0644);
	busy = tiny_install("busy", 0755);
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

static void run(void)
{
	EXPECT_ERRNO(exec("/no-such-program"), ENOENT);
	EXPECT_ERRNO(exec(plain), EACCES);
	EXPECT_ERRNO(exec("/tmp"), EACCES);
	EXPECT_ERRNO(exec(text), ENOEXEC);
	EXPECT_ERRNO(exec(below), ENOTDIR);
	EXPECT_ERRNO(exec(lost), ENOENT);
	EXPECT_ERRNO(exec(bad_address()), EFAULT);
	EXPECT_ERRNO(exec_long(), E2BIG);
	SETUP_OK(open(busy, O_WRONLY | O_CLOEXEC));
	EXPECT_ERRNO(exec(busy), ETXTBSY);
}

PROBE(.promise = "When execve cannot, the caller lives on with the reason: ENOENT, EACCES (also "
		 "for root), "
		 "ENOEXEC, ENOTDIR, EFAULT, E2BIG, ETXTBSY",
      .source = "man 2 execve", .covers = COVERS("execve"), .call = {CALL(SYS_execve)},
      .setup = setup, .run = run);
