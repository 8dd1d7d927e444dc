/* SPDX-License-Identifier: MIT */
/* getitimer tells what is left of a timer. Its microseconds are a long: all eight bytes count. */
#include <stdio.h>
#include <sys/time.h>

int main(void)
{
	struct itimerval set = {.it_value = {100, 0}}, left = {{0}};

	if (setitimer(ITIMER_REAL, &set, NULL) < 0 || getitimer(ITIMER_REAL, &left) < 0)
		return 2;
	printf("of 100 s are left %ld s and %ld us\n", (long)left.it_value.tv_sec,
	       (long)left.it_value.tv_usec);
	return left.it_value.tv_sec < 90 || left.it_value.tv_usec < 0 ||
	       left.it_value.tv_usec > 999999;
}
