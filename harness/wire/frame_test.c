/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "wire/frame.h"

static struct frame_reader reader;

static int setup(void **state)
{
	frame_reader_init(&reader, FRAME_FROM_GUEST);
	return 0;
}

static size_t make(char *line, uint32_t seq, const void *payload, size_t n)
{
	const struct frame f = {.dir = FRAME_FROM_GUEST,
				.type = FRAME_DATA,
				.flags = FRAME_MORE,
				.session = 0x12345678,
				.seq = seq,
				.ack = 7,
				.len = (uint16_t)n,
				.payload = payload};

	return frame_format(&f, line, FRAME_LINE_MAX);
}

/* How many frames come out when the bytes arrive in pieces of `piece`. */
static unsigned int feed(const char *data, size_t n, size_t piece)
{
	unsigned int frames = 0;
	struct frame f;

	while (n) {
		size_t part = n < piece ? n : piece, left = part;
		const char *p = data;

		while (frame_read(&reader, &p, &left, &f))
			frames++;
		assert_int_equal(left, 0);
		data += part;
		n -= part;
	}
	return frames;
}

static void every_length_survives(void **state)
{
	uint8_t payload[FRAME_PAYLOAD_MAX];
	char line[FRAME_LINE_MAX];

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 37 + 200);
	for (size_t n = 0; n <= sizeof(payload); n++) {
		size_t len = make(line, (uint32_t)n, payload, n), left = len;
		const char *p = line;
		struct frame f;

		assert_true(len > 0 && len <= FRAME_LINE_MAX);
		assert_int_equal(len, frame_line_len(n));
		for (size_t i = 0; i + 1 < len; i++)
			assert_true(line[i] > 0x20 && line[i] < 0x7f);
		assert_true(frame_read(&reader, &p, &left, &f));
		assert_int_equal(f.seq, n);
		assert_int_equal(f.session, 0x12345678);
		assert_int_equal(f.ack, 7);
		assert_int_equal(f.flags, FRAME_MORE);
		assert_int_equal(f.len, n);
		assert_memory_equal(f.payload, payload, n);
	}
	assert_int_equal(reader.damaged + reader.garbage_bytes, 0);
}

static void too_long_is_refused(void **state)
{
	uint8_t payload[FRAME_PAYLOAD_MAX + 1] = {0};
	char line[FRAME_LINE_MAX];

	assert_int_equal(make(line, 0, payload, sizeof(payload)), 0);
}

static void crc_is_the_common_one(void **state)
{
	assert_int_equal(frame_crc(0, "123456789", 9), 0xcbf43926);
}

static void any_cut_of_the_stream_reads_the_same(void **state)
{
	static char stream[20000];
	size_t n = 0;

	for (uint32_t i = 0; i < 12; i++) {
		n += (size_t)snprintf(stream + n, sizeof(stream) - n,
				      "[ 1.%u] text ~ of ~G1 a kernel\r\n", i);
		n += make(stream + n, i, stream, i * 60);
	}
	for (size_t piece = 1; piece < 100; piece++) {
		setup(NULL);
		assert_int_equal(feed(stream, n, piece), 12);
	}
	assert_int_equal(reader.damaged, 0);
	assert_true(reader.garbage_bytes > 0);
}

static void a_lost_line_end_costs_nothing(void **state)
{
	char two[2 * FRAME_LINE_MAX];
	size_t n = make(two, 1, "one", 3) - 1;

	n += make(two + n, 2, "two", 3);
	assert_int_equal(feed(two, n, n), 2);
}

static void text_inside_costs_one_frame(void **state)
{
	char line[FRAME_LINE_MAX], stream[4000];
	size_t len = make(line, 1, "some payload", 12);
	int n = snprintf(stream, sizeof(stream), "%.30s[ 3.1] printk\r\n%.*s%.*s", line,
			 (int)len - 30, line + 30, (int)len, line);

	assert_int_equal(feed(stream, (size_t)n, 7), 1);
	assert_int_equal(reader.damaged, 1);
}

static void any_flipped_bit_is_noticed(void **state)
{
	char line[FRAME_LINE_MAX];
	size_t len = make(line, 1, "some payload", 12);

	for (size_t i = 0; i + 1 < len; i++)
		for (int bit = 0; bit < 8; bit++) {
			setup(NULL);
			line[i] ^= (char)(1 << bit);
			assert_int_equal(feed(line, len, len), 0);
			line[i] ^= (char)(1 << bit);
		}
}

/* A length of 2 GiB does not fit the field; the largest that does is refused at the head. */
static void impossible_length_is_refused_at_once(void **state)
{
	char line[FRAME_LINE_MAX];
	size_t len = make(line, 1, "x", 1);

	memcpy(line + 29, "ffff", 4);
	assert_int_equal(feed(line, 33, 1), 0);
	assert_int_equal(reader.oversize, 1);
	assert_int_equal(reader.len, 0);
	memcpy(line + 29, "80000000", 8);
	assert_int_equal(feed(line, len, len), 0);
	assert_int_equal(reader.oversize, 2);
	len = make(line, 2, "x", 1);
	assert_int_equal(feed(line, len, len), 1);
}

static void half_a_frame_waits_and_is_dropped(void **state)
{
	char line[FRAME_LINE_MAX];
	size_t len = make(line, 1, "a payload", 9);

	assert_int_equal(feed(line, len / 2, 5), 0);
	assert_int_equal(reader.damaged, 0);
	assert_int_equal(feed(line, len, 5), 1);
	assert_int_equal(reader.damaged, 1);
}

static void an_echo_is_not_ours(void **state)
{
	const struct frame f = {.dir = FRAME_FROM_HOST, .type = FRAME_ACK, .payload = ""};
	char line[FRAME_LINE_MAX];

	assert_int_equal(feed(line, frame_format(&f, line, sizeof(line)), 9), 0);
	assert_int_equal(reader.echoes, 1);
	assert_int_equal(reader.damaged + reader.garbage_bytes, 0);
}

static void garbage_has_a_ceiling(void **state)
{
	static const char *const seeds[] = {"~", "~G1D", "~G1D0",
					    "A", "\n",	 "~G1D0123456780000000100000007"};
	static char junk[1 << 20];
	char line[FRAME_LINE_MAX];
	size_t len = make(line, 1, "still here", 10);

	for (size_t s = 0; s < sizeof(seeds) / sizeof(seeds[0]); s++) {
		size_t n = strlen(seeds[s]);

		for (size_t i = 0; i < sizeof(junk); i++)
			junk[i] = seeds[s][i % n];
		assert_int_equal(feed(junk, sizeof(junk), 4096), 0);
		assert_true(reader.len <= FRAME_LINE_MAX);
		assert_int_equal(feed("\n", 1, 1), 0);
		assert_int_equal(feed(line, len, len), 1);
	}
}

#define T(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_length_survives),
		T(too_long_is_refused),
		T(crc_is_the_common_one),
		T(any_cut_of_the_stream_reads_the_same),
		T(a_lost_line_end_costs_nothing),
		T(text_inside_costs_one_frame),
		T(any_flipped_bit_is_noticed),
		T(impossible_length_is_refused_at_once),
		T(half_a_frame_waits_and_is_dropped),
		T(an_echo_is_not_ours),
		T(garbage_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
