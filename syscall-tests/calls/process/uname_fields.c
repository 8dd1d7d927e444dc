/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "probe.h"
#include "lib/procfile.h"

static void expect_file(const char *path, const char *right)
{
	char text[128];

	proc_read(path, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	EXPECT(strcmp(text, right) == 0, "%s says \"%s\", uname \"%s\"", path, text, right);
}

static void run(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	memset(&name, 'x', sizeof(name));
	REQUIRE_OK(uname(&name));
	EXPECT(sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 3,
	       "the release \"%.64s\" does not begin with numbers from 3 on", name.release);
	EXPECT_STR(name.machine, "x86_64");
	EXPECT(name.version[0] != '\0', "the version is empty");
	expect_file("/proc/sys/kernel/ostype", name.sysname);
	expect_file("/proc/sys/kernel/osrelease", name.release);
	expect_file("/proc/sys/kernel/hostname", name.nodename);
}

PROBE(.promise =
	      "uname tells system, release, machine and the machine's name, /proc/sys/kernel the "
	      "same: glibc starts on no release below 3.2, systemd and modprobe go by it",
      .source = "man 2 uname; man 5 proc (/proc/sys/kernel)",
      .covers = COVERS("uname", "openat:/proc/sys/kernel/osrelease",
		       "openat:/proc/sys/kernel/hostname"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_uname)}, .run = run);
