/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conn.h"
#include "base/fsutil.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "machine/accel.h"
#include "machine/driver.h"
#include "machine/kernel_file.h"
#include "machine/monitor.h"
#include "machine/qcow2.h"
#include "machine/qemu_priv.h"
#include "machine/registers.h"
#include "machine/usernet.h"

/* QEMU itself is up in a tenth of a second; a starved host may take a hundred times that. */
#define START_LIMIT (30 * SEC)
/* Of QEMU's own messages: kept in memory, and in qemu.log. */
#define STDERR_MAX (64u << 10)
#define LOG_MAX	   (4u << 20)
/* A guest's last words may still be on their way when the monitor tells its end. */
#define SETTLE_STEP  (5 * MSEC)
#define SETTLE_STEPS 100
#define DRAIN_MAX    (4u << 20)

/* A UART gives one byte at a time; each would wake us beside the guest's own CPUs. */
#define CONSOLE_GATHER (5 * MSEC)
/* Bytes of ttyS0 that may wait for us. */
#define UART_PIPE_SIZE (1 << 20)

/* --- The end --- */

static void drain(struct qemu *q)
{
	conn_drain(&q->uart, DRAIN_MAX);
	conn_drain(&q->console, DRAIN_MAX);
	conn_drain(&q->channel, DRAIN_MAX);
	conn_drain(&q->output, DRAIN_MAX);
}

static void finish(struct qemu *q)
{
	if (q->base.ended != MACHINE_RUNNING)
		return;
	loop_timer_stop(&q->settle);
	drain(q);
	q->base.ended = q->pending;
	if (q->pending == MACHINE_POWEROFF)
		monitor_send(&q->monitor, "quit");
	if (q->listener.on_end)
		q->listener.on_end(q->listener.arg, q->pending, q->reason);
}

static void on_settle(void *arg)
{
	struct qemu *q = arg;

	if (q->heard == q->settled || ++q->settle_steps >= SETTLE_STEPS)
		finish(q);
	q->settled = q->heard;
}

static void settle(struct qemu *q)
{
	q->settled = q->heard;
	loop_timer_start(q->loop, &q->settle, SETTLE_STEP, SETTLE_STEP, on_settle, q);
}

/* The first end told is the cause of those that follow. While machine_start() runs (no listener
 * yet) it only gets noted. */
static void end_is_near(struct qemu *q, enum machine_end end, const char *reason)
{
	if (q->pending != MACHINE_RUNNING)
		return;
	q->pending = end;
	snprintf(q->reason, sizeof(q->reason), "%s", reason);
	if (q->listener.on_end)
		settle(q);
}

/* Last line of what QEMU said, without the program's name. */
static const char *last_words(struct qemu *q, char *buf, size_t n)
{
	const char *text = strbuf_str(&q->output_text), *prefix = QEMU_PROGRAM ": ";
	size_t len = strlen(text);
	const char *line;

	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	line = memrchr(text, '\n', len);
	line = line ? line + 1 : text;
	len -= (size_t)(line - text);
	if (len > strlen(prefix) && strncmp(line, prefix, strlen(prefix)) == 0) {
		line += strlen(prefix);
		len -= strlen(prefix);
	}
	snprintf(buf, n, "%.*s", (int)len, line);
	return buf;
}

static void on_exit_of_qemu(void *arg, int status)
{
	struct qemu *q = arg;
	char how[100], words[300], reason[sizeof(q->reason)];

	if (q->base.ended != MACHINE_RUNNING)
		return;
	drain(q);
	if (q->pending == MACHINE_RUNNING) {
		proc_status_text(status, how, sizeof(how));
		last_words(q, words, sizeof(words));
		snprintf(reason, sizeof(reason), "QEMU ended: %s%s%s", how, *words ? ": " : "",
			 words);
		end_is_near(q, MACHINE_GONE, reason);
	}
	if (q->listener.on_end)
		finish(q);
}

/* --- What the monitor tells --- */

static void on_shutdown(struct qemu *q, const struct qmp_message *e)
{
	const char *why = qmp_string(e, "reason");

	if (!qmp_boolean(e, "guest"))
		return;
	if (why && strcmp(why, "guest-reset") == 0)
		end_is_near(q, MACHINE_RESET, "");
	else if (why && strcmp(why, "guest-panic") == 0)
		end_is_near(q, MACHINE_PANICKED, "");
	else
		end_is_near(q, MACHINE_POWEROFF, "");
}

