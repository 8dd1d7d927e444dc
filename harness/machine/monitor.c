/* SPDX-License-Identifier: MIT */
#include "machine/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

/* Linked from monitor.calls. A blocking caller frees its own, an asynchronous one is freed once
 * answered. */
struct monitor_call {
	struct monitor_call *next;
	uint64_t id;
	bool async, done;
	void (*fn)(void *, const struct qmp_message *);
	void *arg;
	struct qmp_message answer; /* blocking callers only */
	const struct monitor *monitor;
};

static void log_line_of(struct monitor *m, char direction, const char *line, size_t n)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(QMP_LINE_MAX + 100);

	if (m->log_fd < 0 || m->logged > MONITOR_LOG_MAX)
		return;
	strbuf_addf(&sb, "%llu %c ", (unsigned long long)(now_us() - m->born), direction);
	strbuf_add(&sb, line, n);
	strbuf_addch(&sb, '\n');
	m->logged += sb.len;
	fd_write_all(m->log_fd, sb.buf, sb.len);
}

static struct monitor_call **find_call(struct monitor *m, uint64_t id)
{
	struct monitor_call **p = &m->calls;

	while (*p && (*p)->id != id)
		p = &(*p)->next;
	return p;
}

static void answer_call(struct monitor *m, struct qmp_message *msg)
{
	struct monitor_call **p = find_call(m, msg->id);
	struct monitor_call *call = *p;

	if (!call)
		return;
	*p = call->next;
	call->done = true;
	if (call->async) {
		call->fn(call->arg, msg);
		free(call);
	} else {
		call->answer = *msg;
		msg->doc = NULL;
	}
}

static void dispatch(struct monitor *m, struct qmp_message *msg)
{
	switch (msg->kind) {
	case QMP_GREETING:
		qmp_integer(msg, "version.qemu.major", &m->major);
		qmp_integer(msg, "version.qemu.minor", &m->minor);
		m->greeted = true;
		break;
	case QMP_EVENT:
		if (m->on_event)
			m->on_event(m->arg, msg);
		break;
	case QMP_RETURN:
	case QMP_ERROR:
		answer_call(m, msg);
		break;
	}
}

static void lose(struct monitor *m)
{
	if (m->lost)
		return;
	m->lost = true;
	if (m->on_lost)
		m->on_lost(m->arg);
}

static void on_close(void *arg, int error)
{
	lose(arg);
}

static void on_data(void *arg, const char *data, size_t n)
{
	struct monitor *m = arg;
	const char *line;
	size_t len;

	if (qmp_stream_feed(&m->stream, data, n) < 0) {
		lose(m);
		return;
	}
	while ((line = qmp_stream_next(&m->stream, &len))) {
		_cleanup_(qmp_message_release) struct qmp_message msg = {0};

		log_line_of(m, '<', line, len);
		if (qmp_parse(line, len, &msg, NULL) == 0)
			dispatch(m, &msg);
		else
			lose(m);
	}
}

int monitor_init(struct monitor *m, struct loop *loop, int fd, const char *log_path,
		 struct err *err)
{
	int r;

	m->loop = loop;
	m->log_fd = -1;
	m->born = now_us();
	m->conn.on_data = on_data;
	m->conn.on_close = on_close;
	m->conn.arg = m;
	qmp_stream_init(&m->stream);
	r = conn_init(&m->conn, loop, fd, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	if (log_path) {
		m->log_fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (m->log_fd < 0)
			return err_errno(err, errno, "cannot write %s", log_path);
	}
	return 0;
}

void monitor_release(struct monitor *m)
{
	if (!m->loop)
		return;
	conn_close(&m->conn);
	qmp_stream_release(&m->stream);
	while (m->calls) {
		struct monitor_call *call = m->calls;

		m->calls = call->next;
		if (call->async)
			free(call);
	}
	if (m->log_fd >= 0)
		close(m->log_fd);
	m->loop = NULL;
}

static int send_line(struct monitor *m, const struct strbuf *sb)
{
	if (m->lost)
		return -EPIPE;
	log_line_of(m, '>', sb->buf, sb->len - 1);
	return conn_write(&m->conn, sb->buf, sb->len);
}

static bool call_ended(void *arg)
{
	const struct monitor_call *call = arg;

	return call->done || call->monitor->lost;
}

/* Send what stands in sb, wait for the answer with this id. */
static int wait_answer(struct monitor *m, const struct strbuf *sb, struct qmp_message *ret_answer,
		       struct deadline deadline, struct err *err)
{
	_autofree_ struct monitor_call *call = xcalloc(1, sizeof(*call));
	int r;

