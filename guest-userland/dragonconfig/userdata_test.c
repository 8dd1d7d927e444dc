/* SPDX-License-Identifier: MIT */
#include "userdata.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "mime.h"

struct taken {
	struct userdata u;
	struct problems problems;
};

static struct taken take_bytes(const void *data, size_t n)
{
	struct taken t = {.u = USERDATA_INIT, .problems = PROBLEMS_INIT};

	userdata_add(&t.u, data, n, &t.problems);
	return t;
}

static struct taken take(const char *text)
{
	return take_bytes(text, strlen(text));
}

static void release(struct taken *t)
{
	userdata_release(&t->u);
	problems_release(&t->problems);
}

static void gzip(const void *data, size_t n, struct strbuf *out)
{
	z_stream z = {.next_in = (Bytef *)data, .avail_in = (uInt)n};
	char buf[4096];
	int r;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	do {
		z.next_out = (Bytef *)buf;
		z.avail_out = sizeof(buf);
		r = deflate(&z, Z_FINISH);
		assert_int_equal(strbuf_add(out, buf, sizeof(buf) - z.avail_out), 0);
	} while (r == Z_OK);
	deflateEnd(&z);
}

static void the_first_line_tells(void **state)
{
	static const struct {
		const char *text;
		enum part_kind kind;
	} table[] = {
		{"#cloud-config\na: 1\n", PART_CONFIG},
		{"#!/bin/sh\nls\n", PART_SCRIPT},
		{"#cloud-boothook\n#!/bin/sh\n", PART_BOOTHOOK},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(release) struct taken t = take(table[i].text);

		assert_int_equal(t.problems.n, 0);
		assert_int_equal(t.u.n, 1);
		assert_int_equal(t.u.parts[0].kind, table[i].kind);
		assert_string_equal(t.u.parts[0].data, table[i].text);
		assert_string_equal(t.u.parts[0].name, "part-001");
	}
}

static void what_is_refused_says_so(void **state)
{
	static const char *const table[][2] = {
		{"## template: jinja\n#cloud-config\n", "template"},
		{"#part-handler\n", "Python"},
		{"#cloud-config-jsonp\n[]\n", "jsonp"},
		{"hello\n", "begins neither"},
		{"<html>404</html>", "begins neither"},
		{"#cloud-config-archive\na: 1\n", "list"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(release) struct taken t = take(table[i][0]);

		assert_int_equal(t.u.n, 0);
		assert_int_equal(t.problems.errors, 1);
		assert_non_null(strstr(t.problems.list[0].text, table[i][1]));
	}
}

static void nothing_is_no_problem(void **state)
{
	_cleanup_(release) struct taken t = take(" \n\n");

	assert_int_equal(t.u.n + t.problems.n, 0);
}

static const char message[] =
	"Content-Type: multipart/mixed;\r\n boundary=\"=A=\"\r\nMIME-Version: 1.0\r\n\r\n"
	"This is not seen.\r\n--=A=\r\n"
	"Content-Type: text/cloud-config; charset=\"us-ascii\"\r\nMerge-Type: "
	"list(append)+dict()\r\n"
	"Content-Disposition: attachment; filename=\"../../etc/one.cfg\"\r\n\r\na: 1\r\n--=A=\r\n"
	"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"
	"Content-Type: text/x-shellscript-per-boot\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	"IyEvYmluL3NoCmxz\r\n--B--\r\n\r\n--=A=\r\n"
	"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	"#!/bin/sh=0Aecho =\r\nx=3D1\r\n--=A=--\r\nnor this\r\n";

static void mime_is_taken_apart(void **state)
{
	_cleanup_(release) struct taken t = take(message);

	assert_int_equal(t.problems.n, 0);
	assert_int_equal(t.u.n, 3);
	assert_int_equal(t.u.parts[0].kind, PART_CONFIG);
	assert_string_equal(t.u.parts[0].name, "one.cfg");
	assert_string_equal(t.u.parts[0].merge, "list(append)+dict()");
	assert_string_equal(t.u.parts[0].data, "a: 1");
	assert_int_equal(t.u.parts[1].kind, PART_SCRIPT_PER_BOOT);
	assert_string_equal(t.u.parts[1].data, "#!/bin/sh\nls");
	assert_int_equal(t.u.parts[2].kind, PART_SCRIPT);
	assert_string_equal(t.u.parts[2].data, "#!/bin/sh\necho x=1");
}

static void a_cut_message_gives_no_half_part(void **state)
{
	/* Wherever it is cut, each part is whole or missing, and the cut is told. */
	for (size_t n = sizeof("Content-Type: multipart/mixed;\r\n boundary=\"=A=\"\r\n");
	     n < sizeof(message) - sizeof("--=A=--\r\nnor this\r\n"); n++) {
		_cleanup_(release) struct taken t = take_bytes(message, n), whole = take(message);

		assert_true(t.problems.errors > 0);
		for (size_t i = 0; i < t.u.n; i++)
			assert_string_equal(t.u.parts[i].data, whole.u.parts[i].data);
	}
}

static void mime_without_a_boundary(void **state)
{
	_cleanup_(release) struct taken t =
		take("Content-Type: multipart/mixed\n\n--x\n\na\n--x--\n");

	assert_int_equal(t.u.n, 0);
	assert_non_null(strstr(t.problems.list[0].text, "without a boundary"));
}

static void mime_nested_without_end(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1u << 20);
	_cleanup_(release) struct taken t = {0};

	for (int i = 0; i < 1000; i++)
		strbuf_addf(&sb, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	t = take(strbuf_str(&sb));
	assert_int_equal(t.u.n, 0);
	assert_true(t.problems.errors > 0);
}

static void gzip_at_any_level(void **state)
{
	_cleanup_(strbuf_release) struct strbuf one = STRBUF_INIT(10000);
	_cleanup_(strbuf_release) struct strbuf two = STRBUF_INIT(10000);
	_cleanup_(release) struct taken t = {0}, cut = {0};

	gzip(message, sizeof(message) - 1, &one);
	gzip(one.buf, one.len, &two);
	t = take_bytes(two.buf, two.len);
	assert_int_equal(t.u.n, 3);
	cut = take_bytes(one.buf, one.len / 2);
	assert_int_equal(cut.u.n, 0);
	assert_int_equal(cut.problems.errors, 1);
}

static void a_gzip_bomb_is_refused(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1u << 20);
	size_t n = USERDATA_MAX + 1;
	char *zeros = calloc(1, n);
	_cleanup_(release) struct taken t = {0};

	memcpy(zeros, "#!/bin/sh\n", 10);
	gzip(zeros, n, &sb);
	free(zeros);
	t = take_bytes(sb.buf, sb.len);
	assert_int_equal(t.u.n, 0);
	assert_non_null(strstr(t.problems.list[0].text, "larger"));
}

