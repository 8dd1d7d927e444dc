/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/filelock.h"

static const char *path;

void filelock_make(void)
{
	path = tmp_file("lock", "0123456789", 10, 0600);
}

int filelock_open(void)
{
	int fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	char c = 0;

	SETUP_EQ(pread(fd, &c, 1, 9), 1);
	SETUP_EQ(c, '9');
	return fd;
}

int filelock(int fd, int command, int type, off_t start, off_t len, struct flock *ret)
{
	struct flock fl = {
		.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
	int r = fcntl(fd, command, &fl);

	if (ret)
		*ret = fl;
	return r;
}
