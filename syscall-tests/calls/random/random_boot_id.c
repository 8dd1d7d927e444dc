/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

enum { UUID_LEN = 36 };

struct uuid {
	char text[64];
};

static struct uuid read_uuid(const char *name)
{
	struct uuid uuid;
	char path[64];

	snprintf(path, sizeof(path), "/proc/sys/kernel/random/%s", name);
	REQUIRE_EQ(proc_read(path, uuid.text, sizeof(uuid.text)), UUID_LEN + 1);
	for (int i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		EXPECT(dash ? uuid.text[i] == '-' : isxdigit((unsigned char)uuid.text[i]),
		       "%s: byte %d is %#x", name, i, (unsigned char)uuid.text[i]);
	}
	return uuid;
}

static void run(void)
{
	struct uuid boot = read_uuid("boot_id"), one = read_uuid("uuid"), two = read_uuid("uuid");

	EXPECT(strcmp(one.text, two.text), "two reads of uuid gave the same");
	EXPECT_STR(read_uuid("boot_id").text, boot.text);
	EXPECT(strcmp(one.text, boot.text), "uuid is boot_id");
}

PROBE(.promise =
	      "/proc/sys/kernel/random/boot_id is the same at each read and uuid another: "
	      "journals and locks tell boots apart by the first, scripts make names of the second",
      .source = "man 4 random", .covers = COVERS("openat:/proc/sys/kernel/random"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_open), CALL(SYS_openat)}, .run = run);
