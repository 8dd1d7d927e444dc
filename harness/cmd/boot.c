/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "cmd/args.h"
#include "cmd/single.h"
#include "wire/escape.h"

#define ESCAPE_KEY 0x1d /* Ctrl-] */

enum { OPT_SHELL = 1000, OPT_GDB };

struct request {
	struct session session;
	bool shell, gdb;
};

static const struct argp_option options[] = {
	{"shell", OPT_SHELL, NULL, 0, "then give a shell on the guest's console; Ctrl-] leaves it"},
	{"gdb", OPT_GDB, NULL, 0, "stop before the first instruction and wait for gdb"},
	{0},
};
static const struct argp_child children[] = {{&args_boot, 0, "", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &r->session;
		return 0;
	case OPT_SHELL:
		r->shell = true;
		return 0;
	case OPT_GDB:
		r->gdb = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void to_stdout(void *arg, const char *data, size_t n)
{
	fd_write_all(STDOUT_FILENO, data, n);
}

/* The console's bare name, from the words that the kernel was given. */
static char *console_device(struct guest *g)
{
	const char *word = strstr(machine_cmdline(g->machine), "console=");

	if (!word)
		return xstrdup("/dev/ttyS0");
	word += strlen("console=");
	return xasprintf("/dev/%.*s", (int)strcspn(word, " ,"), word);
}

struct terminal {
	struct guest *guest;
	struct loop_fd watch;
	bool leave;
};

static void on_key(void *arg, unsigned int events)
{
	struct terminal *t = arg;
	char buf[256];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n <= 0 || memchr(buf, ESCAPE_KEY, (size_t)n)) {
		t->leave = true;
		return;
	}
	machine_console_write(t->guest->machine, buf, (size_t)n);
}

static bool has_left(void *arg)
{
	return ((struct terminal *)arg)->leave;
}

static int shell(struct guest *g, struct err *err)
{
	static const char script[] =
		"for s in /bin/bash /bin/sh /bin/busybox; do [ -x $s ] && break; done; "
		"exec setsid -c sh -i <\"$0\" >\"$0\" 2>&1";
	_autofree_ char *tty = console_device(g);
	struct chan_exec exec = {.argv = (char *[]){"/bin/sh", "-c", (char *)script, tty, NULL},
				 .env = (char *[]){"TERM=linux", "HOME=/root", NULL},
				 .detach = true};
	struct terminal t = {.guest = g};
	struct termios saved, raw;
	bool is_tty = tcgetattr(STDIN_FILENO, &saved) == 0;
	int pid, r;

	r = chan_spawn(g->chan, &exec, &pid, guest_deadline(g, 10 * SEC), err);
	if (r < 0)
		return r;
	fprintf(stderr, "[shell on %s; Ctrl-] leaves]\r\n", tty);
	if (is_tty) {
		raw = saved;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	loop_fd_start(g->loop, &t.watch, STDIN_FILENO, LOOP_READ, on_key, &t);
	r = guest_wait(g, has_left, &t, DEADLINE_NEVER);
	loop_fd_stop(&t.watch);
	if (is_tty)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	fputs("\n", stderr);
	return r == -EPIPE ? 0 : r;
}

static void tell_facts(struct guest *g)
{
	static const char *const keys[] = {"release", "version", "machine",
					   "cpus",    "mem_kib", "channel"};

	fprintf(stderr, "hello after %.0f ms (%s, profile %s)\n", (double)g->hello_us / 1000,
		machine_accel_used(g->machine), machine_profile_used(g->machine));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = chan_fact(g->chan, keys[i]);
		_autofree_ char *safe =
			escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, value ? value : "?");

		log_info("  %-8s %s", keys[i], safe);
	}
}

static int boot(struct request *req, struct single *s, struct store *store, struct err *err)
{
	int r;

	s->worker.gdb = req->gdb;
	s->worker.on_console = to_stdout;
	r = single_boot(s, store, err);
	if (r == -ENODEV) {
		_autofree_ char *safe =
			escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, strbuf_str(&s->reason));

		log_error("%s: %s", verdict_name(s->verdict), safe);
		r = single_tell(s, store, s->verdict, strbuf_str(&s->reason), NULL, err);
		return r < 0 ? r : verdict_is_infra(s->verdict) ? 3 : 1;
	}
	if (r < 0)
		return r;
	tell_facts(s->guest);
	r = single_tell(s, store, VERDICT_PASS, "", NULL, err);
	if (r == 0 && req->shell)
		r = shell(s->guest, err);
	guest_shutdown(TAKE(s->guest));
	return r;
}

static int execute(struct request *req, struct err *err)
{
	bool kut = req->session.request.kernel != NULL;
	struct single s = {0};
	struct store *store = NULL;
	struct loop *loop = NULL;
	int r = single_loop(&loop, err);

	if (r == 0)
		r = single_plan(&s, loop, &req->session, kut, "boot", err);
	if (r == 0)
		r = single_open(&req->session, &store, err);
	if (r == 0)
		r = boot(req, &s, store, err);
	if (r >= 0) {
		store_set_fact(store, "state", "finished", NULL);
		fprintf(stderr, "evidence: %s\n", store_dir(store));
	}
	single_release(&s);
	store_close(store);
	loop_free(loop);
	return r;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Boot a kernel (the reference without --kernel), show its console until the "
		       "agent answers, and "
		       "power off; or give a shell.",
		.children = children,
	};
	struct request req = {0};
	struct err err = ERR_INIT;
	int r;

	session_init(&req.session);
	argp_parse(&argp, argc, argv, 0, NULL, &req);
	r = execute(&req, &err);
	session_release(&req.session);
	return r < 0 ? verb_fail(&err) : r;
}

const struct verb verb_boot = {
	.name = "boot",
	.brief = "boot a kernel; --shell gives a console, --gdb waits for a debugger",
	.run = run,
};
