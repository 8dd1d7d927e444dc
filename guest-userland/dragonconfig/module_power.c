/* SPDX-License-Identifier: MIT */
/*
 * power_state: the machine goes off, halts or begins anew once all is done.
 *
 * A process of its own waits for this one to end, so that status and the line for programs are
 * there first. A program of that name ends services in its way; where there is none, or it does
 * nothing, the kernel is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "command.h"
#include "console.h"
#include "module.h"

#define TIMEOUT_S   30
#define SERVICES_US (60 * SEC) /* to end, from the program on */
#define DELAY_MAX   (60 * 24 * 365)
#define MS_OF(us)   ((us) / 1000 < 60000 ? (int)((us) / 1000) : 60000)

static const struct power_mode {
	const char *name;
	int command;
} modes[] = {
	{"poweroff", RB_POWER_OFF},
	{"halt", RB_HALT_SYSTEM},
	{"reboot", RB_AUTOBOOT},
};

struct power {
	const struct power_mode *mode;
	const char *message; /* NULL: none */
	const struct tree_node *condition;
	const char *instance;
	uint64_t delay_us, timeout_us;
};

static void wait_until(struct deadline d)
{
	while (!deadline_passed(d))
		poll(NULL, 0, MS_OF(deadline_left(d)) + 1);
}

/* Its end of the pipe closes with it. */
static void wait_for_init(int fd, uint64_t timeout_us)
{
	struct deadline d = deadline_in(timeout_us);
	struct pollfd p = {.fd = fd};

	while (!deadline_passed(d) && poll(&p, 1, MS_OF(deadline_left(d)) + 1) <= 0)
		;
}

/* true, false, a line of shell, or a command and its arguments. */
static bool holds(const struct power *p)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	bool holds = true;
	int status;

	if (!p->condition || tree_bool(p->condition, &holds))
		return holds;
	if (tree_text(p->condition)) {
		strv_push(&argv, "/bin/sh");
		strv_push(&argv, "-c");
		strv_push(&argv, tree_text(p->condition));
	}
	for (size_t i = 0; p->condition->kind == TREE_LIST && i < p->condition->n; i++)
		if (tree_text(p->condition->items[i]))
			strv_push(&argv, tree_text(p->condition->items[i]));
	status = argv.n ? command_run(p->instance, argv.v) : -EINVAL;
	if (status < 0)
		status_warn("power_state: condition: it cannot be run: %s", strerror(-status));
	return status == 0;
}

static bool run_program(const struct power *p)
{
	static const char *const folders[] = {"/sbin", "/usr/sbin", "/bin", "/usr/bin"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_autofree_ char *path = path_join(folders[i], p->mode->name);

		if (file_exists(path))
			return command_run(p->instance, (char *[]){path, NULL}) == 0;
	}
	return false;
}

static void act(const struct power *p)
{
	if (!holds(p)) {
		status_log("power_state: the condition does not hold: no %s", p->mode->name);
		return;
	}
	wait_until(deadline_in(p->delay_us));
	if (p->message) {
		_autofree_ char *line = xasprintf("%s\n", p->message);

		console_say(line);
	}
	status_log("power_state: %s", p->mode->name);
	sync();
	if (run_program(p))
		wait_until(deadline_in(SERVICES_US));
	sync();
	if (reboot(p->mode->command) < 0)
		status_warn("power_state: the kernel does not %s: %s", p->mode->name,
			    strerror(errno));
}

/* "now", "+MINUTES" or minutes. */
static bool read_delay(const char *text, uint64_t *ret_us)
{
	unsigned long minutes;
	char *end;

	*ret_us = 0;
	if (!text || strcmp(text, "now") == 0)
		return true;
	text += *text == '+';
	minutes = strtoul(text, &end, 10);
	*ret_us = minutes * 60 * SEC;
	return *text >= '0' && *text <= '9' && !*end && minutes <= DELAY_MAX;
}

static bool read_power(struct power *p, const struct tree_node *own)
{
	const char *mode = tree_get_text(own, "mode");
	int64_t timeout = TIMEOUT_S;

	for (size_t i = 0; mode && i < ARRAY_SIZE(modes); i++)
		if (strcmp(mode, modes[i].name) == 0)
			p->mode = &modes[i];
	if (!p->mode) {
		status_warn("power_state: line %u: mode must be poweroff, halt or reboot",
			    own->line);
		return false;
	}
	if (!read_delay(tree_get_text(own, "delay"), &p->delay_us)) {
		status_warn("power_state: line %u: delay must be now or +MINUTES", own->line);
		return false;
	}
	tree_int(tree_get(own, "timeout"), &timeout);
	p->timeout_us = timeout < 0 ? 0 : timeout > 86400 ? 86400 * SEC : (uint64_t)timeout * SEC;
	p->message = tree_get_text(own, "message");
	p->condition = tree_get(own, "condition");
	return true;
}

/* Away from whoever started init and waits for its output to end. */
static void detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
}

static void power(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "power_state");
	struct power p = {.instance = c->state->id};
	int fds[2];
	pid_t pid;

	if (!own || own->kind != TREE_MAP || !read_power(&p, own))
		return;
	/* The other end stays open until this process ends. */
	if (pipe2(fds, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		status_warn("power_state: %s", strerror(errno));
		return;
	}
	if (pid > 0) {
		close(fds[0]);
		return;
	}
	close(fds[1]);
	detach();
	wait_for_init(fds[0], p.timeout_us);
	act(&p);
	_exit(0);
}

const struct module module_power = {"power_state_change", STAGE_FINAL, FREQUENCY_INSTANCE, power};
