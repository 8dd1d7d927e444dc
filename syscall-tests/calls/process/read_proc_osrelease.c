/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/utsname.h>

#include "probe.h"
#include "lib/procfile.h"

static struct utsname name;

static void setup(void)
{
	SETUP_OK(uname(&name));
}

static void expect_file(const char *path, const char *right)
{
	char text[128];

	proc_read(path, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	EXPECT_STR(text, right);
}

static void run(void)
{
	expect_file("/proc/sys/kernel/osrelease", name.release);
	expect_file("/proc/sys/kernel/hostname", name.nodename);
	expect_file("/proc/sys/kernel/ostype", name.sysname);
}

PROBE(.promise =
	      "/proc/sys/kernel tells release, type and the machine's name as uname does: sysctl, "
	      "systemd and installers read it",
      .source = "man 5 proc (/proc/sys/kernel); man 2 uname (NOTES)",
      .covers = COVERS("openat:/proc/sys/kernel/osrelease", "openat:/proc/sys/kernel/hostname"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
