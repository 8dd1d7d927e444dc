/* SPDX-License-Identifier: MIT */
#include "load/wrkout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "1.23ms", "45.00us", "2.00s", "1.50m" → µs */
static uint64_t to_us(double value, const char *unit)
{
	double factor = 1;

	if (!strcmp(unit, "ms"))
		factor = 1e3;
	else if (!strcmp(unit, "s"))
		factor = 1e6;
	else if (!strcmp(unit, "m"))
		factor = 60e6;
	else if (!strcmp(unit, "h"))
		factor = 3600e6;
	value *= factor;
	return value > 0 && value < 1e15 ? (uint64_t)value : 0;
}

static void parse_line(const char *line, struct wrkout *o, unsigned int *seen)
{
	double a, b, c;
	char ua[4], ub[4], uc[4];
	unsigned long long n;

	if (sscanf(line, " Latency %lf%3[a-z] %lf%3[a-z] %lf%3[a-z]", &a, ua, &b, ub, &c, uc) ==
	    6) {
		o->latency_avg_us = to_us(a, ua);
		o->latency_max_us = to_us(c, uc);
	} else if (sscanf(line, " %llu requests in %lf%3[a-z]", &n, &a, ua) == 3) {
		o->requests = n;
		o->seconds = (double)to_us(a, ua) / 1e6;
		*seen |= 1;
	} else if (sscanf(line, "Requests/sec: %lf", &a) == 1) {
		o->requests_per_s = a;
		*seen |= 2;
	} else if (sscanf(line, " Non-2xx or 3xx responses: %llu", &n) == 1) {
		o->non_2xx = n;
	} else if (strstr(line, "Socket errors:")) {
		unsigned long long e[4];

		if (sscanf(strstr(line, "Socket errors:"),
			   "Socket errors: connect %llu, read %llu, write %llu, timeout %llu",
			   &e[0], &e[1], &e[2], &e[3]) != 4)
			return;
		o->err_connect = e[0];
		o->err_read = e[1];
		o->err_write = e[2];
		o->err_timeout = e[3];
	}
}

int wrkout_parse(const char *text, struct wrkout *ret)
{
	struct wrkout o = {0};
	unsigned int seen = 0;
	char line[256];

	while (*text) {
		size_t n = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)(n < 255 ? n : 255), text);
		parse_line(line, &o, &seen);
		text += n + (text[n] == '\n');
	}
	if (seen != 3)
		return -EBADMSG;
	*ret = o;
	return 0;
}
