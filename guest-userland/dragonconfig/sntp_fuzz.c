/* SPDX-License-Identifier: MIT */
/* The input is an answer; eight bytes before it are what was asked. */
#include <stdlib.h>
#include <string.h>

#include "sntp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sntp_asked asked = {.sent_us = 1800000000000000, .arrived_us = 1800000000500000};
	int64_t offset;

	if (n < 8)
		return 0;
	for (int i = 0; i < 8; i++)
		asked.nonce = asked.nonce << 8 | data[i];
	if (sntp_read(data + 8, n - 8, &asked, &offset, NULL) == 0) {
		int64_t now = asked.arrived_us + offset;

		if (now < SNTP_EARLIEST * 1000000 || now >= SNTP_LATEST * 1000000)
			abort();
	}
	return 0;
}