static void on_io_error(struct qemu *q, const struct qmp_message *e)
{
	const char *action = qmp_string(e, "action"), *why = qmp_string(e, "reason");
	char reason[200];

	if (!action || strcmp(action, "stop") != 0)
		return;
	snprintf(reason, sizeof(reason), "the guest's throw-away disk: %s",
		 qmp_boolean(e, "nospace") ? "no space left on the host"
		 : why			   ? why
					   : "I/O error");
	end_is_near(q, MACHINE_GONE, reason);
}

static void on_stopped_status(void *arg, const struct qmp_message *answer)
{
	struct qemu *q = arg;
	const char *status = qmp_string(answer, "status");
	char reason[sizeof(q->reason)], words[300];

	if (!status || strcmp(status, "internal-error") != 0)
		return;
	conn_drain(&q->output, DRAIN_MAX);
	snprintf(reason, sizeof(reason), "QEMU stopped the guest: internal error: %s",
		 last_words(q, words, sizeof(words)));
	end_is_near(q, MACHINE_GONE, reason);
}

static void on_monitor_event(void *arg, const struct qmp_message *e)
{
	struct qemu *q = arg;

	if (strcmp(e->name, "SHUTDOWN") == 0)
		on_shutdown(q, e);
	else if (strcmp(e->name, "GUEST_PANICKED") == 0)
		end_is_near(q, MACHINE_PANICKED, "");
	else if (strcmp(e->name, "BLOCK_IO_ERROR") == 0)
		on_io_error(q, e);
	else if (strcmp(e->name, "MIGRATION") == 0)
		snprintf(q->migration, sizeof(q->migration), "%s",
			 qmp_string(e, "status") ? qmp_string(e, "status") : "");
	else if (strcmp(e->name, "RESUME") == 0)
		q->resumed = true;
	else if (strcmp(e->name, "STOP") == 0 && !q->sampling)
		monitor_ask(&q->monitor, "query-status", on_stopped_status, q);
}

/* Without its monitor a QEMU is of no use. */
static void on_monitor_lost(void *arg)
{
	struct qemu *q = arg;

	proc_kill(&q->proc, SIGKILL);
}

/* --- What the guest says --- */

static void on_console_data(void *arg, const char *data, size_t n)
{
	struct qemu *q = arg;

	q->heard += n;
	if (q->listener.on_console)
		q->listener.on_console(q->listener.arg, data, n);
}

static void on_channel_data(void *arg, const char *data, size_t n)
{
	struct qemu *q = arg;

	q->heard += n;
	if (q->listener.on_channel)
		q->listener.on_channel(q->listener.arg, data, n);
}

static void on_output(void *arg, const char *data, size_t n)
{
	struct qemu *q = arg;

	if (q->log_fd >= 0 && q->logged < LOG_MAX) {
		fd_write_all(q->log_fd, data, n);
		q->logged += n;
	}
	if (n > STDERR_MAX / 2) {
		data += n - STDERR_MAX / 2;
		n = STDERR_MAX / 2;
	}
	if (q->output_text.len + n > STDERR_MAX)
		strbuf_consume(&q->output_text, q->output_text.len - STDERR_MAX / 2);
	strbuf_add(&q->output_text, data, n);
}

/* --- Start --- */

struct sockets {
	int ours[QEMU_FD_END];
	int theirs[QEMU_FD_END];
};

static void close_sockets(struct sockets *s)
{
	for (int i = 0; i < QEMU_FD_END; i++) {
		cleanup_close(&s->ours[i]);
		cleanup_close(&s->theirs[i]);
	}
}

static int make_pair(int fd, int pair[2])
{
	if (fd != QEMU_FD_UART_OUT)
		return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	if (pipe2(pair, O_CLOEXEC) < 0)
		return -1;
	/* QEMU stands still while it is full. Not granted: as large as it is. */
	fcntl(pair[0], F_SETPIPE_SZ, UART_PIPE_SIZE);
	return 0;
}

