/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "store/store_read.h"

/* Bytes looked at before and after the range for lines of context. */
#define CONTEXT_BYTES ((uint64_t)16 << 10)
/* A range longer than twice this is read at its two ends only. */
#define END_BYTES  ((uint64_t)32 << 10)
#define LINE_BYTES ((size_t)1024)

/* Lines of one stretch of the log, by position in its bytes. */
struct window {
	uint64_t start;
	char *data;
	size_t n;
};

struct picked {
	struct store_console_line *lines;
	size_t n, cap;
};

/* The two ends of what is read; the second is empty for a short range. */
struct ends {
	struct window head, tail;
};

static void release_ends(struct ends *e)
{
	free(e->head.data);
	free(e->tail.data);
}

static void release_picked(struct picked *p)
{
	free(p->lines);
}

static int read_window(int fd, uint64_t start, uint64_t end, struct window *w)
{
	size_t want = (size_t)(end - start);

	w->start = start;
	w->data = xmalloc(want + 1);
	while (w->n < want) {
		ssize_t got = pread(fd, w->data + w->n, want - w->n, (off_t)(start + w->n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		w->n += (size_t)got;
	}
	return 0;
}

static void pick(struct picked *p, const struct store_console_line *line)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 64;
		p->lines = xreallocarray(p->lines, p->cap, sizeof(*p->lines));
	}
	p->lines[p->n++] = *line;
}

static bool touches(const struct store_console_want *want, uint64_t begin, uint64_t end)
{
	if (want->from == want->to)
		return begin <= want->from && want->from < end;
	return begin < want->to && end > want->from;
}

/* All lines of a window; a first line that began before it is left out when others follow. */
static void split(const struct window *w, const struct store_console_want *want, struct picked *p)
{
	size_t at = 0;

	if (w->start && w->n) {
		const char *eol = memchr(w->data, '\n', w->n);
		uint64_t from = w->start > want->from ? want->to : want->from;

		if (eol && w->start + (uint64_t)(eol - w->data) < from)
			at = (size_t)(eol - w->data) + 1;
	}
	while (at < w->n) {
		const char *eol = memchr(w->data + at, '\n', w->n - at);
		size_t len = eol ? (size_t)(eol - w->data) - at : w->n - at;
		struct store_console_line line = {
			.offset = w->start + at,
			.time_us = STORE_TIME_UNKNOWN,
			.inside = touches(want, w->start + at, w->start + at + len + 1),
			.text = w->data + at,
			.n = len,
		};

		while (line.n && line.text[line.n - 1] == '\r')
			line.n--;
		line.cut = line.n > LINE_BYTES;
		if (line.cut)
			line.n = LINE_BYTES;
		pick(p, &line);
		at += len + 1;
	}
}

/* Keep lines [first, last) and mark what was left out before the first of them. */
static void keep(struct picked *out, const struct picked *all, size_t first, size_t last)
{
	for (size_t i = first; i < last; i++) {
		struct store_console_line line = all->lines[i];

		if (i == first && out->n)
			line.skipped_before = line.offset - (out->lines[out->n - 1].offset +
							     out->lines[out->n - 1].n);
		pick(out, &line);
	}
}

static void choose(const struct picked *all, const struct store_console_want *want,
		   struct picked *out)
{
	size_t first = 0, last, n, begin, end;

	while (first < all->n && !all->lines[first].inside && all->lines[first].offset < want->from)
		first++;
	for (last = first; last < all->n && all->lines[last].offset < want->to; last++)
		;
	if (last == first && first < all->n && all->lines[first].inside)
		last = first + 1;
	n = last - first;
	begin = first > want->before ? first - want->before : 0;
	end = all->n - last > want->after ? last + want->after : all->n;
	if (n <= want->max_lines) {
		keep(out, all, begin, end);
	} else {
		size_t half = want->max_lines / 2;

		keep(out, all, begin, first + want->max_lines - half);
		keep(out, all, last - half, end);
	}
}

/* Bytes between two windows belong to no line that was split: tell them at the seam. */
static void mark_seams(struct picked *p)
{
	for (size_t i = 1; i < p->n; i++) {
		struct store_console_line *line = &p->lines[i], *before = line - 1;

		/* A line end is at most "\r…\n": what is farther apart had lines in between. */
		if (!line->skipped_before && !before->cut &&
		    line->offset > before->offset + before->n + 16)
			line->skipped_before = line->offset - (before->offset + before->n);
	}
}

/* "offset time_us" a line, both growing: a line's time is that of the last entry not after it. */
static void add_times(const char *path, struct picked *p)
{
	_autofclose_ FILE *f = fopen(path, "re");
	char entry[128];
	size_t i = 0;
	uint64_t time = STORE_TIME_UNKNOWN;

	while (f && i < p->n && fgets(entry, sizeof(entry), f)) {
		unsigned long long offset, at;

		if (sscanf(entry, "%llu %llu", &offset, &at) != 2)
			continue;
		while (i < p->n && p->lines[i].offset < offset)
			p->lines[i++].time_us = time;
		time = at;
	}
	while (i < p->n)
		p->lines[i++].time_us = time;
}

static int read_range(int fd, const struct store_console_want *want, uint64_t size, struct ends *e)
{
	uint64_t start = want->from > CONTEXT_BYTES ? want->from - CONTEXT_BYTES : 0;
	uint64_t end = size - want->to > CONTEXT_BYTES ? want->to + CONTEXT_BYTES : size;
	int r;

	if (want->to - want->from <= 2 * END_BYTES)
		return read_window(fd, start, end, &e->head);
	r = read_window(fd, start, want->from + END_BYTES, &e->head);
	return r < 0 ? r : read_window(fd, want->to - END_BYTES, end, &e->tail);
}

static int clamp(int fd, struct store_console_want *want, uint64_t *ret_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_size = (uint64_t)st.st_size;
	if (want->to > *ret_size)
		want->to = *ret_size;
	if (want->from > want->to)
		want->from = want->to;
	/* The end of the log, as a place, is its last line. */
	if (want->from == want->to && want->from == *ret_size && *ret_size)
		want->from = want->to = *ret_size - 1;
	return 0;
}

int store_read_console(struct store *s, const struct store_boot_row *boot,
		       const struct store_console_want *asked,
		       int (*fn)(void *arg, const struct store_console_line *line), void *arg,
		       struct err *err)
{
	_autofree_ char *dir = store_boot_dir(s, boot->cell, boot->number);
	_autofree_ char *path = path_join(dir, "console.log");
	_autofree_ char *index = path_join(dir, "console.idx");
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(release_ends) struct ends ends = {{0}};
	_cleanup_(release_picked) struct picked all = {0};
	_cleanup_(release_picked) struct picked chosen = {0};
	struct store_console_want want = *asked;
	uint64_t size = 0;
	int r;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(err, errno, "cannot read %s", path);
	r = clamp(fd, &want, &size);
	if (r == 0)
		r = read_range(fd, &want, size, &ends);
	if (r < 0)
		return err_errno(err, -r, "cannot read %s", path);
	split(&ends.head, &want, &all);
	split(&ends.tail, &want, &all);
	choose(&all, &want, &chosen);
	mark_seams(&chosen);
	add_times(index, &chosen);
	for (size_t i = 0; r == 0 && i < chosen.n; i++)
		r = fn(arg, &chosen.lines[i]);
	return r;
}
