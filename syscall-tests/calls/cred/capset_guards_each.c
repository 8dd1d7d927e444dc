/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"
#include "lib/user.h"

static struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
static struct __user_cap_data_struct all[2];
static const char *secret;

static void setup(void)
{
	secret = tmp_file("secret", "x", 1, 0600);
	SETUP_OK(chown(secret, USER_UID, USER_GID));
	SETUP_OK(syscall(SYS_capget, &head, all));
}

/* Takes these out of the effective set, and puts all others into it. */
static void without(unsigned caps)
{
	struct __user_cap_data_struct now[2] = {all[0], all[1]};

	now[0].effective &= ~caps;
	REQUIRE_OK(syscall(SYS_capset, &head, now));
}

static void run(void)
{
	gid_t group = 4242;

	without(1u << CAP_SYS_CHROOT);
	EXPECT_ERRNO(chroot("/"), EPERM);
	without(1u << CAP_MKNOD);
	EXPECT_ERRNO(mknod(tmp_path("null"), S_IFCHR | 0600, makedev(1, 3)), EPERM);
	without(1u << CAP_SETGID);
	EXPECT_ERRNO(setgroups(1, &group), EPERM);
	EXPECT_ERRNO(setresgid(group, group, group), EPERM);
	without(1u << CAP_SETUID);
	EXPECT_ERRNO(setresuid(USER_UID, USER_UID, USER_UID), EPERM);
	without(1u << CAP_FOWNER);
	EXPECT_ERRNO(chmod(secret, 0644), EPERM);
	without(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH);
	EXPECT_ERRNO(open(secret, O_RDONLY | O_CLOEXEC), EACCES);
	/* Each took away its own alone. */
	without(1u << CAP_SYS_CHROOT);
	EXPECT_OK(setgroups(1, &group));
	EXPECT_OK(chmod(secret, 0640));
}

PROBE(.promise = "Root without a capability has not the right that goes with it, and all others: "
		 "CAP_SYS_CHROOT, MKNOD, SETGID, SETUID, FOWNER, DAC_OVERRIDE",
      .source = "man 7 capabilities", .covers = COVERS("capset", "chroot:EPERM", "mknod:EPERM"),
      .needs = NEEDS("root"), .call = {CALL(SYS_capset)}, .setup = setup, .run = run);
