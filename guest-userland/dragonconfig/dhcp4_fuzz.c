/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "dhcp4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Makes the header's checksum right, which nobody guesses. */
static void mend(uint8_t *p, size_t n)
{
	size_t head = n ? (size_t)(p[0] & 15) * 4 : 0;
	uint32_t sum = 0;

	if (head < 20 || n < head)
		return;
	p[10] = p[11] = 0;
	for (size_t i = 0; i < head; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	p[10] = (uint8_t)(~sum >> 8);
	p[11] = (uint8_t)~sum;
}

/* Two answers: one to the first packet, the same again to the request that follows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	uint8_t frame[DHCP4_FRAME_MAX], answer[2048];
	struct dhcp4_client c;
	uint64_t now = 1000000;
	size_t out;

	if (n > sizeof(answer))
		n = sizeof(answer);
	memcpy(answer, data, n);
	mend(answer, n);
	dhcp4_init(&c, mac, 7, now);
	dhcp4_act(&c, now, frame, &out);
	/* What it sent says what it waits for. */
	if (n >= 20 + 8 + 34)
		memcpy(answer + 20 + 8 + 4, frame + 20 + 8 + 4, 4);
	for (int i = 0; i < 6; i++) {
		dhcp4_take(&c, now, answer, n);
		if (n > 300)
			answer[20 + 8 + 242] = 5; /* an ACK, where the type usually is */
		now = c.due_us > now && c.due_us != UINT64_MAX ? c.due_us : now;
		dhcp4_act(&c, now, frame, &out);
	}
	return 0;
}
