/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

ssize_t proc_read(const char *path, char *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t n;

	REQUIRE(fd >= 0, "opening %s: expected success, saw %s", path, errno_name(errno));

	do {
		n = read(fd, buf + done, len - 1 - done);
		REQUIRE(n >= 0, "reading %s: expected success, saw %s", path, errno_name(errno));
		done += (size_t)n;
	} while (n > 0 && done < len - 1);
	buf[done] = '\0';
	return (ssize_t)done;
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
