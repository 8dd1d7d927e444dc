/* SPDX-License-Identifier: MIT */
/*
 * sntp: one exchange with a time server (RFC 4330): what is asked, what is understood.
 *
 * Pure: no clock, no socket. Answers are hostile: whoever answers must have seen the question, and
 * a time before this program was written or far behind it is none. Times are microseconds since
 * 1970 by whoever's clock is meant.
 */
#ifndef DRAGONCONFIG_SNTP_H
#define DRAGONCONFIG_SNTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SNTP_SIZE     48
#define SNTP_EARLIEST 1767225600ll /* 2026-01-01 */
#define SNTP_LATEST   4102444800ll /* 2100-01-01 */

/* nonce: told by the answer again. */
void sntp_request(uint8_t packet[SNTP_SIZE], uint64_t nonce);

/* What was asked, and when by our clock. */
struct sntp_asked {
	uint64_t nonce;
	int64_t sent_us, arrived_us;
};

/* ret_offset_us: what our clock must be set forward by. */
int sntp_read(const uint8_t *packet, size_t n, const struct sntp_asked *asked,
	      int64_t *ret_offset_us, struct err *err);

#endif
