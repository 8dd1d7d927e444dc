/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/user.h"

static unsigned effective(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2] = {{0}};

	SETUP_OK(syscall(SYS_capget, &head, caps));
	return caps[0].effective;
}

static void run(void)
{
	unsigned before = effective();

	SETUP(before != 0, "root has no capabilities");
	REQUIRE_OK(
		prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED));
	EXPECT_EQ(prctl(PR_GET_SECUREBITS), SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED);
	EXPECT_ERRNO(prctl(PR_SET_SECUREBITS, 0), EPERM);
	SETUP_OK(setresuid(USER_UID, USER_UID, USER_UID));
	SETUP_EQ(geteuid(), USER_UID);
	EXPECT_EQ(effective(), before);
	EXPECT_ERRNO(prctl(PR_SET_SECUREBITS, 0), EPERM);
}

PROBE(.promise = "With SECBIT_NO_SETUID_FIXUP a process that stops being root keeps its "
		 "capabilities, and what is locked stays so: systemd's SecureBits",
      .source = "man 7 capabilities (The securebits flags); man 2 prctl (PR_SET_SECUREBITS)",
      .covers = COVERS("prctl:PR_SET_SECUREBITS", "prctl:PR_GET_SECUREBITS"),
      .needs = NEEDS("root"), .call = {CALL_IF(SYS_prctl, 0, PR_SET_SECUREBITS)}, .run = run);
