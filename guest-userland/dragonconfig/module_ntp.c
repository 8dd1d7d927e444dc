/* SPDX-License-Identifier: MIT */
/*
 * ntp: the clock is set by one exchange with whichever server answers first.
 *
 * A process for each name, since looking one up cannot be cut short; whatever they do, a boot waits
 * no longer than for the first answer that holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "module.h"
#include "sntp.h"

#define PORT	  "123"
#define WAIT_US	  (6 * SEC)
#define AGAIN_US  (1 * SEC)
#define NAMES_MAX 8
#define ADDRS_MAX 4 /* of a name */
#define SMALL_US  1000

/* One process' word to the first. */
struct report {
	bool good;
	int64_t offset_us;
	char text[200];
};

static const char *const usual[] = {"0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org",
				    "3.pool.ntp.org"};

static int open_socket(const struct addrinfo *a, struct err *err)
{
	int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* Connected: nobody else's packets are seen. */
	if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	err_errno(err, errno, "it cannot be reached");
	cleanup_close(&fd);
	return -1;
}

/* One question, and answers until one holds or it is asked again. */
static int ask(int fd, int64_t *ret_offset_us, struct err *err)
{
	uint8_t packet[SNTP_SIZE], answer[512];
	struct sntp_asked asked = {.sent_us = (int64_t)wall_us()};
	uint64_t began = now_us();
	struct deadline d = deadline_in(AGAIN_US);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r = err_set(err, ETIMEDOUT, "it does not answer");

	if (getrandom(&asked.nonce, sizeof(asked.nonce), GRND_NONBLOCK) < 0)
		asked.nonce = began * 2654435761u ^ (uint64_t)asked.sent_us << 20;
	sntp_request(packet, asked.nonce);
	if (send(fd, packet, sizeof(packet), 0) < 0)
		r = err_errno(err, errno, "it cannot be reached");
	/* A host without such a server says so: later it may have one. */
	while (r < 0 && !deadline_passed(d) &&
	       poll(&p, 1, (int)(deadline_left(d) / 1000) + 1) > 0) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		asked.arrived_us = asked.sent_us + (int64_t)(now_us() - began);
		r = n < 0 ? err_errno(err, errno, "it cannot be reached")
			  : sntp_read(answer, (size_t)n, &asked, ret_offset_us, err);
		if (n < 0) {
			poll(NULL, 0, (int)(deadline_left(d) / 1000));
			break;
		}
	}
	return r;
}

static void exchange(const char *name, struct report *ret)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *all = NULL;
	struct err err = ERR_INIT;
	int fds[ADDRS_MAX], n = 0, r = getaddrinfo(name, PORT, &hints, &all);

	if (r != 0)
		err_set(&err, ENOENT, "its address is not known: %s", gai_strerror(r));
	for (struct addrinfo *a = all; a && n < ADDRS_MAX; a = a->ai_next) {
		fds[n] = open_socket(a, &err);
		n += fds[n] >= 0;
	}
	/* One that answers badly is not asked again; the others until the first process ends this.
	 */
	for (int i = 0; n && !ret->good; i = n ? (i + 1) % n : 0) {
		ret->good = ask(fds[i], &ret->offset_us, &err) == 0;
		if (!ret->good && err.code == EBADMSG)
			fds[i] = fds[--n];
	}
	snprintf(ret->text, sizeof(ret->text), "%.60s: %.130s", name,
		 ret->good ? "answered" : err.text);
}

struct asking {
	pid_t pids[NAMES_MAX];
	size_t n;
	int fd; /* where reports come */
};

static void start(struct asking *a, const struct strv *names)
{
	int fds[2];

	a->fd = -1;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return;
	a->fd = fds[0];
	for (size_t i = 0; i < names->n && i < NAMES_MAX; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct report r = {0};

			exchange(names->v[i], &r);
			_exit(write(fds[1], &r, sizeof(r)) == sizeof(r) ? 0 : 1);
		}
		if (pid > 0)
			a->pids[a->n++] = pid;
	}
	close(fds[1]);
}

static void stop(struct asking *a)
{
	for (size_t i = 0; i < a->n; i++) {
		kill(a->pids[i], SIGKILL);
		waitpid(a->pids[i], NULL, 0);
	}
	cleanup_close(&a->fd);
}

/* The first good report; false: there was none. */
static bool listen_for(struct asking *a, struct report *ret)
{
	struct deadline d = deadline_in(WAIT_US);
	struct pollfd p = {.fd = a->fd, .events = POLLIN};

	while (a->fd >= 0 && !deadline_passed(d)) {
		if (poll(&p, 1, (int)(deadline_left(d) / 1000) + 1) <= 0)
			continue;
		if (read(a->fd, ret, sizeof(*ret)) != sizeof(*ret))
			return false;
		status_log("ntp: %s", ret->text);
		if (ret->good)
			return true;
	}
	return false;
}

static void set_clock(int64_t offset_us)
{
	int64_t now = (int64_t)wall_us() + offset_us;
	struct timespec ts = {.tv_sec = now / 1000000, .tv_nsec = now % 1000000 * 1000};

	if (offset_us > -SMALL_US && offset_us < SMALL_US)
		status_log("ntp: the clock is right");
	else if (clock_settime(CLOCK_REALTIME, &ts) < 0)
		status_warn("ntp: the clock is off by %lld ms, and this kernel does not set it: %s",
			    (long long)offset_us / 1000, strerror(errno));
	else
		status_log("ntp: the clock was off by %lld ms", (long long)offset_us / 1000);
}

static void take_names(struct strv *to, const struct tree_node *list)
{
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		if (tree_text(list->items[i]))
			strv_push(to, tree_text(list->items[i]));
}

static void ntp(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "ntp");
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct asking asking = {0};
	struct report report;
	bool enabled = true, none;

	tree_bool(tree_get(own, "enabled"), &enabled);
	if (!own || !enabled)
		return;
	take_names(&names, tree_get(own, "servers"));
	take_names(&names, tree_get(own, "pools"));
	none = !names.n;
	for (size_t i = 0; none && i < ARRAY_SIZE(usual); i++)
		strv_push(&names, usual[i]);
	start(&asking, &names);
	if (listen_for(&asking, &report))
		set_clock(report.offset_us);
	else
		status_warn("ntp: no server has told a time that can be used");
	stop(&asking);
}

const struct module module_ntp = {"ntp", STAGE_CONFIG, FREQUENCY_INSTANCE, ntp};
