/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/tiny.h"
#include "lib/user.h"

enum { WANTED = 1 << CAP_NET_BIND_SERVICE };

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_CAPS);
}

static void become_capable(void *arg)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2] = {{.permitted = WANTED, .inheritable = WANTED}};

	SETUP_OK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	become_user();
	SETUP_OK(syscall(SYS_capset, &head, caps));
	EXPECT_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_BIND_SERVICE, 0, 0), 0);
	EXPECT_ERRNO(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0), EPERM);
	if (!arg)
		return;
	REQUIRE_OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0, 0));
	EXPECT_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_BIND_SERVICE, 0, 0), 1);
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, become_capable, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ce"), 0);
	EXPECT_EQ(tiny_number(&tiny, "cp"), 0);
	tiny_exec(&tiny, program, argv, envp, become_capable, &tiny);
	EXPECT_EQ(tiny_number(&tiny, "ce"), WANTED);
	EXPECT_EQ(tiny_number(&tiny, "cp"), WANTED);
}

PROBE(.promise = "An ordinary user's capabilities are lost at execve but for the ambient ones, "
		 "which must be permitted and inheritable: systemd's AmbientCapabilities",
      .source = "man 7 capabilities; man 2 PR_CAP_AMBIENT (prctl)",
      .covers = COVERS("prctl:PR_CAP_AMBIENT", "execve", "capset"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prctl, 0, PR_CAP_AMBIENT)}, .setup = setup, .run = run);
