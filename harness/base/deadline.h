/* SPDX-License-Identifier: MIT */
/*
 * deadline: monotonic time in microseconds and points in it.
 */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#define MSEC ((uint64_t)1000)
#define SEC  ((uint64_t)1000000)

struct deadline {
	uint64_t at; /* now_us() scale; UINT64_MAX: never */
};

#define DEADLINE_NEVER ((struct deadline){UINT64_MAX})

/* CLOCK_MONOTONIC. */
uint64_t now_us(void);
/* CLOCK_REALTIME, for stamps that people read. */
uint64_t wall_us(void);
struct deadline deadline_in(uint64_t us);
bool deadline_passed(struct deadline d);
/* Microseconds left, 0 when passed. */
uint64_t deadline_left(struct deadline d);
/* What poll(2) is to be told: milliseconds left, rounded up, an hour at most. */
int deadline_poll_ms(struct deadline d);
struct deadline deadline_earlier(struct deadline a, struct deadline b);

#endif