	*call = (struct monitor_call){.next = m->calls, .id = m->last_id, .monitor = m};
	m->calls = call;
	r = send_line(m, sb);
	if (r == 0)
		r = loop_wait(m->loop, call_ended, call, deadline);
	if (!call->done) {
		*find_call(m, call->id) = call->next;
		r = r ? r : -EPIPE;
		return err_errno(err, -r, "QEMU's monitor gave no answer");
	}
	if (call->answer.kind == QMP_ERROR) {
		r = err_set(err, EREMOTEIO, "QEMU refused: %s", call->answer.text);
		qmp_message_release(&call->answer);
	} else if (ret_answer) {
		*ret_answer = call->answer;
	} else {
		qmp_message_release(&call->answer);
	}
	return r;
}

int monitor_run(struct monitor *m, const char *command, struct qmp_message *ret_answer,
		struct deadline deadline, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);

	if (qmp_command(&sb, ++m->last_id, command, NULL) < 0)
		return err_set(err, EINVAL, "cannot form the command %s", command);
	return wait_answer(m, &sb, ret_answer, deadline, err);
}

int monitor_run_human(struct monitor *m, const char *line, struct qmp_message *ret_answer,
		      struct deadline deadline, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);

	if (qmp_command(&sb, ++m->last_id, "human-monitor-command", "command-line", line, NULL) < 0)
		return err_set(err, EINVAL, "cannot form the command %s", line);
	return wait_answer(m, &sb, ret_answer, deadline, err);
}

int monitor_run_with(struct monitor *m, const char *command, const char *name, const char *value,
		     struct deadline deadline, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);

	if (qmp_command(&sb, ++m->last_id, command, name, value, NULL) < 0)
		return err_set(err, EINVAL, "cannot form the command %s", command);
	return wait_answer(m, &sb, NULL, deadline, err);
}

/* The descriptor travels with a byte that means nothing between two commands. */
int monitor_give_fd(struct monitor *m, const char *name, int fd, struct deadline deadline,
		    struct err *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct iovec byte = {.iov_base = "\n", .iov_len = 1};
	struct msghdr h = {.msg_iov = &byte,
			   .msg_iovlen = 1,
			   .msg_control = control.room,
			   .msg_controllen = sizeof(control.room)};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (m->lost || !conn_drained(&m->conn) || sendmsg(m->conn.fd, &h, MSG_NOSIGNAL) != 1)
		return err_set(err, EPIPE, "QEMU's monitor takes no descriptor");
	return monitor_run_with(m, "getfd", "fdname", name, deadline, err);
}

int monitor_send(struct monitor *m, const char *command)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
	int r = qmp_command(&sb, ++m->last_id, command, NULL);

	return r < 0 ? r : send_line(m, &sb);
}

int monitor_ask(struct monitor *m, const char *command,
		void (*fn)(void *arg, const struct qmp_message *answer), void *arg)
{
	struct monitor_call *call;
	int r = monitor_send(m, command);

	if (r < 0)
		return r;
	call = xcalloc(1, sizeof(*call));
	*call = (struct monitor_call){
		.next = m->calls, .id = m->last_id, .async = true, .fn = fn, .arg = arg};
	m->calls = call;
	return 0;
}

static bool greeted(void *arg)
{
	const struct monitor *m = arg;

	return m->greeted || m->lost;
}

int monitor_handshake(struct monitor *m, struct deadline deadline, struct err *err)
{
	int r = loop_wait(m->loop, greeted, m, deadline);

	if (r == 0 && !m->greeted)
		r = -EPIPE;
	if (r < 0)
		return err_errno(err, -r, "QEMU's monitor did not greet");
	return monitor_run(m, "qmp_capabilities", NULL, deadline, err);
}
