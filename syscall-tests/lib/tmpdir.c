/* SPDX-License-Identifier: MIT */
/* A folder of the probe's own below /tmp; the runner removes it when the probe is gone. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inside.h"

enum { DEPTH = 4 };

static void make_tmpdir(void)
{
	static unsigned counter;
	char path[TMPDIR_LEN];
	bool made;

	do {
		snprintf(path, sizeof(path), "/tmp/probe-%d-%u", (int)getpid(), counter++);
		made = mkdir(path, 0755) == 0;
	} while (!made && errno == EEXIST && counter < 100);
	SETUP(made && access(path, F_OK) == 0, "cannot make the folder %s: %s", path,
	      errno_name(errno));
	memcpy(shared->tmpdir, path, sizeof(path));
}

const char *tmp_path(const char *name)
{
	char *path = NULL;

	if (!shared->tmpdir[0])
		make_tmpdir();
	SETUP(asprintf(&path, "%s/%s", shared->tmpdir, name) > 0, "no memory for a path");
	return path;
}

const char *tmp_file(const char *name, const void *bytes, size_t len, mode_t mode)
{
	const char *path = tmp_path(name);
	int fd = (int)SETUP_OK(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));

	SETUP(write_full(fd, bytes, len) == 0, "cannot write %s: %s", path, errno_name(errno));
	SETUP_OK(fchmod(fd, mode));
	SETUP_OK(close(fd));
	return path;
}

static void remove_below(int parent, const char *name, int depth)
{
	if (unlinkat(parent, name, 0) == 0 || depth == 0)
		return;

	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			remove_below(fd, entry->d_name, depth - 1);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	unlinkat(parent, name, AT_REMOVEDIR);
}

void tmpdir_remove(const char *path)
{
	/* The path comes from memory the probe could write to. */
	if (strncmp(path, "/tmp/probe-", 11) == 0 && !strchr(path + 11, '/'))
		remove_below(AT_FDCWD, path, DEPTH);
}
