/* SPDX-License-Identifier: MIT */
/*
 * suite: what a test program of another project printed and how it ended → one answer, and one for
 * each test inside it that it told of.
 *
 * Owns one program's text in bounded memory. Called by run/. Pure: no descriptor, no clock. Never
 * believes: a pass needs its words, the exit status must agree with them, what was planned must
 * have come. Formats are entries of a table.
 */
#ifndef WIRE_SUITE_H
#define WIRE_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUITE_MAX_LINE	 4096  /* the rest of a longer line is dropped */
#define SUITE_MAX_NAME	 200   /* longer ones are cut and end in a number made from the whole */
#define SUITE_MAX_TESTS	 20000 /* inside one program; more is an error */
#define SUITE_MAX_REASON 400
#define SUITE_TAIL	 8192 /* of the text, kept for a person to read */
#define SUITE_MAX_FILE	 (1u << 20)

enum suite_status {
	SUITE_PASS,
	SUITE_SKIP,
	SUITE_XFAIL, /* failed, and says that it was to */
	SUITE_XPASS,
	SUITE_FAIL,
	SUITE_TIMEOUT,
	SUITE_BROKEN, /* it did not run, or contradicts itself */
};

/* How the program ended. */
struct suite_end {
	int status;   /* wait status */
	bool limit;   /* killed for its limit */
	bool cut;     /* it printed more than was kept */
	bool stopped; /* it could not be started; status is the errno */
};

struct suite_test {
	char *name; /* unique inside the program; tests inside tests: "outer/inner" */
	enum suite_status status;
	char *reason; /* NULL: nothing was said */
};

struct suite_answer {
	enum suite_status status;
	char reason[SUITE_MAX_REASON];
	struct suite_test *tests; /* without those that were not told of */
	size_t n;
};

void suite_answer_release(struct suite_answer *a);
/* Appends a test, its name made unique. False when there are too many. */
bool suite_answer_add(struct suite_answer *a, const char *name, enum suite_status status,
		      const char *reason);
/* Gives a name that was told twice a number of its own. How many there were. */
size_t suite_answer_unique(struct suite_answer *a);
/* A name as it is, or cut to SUITE_MAX_NAME so that names that differ stay different. The caller
 * frees. */
char *suite_short_name(const char *name);
/* The reason, in words; what does not fit is cut. */
void suite_answer_say(struct suite_answer *a, enum suite_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* How a program that said nothing ended; also the words for one that did. */
void suite_judge_exit(struct suite_answer *a, const struct suite_end *end);
/* True, and answered, when no text can save it: limit, signal, not started. */
bool suite_ended_badly(struct suite_answer *a, const struct suite_end *end);

struct suite_format_ops {
	const char *name;
	const char *brief;
	/* only: the one test that was asked of the program, or NULL. Kept by the caller. */
	void *(*state_new)(const char *only);
	/* One line without its end, NUL-terminated; no control characters but tabs. */
	void (*line)(void *state, const char *line);
	/* Result file, whole; optional. */
	void (*file)(void *state, const char *data, size_t n);
	/* True when its text was seen: for "auto". */
	bool (*recognised)(const void *state);
	void (*end)(void *state, const struct suite_end *end, struct suite_answer *ret);
	void (*state_free)(void *state);
};

extern const struct suite_format_ops suite_format_exit, suite_format_ltp, suite_format_gtest,
	suite_format_ktap, suite_format_kselftest, suite_format_auto;
/* All of them; ends in NULL. */
extern const struct suite_format_ops *const suite_formats[];
const struct suite_format_ops *suite_format_find(const char *name); /* NULL: none */

/* One program's output, cut anywhere, to its answer. */
struct suite_reader;
struct suite_reader *suite_reader_new(const struct suite_format_ops *format, const char *only);
void suite_reader_free(struct suite_reader *r);
void suite_reader_feed(struct suite_reader *r, const char *data, size_t n);
void suite_reader_file(struct suite_reader *r, const char *data, size_t n);
/* Once. ret is filled and to be released. */
void suite_reader_end(struct suite_reader *r, const struct suite_end *end,
		      struct suite_answer *ret);
/* The last SUITE_TAIL bytes as they came. */
const char *suite_reader_tail(struct suite_reader *r, size_t *ret_n);

/* "SIGSEGV (11)"; buf is returned. */
const char *suite_signal_text(int signo, char *buf, size_t n);

/*
 * The output of --gtest_list_tests: fn is called with "Suite.Test" for each. False when it is no
 * such list; *why then says what is wrong. Disabled tests are left out.
 */
bool suite_gtest_list(const char *text, size_t n, void (*fn)(void *arg, const char *name),
		      void *arg, const char **why);

#endif
