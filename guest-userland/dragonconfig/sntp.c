/* SPDX-License-Identifier: MIT */
#include "sntp.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define SECOND	      1000000
#define FROM_1900     2208988800 /* to 1970, seconds */
#define ROUND_TRIP_US (3 * SECOND)
#define THINKING_US   (1 * SECOND)	 /* of the server */
#define DISTANCE_MAX  (3 * 65536ull / 2) /* of the server from a clock, 1/65536 s: 1.5 s */

enum { MODE_CLIENT = 3, MODE_SERVER = 4, VERSION = 4, UNSYNCHRONIZED = 3 };

static uint64_t get(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

void sntp_request(uint8_t packet[SNTP_SIZE], uint64_t nonce)
{
	memset(packet, 0, SNTP_SIZE);
	packet[0] = VERSION << 3 | MODE_CLIENT;
	for (int i = 0; i < 8; i++)
		packet[40 + i] = (uint8_t)(nonce >> (56 - 8 * i));
}

/* The count of seconds began again in 2036. */
static int64_t time_of(const uint8_t *p)
{
	uint64_t s = get(p, 4), part = get(p + 4, 4);

	if (!(s & 0x80000000))
		s += 1ull << 32;
	return ((int64_t)s - FROM_1900) * SECOND + (int64_t)(part * SECOND >> 32);
}

static int refuse(struct err *err, const char *why)
{
	return err_set(err, EBADMSG, "%s", why);
}

static int check(const uint8_t *p, uint64_t nonce, struct err *err)
{
	if ((p[0] & 7) != MODE_SERVER || !(p[0] >> 3 & 7) || (p[0] >> 3 & 7) > VERSION)
		return refuse(err, "not an answer of a time server");
	if (get(p + 24, 8) != nonce)
		return refuse(err, "an answer to another question");
	if (!p[1])
		return refuse(err, "the server wants not to be asked");
	if (p[0] >> 6 == UNSYNCHRONIZED || p[1] > 15)
		return refuse(err, "the server does not know the time");
	if (get(p + 4, 4) / 2 + get(p + 8, 4) > DISTANCE_MAX)
		return refuse(err, "the server is not sure of the time");
	if (!get(p + 32, 8) || !get(p + 40, 8))
		return refuse(err, "the server tells no time");
	return 0;
}

int sntp_read(const uint8_t *packet, size_t n, const struct sntp_asked *asked,
	      int64_t *ret_offset_us, struct err *err)
{
	int64_t received, sent, thinking, round, offset, now;
	int r;

	if (n < SNTP_SIZE)
		return refuse(err, "not an answer of a time server");
	r = check(packet, asked->nonce, err);
	if (r < 0)
		return r;
	received = time_of(packet + 32);
	sent = time_of(packet + 40);
	thinking = sent - received;
	round = asked->arrived_us - asked->sent_us;
	if (thinking < 0 || thinking > THINKING_US || round < thinking || round > ROUND_TRIP_US)
		return refuse(err, "the answer took too long, or no time at all");
	offset = ((received - asked->sent_us) + (sent - asked->arrived_us)) / 2;
	now = asked->arrived_us + offset;
	if (now < SNTP_EARLIEST * SECOND || now >= SNTP_LATEST * SECOND)
		return refuse(err, "a time that cannot be");
	*ret_offset_us = offset;
	return 0;
}
