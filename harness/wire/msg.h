/* SPDX-License-Identifier: MIT */
/*
 * msg: a message of the channel: lines of key=value, an empty line, then bytes as they are.
 *
 * Compiled by the host program and by the agent; uses nothing but string.h. Owns no memory: a
 * writer fills a buffer of its caller, a parsed message points into what was parsed.
 */
#ifndef WIRE_MSG_H
#define WIRE_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ceilings on one message: what the agent takes, and what the host takes. */
#define MSG_TO_GUEST_MAX (32u << 10)
#define MSG_TO_HOST_MAX	 (16u << 10)

struct msg {
	const char *head; /* whole lines, without the empty one */
	size_t head_len;
	const char *body;
	size_t body_len;
};

/* False when there is no empty line or a line without '='. */
bool msg_parse(const void *data, size_t n, struct msg *ret);
/* A value as it stands, not terminated. False when the key is not there. */
bool msg_get(const struct msg *m, const char *key, const char **ret, size_t *ret_len);
/* Walk all pairs; *at starts at 0. */
bool msg_next(const struct msg *m, size_t *at, struct msg *ret_pair);
/* Copy of a value with NUL; false when it is not there or does not fit. */
bool msg_get_str(const struct msg *m, const char *key, char *buf, size_t room);
/* Decimal; false when it is not there or no number. A leading '-' is not taken. */
bool msg_get_u64(const struct msg *m, const char *key, uint64_t *ret);
bool msg_is(const struct msg *m, const char *key, const char *value);

struct msg_writer {
	char *buf;
	size_t room, len;
	bool failed; /* something did not fit or a value held a newline: the message must not go */
};

void msg_begin(struct msg_writer *w, void *buf, size_t room, const char *op);
void msg_str(struct msg_writer *w, const char *key, const char *value);
void msg_u64(struct msg_writer *w, const char *key, uint64_t value);
/* The empty line. After it only msg_add(). */
void msg_end_head(struct msg_writer *w);
void msg_add(struct msg_writer *w, const void *data, size_t n);

#endif
