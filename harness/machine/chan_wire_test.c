/* SPDX-License-Identifier: MIT */
/* The channel over lines that do what bad lines do, with the real agent at the other end. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "fake/agent_rig.h"
#include "wire/frame.h"

#define LIMIT deadline_in(60 * SEC)

static struct agent_rig rig;

static void start(bool cooked, char *const *torture)
{
	struct err err = ERR_INIT;

	assert_int_equal(agent_rig_start(&rig, &(struct agent_rig_spec){.cooked = cooked,
									.torture = torture}),
			 0);
	if (chan_wait_hello(rig.chan, LIMIT, &err) < 0)
		fail_msg("no hello: %s", err.text);
}

static int stop(void **state)
{
	agent_rig_stop(&rig);
	return 0;
}

/* n bytes in and back through a program; equal by hash, and nothing lost. */
static struct chan_counters round_trip(size_t n)
{
	struct chan_exec exec = {.argv = (char *[]){"cat", NULL}, .stdin_len = n};
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(n + 1);
	_autofree_ char *data = xmalloc(n);
	struct chan_counters count;
	struct err err = ERR_INIT;
	char in_sum[65], out_sum[65];
	uint32_t x = (uint32_t)n;
	int status = -1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		data[i] = (char)(x >> 16);
	}
	exec.stdin_data = data;
	if (chan_run(rig.chan, &exec, &out, NULL, &status, LIMIT, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(status, 0);
	data_sha256(data, n, in_sum);
	data_sha256(out.buf, out.len, out_sum);
	assert_string_equal(in_sum, out_sum);
	chan_get_counters(rig.chan, &count);
	assert_int_equal(count.lost, 0);
	assert_int_equal(count.sessions, 1);
	assert_int_equal(count.bad_messages, 0);
	return count;
}

/* The agent's counters come with its next heartbeat. */
static struct chan_counters settled(void)
{
	unsigned int beats = rig.beats;
	struct deadline d = LIMIT;
	struct chan_counters count;

	while (rig.beats < beats + 2 && !deadline_passed(d))
		loop_wait(rig.loop, NULL, NULL, deadline_in(10 * MSEC));
	chan_get_counters(rig.chan, &count);
	return count;
}

static void echo_canonical_mode_and_translation(void **state)
{
	struct chan_counters n;

	start(true, NULL);
	round_trip(1 << 20);
	n = settled();
	assert_true(n.echoes > 100);
}

static void a_clean_line_repairs_nothing(void **state)
{
	struct chan_counters n;

	start(false, NULL);
	round_trip(1 << 20);
	n = settled();
	assert_int_equal(n.bad_crc + n.duplicate + n.missing + n.garbage_bytes + n.echoes, 0);
	assert_int_equal(n.guest_bad_crc + n.guest_duplicate, 0);
}

static void bytes_vanish(void **state)
{
	struct chan_counters n;

	start(false, (char *[]){"11", "drop=60", NULL});
	round_trip(1 << 20);
	n = settled();
	assert_true(n.bad_crc > 0 && n.missing > 0);
	assert_true(n.guest_bad_crc > 0 && n.resent > 0 && n.guest_resent > 0);
	assert_non_null(strstr(rig.troubles, "crc: "));
	assert_non_null(strstr(rig.troubles, "guest-resend: "));
}

static void bits_flip(void **state)
{
	struct chan_counters n;

	start(false, (char *[]){"12", "flip=60", NULL});
	round_trip(1 << 20);
	n = settled();
	assert_true(n.bad_crc > 0 && n.guest_bad_crc > 0 && n.guest_resent > 0);
}

static void line_ends_vanish(void **state)
{
	start(false, (char *[]){"13", "cut=200", NULL});
	round_trip(1 << 18);
}

static void line_ends_vanish_in_canonical_mode(void **state)
{
	start(true, (char *[]){"14", "cut=30", NULL});
	round_trip(1 << 16);
}

static void lines_come_twice(void **state)
{
	struct chan_counters n;

	start(false, (char *[]){"15", "twice=200", NULL});
	round_trip(1 << 19);
	n = settled();
	assert_true(n.duplicate > 50 && n.guest_duplicate > 50);
}

static void lines_change_places(void **state)
{
	start(false, (char *[]){"16", "swap=100", NULL});
	round_trip(1 << 19);
}

static void a_kernel_talks_in_between(void **state)
{
	struct chan_counters n;

	start(false, (char *[]){"17", "storm=400", NULL});
	round_trip(1 << 19);
	n = settled();
	assert_true(n.garbage_bytes > 10000 && n.missing > 0 && n.guest_resent > 0);
}

static void bytes_come_in_drops(void **state)
{
	start(false, (char *[]){"18", "split=1", "delay=200", NULL});
	round_trip(1 << 16);
}

static void everything_at_once(void **state)
{
	struct chan_counters n;

	start(true, (char *[]){"19", "drop=40", "flip=40", "cut=2", "twice=20", "swap=10",
			       "storm=100", "split=1", NULL});
	round_trip(1 << 19);
	n = settled();
	print_message("# all at once: %llu damaged, %llu missing, %llu sent again by the agent, "
		      "%llu to it\n",
		      (unsigned long long)n.bad_crc, (unsigned long long)n.missing,
		      (unsigned long long)n.guest_resent, (unsigned long long)n.resent);
	assert_true(n.bad_crc > 0 && n.missing > 0 && n.resent > 0 && n.guest_resent > 0);
}

static void the_line_breaks_in_the_middle(void **state)
{
	struct chan_exec exec = {.argv = (char *[]){"yes", NULL}};
	struct err err = ERR_INIT;

	start(false, (char *[]){"20", "quit=300000", NULL});
	assert_int_equal(chan_run(rig.chan, &exec, NULL, NULL, NULL, LIMIT, &err), -EPIPE);
}

/* ---- what a hostile guest may send: no agent, the test is the guest ---- */

static void start_bare(void)
{
	assert_int_equal(agent_rig_start(&rig, &(struct agent_rig_spec){.no_agent = true}), 0);
}

static uint32_t sent_seq;

static size_t make(char *line, char type, uint32_t session, uint32_t seq, const char *text)
{
	const struct frame f = {.dir = FRAME_FROM_GUEST,
				.type = type,
				.session = session,
				.seq = seq,
				.len = (uint16_t)strlen(text),
				.payload = text};

	return frame_format(&f, line, FRAME_LINE_MAX);
}

static void say(char type, uint32_t session, uint32_t seq, const char *text)
{
	char line[FRAME_LINE_MAX];

	chan_feed(rig.chan, line, make(line, type, session, seq, text));
	sent_seq = seq + 1;
}

static void hello(uint32_t session)
{
	say(FRAME_HELLO, session, 0, "op=hello\nrelease=9\n\n");
}

static void megabytes_of_garbage(void **state)
{
	static char junk[1 << 20];
	struct chan_counters n;
	uint32_t x = 3;

	start_bare();
	hello(5);
	for (int round = 0; round < 10; round++) {
		for (size_t i = 0; i < sizeof(junk); i++) {
			x = x * 1664525 + 1013904223;
			junk[i] =
				(char)(round % 2 ? x >> 24
						 : (uint32_t) "~G1D0123456789abcdef"[x >> 24 & 15]);
		}
		chan_feed(rig.chan, junk, sizeof(junk));
	}
	say(FRAME_DATA, 5, 1, "op=note\ntext=still here\n\n");
	chan_get_counters(rig.chan, &n);
	assert_true(n.garbage_bytes > 9u << 20);
	assert_int_equal(n.frames_in, 2);
	assert_non_null(strstr(rig.troubles, "note: the agent says: still here"));
	assert_non_null(strstr(rig.troubles, "garbage: "));
	/* Told when doubled: ten megabytes are a few lines. */
	assert_true(strlen(rig.troubles) < 3000);
}

static void two_gibibytes_claimed(void **state)
{
	char line[FRAME_LINE_MAX];
	struct chan_counters n;
	size_t len;

	start_bare();
	hello(5);
	len = make(line, FRAME_DATA, 5, 1, "op=note\ntext=x\n\n");
	memcpy(line + 29, "80000000", 8);
	chan_feed(rig.chan, line, len);
	chan_feed(rig.chan, line, 35);
	say(FRAME_DATA, 5, 1, "op=note\ntext=x\n\n");
	chan_get_counters(rig.chan, &n);
	assert_int_equal(n.oversize, 2);
	assert_int_equal(n.frames_in, 2);
}

static void half_a_frame_then_silence(void **state)
{
	char line[FRAME_LINE_MAX];
	struct chan_counters n;
	size_t len;

	start_bare();
	hello(5);
	len = make(line, FRAME_DATA, 5, 1, "op=note\ntext=whole at last\n\n");
	chan_feed(rig.chan, line, len / 2);
	assert_int_equal(chan_ping(rig.chan, deadline_in(50 * MSEC), NULL), -ETIMEDOUT);
	chan_feed(rig.chan, line, len);
	chan_get_counters(rig.chan, &n);
	assert_int_equal(n.bad_crc, 1);
	assert_non_null(strstr(rig.troubles, "whole at last"));
}

static void replayed_frames_and_old_sessions(void **state)
{
	struct chan_counters n;

	start_bare();
	hello(5);
	say(FRAME_DATA, 5, 1, "op=note\ntext=once\n\n");
	say(FRAME_DATA, 5, 1, "op=note\ntext=twice\n\n");
	hello(5);
	assert_int_equal(rig.hellos, 1);
	hello(6);
	assert_int_equal(rig.hellos, 2);
	/* The first session, recorded and played again. */
	hello(5);
	say(FRAME_DATA, 5, 2, "op=note\ntext=ghost\n\n");
	say(FRAME_BEAT, 5, 3, "op=beat\nuptime_ms=1\n\n");
	chan_get_counters(rig.chan, &n);
	assert_int_equal(rig.hellos, 2);
	assert_int_equal(rig.beats, 0);
	assert_int_equal(n.duplicate, 2);
	assert_int_equal(n.stale, 3);
	assert_int_equal(n.sessions, 2);
	assert_non_null(strstr(rig.troubles, "once"));
	assert_null(strstr(rig.troubles, "twice"));
	assert_null(strstr(rig.troubles, "ghost"));
}

static void what_never_came_is_counted_as_lost(void **state)
{
	struct chan_counters n;

	start_bare();
	hello(5);
	say(FRAME_DATA, 5, 3, "op=note\ntext=after a gap\n\n");
	hello(6);
	chan_get_counters(rig.chan, &n);
	assert_int_equal(n.lost, 2);
	assert_non_null(strstr(rig.troubles, "lost: 2"));
	assert_null(strstr(rig.troubles, "after a gap"));
}

static void messages_that_make_no_sense(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"no head",
		"op=exit\n\n",
		"op=exit\nid=99\nstatus=0\n\n",
		"op=credit\nid=1\nn=99999999999999999999\n\n",
		"op=credit\nid=1\nn=5000\n\n",
		"op=out\nid=1\ns=7\n\nx",
		"op=nonsense\nid=1\n\n",
		"op=exit\nid=1\nstatus=-1\n\n",
		"op=exit\nid=1\nstatus=4294967296\n\n",
		"op=data\nid=1\n\n",
		"op=ok\nid=1\n\n",
		"op=hello\nrelease=10\n\n",
		"op=started\n\n",
	};
	struct chan_exec exec = {.argv = (char *[]){"x", NULL}};
	struct chan_counters n;
	struct chan_call *call;
	const struct chan_call_listener nobody = {0};

	start_bare();
	hello(5);
	assert_int_equal(chan_start_exec(rig.chan, &exec, &nobody, &call, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		say(FRAME_DATA, 5, sent_seq, bad[i]);
	chan_get_counters(rig.chan, &n);
	assert_int_equal(n.bad_messages, ARRAY_SIZE(bad));
	assert_string_equal(chan_fact(rig.chan, "release"), "9");
}

static void only_a_channel_that_is_silent_gives_way_to_the_console(void **state)
{
	char line[FRAME_LINE_MAX];
	struct chan_counters n;
	size_t len;

	start_bare();
	len = make(line, FRAME_HELLO, 5, 0, "op=hello\nrelease=console\n\n");
	chan_feed_console(rig.chan, "[ 1.0] text of a kernel ~G1D0\r\n", 32);
	chan_get_counters(rig.chan, &n);
	assert_int_equal(n.garbage_bytes + n.bad_crc, 0);
	chan_feed_console(rig.chan, line, len);
	assert_string_equal(chan_fact(rig.chan, "release"), "console");
	say(FRAME_DATA, 4, 3, "op=note\ntext=old\n\n");
	hello(6);
	assert_string_equal(chan_fact(rig.chan, "release"), "9");
	len = make(line, FRAME_HELLO, 7, 0, "op=hello\nrelease=console\n\n");
	chan_feed_console(rig.chan, line, len);
	assert_string_equal(chan_fact(rig.chan, "release"), "9");
}

/* Sessions and notes without end become a few lines in the store. */
static void a_flood_of_good_frames(void **state)
{
	start_bare();
	for (uint32_t i = 1; i <= 20000; i++)
		hello(i);
	for (uint32_t i = 1; i <= 2000; i++)
		say(FRAME_DATA, 20000, i, "op=note\ntext=n\n\n");
	assert_int_equal(rig.hellos, 20000);
	assert_true(rig.n_troubles < 300);
	assert_non_null(strstr(rig.troubles, "session: "));
}

#define T(fn) cmocka_unit_test_teardown(fn, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_clean_line_repairs_nothing),
		T(echo_canonical_mode_and_translation),
		T(bytes_vanish),
		T(bits_flip),
		T(line_ends_vanish),
		T(line_ends_vanish_in_canonical_mode),
		T(lines_come_twice),
		T(lines_change_places),
		T(a_kernel_talks_in_between),
		T(bytes_come_in_drops),
		T(everything_at_once),
		T(the_line_breaks_in_the_middle),
		T(megabytes_of_garbage),
		T(two_gibibytes_claimed),
		T(half_a_frame_then_silence),
		T(replayed_frames_and_old_sessions),
		T(what_never_came_is_counted_as_lost),
		T(messages_that_make_no_sense),
		T(only_a_channel_that_is_silent_gives_way_to_the_console),
		T(a_flood_of_good_frames),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
