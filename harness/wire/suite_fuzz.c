/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "wire/suite.h"
#include "wire/suite_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Whatever it printed: a pass ended with status 0 and lost nothing, names are there. */
static void check_answer(const struct suite_answer *a, const struct suite_end *end)
{
	if (a->status == SUITE_PASS && (end->limit || end->stopped || WIFSIGNALED(end->status)))
		abort();
	if (strlen(a->reason) >= SUITE_MAX_REASON || a->n > SUITE_MAX_TESTS)
		abort();
	for (size_t i = 0; i < a->n; i++)
		if (!*a->tests[i].name)
			abort();
}

static void read_text(const uint8_t *data, size_t n)
{
	const struct suite_format_ops *format = suite_formats[data[0] % 6];
	const struct suite_end end = {
		.status = (data[1] & 0x3f) << 8, .limit = data[1] & 0x40, .cut = data[1] & 0x80};
	struct suite_reader *r = suite_reader_new(format, data[0] & 0x80 ? "A.a" : NULL);
	struct suite_answer a;
	size_t half;

	data += 2;
	n -= 2;
	half = n / 2;
	if (data[-2] & 0x40) {
		suite_reader_file(r, (const char *)data, half);
		data += half;
		n -= half;
	}
	suite_reader_feed(r, (const char *)data, n / 3);
	suite_reader_feed(r, (const char *)data + n / 3, n - n / 3);
	suite_reader_end(r, &end, &a);
	check_answer(&a, &end);
	suite_answer_release(&a);
	suite_reader_free(r);
}

struct seen {
	unsigned long number;
	int open;
};

static void see_begin(void *arg, unsigned long number, uint64_t limit_ms)
{
	struct seen *s = arg;

	if (s->open || number >= 10)
		abort();
	s->open = 1;
	s->number = number;
}

static void see_bytes(void *arg, unsigned long number, const char *bytes, size_t n)
{
	struct seen *s = arg;

	if (!s->open || s->number != number || n > SUITE_MAX_FILE)
		abort();
}

static void see_end(void *arg, unsigned long number, const struct suite_end *end, uint64_t time_us)
{
	struct seen *s = arg;

	if (!s->open || s->number != number)
		abort();
	s->open = 0;
}

static void see_error(void *arg, const char *text)
{
}

/* Whatever the stream: what ends has begun, and only one is open. */
static void read_records(const uint8_t *data, size_t n)
{
	struct seen seen = {0};
	const struct suite_record_listener listener = {.on_begin = see_begin,
						       .on_output = see_bytes,
						       .on_file = see_bytes,
						       .on_end = see_end,
						       .on_error = see_error,
						       .arg = &seen};
	struct suite_record *r = suite_record_new(&listener, 10);

	suite_record_feed(r, "suite 1 9\n", 10);
	suite_record_feed(r, (const char *)data, n / 2);
	suite_record_feed(r, (const char *)data + n / 2, n - n / 2);
	suite_record_free(r);
}

static void see_name(void *arg, const char *name)
{
	if (!*name)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *why;

	if (n < 2)
		return 0;
	read_text(data, n);
	read_records(data, n);
	suite_gtest_list((const char *)data, n, see_name, NULL, &why);
	return 0;
}
