/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/procfile.h"

static void run(void)
{
	char text[32];
	int last;

	proc_read("/proc/sys/kernel/ngroups_max", text, sizeof(text));
	EXPECT_STR(text, "65536\n");
	proc_read("/proc/sys/kernel/cap_last_cap", text, sizeof(text));
	last = (int)strtol(text, NULL, 10);
	EXPECT(last >= 35, "the last capability is said to be \"%s\"", text);
	EXPECT(prctl(PR_CAPBSET_READ, last) >= 0, "capability %d, the last one, is not known",
	       last);
	EXPECT_ERRNO(prctl(PR_CAPBSET_READ, last + 1), EINVAL);
}

PROBE(.promise = "/proc/sys/kernel tells how many groups a process may have and which capability "
		 "is the last; glibc's sysconf and libcap ask",
      .source = "man 5 proc (/proc/sys/kernel); man 7 capabilities",
      .covers = COVERS("openat:/proc/sys/kernel"), .needs = NEEDS("proc"), .call = {CALL(SYS_read)},
      .run = run);
