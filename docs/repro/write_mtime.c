/* SPDX-License-Identifier: MIT */
/* A write marks the file as modified. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	struct timespec times[2] = {{1111, 0}, {1111, 0}};
	struct stat st;
	int fd = open("/tmp/write_mtime", O_CREAT | O_TRUNC | O_RDWR, 0600);

	if (fd < 0 || futimens(fd, times) < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0 ||
	    fstat(fd, &st) < 0)
		return 2;
	printf("after the write the time of modification is %ld; anything but 1111 is right\n",
	       (long)st.st_mtime);
	unlink("/tmp/write_mtime");
	return st.st_mtime == 1111;
}
