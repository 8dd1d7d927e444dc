/* SPDX-License-Identifier: MIT */
/* A process that became an ordinary user can read its own /proc/self/fd. Run as root. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char to[64];

	if (setgid(1000) < 0 || setuid(1000) < 0)
		return 2;
	ssize_t n = readlink("/proc/self/fd/1", to, sizeof(to));

	printf("readlink gives %zd, more than 0 is right\n", n);
	return n <= 0;
}
