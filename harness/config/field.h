/* SPDX-License-Identifier: MIT */
/*
 * field: neutral descriptions of what a mapping in a file may hold.
 *
 * Drivers and steps hand such tables down to config/, which alone knows the YAML library; config
 * fills the struct that the table describes. Pure data.
 */
#ifndef CONFIG_FIELD_H
#define CONFIG_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_STRING,	/* char *, NULL when absent */
	FIELD_BOOL,	/* bool */
	FIELD_INT,	/* int64_t, min..max */
	FIELD_DURATION, /* uint64_t µs, written 250ms, 10s, 5m, 72h */
	FIELD_SIZE,	/* uint64_t bytes, written 4096, 4KiB, 16MiB */
	FIELD_ENUM,	/* int, index into words */
	FIELD_STRINGS,	/* struct strv */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset; /* of the member in the options struct */
	bool required;
	int64_t min, max;	  /* FIELD_INT and sizes, both 0: no bound */
	const char *const *words; /* FIELD_ENUM, NULL-terminated */
	const char *fallback;	  /* as it would be written in the file; NULL: zero */
	const char *help;
};

/* A table ends with an entry whose name is NULL. */
#define FIELD_END            \
	{                    \
		.name = NULL \
	}

#endif