static bool wants_socket(const struct qemu_plan *plan, int fd)
{
	if (fd == QEMU_FD_NET)
		return plan->spec->seed != NULL;
	if (fd == QEMU_FD_CONSOLE)
		return plan->profile->tty == TTY_VIRTCONSOLE;
	return fd < QEMU_FD_SOCKETS;
}

static int make_sockets(struct sockets *s, const struct qemu_plan *plan, struct err *err)
{
	for (int i = 0; i < QEMU_FD_END; i++) {
		int pair[2];

		if (!wants_socket(plan, i))
			continue;
		if (make_pair(i, pair) < 0)
			return err_errno(err, errno, "cannot make sockets for QEMU");
		s->ours[i] = pair[0];
		s->theirs[i] = pair[1];
	}
	return 0;
}

/* The disk's overlay goes to the run's folder and not to a small /tmp. */
static void make_env(struct strv *env, const char *run_dir)
{
	extern char **environ;

	for (char **e = environ; *e; e++)
		if (strncmp(*e, "TMPDIR=", 7) != 0)
			strv_push(env, *e);
	if (run_dir)
		strv_pushf(env, "TMPDIR=%s", run_dir);
}

static int open_log(struct qemu *q, const char *run_dir, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1u << 20);
	_autofree_ char *path = NULL;

	if (!run_dir)
		return 0;
	path = path_join(run_dir, "qemu.log");
	q->log_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (q->log_fd < 0)
		return err_errno(err, errno, "cannot write %s", path);
	for (char **a = q->base.argv.v; *a; a++)
		strbuf_addf(&sb, "%s'%s'", a == q->base.argv.v ? "" : " ", *a);
	strbuf_addch(&sb, '\n');
	fd_write_all(q->log_fd, sb.buf, sb.len);
	return 0;
}

static int attach(struct qemu *q, struct conn *c, int *fd,
		  void (*on_data)(void *, const char *, size_t), struct err *err)
{
	int r;

	c->on_data = on_data;
	c->arg = q;
	r = conn_init(c, q->loop, *fd, err);
	if (r == 0)
		*fd = -1;
	return r;
}

static int spawn(struct qemu *q, const struct machine_spec *spec, struct sockets *s,
		 struct err *err)
{
	_cleanup_(strv_release) struct strv env = STRV_INIT;
	struct proc_spec ps = PROC_SPEC_INIT;
	int r;

	make_env(&env, spec->run_dir);
	ps.argv = q->base.argv.v;
	ps.env = env.v;
	ps.stdin_fd = s->theirs[QEMU_FD_UART_IN];
	ps.stdout_fd = s->theirs[QEMU_FD_UART_OUT];
	ps.stderr_fd = s->theirs[QEMU_FD_STDERR];
	ps.extra_fds = s->theirs + QEMU_FD_MONITOR;
	ps.n_extra_fds = QEMU_FD_END - QEMU_FD_MONITOR;
	q->proc.on_exit = on_exit_of_qemu;
	q->proc.arg = q;
	r = proc_spawn(&q->proc, q->loop, &ps, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT,
			       "there is no %s: install the package qemu-system-x86 (7.2 or newer)",
			       QEMU_PROGRAM);
	for (int i = 0; i < QEMU_FD_END; i++)
		cleanup_close(&s->theirs[i]);
	return r;
}

static bool output_closed(void *arg)
{
	const struct qemu *q = arg;

	return q->proc.exited && q->output.fd < 0;
}

static int too_old(long long major, long long minor, struct err *err)
{
	return err_set(err, ENOTSUP,
		       "%s is version %lld.%lld: install the package qemu-system-x86 in version "
		       "7.2 or newer",
		       QEMU_PROGRAM, major, minor);
}

static bool is_too_old(long long major, long long minor)
{
	return major < 7 || (major == 7 && minor < 2);
}

/* An old QEMU stumbles over an option long before its monitor could tell the version. */
static bool asks_old_version(struct loop *loop, int *ret_major, int *ret_minor)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4096);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status;

	spec.argv = (char *[]){QEMU_PROGRAM, "--version", NULL};
	return proc_run(loop, &spec, deadline_in(5 * SEC), &out, NULL, &status, NULL) == 0 &&
	       sscanf(strbuf_str(&out), "QEMU emulator version %d.%d", ret_major, ret_minor) == 2 &&
	       is_too_old(*ret_major, *ret_minor);
}

