/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "probe.h"

/* Not empty, and with an end. */
static void expect_text(const char *what, const char *field)
{
	size_t len = strnlen(field, sizeof(((struct utsname *)NULL)->release));

	EXPECT(len > 0 && len < sizeof(((struct utsname *)NULL)->release),
	       "the %s has %zu bytes: \"%.20s\"", what, len, field);
}

static void run(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	memset(&name, 'x', sizeof(name));
	REQUIRE_OK(uname(&name));
	expect_text("system", name.sysname);
	expect_text("name", name.nodename);
	expect_text("version", name.version);
	EXPECT_STR(name.machine, "x86_64");
	EXPECT(sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 3,
	       "the release \"%.64s\" does not begin with numbers from 3 on", name.release);
}

PROBE(.promise = "uname tells system, release, version, machine and the machine's name: glibc "
		 "starts on no release below 3.2, configure scripts go by the machine",
      .source = "man 2 uname; POSIX.1-2017 uname", .covers = COVERS("uname"),
      .call = {CALL(SYS_uname)}, .run = run);
