/* SPDX-License-Identifier: MIT */
/* access asks for the real user, whatever the effective one may do. Run as root. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/tmp/access_real_uid", O_CREAT | O_RDWR, 0600);

	if (fd < 0 || setreuid(1000, 0) < 0)
		return 2;
	int r = access("/tmp/access_real_uid", R_OK);

	printf("access gives %d; -1 is right for real user 1000\n", r);
	unlink("/tmp/access_real_uid");
	return r != -1;
}
