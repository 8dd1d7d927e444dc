/* SPDX-License-Identifier: MIT */
#include <sys/select.h>

#include "probe.h"

/* On both sides of a border between words, and far above. */
static const int numbers[] = {63, 64, 700};
enum { N = sizeof(numbers) / sizeof(numbers[0]) };

static int idle[2], ready[2];

static void setup(void)
{
	SETUP_OK(pipe(idle));
	SETUP_OK(pipe(ready));
	SETUP_EQ(write(ready[1], "x", 1), 1);
	for (int i = 0; i < N; i++)
		SETUP_EQ(dup2(idle[0], numbers[i]), numbers[i]);
	interrupt_when_late();
}

static void run(void)
{
	for (int i = 0; i < N; i++) {
		struct timeval zero = {0};
		fd_set in;

		SETUP_EQ(dup2(ready[0], numbers[i]), numbers[i]);
		FD_ZERO(&in);
		for (int k = 0; k < N; k++)
			FD_SET(numbers[k], &in);
		/* Those from the first argument on are not looked at. */
		EXPECT_EQ(select(numbers[i], &in, NULL, NULL, &zero), 0);
		for (int k = 0; k < N; k++)
			FD_SET(numbers[k], &in);
		EXPECT_EQ(select(numbers[N - 1] + 1, &in, NULL, NULL, &zero), 1);
		for (int k = 0; k < N; k++)
			EXPECT(!FD_ISSET(numbers[k], &in) == (k != i),
			       "%d is readable, and the bit of %d is %s", numbers[i], numbers[k],
			       k == i ? "not set" : "set");
		SETUP_EQ(dup2(idle[0], numbers[i]), numbers[i]);
	}
}

PROBE(.promise = "select finds the one descriptor that is ready wherever its number lies in the "
		 "set, if it is below the first argument",
      .source = "man 2 select; POSIX.1-2017 select", .covers = COVERS("select", "pselect6"),
      .call = {CALL(SYS_select), CALL(SYS_pselect6)}, .setup = setup, .run = run);
