/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "files.h"

int command_run(const char *instance, char *const *argv)
{
	_autofree_ char *id = xasprintf("INSTANCE_ID=%s", instance);
	char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			     "HOME=/root", "LANG=C", id, NULL};
	/* Where there can be no log, it runs all the same. */
	_autoclose_ int log = file_open_log(COMMAND_LOG);
	posix_spawn_file_actions_t fa;
	int status = 0, r;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, log < 0 ? "/dev/null" : COMMAND_LOG,
					 O_WRONLY | O_APPEND, 0);
	posix_spawn_file_actions_adddup2(&fa, 1, 2);
	r = posix_spawn(&pid, argv[0], &fa, NULL, argv, env);
	posix_spawn_file_actions_destroy(&fa);
	if (r != 0)
		return -r;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}
