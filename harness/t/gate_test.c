/* SPDX-License-Identifier: MIT */
/* compare, gate and history from outside: the real program over run folders made through the store.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "store/store.h"

static char dir[] = "/tmp/gate_test.XXXXXX";
static char *program; /* the sanitized one: what a test drives it into, the sanitizers see */
static struct strbuf out = STRBUF_INIT(16 << 20);

static char *in(const char *name)
{
	return path_join(dir, name);
}

/* "name=verdict name=verdict …": a finished run of a kernel under test, planned as it is. */
static void make_run(const char *name, const char *kernel, char *cases)
{
	_autofree_ char *path = in(name);
	struct store_cell c = {.role = "kut",
			       .kernel = kernel,
			       .target = "qemu",
			       .profile = "",
			       .lane = "static",
			       .scenario = "probes"};
	struct store *s;

	assert_int_equal(store_create(path, &s, NULL), 0);
	assert_int_equal(store_add_cell(s, &c, NULL), 0);
	for (char *save = NULL, *word = strtok_r(cases, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		struct store_result r = {.cell = c.id, .name = word, .reason = "because"};
		char *is = strchr(word, '=');

		*is = '\0';
		r.verdict = (enum verdict)verdict_parse(is + 1);
		assert_int_equal(store_add_result(s, &r, NULL), 0);
	}
	assert_int_equal(store_set_fact(s, "kernel.sha256", kernel, NULL), 0);
	assert_int_equal(store_set_fact(s, "state", "finished", NULL), 0);
	store_close(s);
}

static int setup(void **state)
{
	char good[] = "a=pass b=pass c=fail", bad[] = "a=pass b=fail c=fail";
	char lost[] = "a=pass b=lost c=fail", fewer[] = "a=pass", better[] = "a=pass b=pass c=pass";

	const char *b = getenv("B");
	_autofree_ char *path = path_join(b ? b : "build", "test/bin/harness");

	program = realpath(path, NULL);
	assert_non_null(program);
	assert_non_null(mkdtemp(dir));
	make_run("good", "k1", good);
	make_run("bad", "k2", bad);
	make_run("lost", "k2", lost);
	make_run("fewer", "k2", fewer);
	make_run("better", "k3", better);
	return 0;
}

static int teardown(void **state)
{
	strbuf_release(&out);
	rm_rf(dir, NULL);
	free(program);
	return 0;
}

static void child(char **argv, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execv(program, argv);
	_exit(99);
}

/* harness WORDS, in the test's folder; what it said is in out. */
static int harness(const char *words)
{
	_autofree_ char *path = in("output"), *copy = xstrdup(words);
	char *argv[20] = {(char *)"harness"}, *save = NULL;
	size_t n = 1;
	int status;
	pid_t pid;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	pid = fork();
	if (pid == 0) {
		if (chdir(dir) == 0)
			child(argv, path);
		_exit(98);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	strbuf_reset(&out);
	assert_int_equal(file_read(path, &out, NULL), 0);
	return WEXITSTATUS(status);
}

static void expect(const char *words, int status, const char *text)
{
	int got = harness(words);

	if (got != status || !strstr(strbuf_str(&out), text))
		fail_msg("harness %s: status %d, not %d; wants \"%s\"; said:\n%s", words, got,
			 status, text, strbuf_str(&out));
}

static void gate(void **state)
{
	expect("gate --baseline good good", 0, "gate passed");
	expect("gate --baseline good better", 0, "Progress (1)");
	expect("gate --baseline good bad", 1, "gate failed: 1 regression");
	expect("gate -b good lost", 3, "gate unknowable");
	expect("gate -b good fewer", 3, "2 missing that ran in the baseline");
	expect("gate -b good fewer --only a", 0, "gate passed");
	expect("gate -b bad good", 0, "gate passed");
}

/* known.yaml: entries "name verdicts expires", three words each. */
static void write_known(const char *entries)
{
	_autofree_ char *path = in("known.yaml"), *copy = xstrdup(entries);
	struct strbuf sb = STRBUF_INIT(1 << 16);

	strbuf_addstr(&sb, "known:\n");
	for (char *save = NULL, *name = strtok_r(copy, " ", &save); name;
	     name = strtok_r(NULL, " ", &save)) {
		const char *verdicts = strtok_r(NULL, " ", &save);

		strbuf_addf(&sb,
			    "  - name: '%s'\n    verdicts: [%s]\n    owner: kernel/tty\n"
			    "    reason: r\n    issue: i\n    expires: %s\n",
			    name, verdicts, strtok_r(NULL, " ", &save));
	}
	assert_int_equal(file_write_atomic(path, sb.buf, sb.len, 0644, NULL), 0);
	strbuf_release(&sb);
}

static void gate_with_known_failures(void **state)
{
	write_known("b fail 2999-01-01 c fail 2999-01-01");
	expect("gate -b good bad --expect known.yaml", 0, "a known failure of the new run");
	expect("gate -b good lost --expect known.yaml", 3, "gate unknowable");
	expect("gate -b good better --expect known.yaml", 1, "2 passed though known to fail");
	expect("gate -b good bad --expect none", 1, "1 regression");
	expect("report -f json -o bad.json bad", 0, "");
	expect("gate -b good bad.json --expect known.yaml", 0, "gate passed");
	write_known("b timeout 2999-01-01");
	expect("gate -b good bad --expect known.yaml", 1, "1 regression");
	write_known("c fail 2020-01-01");
	expect("gate -b good good --expect known.yaml", 1, "1 known failure past its day");
	write_known("zzz fail 2999-01-01");
	expect("gate -b good bad --expect known.yaml", 2,
	       "known.yaml:2:5: no case is called \"zzz\"");
	write_known("c fail never");
	expect("gate -b good bad --expect known.yaml", 2, "known.yaml:7:14: ");
	expect("gate -b good bad --expect nowhere.yaml", 2, "nowhere.yaml");
	/* All that is there may be named, though this run did not ask it. */
	write_known("epoll_* fail 2999-01-01 b fail 2999-01-01");
	expect("gate -b good bad --expect known.yaml", 0, "gate passed");
	/* Git asks which commit it was, known or not. */
	expect("gate --bisect -b good bad", 1, "failed");
}

static void gate_for_git(void **state)
{
	expect("gate --bisect -b good better", 0, "passed");
	expect("gate --bisect -b good bad", 1, "failed");
	expect("gate --bisect -b good lost", 125, "unknowable");
	expect("gate --bisect -b good nowhere", 125, "nowhere");
	expect("gate --bisect -b nowhere good", 129, "nowhere");
	expect("gate --bisect good", 129, "--baseline");
	expect("gate --bis --frob", 129, "frob");
	expect("gate --bisect -b good bad --only zzz", 129, "zzz");
	expect("gate --bisect -b good bad -f pdf", 129, "pdf");
	expect("probe --bisect", 129, "--kernel");
	expect("probe --bisect --kernel nowhere", 125, "nowhere");
	expect("probe --bisect --kernel good/run.db", 125, "run.db");
	expect("probe --bisect --kernel k --run-dir good", 129, "--run-dir");
	expect("run --bisect", 129, "name a scenario");
	expect("run --bisect --kernel nowhere all", 125, "nowhere");
}

static void usage(void **state)
{
	expect("gate good", 2, "--baseline");
	expect("gate -b good", 2, "--baseline");
	expect("gate -b good bad lost", 2, "one run");
	expect("gate -b good bad --only zzz", 2, "zzz");
	expect("compare good", 2, "two runs");
	expect("compare good bad lost", 2, "two runs");
	expect("compare -f pdf good bad", 2, "pdf");
}

/* A name that is wrong is the caller's mistake; what is there and cannot be read is trouble. */
static void missing_is_usage_and_damaged_is_trouble(void **state)
{
	static const struct {
		const char *before, *after;
		size_t things; /* of many runs, those that tell nothing are passed over */
	} asks[] = {{"report ", "", 5},
		    {"compare ", " good", 5},
		    {"compare good ", "", 5},
		    {"gate -b ", " bad", 5},
		    {"gate -b good ", "", 5},
		    {"history ", "", 2},
		    {"gate -b good bad --history ", "", 2}};
	static const struct {
		const char *name;
		int status;
	} things[] = {
		{"nowhere", 2}, {"good/run.db/x", 2}, {"nothing", 2}, {"cut", 3}, {"bad-db", 3}};
	char cases[] = "a=pass";
	_autofree_ char *nothing = in("nothing"), *cut = in("cut"), *lock = in("cut/run.lock"),
			*db = in("bad-db/run.db");

	assert_int_equal(mkdir(nothing, 0755), 0);
	assert_int_equal(mkdir(cut, 0755), 0);
	assert_int_equal(file_write_atomic(lock, "", 0, 0644, NULL), 0);
	make_run("bad-db", "k2", cases);
	assert_int_equal(truncate(db, 3000), 0);
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
		for (size_t j = 0; j < asks[i].things; j++) {
			_autofree_ char *words =
				xasprintf("%s%s%s", asks[i].before, things[j].name, asks[i].after);

			expect(words, things[j].status, things[j].name);
		}
	}
}

static void compare(void **state)
{
	expect("compare good bad", 0, "Regressions (1)\n  pass    > fail     b");
	expect("compare -f markdown bad good", 0, "<details><summary>Progress (1)</summary>");
	expect("compare -f json good bad", 0, "\"exit_status\": 1");
	expect("gate -f junit -b good bad", 1, "<testcase classname=\"gate\" name=\"gate\">");
}

static void report_in_place_of_a_folder(void **state)
{
	expect("report -f json -o good.json good", 0, "");
	expect("report -f json -o bad.json bad", 0, "");
	expect("gate -b good.json bad.json", 1, "1 regression");
	expect("gate -b good.json better", 0, "passed");
	expect("gate -b good bad.json", 1, "1 regression");
}

static void for_github(void **state)
{
	_autofree_ char *summary = in("summary.md");
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(1 << 20);

	setenv("GITHUB_STEP_SUMMARY", summary, 1);
	expect("gate -f github -b good bad", 1,
	       "::error title=regression%3A b (probes · static)::fail, in the baseline pass");
	expect("gate -f github -b good good", 0, "::notice title=harness gate::passed\n");
	assert_int_equal(file_read(summary, &text, NULL), 0);
	assert_non_null(strstr(strbuf_str(&text), "### harness gate: failed: 1 regression\n"));
	assert_non_null(strstr(strbuf_str(&text), "### harness gate: passed\n"));
	setenv("GITHUB_STEP_SUMMARY", "/nonexistent/summary", 1);
	expect("gate -f github -b good good", 3, "/nonexistent/summary");
	unsetenv("GITHUB_STEP_SUMMARY");
}

static void output_goes_where_it_was_told(void **state)
{
	_autofree_ char *path = in("gate.md");
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(1 << 20);

	expect("gate -f markdown -o gate.md -b good bad", 1, "");
	assert_int_equal(file_read(path, &text, NULL), 0);
	assert_non_null(strstr(strbuf_str(&text), "#### Regressions (1)"));
	expect("gate -o /nonexistent/x -b good bad", 3, "/nonexistent/x");
	expect("gate -o /dev/full -b good bad", 3, "cannot write");
}

static void history(void **state)
{
	_autofree_ char *runs = in("runs"), *db = in("runs/cut/run.db"), *none = in("none");
	char first[] = "a=pass b=pass", second[] = "a=pass b=crash", third[] = "a=pass",
	     again[] = "b=pass";

	assert_int_equal(mkdir(runs, 0755), 0);
	assert_int_equal(mkdir(none, 0755), 0);
	make_run("runs/1", "k1", first);
	make_run("runs/2", "k2", second);
	expect("history runs", 0, "Bad now, good before (1)\n  [.C]  b");
	expect("history runs --only a -v", 0, "Stable");
	expect("history runs -f markdown", 0, "### harness history: 1 bad, 1 stable");
	expect("history runs/1 runs/2 -f json", 0, "\"first_bad\": 1");
	expect("history --last 1 runs", 0, "1 run\n");
	expect("history none", 2, "no run in none");
	expect("history --last 0 runs", 2, "--last");
	expect("history -f pdf runs", 2, "pdf");
	expect("gate -b good bad --history runs", 1, "1 regression");
	make_run("flaky", "k2", again);
	expect("gate -b good bad --history runs --history flaky", 0, "in its history");
	expect("gate -b good runs/2 --only b --history runs --history flaky", 1, "1 regression");
	make_run("runs/cut", "k2", third);
	assert_int_equal(truncate(db, 3000), 0);
	expect("history runs", 3, "passed over, damaged (1):\n  runs/cut: ");
	expect("history runs", 3, "1 damaged run passed over");
	expect("gate -b good bad --history runs --history flaky", 0, "passed over: runs/cut: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gate),
		cmocka_unit_test(gate_with_known_failures),
		cmocka_unit_test(gate_for_git),
		cmocka_unit_test(usage),
		cmocka_unit_test(missing_is_usage_and_damaged_is_trouble),
		cmocka_unit_test(compare),
		cmocka_unit_test(report_in_place_of_a_folder),
		cmocka_unit_test(for_github),
		cmocka_unit_test(output_goes_where_it_was_told),
		cmocka_unit_test(history),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