static void an_archive_is_a_list_of_parts(void **state)
{
	_cleanup_(release) struct taken t =
		take("#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    a: 1\n"
		     "- {type: text/x-shellscript-per-once, filename: x.sh, content: 'ls'}\n"
		     "- '#!/bin/sh'\n- {type: text/cloud-config}\n");

	assert_int_equal(t.u.n, 3);
	assert_string_equal(t.u.parts[0].data, "a: 1\n");
	assert_int_equal(t.u.parts[1].kind, PART_SCRIPT_PER_ONCE);
	assert_string_equal(t.u.parts[1].name, "x.sh");
	assert_int_equal(t.u.parts[2].kind, PART_SCRIPT);
	assert_int_equal(t.problems.errors, 1);
	assert_int_equal(t.problems.list[0].line, 7);
}

/* What there is at an address. */
static const struct {
	const char *url, *text;
} web[] = {
	{"http://w/script", "#!/bin/sh\n"},
	{"http://w/config", "#cloud-config\na: 1\n"},
	{"http://w/both", "#include\nhttp://w/config\nhttp://w/script\n"},
	{"http://w/self", "#include http://w/self\n"},
	{"http://w/ping", "#include\nhttp://w/pong\n"},
	{"http://w/pong", "#include\nhttp://w/ping\n"},
	{"http://w/1", "#include\nhttp://w/2\n"},
	{"http://w/2", "#include\nhttp://w/3\n"},
	{"http://w/3", "#include\nhttp://w/4\n"},
	{"http://w/4", "#include\nhttp://w/config\n"},
	{"http://w/page", "<html>not found</html>\n"},
};

static unsigned int n_fetched, n_once;

static int fetch_double(void *arg, const char *url, bool once, struct strbuf *to, struct err *err)
{
	n_fetched++;
	n_once += once;
	for (size_t i = 0; i < ARRAY_SIZE(web); i++)
		if (strcmp(web[i].url, url) == 0)
			return strbuf_addstr(to, web[i].text);
	if (strncmp(url, "http://w/big", 12) == 0) {
		int r = strbuf_addstr(to, "#!/bin/sh\n");

		while (r == 0 && to->len < (3u << 20))
			r = strbuf_addstr(to, "# and more, and more, and more\n");
		return r < 0 ? err_set(err, -r, "too long") : 0;
	}
	return err_set(err, EIO, "its status is 404");
}

static struct taken take_included(const char *text)
{
	struct taken t = {.u = USERDATA_INIT, .problems = PROBLEMS_INIT};

