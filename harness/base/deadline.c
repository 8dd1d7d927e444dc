/* SPDX-License-Identifier: MIT */
#include "base/deadline.h"

#include <time.h>

static uint64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * SEC + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

uint64_t wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

struct deadline deadline_in(uint64_t us)
{
	uint64_t now = now_us();

	return us > UINT64_MAX - now ? DEADLINE_NEVER : (struct deadline){now + us};
}

bool deadline_passed(struct deadline d)
{
	return d.at != UINT64_MAX && now_us() >= d.at;
}

uint64_t deadline_left(struct deadline d)
{
	uint64_t now;

	if (d.at == UINT64_MAX)
		return UINT64_MAX;
	now = now_us();
	return now >= d.at ? 0 : d.at - now;
}

int deadline_poll_ms(struct deadline d)
{
	uint64_t left = deadline_left(d);

	return left < 3600 * SEC ? (int)((left + MSEC - 1) / MSEC) : 3600 * 1000;
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
	return a.at < b.at ? a : b;
}
