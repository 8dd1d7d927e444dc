/* SPDX-License-Identifier: MIT */
/*
 * The Linux Test Project, both of its libraries:
 *
 *   file.c:123: TPASS: text              and a summary at the end
 *   name    1  TPASS  :  text            the old one, and shell scripts
 *
 * The exit status is a sum: 1 TFAIL, 2 TBROK, 4 TWARN, 16 TINFO, 32 TCONF. A program that runs
 * others of LTP shows their summaries among its own. TBROK is a failure like TFAIL: it is a
 * set-up's system call that did what the test did not expect.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "wire/suite.h"

enum word { TPASS, TFAIL, TBROK, TCONF, TWARN, WORDS };

static const struct {
	const char *text, *sum; /* in a line; in the summary */
	int bit;		/* of the exit status */
} words[WORDS] = {
	[TPASS] = {"TPASS", "passed", 0},   [TFAIL] = {"TFAIL", "failed", 1},
	[TBROK] = {"TBROK", "broken", 2},   [TCONF] = {"TCONF", "skipped", 32},
	[TWARN] = {"TWARN", "warnings", 4},
};

#define KNOWN_BITS (1 | 2 | 4 | 16 | 32)

struct ltp {
	unsigned int n[WORDS];
	unsigned long sum[WORDS];
	char *said[WORDS]; /* the first line of each */
	bool in_summary, has_summary;
	bool timed_out; /* by its own alarm */
	bool old_talk;	/* TINFO of the old library of C, which knows no summary */
};

/* What the library of C and that of shell scripts say before they kill a test for its time. */
static const char *const alarms[] = {"Test timeouted, sending SIGKILL!",
				     "Test timed out, sending SIGTERM!"};

static void *ltp_new(const char *only)
{
	return xcalloc(1, sizeof(struct ltp));
}

static void ltp_free(void *state)
{
	struct ltp *l = state;

	for (size_t i = 0; i < WORDS; i++)
		free(l->said[i]);
	free(l);
}

/* What follows "TPASS  :" when the word stands at s; NULL: it does not. */
static const char *after(const char *s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(s, word, n) != 0)
		return NULL;
	s += n;
	s += strspn(s, " \t");
	return *s == ':' ? s + 1 + strspn(s + 1, " \t") : NULL;
}

/* The first word of a kind in the line, where a word may begin. */
static int find_word(const char *line, const char **ret_text)
{
	for (const char *p = line; (p = strchr(p, 'T')); p++) {
		if (p != line && p[-1] != ' ' && p[-1] != '\t')
			continue;
		for (int w = 0; w < WORDS; w++) {
			*ret_text = after(p, words[w].text);
			if (*ret_text)
				return w;
		}
	}
	return -1;
}

/* Blanks, digits, and no more. */
static bool is_count(const char *s)
{
	size_t blanks = strspn(s, " \t"), digits = strspn(s + blanks, "0123456789");

	return blanks && digits && !s[blanks + digits];
}

static bool take_summary(struct ltp *l, const char *line)
{
	for (int w = 0; w < WORDS; w++) {
		size_t n = strlen(words[w].sum);

		if (strncmp(line, words[w].sum, n) != 0 || !is_count(line + n))
			continue;
		l->sum[w] += strtoul(line + n, NULL, 10);
		l->has_summary = true;
		return true;
	}
	return false;
}

static void ltp_line(void *state, const char *line)
{
	struct ltp *l = state;
	const char *text;
	int w;

	if (strcmp(line, "Summary:") == 0) {
		l->in_summary = true;
		return;
	}
	if (l->in_summary && take_summary(l, line))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(alarms); i++)
		l->timed_out |= strstr(line, alarms[i]) != NULL;
	w = find_word(line, &text);
	if (w < 0) {
		l->old_talk |= strstr(line, "  TINFO  :  ") != NULL;
		return;
	}
	l->in_summary = false;
	l->n[w]++;
	if (!l->said[w])
		l->said[w] = xstrndup(text, SUITE_MAX_REASON - 20);
}

