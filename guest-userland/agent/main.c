/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define BEAT_US	  500000u
#define REOPEN_US 500000u

static int wake_pipe[2] = {-1, -1};

static void on_child(int signo)
{
	int error = errno;

	if (write(wake_pipe[1], "", 1) < 0)
		errno = error;
	errno = error;
}

/* A handler, unlike SIG_IGN, is gone after exec. */
static void on_pipe(int signo)
{
}

static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

/* A PID 1 may be started without any descriptor. */
static void fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 3)
		close(fd);
}

static void catch_signals(void)
{
	struct sigaction child = {.sa_handler = on_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
	struct sigaction pipe_sa = {.sa_handler = on_pipe, .sa_flags = SA_RESTART};

	if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		hello_trouble("pipe2", errno);
	if (sigaction(SIGCHLD, &child, NULL) < 0)
		hello_trouble("sigaction", errno);
	sigaction(SIGPIPE, &pipe_sa, NULL);
}

/* ---- orders from the host ---- */

static void do_cancel(const struct msg *m)
{
	uint64_t id;

	if (!msg_get_u64(m, "id", &id))
		return;
	job_cancel(id);
	file_cancel(id);
}

static void do_ping(const struct msg *m)
{
	uint64_t id;

	if (msg_get_u64(m, "id", &id))
		line_ok(id);
}

static void do_poweroff(const struct msg *m)
{
	do_ping(m);
	boot_end(false);
}

static void do_reboot(const struct msg *m)
{
	do_ping(m);
	boot_end(true);
}

static const struct order {
	const char *op;
	void (*fn)(const struct msg *m);
} orders[] = {
	{"exec", job_exec},	   {"stdin", job_stdin},  {"cancel", do_cancel},
	{"signal", job_signal},	   {"put", file_put},	  {"data", file_data},
	{"end", file_end},	   {"get", file_get},	  {"ping", do_ping},
	{"poweroff", do_poweroff}, {"reboot", do_reboot}, {"keep", wake_keep},
	{"woken", wake_up},
};

static void obey(const struct msg *m)
{
	uint64_t id = 0;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (msg_is(m, "op", orders[i].op)) {
			orders[i].fn(m);
			return;
		}
	msg_get_u64(m, "id", &id);
	line_error(id, ENOSYS, "unknown order");
}

/* ---- the loop ---- */

static int poll_ms(uint64_t now, uint64_t beat_at)
{
	uint64_t at = beat_at, t = line_wakeup();

	at = t < at ? t : at;
	t = job_wakeup(now);
	at = t < at ? t : at;
	return at <= now ? 0 : (int)((at - now + 999) / 1000);
}

/* True when a child may have ended. */
static bool wait_events(uint64_t now, uint64_t beat_at, bool hurry)
{
	struct pollfd fds[POLL_MAX];
	size_t n = 0;
	char drop[64];
	bool child = false;
	int r;

	fds[n++] = (struct pollfd){.fd = wake_pipe[0], .events = POLLIN};
	fds[n++] = (struct pollfd){.fd = line_fd(),
				   .events = (short)(POLLIN | (line_wants_write() ? POLLOUT : 0))};
	n += job_poll(fds + n, POLL_MAX - n);
	r = poll(fds, n, hurry ? 0 : poll_ms(now, beat_at));
	if (r <= 0)
		return true;
	now = clock_now();
	if (fds[0].revents) {
		child = true;
		(void)!read(wake_pipe[0], drop, sizeof(drop));
	}
	if (fds[1].revents)
		line_receive(now);
	job_events(fds + 2, n - 2, now);
	/* A pipe that has ended means that its program is about to. */
	for (size_t i = 2; i < n; i++)
		child |= (fds[i].revents & POLLHUP) != 0;
	return child;
}

static void run(const char *const *candidates, bool service)
{
	uint64_t beat_at = 0;
	bool child = true;

	for (;;) {
		uint64_t now = clock_now();
		struct msg m;
		bool more;

		if (now >= beat_at) {
			beat_at = now + BEAT_US;
			line_beat(now);
		}
		while (line_take(&m, now))
			obey(&m);
		job_step(child, now);
		more = file_step();
		line_flush(now);
		if (line_is_lost()) {
			if (service)
				_exit(1);
			poll(NULL, 0, REOPEN_US / 1000);
			line_open(candidates);
		}
		child = wait_events(now, beat_at, more && !line_wants_write());
	}
}

static void usage(void)
{
	say("usage: agent [--service] [--channel DEVICE] [--cooked]\n"
	    "  as PID 1: sets the machine up, then serves the channel\n");
	_exit(2);
}

int main(int argc, char **argv)
{
	static char word[128];
	static const char *candidates[] = {NULL,	"/dev/hvc1",  "/dev/ttyS1",
					   "/dev/hvc0", "/dev/ttyS0", NULL};
	bool service = getpid() != 1;
	const char *const *list = candidates + 1;

	if (!service) {
		boot_mounts();
	}
	fill_standard_fds();
	/* Arguments of a PID 1 may be stray words of the kernel's command line. */
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--channel") == 0 && i + 1 < argc)
			candidates[0] = argv[++i];
		else if (strcmp(argv[i], "--cooked") == 0)
			line_leave_cooked();
		else if (strcmp(argv[i], "--service") != 0 && service)
			usage();
	}
	if (!candidates[0] && boot_word("harness.channel", word, sizeof(word)))
		candidates[0] = word;
	if (candidates[0])
		list = candidates;
	if (candidates[0] && service)
		candidates[1] = NULL;
	catch_signals();
	if (!service)
		boot_network();
	hello_measure(false);
	while (line_open(list) < 0) {
		say("agent: no channel device can be opened\n");
		if (service)
			return 1;
		poll(NULL, 0, 1000);
	}
	line_new_session();
	run(list, service);
}
