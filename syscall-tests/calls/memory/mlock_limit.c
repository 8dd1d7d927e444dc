/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/resource.h>

#include "probe.h"
#include "lib/user.h"

enum { PAGE = 4096 };

static char *zone;

static void setup(void)
{
	struct rlimit two = {2 * PAGE, 2 * PAGE};

	zone = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(zone != MAP_FAILED, "mmap: %s", errno_name(errno));
	SETUP_OK(munmap(zone + 3 * PAGE, PAGE));
	SETUP_OK(setrlimit(RLIMIT_MEMLOCK, &two));
}

static void user(void *arg)
{
	struct rlimit none = {0, 0};

	EXPECT_ERRNO(mlock(zone, 3 * PAGE), ENOMEM);
	EXPECT_OK(mlock(zone, 2 * PAGE));
	/* What is locked counts, and counts once. */
	EXPECT_OK(mlock(zone + PAGE, PAGE));
	EXPECT_ERRNO(mlock(zone + 2 * PAGE, PAGE), ENOMEM);
	EXPECT_OK(munlock(zone, PAGE));
	EXPECT_OK(mlock(zone + 2 * PAGE, PAGE));
	SETUP_OK(setrlimit(RLIMIT_MEMLOCK, &none));
	EXPECT_ERRNO(mlock(zone, PAGE), EPERM);
}

static void run(void)
{
	/* Root is not bound by the limit. */
	EXPECT_OK(mlock(zone, 3 * PAGE));
	EXPECT_ERRNO(mlock(zone + 2 * PAGE, 2 * PAGE), ENOMEM);
	EXPECT_OK(munlock(zone, 3 * PAGE));
	as_user(user, NULL);
}

PROBE(.promise = "A user locks memory up to RLIMIT_MEMLOCK (else ENOMEM, or EPERM when it is 0), "
		 "root as much as it likes: gpg and OpenSSL keep keys so",
      .source = "man 2 mlock", .covers = COVERS("mlock", "munlock", "prlimit64:RLIMIT_MEMLOCK"),
      .needs = NEEDS("root", "cap_ipc_lock"), .call = {CALL(SYS_mlock), CALL(SYS_munlock)},
      .setup = setup, .run = run);