static bool ltp_recognised(const void *state)
{
	const struct ltp *l = state;
	unsigned int all = 0;

	for (int w = 0; w < WORDS; w++)
		all += l->n[w];
	return all || l->has_summary || l->old_talk;
}

static bool told(const struct ltp *l, enum word w)
{
	return l->n[w] || l->sum[w];
}

/* Text and status must say the same. A skip beside a pass needs no bit. */
static bool contradicts(const struct ltp *l, const struct suite_end *end, struct suite_answer *ret)
{
	int code = WEXITSTATUS(end->status);

	if (code & ~KNOWN_BITS) {
		suite_answer_say(ret, SUITE_BROKEN, "exit status %d is none of LTP's", code);
		return true;
	}
	for (int w = TFAIL; w < WORDS; w++) {
		bool text = told(l, (enum word)w), bit = code & words[w].bit;

		if (text == bit || (end->cut && bit) || (w == TCONF && text && told(l, TPASS)))
			continue;
		if (text)
			suite_answer_say(ret, SUITE_BROKEN,
					 "contradicts itself: exit status %d, but %s: %s", code,
					 words[w].text, l->said[w] ? l->said[w] : "(summary)");
		else
			suite_answer_say(
				ret, SUITE_BROKEN,
				"contradicts itself: exit status %d says %s, its text does "
				"not",
				code, words[w].text);
		return true;
	}
	for (int w = 0; l->has_summary && !end->cut && w < WORDS; w++) {
		if (l->sum[w] == l->n[w])
			continue;
		suite_answer_say(ret, SUITE_BROKEN,
				 "contradicts itself: %u lines of %s, the summary counts %lu",
				 l->n[w], words[w].text, l->sum[w]);
		return true;
	}
	return false;
}

static void say_word(const struct ltp *l, enum word w, enum suite_status status,
		     struct suite_answer *ret)
{
	suite_answer_say(ret, status, "%s: %s", words[w].text, l->said[w] ? l->said[w] : "");
}

static void ltp_end(void *state, const struct suite_end *end, struct suite_answer *ret)
{
	const struct ltp *l = state;

	if (suite_ended_badly(ret, end))
		return;
	if (!ltp_recognised(l) && !l->timed_out)
		suite_answer_say(ret, SUITE_BROKEN, "exit status %d and not one result of LTP",
				 WEXITSTATUS(end->status));
	else if (l->timed_out && !l->has_summary)
		suite_answer_say(ret, SUITE_TIMEOUT,
				 "LTP's own limit, exit status %d and no summary",
				 WEXITSTATUS(end->status));
	else if (contradicts(l, end, ret))
		return;
	else if (told(l, TFAIL))
		say_word(l, TFAIL, SUITE_FAIL, ret);
	else if (told(l, TBROK) && l->timed_out)
		suite_answer_say(ret, SUITE_TIMEOUT, "LTP's own limit: %s",
				 l->said[TBROK] ? l->said[TBROK] : "");
	else if (told(l, TBROK))
		say_word(l, TBROK, SUITE_FAIL, ret);
	else if (told(l, TWARN))
		say_word(l, TWARN, SUITE_FAIL, ret);
	else if (told(l, TCONF) && !told(l, TPASS))
		say_word(l, TCONF, SUITE_SKIP, ret);
	else if (told(l, TPASS) || !l->has_summary)
		suite_answer_say(ret, SUITE_PASS, "%s", "");
	else
		suite_answer_say(ret, SUITE_BROKEN, "its summary counts not one result");
}

const struct suite_format_ops suite_format_ltp = {
	.name = "ltp",
	.brief = "Linux Test Project, old and new library",
	.state_new = ltp_new,
	.line = ltp_line,
	.recognised = ltp_recognised,
	.end = ltp_end,
	.state_free = ltp_free,
};
