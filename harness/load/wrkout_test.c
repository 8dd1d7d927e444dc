/* SPDX-License-Identifier: MIT */
#include "load/wrkout.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char good[] = "Running 10s test @ http://127.0.0.1:8080/4k.bin\n"
			   "  2 threads and 64 connections\n"
			   "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
			   "    Latency     4.61ms    2.04ms  1.20s    91.37%\n"
			   "    Req/Sec     7.01k   812.96     8.20k    72.50%\n"
			   "  139584 requests in 10.03s, 574.24MB read\n"
			   "Requests/sec:  13921.55\n"
			   "Transfer/sec:     57.27MB\n";
static const char bad[] = "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
			  "    Latency   812.00us    1.00us   1.50m    91.37%\n"
			  "  10 requests in 1.00m, 574.24MB read\n"
			  "  Socket errors: connect 1, read 22, write 3, timeout 4\n"
			  "  Non-2xx or 3xx responses: 5\n"
			  "Requests/sec:      0.17\n";

static void reads_numbers(void **state)
{
	struct wrkout w = {0};

	assert_int_equal(wrkout_parse(good, &w), 0);
	assert_int_equal(w.requests, 139584);
	assert_int_equal(w.latency_avg_us, 4610);
	assert_int_equal(w.latency_max_us, 1200000);
	assert_true(w.requests_per_s > 13921 && w.requests_per_s < 13922);
	assert_true(w.seconds > 10.02 && w.seconds < 10.04);
	assert_int_equal(w.err_connect + w.err_read + w.err_write + w.err_timeout + w.non_2xx, 0);
}

static void reads_errors(void **state)
{
	struct wrkout w = {0};

	assert_int_equal(wrkout_parse(bad, &w), 0);
	assert_int_equal(w.latency_avg_us, 812);
	assert_int_equal(w.latency_max_us, 90000000);
	assert_int_equal(w.err_connect, 1);
	assert_int_equal(w.err_read, 22);
	assert_int_equal(w.err_write, 3);
	assert_int_equal(w.err_timeout, 4);
	assert_int_equal(w.non_2xx, 5);
}

static void refuses_the_rest(void **state)
{
	static const char *const texts[] = {
		"", "unable to connect to 127.0.0.1:1 Connection refused\n",
		"  10 requests in 1.00s, 1KB read\n", "Requests/sec: 3\n"};
	char cut[sizeof(good)];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct wrkout w = {.requests = 77};

		assert_int_equal(wrkout_parse(texts[i], &w), -EBADMSG);
		assert_int_equal(w.requests, 77);
	}
	memcpy(cut, good, sizeof(good));
	*strstr(cut, "Requests/sec") = 0;
	assert_int_equal(wrkout_parse(cut, &(struct wrkout){0}), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(reads_errors),
		cmocka_unit_test(refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