/* QEMU ended, or was slow: in its own words. */
static int explain_start(struct qemu *q, struct err *err)
{
	char words[400], how[100];
	int major, minor;

	loop_wait(q->loop, output_closed, q, deadline_in(SEC));
	if (!q->proc.exited)
		return err_wrap(err, "QEMU did not start");
	if (asks_old_version(q->loop, &major, &minor))
		return too_old(major, minor, err);
	last_words(q, words, sizeof(words));
	proc_status_text(q->proc.status, how, sizeof(how));
	return err_set(err, EIO, "QEMU did not start: %s (%s)", *words ? words : "no message", how);
}

/* Lines like "  TCP[HOST_FORWARD]  12       127.0.0.1 37223       10.0.2.15    22     0     0". */
static void parse_forwards(struct qemu *q, const char *text)
{
	for (const char *at = text; (at = strstr(at, "TCP[HOST_FORWARD]")); at++) {
		unsigned int host, guest;

		if (sscanf(at, "TCP[HOST_FORWARD] %*d %*s %u %*s %u", &host, &guest) == 2 &&
		    host <= UINT16_MAX && guest <= UINT16_MAX && q->n_forwards < FORWARD_MAX)
			q->forwards[q->n_forwards++] =
				(struct forward){(uint16_t)guest, (uint16_t)host};
	}
}

static int learn_forwards(struct qemu *q, const uint16_t *wanted, struct deadline d,
			  struct err *err)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};
	_autofree_ char *info = q->usernet ? usernet_info(q->usernet) : NULL;
	int r = 0;

	if (!wanted || !*wanted)
		return 0;
	if (!info)
		r = monitor_run_human(&q->monitor, "info usernet", &m, d, err);
	if (r < 0)
		return r;
	parse_forwards(q, info ? info : m.text);
	for (; *wanted; wanted++)
		if (!q->base.ops->port(&q->base, *wanted))
			return err_set(err, EIO, "QEMU forwards no port to the guest's port %u",
				       *wanted);
	return 0;
}

/* "disconnected:tcp:127.0.0.1:43045,server=on" */
static int learn_gdb_port(struct qemu *q, struct deadline d, struct err *err)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};
	int r = monitor_run(&q->monitor, "query-chardev", &m, d, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < qmp_length(&m, ""); i++) {
		char label[32], file[32];
		const char *s;

		snprintf(label, sizeof(label), "%zu.label", i);
		snprintf(file, sizeof(file), "%zu.filename", i);
		s = qmp_string(&m, label);
		if (!s || strcmp(s, "gdb") != 0)
			continue;
		s = qmp_string(&m, file);
		s = s ? strstr(s, "tcp:127.0.0.1:") : NULL;
		q->gdb_port = s ? (uint16_t)strtoul(s + strlen("tcp:127.0.0.1:"), NULL, 10) : 0;
	}
	return q->gdb_port ? 0 : err_set(err, EIO, "QEMU told no port for a debugger");
}

static int connect_all(struct qemu *q, const struct machine_spec *spec, struct sockets *s,
		       struct err *err)
{
	_autofree_ char *log = spec->run_dir ? path_join(spec->run_dir, "qmp.log") : NULL;
	struct deadline d = deadline_in(START_LIMIT);
	int r;

