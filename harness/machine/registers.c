/* SPDX-License-Identifier: MIT */
#include "machine/registers.h"

#include <stdlib.h>
#include <string.h>

/* The number after key, between text and end. */
static bool find_number(const char *text, const char *end, const char *key, int base,
			uint64_t *ret_value)
{
	const char *at = strstr(text, key);
	char *stop;
	uint64_t v;

	if (!at || at >= end)
		return false;
	at += strlen(key);
	v = strtoull(at, &stop, base);
	if (stop == at)
		return false;
	*ret_value = v;
	return true;
}

/* A 32-bit mode CPU has an EIP where others have a RIP. */
static bool parse_one(const char *text, const char *end, struct machine_cpu_sample *s)
{
	uint64_t halted = 0, cpu;

	if (!find_number(text, end, "CPU#", 10, &cpu) ||
	    (!find_number(text, end, "RIP=", 16, &s->rip) &&
	     !find_number(text, end, "EIP=", 16, &s->rip)))
		return false;
	find_number(text, end, "HLT=", 10, &halted);
	s->cpu = (unsigned int)cpu;
	s->halted = halted;
	return true;
}

size_t registers_parse(const char *text, struct machine_cpu_sample *samples, size_t room)
{
	const char *at = strstr(text, "CPU#");
	size_t n = 0;

	while (at && n < room) {
		const char *next = strstr(at + 4, "CPU#");
		const char *end = next ? next : at + strlen(at);

		if (parse_one(at, end, &samples[n]))
			n++;
		at = next;
	}
	return n;
}
