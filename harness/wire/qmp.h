/* SPDX-License-Identifier: MIT */
/*
 * qmp: QEMU's machine protocol, bytes <-> messages. One JSON object a line.
 *
 * Owns a partial line and the parsed document. Called by machine/monitor. No descriptor, no clock.
 * A line has a ceiling; what is not JSON is an error and not skipped, since QEMU never sends it.
 */
#ifndef WIRE_QMP_H
#define WIRE_QMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

#define QMP_LINE_MAX (4u << 20)

enum qmp_kind {
	QMP_GREETING, /* "QMP": version and capabilities */
	QMP_RETURN,   /* answer to a command: id says which */
	QMP_ERROR,    /* the same, refused: text says why */
	QMP_EVENT,    /* name says which */
};

struct qmp_message {
	enum qmp_kind kind;
	uint64_t id;	  /* 0: none */
	const char *name; /* event name or error class, else ""; lives as long as the message */
	const char *text; /* an error's description, or a returned string, else ""; likewise */
	void *doc;
};

/* Parse one line. -EBADMSG when it is no QMP message. Release what was filled. */
int qmp_parse(const char *line, size_t n, struct qmp_message *ret_message, struct err *err);
void qmp_message_release(struct qmp_message *m);

/*
 * A value inside "return", "data" or "QMP", by a path of member names and array indices, as in
 * "status" or "0.devices.2.id.vendor". Strings live as long as the message.
 */
const char *qmp_string(const struct qmp_message *m, const char *path); /* NULL: no such string */
bool qmp_integer(const struct qmp_message *m, const char *path, int64_t *ret_value);
bool qmp_boolean(const struct qmp_message *m, const char *path); /* false when absent */
/* Elements of the array there, 0 when there is none. */
size_t qmp_length(const struct qmp_message *m, const char *path);

/* Cuts a byte stream into lines. */
struct qmp_stream {
	struct strbuf buf;
	size_t taken; /* bytes of buf handed out already */
};
void qmp_stream_init(struct qmp_stream *s);
void qmp_stream_release(struct qmp_stream *s);
/* -E2BIG when a line passes the ceiling: the stream is of no more use. */
int qmp_stream_feed(struct qmp_stream *s, const char *data, size_t n);
/* The next whole line without its end, valid until the next feed; NULL: none yet. */
const char *qmp_stream_next(struct qmp_stream *s, size_t *ret_n);

/*
 * Append a command line with id > 0. Arguments are pairs of name and text, ended by NULL:
 *	qmp_command(&sb, 7, "human-monitor-command", "command-line", "info usernet", NULL);
 */
int qmp_command(struct strbuf *sb, uint64_t id, const char *command, ...) __attribute__((sentinel));

#endif
