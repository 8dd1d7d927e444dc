/* SPDX-License-Identifier: MIT */
#include "run/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/deadline.h"

#define SETTLE (2 * SEC)

/* Four probes of 50 ms each; the third is the guilty one in most stories. */
static void four(struct answer *a)
{
	static const char *const names[] = {"a", "b", "c", "d"};

	memset(a, 0, 4 * sizeof(*a));
	for (size_t i = 0; i < 4; i++) {
		a[i].name = names[i];
		a[i].state = SUSPECT;
		a[i].began = 10 * SEC + i * 60 * MSEC;
		a[i].ended = a[i].began + 50 * MSEC;
	}
}

static struct answer_crash at(uint64_t began, enum crash_class class)
{
	return (struct answer_crash){.began = began, .settle_us = SETTLE, .class = class};
}

static void is_clear_counts_from_its_end(void **state)
{
	struct answer a = {.began = 4 * SEC, .ended = 5 * SEC};

	assert_false(answer_is_clear(&a, 5 * SEC, SETTLE));
	assert_false(answer_is_clear(&a, 7 * SEC, SETTLE));
	assert_true(answer_is_clear(&a, 7 * SEC + 1, SETTLE));
	/* It ended after the text began. */
	assert_false(answer_is_clear(&a, 4 * SEC, SETTLE));
}

/* The text of b began while d ran, and was read to its end two seconds later: b is a suspect all
 * the same, since what counts is when the text began. */
static void line_up_by_the_texts_begin(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash;

	four(a);
	a[3].state = UNASKED;
	crash = at(a[3].began + 10 * MSEC, CRASH_TASK);
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 4);
	assert_ptr_equal(line[0], &a[3]);
	assert_ptr_equal(line[1], &a[2]);
	assert_ptr_equal(line[2], &a[1]);
	assert_ptr_equal(line[3], &a[0]);
	assert_null(answer_evident(line, 4, &crash));
}

static void line_up_leaves_out_the_clear_and_the_later(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash;

	four(a);
	a[0].began -= 5 * SEC;
	a[0].ended -= 5 * SEC;
	/* Began after the text did, and is in flight. */
	crash = at(a[2].ended, CRASH_FATAL);
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 2);
	assert_ptr_equal(line[0], &a[2]);
	assert_ptr_equal(line[1], &a[1]);
	/* Who has its verdict or was not asked is no suspect. */
	a[1].state = FINAL;
	a[2].state = UNASKED;
	assert_int_equal(answer_line_up(a, 4, NULL, &crash, line), 0);
	assert_null(answer_evident(line, 0, &crash));
}

static void evident_by_saw_panic(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash;
	size_t n;

	four(a);
	a[1].saw_panic = true;
	crash = at(a[3].began + 1, CRASH_RECOVERED);
	n = answer_line_up(a, 4, &a[3], &crash, line);
	assert_int_equal(n, 4);
	assert_ptr_equal(line[0], &a[1]);
	assert_ptr_equal(answer_evident(line, n, &crash), &a[1]);
	crash.class = CRASH_TASK;
	assert_ptr_equal(answer_evident(line, n, &crash), &a[1]);
	/* Where the machine died, what was seen before was another crash. */
	crash.class = CRASH_FATAL;
	assert_null(answer_evident(line, n, &crash));
	/* Two saw it: both are asked. */
	crash.class = CRASH_RECOVERED;
	a[2].saw_panic = true;
	n = answer_line_up(a, 4, &a[3], &crash, line);
	assert_ptr_equal(line[0], &a[2]);
	assert_ptr_equal(line[1], &a[1]);
	assert_null(answer_evident(line, n, &crash));
}

static void tells_of_panic(void **state)
{
	assert_true(answer_tells_of_panic("chown: expected ENOENT, saw errno 4095 (panic)"));
	assert_true(answer_tells_of_panic("ended with wait status 0xfffff (killed by a panic)"));
	assert_true(answer_tells_of_panic("wait status 0xfffff"));
	assert_false(answer_tells_of_panic("wait status 0xfffff1"));
	assert_false(answer_tells_of_panic("wait status 0x57f"));
	assert_false(answer_tells_of_panic("expected 4095, saw 3"));
	assert_false(answer_tells_of_panic(""));
}

static void evident_when_alone(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash;

	four(a);
	a[0].state = a[1].state = FINAL;
	a[3].state = UNASKED;
	crash = at(a[3].began - 1, CRASH_FATAL);
	assert_int_equal(answer_line_up(a, 4, NULL, &crash, line), 1);
	assert_ptr_equal(answer_evident(line, 1, &crash), &a[2]);
}

/* By the guest's clock. */
static void begun(struct answer *a)
{
	for (size_t i = 0; i < 4; i++)
		a[i].began_guest = 3 * SEC + i * 60 * MSEC;
}

/* d is in flight when the text comes, which says that it began with b. */
static struct answer_crash older_than_c(struct answer *a)
{
	struct answer_crash crash;

	four(a);
	begun(a);
	a[3].state = UNASKED;
	crash = at(a[3].began + 10 * MSEC, CRASH_TASK);
	crash.began_guest = a[1].began_guest;
	return crash;
}

/* The text came while d ran and says that it is older than d and c: they are no suspects, and who
 * is left is not accused unasked. */
static void the_texts_own_time_clears_the_later(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash = older_than_c(a);

	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 2);
	assert_ptr_equal(line[0], &a[1]);
	assert_ptr_equal(line[1], &a[0]);
	assert_true(crash.late);
	a[0].state = a[1].state = FINAL;
	crash.late = false;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 0);
	a[0].state = SUSPECT;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 1);
	assert_null(answer_evident(line, 1, &crash));
	/* Who saw it itself needs no clock. */
	a[0].saw_panic = true;
	assert_ptr_equal(answer_evident(line, 1, &crash), &a[0]);
}

/* What the log's clock may be behind clears nobody, but nobody is accused unasked either. */
static void a_clock_that_may_be_behind(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash = older_than_c(a);

	crash.lag_us = 60 * MSEC;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 3);
	assert_ptr_equal(line[0], &a[2]);
	crash.lag_us = 120 * MSEC;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 4);
	a[0].state = a[1].state = a[2].state = FINAL;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 1);
	assert_null(answer_evident(line, 1, &crash));
}

/* Where either time is not known, and where it is that of the one in flight. */
static void no_time_clears_nobody(void **state)
{
	struct answer a[4], *line[4] = {NULL};
	struct answer_crash crash;

	four(a);
	a[3].state = UNASKED;
	crash = at(a[3].began + 10 * MSEC, CRASH_TASK);
	crash.began_guest = 1;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 4);
	begun(a);
	crash.began_guest = 0;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 4);
	crash.began_guest = a[3].began_guest;
	assert_int_equal(answer_line_up(a, 4, &a[3], &crash, line), 4);
	assert_false(crash.late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_clear_counts_from_its_end),
		cmocka_unit_test(line_up_by_the_texts_begin),
		cmocka_unit_test(line_up_leaves_out_the_clear_and_the_later),
		cmocka_unit_test(evident_by_saw_panic),
		cmocka_unit_test(tells_of_panic),
		cmocka_unit_test(evident_when_alone),
		cmocka_unit_test(the_texts_own_time_clears_the_later),
		cmocka_unit_test(a_clock_that_may_be_behind),
		cmocka_unit_test(no_time_clears_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
