/* SPDX-License-Identifier: MIT */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"

#define CONSOLE "/dev/console"

int console_show(const char *text)
{
	_autoclose_ int fd = open(CONSOLE, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd_write_all(fd, text, strlen(text));
}

void console_say(const char *text)
{
	if (console_show(text) < 0)
		fd_write_all(STDERR_FILENO, text, strlen(text));
}
