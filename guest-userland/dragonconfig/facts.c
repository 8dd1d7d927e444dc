/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include <string.h>
#include <time.h>

/* false: there is no such fact. */
static bool add_fact(const struct context *c, const char *name, size_t n, struct strbuf *sb)
{
	struct timespec up;

	if (n == 6 && strncasecmp(name, "UPTIME", n) == 0) {
		clock_gettime(CLOCK_BOOTTIME, &up);
		strbuf_addf(sb, "%lld.%02ld", (long long)up.tv_sec, up.tv_nsec / 10000000);
	} else if (n == 10 && strncasecmp(name, "DATASOURCE", n) == 0) {
		strbuf_addstr(sb, c->instance->source);
	} else if (n == 7 && strncasecmp(name, "VERSION", n) == 0) {
		strbuf_addstr(sb, "dragonconfig");
	} else if (n == 9 && strncasecmp(name, "TIMESTAMP", n) == 0) {
		strbuf_addf(sb, "%lld", (long long)time(NULL));
	} else if (n == 11 && strncasecmp(name, "INSTANCE_ID", n) == 0) {
		strbuf_addstr(sb, c->state->id);
	} else {
		return false;
	}
	return true;
}

void facts_expand(const struct context *c, const char *text, struct strbuf *sb)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

	while (*text) {
		size_t plain = strcspn(text, "$"), brace, n;

		strbuf_add(sb, text, plain);
		text += plain;
		if (!*text)
			return;
		brace = text[1] == '{';
		n = strspn(text + 1 + brace, letters);
		if ((!brace || text[2 + n] == '}') && add_fact(c, text + 1 + brace, n, sb)) {
			text += 1 + n + 2 * brace;
		} else {
			strbuf_addch(sb, '$');
			text++;
		}
	}
}
