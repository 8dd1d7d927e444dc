/* SPDX-License-Identifier: MIT */
/*
 * wrkout: the text that wrk prints, as numbers.
 *
 * Pure. Knows wrk 4.x as Debian ships it.
 */
#ifndef LOAD_WRKOUT_H
#define LOAD_WRKOUT_H

#include <stdint.h>

struct wrkout {
	uint64_t requests;
	double requests_per_s;
	double seconds; /* as measured */
	uint64_t latency_avg_us, latency_max_us;
	uint64_t err_connect, err_read, err_write, err_timeout; /* sockets */
	uint64_t non_2xx;
};

/* -EBADMSG: not wrk's text. */
int wrkout_parse(const char *text, struct wrkout *ret);

#endif
