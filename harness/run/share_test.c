/* SPDX-License-Identifier: MIT */
#include "run/share.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"

#define MANY 5000

static struct share *open_part(int page, unsigned int part)
{
	struct share *s = NULL;

	assert_int_equal(share_open(dup(page), part, &s, NULL), 0);
	return s;
}

static void answer(struct share *s, unsigned int n)
{
	while (n--)
		share_answered(s);
}

/* Of what is still to do, with what another has of its own, each gets as much. */
static void who_is_early_takes_more(void **state)
{
	_autoclose_ int page = share_new((unsigned int[]){10, 10}, 2, 9, NULL);
	struct share *a = open_part(page, 1), *b = open_part(page, 2);
	unsigned int from = 99;

	answer(a, 10);
	answer(b, 5);
	assert_int_equal(share_take(a, &from), 7);
	assert_int_equal(from, 0);
	assert_true(share_has_more(b));
	answer(a, 6);
	answer(b, 5);
	assert_int_equal(share_take(b, &from), 2);
	assert_int_equal(from, 7);
	assert_false(share_has_more(b));
	from = 99;
	assert_int_equal(share_take(a, &from), 0);
	assert_int_equal(from, 99);
	share_close(a);
	share_close(b);
}

/* Its own cases are for nobody else; the common ones are. */
static void a_part_that_does_not_come(void **state)
{
	_autoclose_ int page = share_new((unsigned int[]){10, 10, 10}, 3, 6, NULL);
	struct share *a = open_part(page, 2);
	unsigned int from = 99;

	assert_int_equal(share_take(a, &from), 6);
	assert_int_equal(from, 0);
	assert_int_equal(share_take(a, &from), 0);
	share_close(a);
}

/* Asked again after a crash, it has two answers. */
static void more_answers_than_cases(void **state)
{
	_autoclose_ int page = share_new((unsigned int[]){2, 4}, 2, 4, NULL);
	struct share *a = open_part(page, 1), *b = open_part(page, 2);
	unsigned int from = 99;

	answer(a, 5);
	assert_int_equal(share_take(b, &from), 2);
	share_close(a);
	share_close(b);
}

static void take_all(int page, unsigned int part, int out)
{
	struct share *s = open_part(page, part);
	unsigned int from = 0, n;

	while ((n = share_take(s, &from)))
		while (n--) {
			uint16_t k = (uint16_t)from++;

			share_answered(s);
			if (write(out, &k, sizeof(k)) != sizeof(k))
				_exit(1);
		}
	_exit(0);
}

/* By processes that take at the same time. */
static void each_case_goes_to_one(void **state)
{
	static unsigned char seen[MANY];
	_autoclose_ int page = share_new((unsigned int[]){3, 0, 0, 7}, 4, MANY, NULL);
	uint16_t k;
	int out[2], status, n = 0;

	assert_int_equal(pipe(out), 0);
	for (unsigned int part = 1; part <= 4; part++)
		if (fork() == 0)
			take_all(page, part, out[1]);
	close(out[1]);
	for (; read(out[0], &k, sizeof(k)) == sizeof(k); n++) {
		assert_in_range(k, 0, MANY - 1);
		assert_int_equal(seen[k]++, 0);
	}
	close(out[0]);
	assert_int_equal(n, MANY);
	while (wait(&status) > 0)
		assert_int_equal(status, 0);
}

static void what_is_no_page(void **state)
{
	_autoclose_ int page = share_new((unsigned int[]){1, 1}, 2, 1, NULL);
	struct share *s = NULL;

	assert_int_equal(share_open(-1, 1, &s, NULL), -EPROTO);
	assert_int_equal(share_open(open("/dev/null", O_RDWR), 1, &s, NULL), -EPROTO);
	assert_int_equal(share_open(dup(page), 0, &s, NULL), -EPROTO);
	assert_int_equal(share_open(dup(page), 3, &s, NULL), -EPROTO);
	assert_null(s);
	share_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_early_takes_more),
		cmocka_unit_test(a_part_that_does_not_come),
		cmocka_unit_test(more_answers_than_cases),
		cmocka_unit_test(each_case_goes_to_one),
		cmocka_unit_test(what_is_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
