/* SPDX-License-Identifier: MIT */
/* Memory with a wall behind it, and bytes that show where they stand. */
#include <string.h>
#include <sys/mman.h>

#include "probe.h"

enum { PAGE = 4096 };

void *guard_buf(size_t len)
{
	size_t body = (len + PAGE - 1) / PAGE * PAGE;
	char *map =
		mmap(NULL, body + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	SETUP(map != MAP_FAILED, "mmap of a guarded buffer failed: %s", errno_name(errno));
	SETUP_OK(mprotect(map + body, PAGE, PROT_NONE));
	memset(map, 0xa5, body);
	return map + body - len;
}

void *bad_address(void)
{
	return (char *)guard_buf(1) + 1;
}

void pattern_fill(void *buf, size_t len, size_t from)
{
	unsigned char *p = buf;

	for (size_t i = 0; i < len; i++)
		p[i] = pattern_byte(from + i);
}

size_t pattern_check(const void *buf, size_t len, size_t from)
{
	const unsigned char *p = buf;
	size_t i = 0;

	while (i < len && p[i] == pattern_byte(from + i))
		i++;
	return i;
}