	n_fetched = n_once = 0;
	t.u.includer.fetch = fetch_double;
	userdata_add(&t.u, text, strlen(text), &t.problems);
	return t;
}

static void what_is_included_stands_in_its_place(void **state)
{
	_cleanup_(release) struct taken t = take_included(
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
		"--b\nContent-Type: text/x-shellscript\n\n#!/bin/first\n"
		"--b\nContent-Type: text/x-include-url\n\n# mine\n\nhttp://w/both \r\n"
		"--b\nContent-Type: text/x-shellscript\n\n#!/bin/last\n--b--\n");

	assert_int_equal(t.problems.n, 0);
	assert_int_equal(t.u.n, 4);
	assert_int_equal(t.u.parts[0].kind, PART_SCRIPT);
	assert_int_equal(t.u.parts[1].kind, PART_CONFIG);
	assert_string_equal(t.u.parts[2].data, "#!/bin/sh\n");
	assert_string_equal(t.u.parts[3].data, "#!/bin/last");
}

static void once_holds_from_its_line_on(void **state)
{
	_cleanup_(release) struct taken t =
		take_included("#include http://w/config\nhttp://w/config\n#include-once\n"
			      "http://w/config\nhttp://w/config\n");

	assert_int_equal(t.u.n, 4);
	assert_int_equal(n_fetched, 4);
	assert_int_equal(n_once, 2);
}

static void includes_that_are_refused(void **state)
{
	static const struct {
		const char *text, *problem;
		size_t parts;
		unsigned int line;
	} table[] = {
		{"#include\nhttps://w/config\nhttp://w/config\n", "https: there is no TLS here", 1,
		 2},
		{"#include\n\nfile:///etc/shadow\n", "does not begin with http://", 0, 3},
		{"#include\nhttp://w/gone\nhttp://w/script\n", "its status is 404", 1, 2},
		{"#include\nhttp://w/self\n", "it includes itself", 0, 1},
		{"#include\nhttp://w/ping\n", "it includes itself", 0, 2},
		{"#include\nhttp://w/1\nhttp://w/script\n", "too often", 1, 2},
		{"#include\nhttp://w/page\n", "begins neither", 0, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(release) struct taken t = take_included(table[i].text);

		if (t.problems.n != 1 || !strstr(t.problems.list[0].text, table[i].problem) ||
		    t.problems.list[0].line != table[i].line || t.u.n != table[i].parts)
			fail_msg("%s: %zu parts, %zu problems: %u %s", table[i].text, t.u.n,
				 t.problems.n, t.problems.n ? t.problems.list[0].line : 0,
				 t.problems.n ? t.problems.list[0].text : "");
	}
}

static void includes_have_ceilings(void **state)
{
	_cleanup_(strbuf_release) struct strbuf many = STRBUF_INIT(100000);
	_cleanup_(release) struct taken t = {0}, big = {0};

	strbuf_addstr(&many, "#include\n");
	for (int i = 0; i < USERDATA_INCLUDES_MAX + 10; i++)
		strbuf_addstr(&many, "http://w/script\n");
	t = take_included(many.buf);
	assert_int_equal(t.u.n, USERDATA_INCLUDES_MAX);
	assert_int_equal(n_fetched, USERDATA_INCLUDES_MAX);
	assert_int_equal(t.problems.errors, 10);
	big = take_included("#include\nhttp://w/big1\nhttp://w/big2\nhttp://w/big3\n");
	assert_int_equal(big.u.n, 2);
	assert_int_equal(big.problems.errors, 1);
}

static void without_an_includer_it_is_told(void **state)
{
	_cleanup_(release) struct taken t = take("#include\nhttp://w/config\n");

	assert_int_equal(t.u.n, 0);
	assert_int_equal(t.problems.errors, 0);
	assert_non_null(strstr(t.problems.list[0].text, "at boot"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_tells),
		cmocka_unit_test(what_is_refused_says_so),
		cmocka_unit_test(nothing_is_no_problem),
		cmocka_unit_test(mime_is_taken_apart),
		cmocka_unit_test(a_cut_message_gives_no_half_part),
		cmocka_unit_test(mime_without_a_boundary),
		cmocka_unit_test(mime_nested_without_end),
		cmocka_unit_test(gzip_at_any_level),
		cmocka_unit_test(a_gzip_bomb_is_refused),
		cmocka_unit_test(an_archive_is_a_list_of_parts),
		cmocka_unit_test(what_is_included_stands_in_its_place),
		cmocka_unit_test(once_holds_from_its_line_on),
		cmocka_unit_test(includes_that_are_refused),
		cmocka_unit_test(includes_have_ceilings),
		cmocka_unit_test(without_an_includer_it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
