/* SPDX-License-Identifier: MIT */
#include <sys/time.h>

#include "probe.h"

static void setup(void)
{
	signal_watch(SIGALRM);
}

static void run(void)
{
	struct itimerval once = {.it_value.tv_usec = 5000};
	uint64_t start = now_us();

	REQUIRE_OK(setitimer(ITIMER_REAL, &once, NULL));
	EXPECT(EVENTUALLY(signal_count(SIGALRM)), "no SIGALRM came");
	EXPECT(now_us() - start >= 5000, "SIGALRM came after %u us, 5000 were asked",
	       (unsigned)(now_us() - start));
	EXPECT_EQ(signal_count(SIGALRM), 1);
}

PROBE(.promise = "A one-shot timer raises SIGALRM once and not early", .source = "man 2 setitimer",
      .covers = COVERS("setitimer:ITIMER_REAL"), .call = {CALL(SYS_setitimer)}, .setup = setup,
      .run = run);
