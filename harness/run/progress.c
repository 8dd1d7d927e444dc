/* SPDX-License-Identifier: MIT */
#include "run/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"

static const char *const words[] = {
	[PROGRESS_BOOT] = "boot",     [PROGRESS_HELLO] = "hello", [PROGRESS_BEGIN] = "begin",
	[PROGRESS_RESULT] = "result", [PROGRESS_END] = "end",
};

/* word TAB i TAB n TAB verdict TAB text TAB more; tabs and line ends in texts become spaces. */
static void say(const struct progress *p)
{
	char line[sizeof(p->text) + sizeof(p->more) + 80];
	int head = snprintf(line, sizeof(line), "%s\t%u\t%u\t%s\t", words[p->kind], p->i, p->n,
			    verdict_name(p->verdict));
	char *text = line + head;
	char *more;

	snprintf(text, sizeof(line) - (size_t)head, "%s", p->text);
	more = text + strlen(text);
	for (char *s = text; s < more; s++)
		if (*s == '\t' || *s == '\n' || *s == '\r')
			*s = ' ';
	*more++ = '\t';
	snprintf(more, sizeof(line) - (size_t)(more - line), "%s", p->more);
	for (char *s = more; *s; s++)
		if (*s == '\t' || *s == '\n' || *s == '\r')
			*s = ' ';
	more += strlen(more);
	*more++ = '\n';
	if (fd_write_all(STDOUT_FILENO, line, (size_t)(more - line)) < 0)
		return;
}

void progress_boot(const char *why)
{
	struct progress p = {.kind = PROGRESS_BOOT};

	snprintf(p.text, sizeof(p.text), "%s", why);
	say(&p);
}

void progress_hello(const char *text)
{
	struct progress p = {.kind = PROGRESS_HELLO};

	snprintf(p.text, sizeof(p.text), "%s", text);
	say(&p);
}

void progress_begin(unsigned int i, unsigned int n, const char *name)
{
	struct progress p = {.kind = PROGRESS_BEGIN, .i = i, .n = n};

	snprintf(p.text, sizeof(p.text), "%s", name);
	say(&p);
}

void progress_result(enum verdict v, const char *name, unsigned int attempt, const char *reason)
{
	struct progress p = {.kind = PROGRESS_RESULT, .i = attempt, .verdict = v};

	snprintf(p.text, sizeof(p.text), "%s", name);
	snprintf(p.more, sizeof(p.more), "%s", reason ? reason : "");
	say(&p);
}

void progress_end(void)
{
	struct progress p = {.kind = PROGRESS_END};

	say(&p);
}

/* The next tab-separated part of a line, in place. */
static char *part(char **line)
{
	char *s = *line;
	char *tab = s ? strchr(s, '\t') : NULL;

	if (tab)
		*tab = '\0';
	*line = tab ? tab + 1 : NULL;
	return s;
}

bool progress_parse(const char *line, struct progress *ret_progress)
{
	struct progress p = {0};
	char copy[1024];
	char *rest = copy, *word, *i, *n, *verdict, *text, *more;
	int v;

	if (strlen(line) >= sizeof(copy))
		return false;
	memcpy(copy, line, strlen(line) + 1);
	word = part(&rest);
	i = part(&rest);
	n = part(&rest);
	verdict = part(&rest);
	text = part(&rest);
	more = part(&rest);
	if (!more || rest)
		return false;
	for (p.kind = PROGRESS_BOOT; p.kind < ARRAY_SIZE(words); p.kind++)
		if (strcmp(words[p.kind], word) == 0)
			break;
	v = verdict_parse(verdict);
	if (p.kind == ARRAY_SIZE(words) || v < 0)
		return false;
	p.i = (unsigned int)strtoul(i, NULL, 10);
	p.n = (unsigned int)strtoul(n, NULL, 10);
	p.verdict = (enum verdict)v;
	snprintf(p.text, sizeof(p.text), "%s", text);
	snprintf(p.more, sizeof(p.more), "%s", more);
	*ret_progress = p;
	return true;
}
