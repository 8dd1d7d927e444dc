/* SPDX-License-Identifier: MIT */
/*
 * monitor: a QMP connection to one QEMU.
 *
 * Owns its socket, the calls in flight and the log of both directions. Called by qemu. Knows no
 * event's meaning.
 */
#ifndef MACHINE_MONITOR_H
#define MACHINE_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conn.h"
#include "base/err.h"
#include "base/loop.h"
#include "wire/qmp.h"

#define MONITOR_LOG_MAX (16u << 20)

struct monitor_call;

struct monitor {
	struct loop *loop;
	struct conn conn;
	struct qmp_stream stream;
	struct monitor_call *calls; /* waiting for their answers */
	uint64_t last_id;
	bool greeted;
	int64_t major, minor; /* QEMU's version, once greeted */
	bool lost;	      /* no answer will come any more */
	int log_fd;
	uint64_t logged, born;
	/* May not release the monitor. */
	void (*on_event)(void *arg, const struct qmp_message *event);
	/* QEMU closed it, or sent what is no QMP. */
	void (*on_lost)(void *arg);
	void *arg;
};

/* Takes over fd, whatever it returns. log_path NULL: no log. on_event and arg may be set before. */
int monitor_init(struct monitor *m, struct loop *loop, int fd, const char *log_path,
		 struct err *err);
void monitor_release(struct monitor *m);
/* Greeting and capabilities. -EPIPE when QEMU ended before. */
int monitor_handshake(struct monitor *m, struct deadline deadline, struct err *err);

/* Run a command without arguments, or a command of the human monitor; the answer may be NULL.
 * -EREMOTEIO: refused, QEMU's words in err. */
int monitor_run(struct monitor *m, const char *command, struct qmp_message *ret_answer,
		struct deadline deadline, struct err *err);
int monitor_run_human(struct monitor *m, const char *line, struct qmp_message *ret_answer,
		      struct deadline deadline, struct err *err);
/* A command with one argument that is text. */
int monitor_run_with(struct monitor *m, const char *command, const char *name, const char *value,
		     struct deadline deadline, struct err *err);
/* Give QEMU a descriptor under a name ("fd:NAME" in a migration's address); fd stays ours. */
int monitor_give_fd(struct monitor *m, const char *name, int fd, struct deadline deadline,
		    struct err *err);
/* Send and do not care for the answer. */
int monitor_send(struct monitor *m, const char *command);
/* As monitor_send(), with fn called inside the loop when the answer comes; not called when QEMU
 * ends first. */
int monitor_ask(struct monitor *m, const char *command,
		void (*fn)(void *arg, const struct qmp_message *answer), void *arg);

#endif