	r = attach(q, &q->output, &s->ours[QEMU_FD_STDERR], on_output, err);
	if (r == 0)
		r = spawn(q, spec, s, err);
	if (r < 0)
		return r;
	q->monitor.on_event = on_monitor_event;
	q->monitor.on_lost = on_monitor_lost;
	q->monitor.arg = q;
	r = monitor_init(&q->monitor, q->loop, TAKE_FD(s->ours[QEMU_FD_MONITOR]), log, err);
	if (r < 0)
		return r;
	r = monitor_handshake(&q->monitor, d, err);
	if (r == -EINTR)
		return r;
	if (r < 0)
		return explain_start(q, err);
	if (is_too_old(q->monitor.major, q->monitor.minor))
		return too_old(q->monitor.major, q->monitor.minor, err);
	if (spec->wake)
		r = qemu_wake(q, d, err);
	/* Waking, QEMU ends with a message when it cannot. */
	if (r < 0 && q->proc.exited)
		return explain_start(q, err);
	if (r == 0)
		r = learn_forwards(q, spec->forward, d, err);
	if (r == 0 && spec->gdb)
		r = learn_gdb_port(q, d, err);
	if (r == 0)
		r = attach(q, &q->uart, &s->ours[QEMU_FD_UART_OUT], on_console_data, err);
	if (r == 0)
		r = attach(q, &q->uart_in, &s->ours[QEMU_FD_UART_IN], NULL, err);
	if (r == 0)
		r = attach(q, &q->channel, &s->ours[QEMU_FD_CHANNEL], on_channel_data, err);
	if (r == 0 && s->ours[QEMU_FD_CONSOLE] >= 0)
		r = attach(q, &q->console, &s->ours[QEMU_FD_CONSOLE], on_console_data, err);
	return r;
}

int qemu_make_plan(struct loop *loop, const struct machine_spec *spec, struct qemu_plan *plan,
		   struct err *err)
{
	const char *name;
	size_t n = 0;
	int r;

	r = spec->kernel ? kernel_file_check(spec->kernel, &plan->kind, err) : 0;
	if (r < 0)
		return r;
	name = spec->profile
		       ? spec->profile
		       : profile_default(spec->kernel && plan->kind == KERNEL_PVH && !spec->initrd);
	plan->spec = spec;
	plan->profile = profile_find(name);
	if (!plan->profile)
		return err_usage(err, "there is no machine profile \"%s\"", name);
	while (spec->forward && spec->forward[n])
		n++;
	if (n > FORWARD_MAX)
		return err_usage(err, "at most %d ports can be forwarded", FORWARD_MAX);
	if (spec->initrd && (r = kernel_file_check_initrd(spec->initrd, err)) < 0)
		return r;
	if (spec->disk && access(spec->disk, R_OK) < 0)
		return err_usage(err, "cannot read disk %s: %s", spec->disk, strerror(errno));
	return accel_choose(loop, spec->accel, &plan->accel, NULL, err);
}

static void qemu_stop(struct machine *m)
{
	struct qemu *q = to_qemu(m);

	q->listener = (struct machine_listener){0};
	loop_timer_stop(&q->settle);
	proc_release(&q->proc);
	monitor_release(&q->monitor);
	conn_close(&q->uart);
	conn_close(&q->uart_in);
	conn_close(&q->channel);
	conn_close(&q->console);
	conn_close(&q->output);
	strbuf_release(&q->output_text);
	if (q->log_fd >= 0)
		close(q->log_fd);
	q->log_fd = -1;
	cleanup_close(&q->ram);
	qemu_forget_overlay(q);
	qemu_seed_stop(q);
}

static struct qemu *qemu_alloc(struct loop *loop, const struct qemu_plan *plan)
{
	struct qemu *q = xcalloc(1, sizeof(*q));

	q->base.ops = &qemu_ops;
	q->base.accel = plan->accel == ACCEL_KVM ? "kvm" : "tcg";
	q->base.profile = plan->profile->info.name;
	q->base.cpus = qemu_cpus(plan);
	q->base.cmdline = qemu_cmdline(plan);
	qemu_argv(plan, q->base.cmdline, &q->base.argv);
	q->loop = loop;
	q->log_fd = q->ram = q->overlay = -1;
	q->uart.gather_us = q->console.gather_us = CONSOLE_GATHER;
	q->uart.fd = q->uart_in.fd = -1;
	q->channel.fd = q->console.fd = q->output.fd = -1;
	strbuf_init(&q->output_text, STDERR_MAX);
	return q;
}

static int qemu_start(struct loop *loop, const struct machine_spec *spec,
		      const struct machine_listener *listener, struct machine **ret_machine,
		      struct err *err)
{
	_cleanup_(close_sockets) struct sockets sockets;
	struct qemu_plan plan = {0};
	struct qemu *q;
	int r;

