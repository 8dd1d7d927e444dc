/* SPDX-License-Identifier: MIT */
/*
 * Says what did not hold. The first statement that does not hold becomes the verdict; each one
 * leaves a line of evidence. Both go to shared memory: no system call, so that no lie and no
 * half-dead process can keep them from the runner.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

struct shared *shared;
void (*probe_on_end)(void);
bool probe_is_helper;
volatile sig_atomic_t probe_was_late;

static void note_text(const char *text)
{
	size_t len = strlen(text);
	unsigned at = atomic_fetch_add(&shared->notes_len, (unsigned)len + 1);

	if (at + len + 1 >= NOTES_LEN)
		return;
	for (size_t i = 0; i < len; i++)
		shared->notes[at + i] = text[i] == '\n' ? ' ' : text[i];
	shared->notes[at + len] = '\n';
}

void probe_note(const char *fmt, ...)
{
	char text[REASON_LEN + 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note_text(text);
}

/* A helper whose patience ran out waited for the process that asks the question: what that one
 * has to say in the same moment comes first. */
static bool waited_in_vain(enum outcome outcome, const char *text)
{
	if (outcome != OUTCOME_BROKEN || !probe_is_helper || patience_ms() > 1)
		return false;
	if (!atomic_exchange(&shared->waited, 1)) {
		snprintf(shared->vain, sizeof(shared->vain), "%s", text);
		atomic_store(&shared->waited, 2);
	}
	return true;
}

static void outcome_text(enum outcome outcome, const char *text)
{
	if (waited_in_vain(outcome, text))
		return;
	if (atomic_exchange(&shared->claimed, 1))
		return;
	snprintf(shared->reason, sizeof(shared->reason), "%s", text);
	atomic_store(&shared->outcome, outcome);
}

void outcome_set(enum outcome outcome, const char *fmt, ...)
{
	char text[REASON_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	outcome_text(outcome, text);
}

void probe_end(void)
{
	if (!probe_is_helper) {
		atomic_store(&shared->phase, PHASE_DONE);
		if (probe_on_end)
			probe_on_end();
	}
	helper_ended();
	_exit(0);
}

void probe_skip(const char *fmt, ...)
{
	char text[REASON_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	outcome_text(OUTCOME_SKIPPED, text);
	probe_end();
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void missed(const struct probe_at *at, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void missed(const struct probe_at *at, const char *fmt, ...)
{
	char text[REASON_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	probe_note("%s:%d: %s", base_name(at->file), at->line, text);
	outcome_text(at->force == FORCE_SETUP ? OUTCOME_BROKEN : OUTCOME_FAILED, text);
	if (at->force != FORCE_EXPECT)
		probe_end();
}

static const char *error_text(int error)
{
	return error == EINTR && probe_was_late ? "that it blocked" : errno_name(error);
}

void check_ok(const struct probe_at *at, const char *what, long seen, int error)
{
	if (seen == -1)
		missed(at, "%s: expected success, saw %s", what, error_text(error));
}

void check_errno(const struct probe_at *at, const char *what, long seen, int error, int expected)
{
	if (seen != -1)
		missed(at, "%s: expected %s, saw success (%ld)", what, errno_name(expected), seen);
	else if (error != expected)
		missed(at, "%s: expected %s, saw %s", what, errno_name(expected),
		       error_text(error));
}

void check_eq(const struct probe_at *at, const char *what, long long seen, long long expected)
{
	int error = errno;

	if (seen == expected)
		return;
	if (seen == -1 && error)
		missed(at, "%s: expected %lld, saw %s", what, expected, error_text(error));
	else
		missed(at, "%s: expected %lld, saw %lld", what, expected, seen);
}

void check_between(const struct probe_at *at, const char *what, long long seen, long long low,
		   long long high)
{
	if (seen < low || seen > high)
		missed(at, "%s: expected %lld to %lld, saw %lld", what, low, high, seen);
}

void check_bytes(const struct probe_at *at, const char *what, const void *seen,
		 const void *expected, size_t len)
{
	const unsigned char *s = seen;
	const unsigned char *e = expected;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == e[i])
			continue;
		missed(at, "%s: byte %zu of %zu: expected 0x%02x, saw 0x%02x", what, i, len, e[i],
		       s[i]);
		return;
	}
}

void check_str(const struct probe_at *at, const char *what, const char *seen, const char *expected)
{
	if (!seen)
		missed(at, "%s: expected \"%s\", saw nothing", what, expected);
	else if (strcmp(seen, expected))
		missed(at, "%s: expected \"%s\", saw \"%.80s\"", what, expected, seen);
}

void check_that(const struct probe_at *at, bool holds, const char *fmt, ...)
{
	char text[REASON_LEN];
	va_list ap;

	if (holds)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	missed(at, "%s", text);
}
