/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

ssize_t proc_read(const char *path, char *buf, size_t len)
{
	int fd = (int)REQUIRE_OK(open(path, O_RDONLY | O_CLOEXEC));
	size_t done = 0;
	ssize_t n;

	do {
		n = (ssize_t)REQUIRE_OK(read(fd, buf + done, len - 1 - done));
		done += (size_t)n;
	} while (n > 0 && done < len - 1);
	buf[done] = '\0';
	return (ssize_t)done;
}

void proc_lines(const char *path, char *buf, size_t len)
{
	ssize_t n = proc_read(path, buf, len);

	REQUIRE(n > 0 && buf[n - 1] == '\n', "%s has %zd bytes and does not end with a line", path,
		n);
}

const char *proc_value(char *text, const char *key)
{
	size_t len = strlen(key);

	for (char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
		if (strncmp(line, key, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		line += strspn(line, " \t");
		line[strcspn(line, "\n")] = '\0';
		return line;
	}
	return NULL;
}