	for (int i = 0; i < QEMU_FD_END; i++)
		sockets.ours[i] = sockets.theirs[i] = -1;
	r = qemu_make_plan(loop, spec, &plan, err);
	if (r == 0)
		r = qemu_seed_cd(&plan, err);
	if (r == 0)
		r = make_sockets(&sockets, &plan, err);
	if (r < 0) {
		free(plan.cd);
		return r;
	}
	if (spec->may_save && spec->disk)
		plan.overlay = path_join(spec->run_dir, "disk.qcow2");
	q = qemu_alloc(loop, &plan);
	q->overlay_path = plan.overlay;
	q->cd_path = plan.cd;
	r = open_log(q, spec->run_dir, err);
	if (r == 0)
		r = qemu_open_memory(q, &plan, sockets.theirs + QEMU_FD_RAM, err);
	if (r == 0)
		r = qemu_seed_start(q, &plan, &sockets.ours[QEMU_FD_NET], err);
	if (r == 0)
		r = connect_all(q, spec, &sockets, err);
	if (r < 0) {
		machine_free(&q->base);
		return r;
	}
	q->listener = *listener;
	if (q->pending != MACHINE_RUNNING)
		settle(q);
	*ret_machine = &q->base;
	return 0;
}

/* --- While it runs --- */

static int qemu_channel_write(struct machine *m, const void *data, size_t n)
{
	return conn_write(&to_qemu(m)->channel, data, n);
}

static int qemu_console_write(struct machine *m, const void *data, size_t n)
{
	struct qemu *q = to_qemu(m);

	return conn_write(q->console.fd >= 0 ? &q->console : &q->uart_in, data, n);
}

static uint16_t qemu_port(const struct machine *m, uint16_t guest_port)
{
	const struct qemu *q = to_qemu(m);

	for (size_t i = 0; i < q->n_forwards; i++)
		if (q->forwards[i].guest == guest_port)
			return q->forwards[i].host;
	return 0;
}

static uint16_t qemu_gdb_port(const struct machine *m)
{
	return to_qemu(m)->gdb_port;
}

static pid_t qemu_pid(const struct machine *m)
{
	return to_qemu(m)->proc.pid;
}

static bool qemu_channel_open(const struct machine *m)
{
	return to_qemu(m)->channel.fd >= 0;
}

static int qemu_run_state(struct machine *m, char *state, size_t room, struct deadline deadline,
			  struct err *err)
{
	_cleanup_(qmp_message_release) struct qmp_message answer = {0};
	int r = monitor_run(&to_qemu(m)->monitor, "query-status", &answer, deadline, err);
	const char *status;

	if (r < 0)
		return r;
	status = qmp_string(&answer, "status");
	snprintf(state, room, "%s", status ? status : "");
	return 0;
}

/*
 * A vCPU of the translator keeps its instruction pointer to itself while it runs through chained
 * blocks: stop it, look, let it go on. The three commands follow each other without a gap.
 */
static int qemu_sample_cpus(struct machine *m, struct machine_cpu_sample *samples, size_t *ret_n,
			    struct deadline deadline, struct err *err)
{
	_cleanup_(qmp_message_release) struct qmp_message answer = {0};
	struct qemu *q = to_qemu(m);
	bool running = q->pending == MACHINE_RUNNING;
	int r;

	q->sampling = true;
	if (running)
		monitor_send(&q->monitor, "stop");
	r = monitor_run_human(&q->monitor, "info registers -a", &answer, deadline, err);
	if (running)
		monitor_send(&q->monitor, "cont");
	q->sampling = false;
	if (r < 0)
		return err_wrap(err, "cannot read the CPUs' registers");
	*ret_n = registers_parse(answer.text, samples, *ret_n);
	return *ret_n ? 0 : err_set(err, EBADMSG, "QEMU told no registers");
}

const struct machine_ops qemu_ops = {
	.name = "qemu",
	.start = qemu_start,
	.stop = qemu_stop,
	.channel_write = qemu_channel_write,
	.console_write = qemu_console_write,
	.port = qemu_port,
	.gdb_port = qemu_gdb_port,
	.pid = qemu_pid,
	.channel_open = qemu_channel_open,
	.run_state = qemu_run_state,
	.snapshot_key = qemu_snapshot_key,
	.save = qemu_save,
	.sample_cpus = qemu_sample_cpus,
};
