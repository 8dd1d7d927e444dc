/* SPDX-License-Identifier: MIT */
#include "console.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"

#define CONSOLE "/dev/console"

void console_say(const char *text)
{
	_autoclose_ int fd = open(CONSOLE, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		fd_write_all(STDERR_FILENO, text, strlen(text));
}
