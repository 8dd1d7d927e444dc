/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What was read, in one number; wherever the stream is cut it must be the same. */
struct sum {
	uint32_t crc;
	unsigned int frames;
};

static void take(struct frame_reader *r, const struct frame *f, struct sum *sum)
{
	char line[FRAME_LINE_MAX];
	size_t len = frame_format(f, line, sizeof(line));

	/* A frame has one text only, so what was accepted is what would have been sent. The bits
	 * past the last byte of base64 are not looked at. */
	if (len != r->line_len + 1 || memcmp(line, r->line, FRAME_HEAD) != 0)
		abort();
	if (f->len % 3 == 0 && memcmp(line, r->line, r->line_len) != 0)
		abort();
	sum->crc = frame_crc(sum->crc, line, len);
	sum->frames++;
}

static struct sum read_in_pieces(const char *data, size_t n, size_t piece)
{
	static struct frame_reader r;
	struct sum sum = {0};
	struct frame f;

	frame_reader_init(&r, FRAME_FROM_GUEST);
	while (n) {
		size_t part = piece < n ? piece : n, left = part;
		const char *p = data;

		while (frame_read(&r, &p, &left, &f))
			take(&r, &f, &sum);
		if (left || r.len > FRAME_LINE_MAX)
			abort();
		data += part;
		n -= part;
	}
	return sum;
}

/* The fuzzer cannot guess a CRC: mend the one of each line that looks like a frame. */
static void mend(char *s, size_t n)
{
	static uint8_t payload[FRAME_PAYLOAD_MAX];
	uint32_t len;

	for (size_t i = 0; i + FRAME_HEAD < n; i++) {
		char line[FRAME_LINE_MAX];
		struct frame f = {.dir = FRAME_FROM_GUEST, .type = 'D', .payload = payload};

		if (s[i] != '~' || !frame_get_hex(s + i + 29, 4, &len))
			continue;
		f.len = (uint16_t)(len % 64);
		f.seq = (uint8_t)s[i + 20];
		for (size_t k = 0; k < f.len; k++)
			payload[k] = (uint8_t)s[(i + k * 7) % n];
		len = (uint32_t)frame_format(&f, line, sizeof(line));
		if (len > n - i)
			return;
		memcpy(s + i, line, len);
		i += len - 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sum whole, pieces;
	size_t piece;
	char *s;

	if (n < 2)
		return 0;
	piece = data[0] % 50 + 1u;
	s = malloc(n);
	if (!s)
		return 0;
	memcpy(s, data, n);
	if (data[1] & 1)
		mend(s, n);
	whole = read_in_pieces(s, n, n);
	pieces = read_in_pieces(s, n, piece);
	if (whole.frames != pieces.frames || whole.crc != pieces.crc)
		abort();
	free(s);
	return 0;
}
