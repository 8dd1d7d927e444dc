/* SPDX-License-Identifier: MIT */
#include "dhcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "dhcp4.h"
#include "resolv.h"
#include "rtnl.h"
#include "status.h"

#define RUN_DIR "/run/dragonconfig"
/* A flood does not keep it from acting when it is due. */
#define FRAMES_MAX 64

struct session {
	const struct dhcp_options *o;
	struct dhcp4_client client;
	struct rtnl rtnl;
	int fd;	    /* of packets; -1: nobody listens */
	int udp;    /* of a renewal; -1: none */
	int notify; /* told of the first lease; -1: nobody */
	int leash;  /* a byte comes: it is to end; -1: nobody will say so */
	bool has, is_over;
	struct net_addr addr; /* in use */
};

/* Processes that this one began. */
static struct running {
	char name[IFNAMSIZ];
	pid_t pid;
	int fd;	      /* its word about the first lease; -1: it has said it */
	int leash[2]; /* a byte ends it; its end is kept too, so that writing to it is safe */
	int result;
	uint64_t began_us;
} running[8];

static void told(int rc, const struct err *err)
{
	if (rc < 0)
		status_log("dhcp: %s", err->text);
}

static int open_packets(struct session *s, struct err *err)
{
	struct sockaddr_ll local = {.sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_IP),
				    .sll_ifindex = s->o->index};

	if (s->fd >= 0)
		return 0;
	s->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return err_errno(err, errno, "%s: packet socket", s->o->name);
	if (bind(s->fd, (struct sockaddr *)&local, sizeof(local)) < 0) {
		int code = errno;

		cleanup_close(&s->fd);
		s->fd = -1;
		return err_errno(err, code, "%s: packet socket", s->o->name);
	}
	return 0;
}

static void close_packets(struct session *s)
{
	cleanup_close(&s->fd);
	cleanup_close(&s->udp);
	s->fd = s->udp = -1;
}

/* To the server alone, along the kernel's routes; kept open so that its answer finds somebody. */
static int send_to_server(struct session *s, const uint8_t *frame, size_t n)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(68)};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(67)};

	memcpy(&from.sin_addr, s->client.lease.addr.bytes, 4);
	memcpy(&to.sin_addr, s->client.lease.server.bytes, 4);
	if (s->udp < 0) {
		s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (s->udp < 0)
			return -errno;
		setsockopt(s->udp, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
		setsockopt(s->udp, SOL_SOCKET, SO_BINDTODEVICE, s->o->name, IFNAMSIZ);
		if (bind(s->udp, (struct sockaddr *)&from, sizeof(from)) < 0)
			return -errno;
	}
	if (sendto(s->udp, frame + DHCP4_HEADERS, n - DHCP4_HEADERS, 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}

/* To everybody on the link, whoever the IP packet is for: no neighbour needs to be known. What is
 * lost is sent again when it is due. */
static void send_frame(struct session *s, const uint8_t *frame, size_t n)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_IP),
				 .sll_ifindex = s->o->index,
				 .sll_halen = 6};

	if (s->client.state == DHCP4_RENEWING && send_to_server(s, frame, n) == 0)
		return;
	memset(to.sll_addr, 255, 6);
	if (sendto(s->fd, frame, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		status_log("dhcp: %s: send: %s", s->o->name, strerror(errno));
}

static void set_resolvers(const struct session *s, const struct dhcp4_lease *l)
{
	_cleanup_(strv_release) struct strv servers = STRV_INIT, search = STRV_INIT;
	_autofree_ char *origin = xasprintf("10-%s", s->o->name);
	struct err err = ERR_INIT;

	for (size_t i = 0; l && i < l->n_dns; i++) {
		char text[NET_ADDR_TEXT_MAX];

		strv_push(&servers, net_addr_text(&l->dns[i], false, text));
	}
	if (l && l->domain[0])
		strv_push(&search, l->domain);
	told(resolv_put(origin, &servers, &search, &err), &err);
}

static void drop(struct session *s)
{
	struct err err = ERR_INIT;

	if (!s->has)
		return;
	/* The kernel may have taken it away by itself. */
	rtnl_del_addr(&s->rtnl, s->o->index, &s->addr, &err);
	if (s->o->dns)
		set_resolvers(s, NULL);
	s->has = false;
	status_log("dhcp: %s: the lease is lost", s->o->name);
}

static void set_routes(struct session *s, const struct dhcp4_lease *l)
{
	/* On-link ones first: others lead through them. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < l->n_routes; i++) {
			struct rtnl_route r = {.index = s->o->index,
					       .to = l->routes[i].to,
					       .via = l->routes[i].via,
					       .metric = s->o->metric};
			struct err err = ERR_INIT;

			if ((r.via.family != AF_UNSPEC) == (pass == 1))
				told(rtnl_add_route(&s->rtnl, &r, l->routes[i].onlink, &err), &err);
		}
}

static void set_lease(struct session *s)
{
	const struct dhcp4_lease *l = &s->client.lease;
	const struct rtnl_link link = {.index = s->o->index};
	uint32_t valid = l->lease_s == DHCP4_FOREVER ? 0 : l->lease_s;
	char text[NET_ADDR_TEXT_MAX];
	struct err err = ERR_INIT;

	if (s->has && !net_addr_equal(&s->addr, &l->addr))
		drop(s);
	if (l->mtu)
		told(rtnl_set_mtu(&s->rtnl, &link, l->mtu, &err), &err);
	told(rtnl_add_addr(&s->rtnl, s->o->index, &l->addr, valid, &err), &err);
	if (s->o->routes)
		set_routes(s, l);
	if (s->o->dns)
		set_resolvers(s, l);
	status_log("dhcp: %s: %s for %u s", s->o->name, net_addr_text(&l->addr, true, text),
		   l->lease_s);
	s->has = true;
	s->addr = l->addr;
}

static void handle(struct session *s, enum dhcp4_event event)
{
	if (event == DHCP4_LOST)
		drop(s);
	if (event != DHCP4_LEASE)
		return;
	set_lease(s);
	close_packets(s);
	if (s->notify >= 0) {
		fd_write_all(s->notify, "0", 1);
		cleanup_close(&s->notify);
		s->notify = -1;
	}
}

static void receive(struct session *s)
{
	uint8_t frame[DHCP4_FRAME_MAX];

	for (int i = 0; i < FRAMES_MAX && s->fd >= 0; i++) {
		ssize_t n = recv(s->fd, frame, sizeof(frame), 0);

		if (n <= 0)
			return;
		handle(s, dhcp4_take(&s->client, now_us(), frame, (size_t)n));
	}
}

/* Who began this process may end without a word. */
static void on_leash(struct session *s)
{
	char byte;

	s->is_over = read(s->leash, &byte, 1) == 1;
	cleanup_close(&s->leash);
}

/* Until something comes or it is due. */
static void wait_for_it(struct session *s, uint64_t until_us)
{
	struct pollfd p[] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->leash, .events = POLLIN}};
	uint64_t due = s->client.due_us;

	if (!s->has && until_us < due)
		due = until_us;
	if (poll(p, ARRAY_SIZE(p), deadline_poll_ms((struct deadline){due})) <= 0)
		return;
	if (p[1].revents)
		on_leash(s);
	if (p[0].revents)
		receive(s);
}

static int loop(struct session *s, uint64_t until_us, struct err *err)
{
	for (;;) {
		uint8_t frame[DHCP4_FRAME_MAX];
		size_t n;

		handle(s, dhcp4_act(&s->client, now_us(), frame, &n));
		if (n) {
			int rc = open_packets(s, err);

			if (rc < 0)
				return rc;
			send_frame(s, frame, n);
		}
		wait_for_it(s, until_us);
		if (s->is_over)
			return err_set(err, EINTR, "%s: DHCP is to end", s->o->name);
		if (s->has && s->o->once)
			return 0;
		if (!s->has && now_us() >= until_us)
			return err_set(err, ETIMEDOUT, "%s: no DHCP server answers", s->o->name);
	}
}

/* notify, leash: -1: none. */
static int run(const struct dhcp_options *o, uint64_t until_us, int notify, int leash,
	       struct err *err)
{
	struct session s = {
		.o = o, .rtnl.fd = -1, .fd = -1, .udp = -1, .notify = notify, .leash = leash};
	struct rtnl_link link = {.index = o->index};
	uint32_t xid = 0;
	int rc = rtnl_open(&s.rtnl, err);

	if (rc < 0)
		return rc;
	memcpy(link.name, o->name, sizeof(link.name));
	told(rtnl_set_up(&s.rtnl, &link, err), err);
	if (getrandom(&xid, sizeof(xid), GRND_NONBLOCK) != sizeof(xid))
		xid = (uint32_t)now_us();
	dhcp4_init(&s.client, o->mac, xid, now_us());
	rc = loop(&s, until_us, err);
	if (s.is_over) {
		drop(&s);
		told(rtnl_set_down(&s.rtnl, &link, err), err);
	}
	close_packets(&s);
	rtnl_close(&s.rtnl);
	return rc;
}

int dhcp_run(const struct dhcp_options *o, uint64_t until_us, struct err *err)
{
	return run(o, until_us, -1, -1, err);
}

/* false: another process has this interface. The lock goes with the process. */
static bool lock_interface(const char *name)
{
	_autofree_ char *path = xasprintf(RUN_DIR "/dhcp-%s.lock", name);
	int fd;

	mkdir_p(RUN_DIR, NULL);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	return fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;
}

_Noreturn static void child(const struct dhcp_options *o, int notify, int leash)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct err err = ERR_INIT;

	setsid();
	/* Who waited may be gone when the lease comes. */
	signal(SIGPIPE, SIG_IGN);
	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	if (!lock_interface(o->name)) {
		fd_write_all(notify, "0", 1);
		_exit(0);
	}
	told(run(o, UINT64_MAX, notify, leash, &err), &err);
	_exit(1);
}

static struct running *find_running(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(running); i++)
		if (running[i].pid && strcmp(running[i].name, name) == 0)
			return &running[i];
	return NULL;
}

bool dhcp_is_running(const char *name)
{
	return find_running(name) != NULL;
}

static struct running *free_place(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(running); i++)
		if (!running[i].pid)
			return &running[i];
	return NULL;
}

int dhcp_begin(const struct dhcp_options *o, int *ret_fd, struct err *err)
{
	struct running *r = find_running(o->name);
	int word[2], leash[2] = {-1, -1}, code = EMFILE;
	pid_t pid = -1;

	if (r) {
		*ret_fd = r->fd;
		return 0;
	}
	r = free_place();
	if (!r)
		return err_set(err, EMFILE, "%s: too many interfaces ask by DHCP", o->name);
	if (pipe2(word, O_CLOEXEC) < 0)
		return err_errno(err, errno, "pipe");
	if (pipe2(leash, O_CLOEXEC) == 0) {
		pid = fork();
		if (pid == 0) {
			close(word[0]);
			close(leash[1]);
			child(o, word[1], leash[0]);
		}
		code = errno;
	}
	close(word[1]);
	if (pid < 0) {
		cleanup_close(&word[0]);
		cleanup_close(&leash[0]);
		cleanup_close(&leash[1]);
		return err_errno(err, code, "%s: DHCP", o->name);
	}
	*r = (struct running){.pid = pid, .fd = word[0], .began_us = now_us()};
	memcpy(r->leash, leash, sizeof(leash));
	memcpy(r->name, o->name, sizeof(r->name));
	*ret_fd = r->fd;
	return 0;
}

int dhcp_answer(const char *name, struct err *err)
{
	struct running *r = find_running(name);
	struct pollfd p = {.fd = r ? r->fd : -1, .events = POLLIN};
	char answer;

	if (!r)
		return err_set(err, ESRCH, "%s: nobody asks by DHCP", name);
	if (r->fd >= 0 && poll(&p, 1, 0) <= 0)
		return err_set(err, EAGAIN, "%s: no DHCP server has answered yet", name);
	if (r->fd >= 0)
		r->result = read(r->fd, &answer, 1) == 1 ? 0 : -EIO;
	cleanup_close(&r->fd);
	return r->result == 0 ? 0
			      : err_set(err, EIO, "%s: DHCP cannot be spoken, see the log", name);
}

int dhcp_start(const struct dhcp_options *o, uint64_t until_us, struct err *err)
{
	struct running *r = find_running(o->name);
	uint64_t now = now_us();
	struct pollfd p = {.events = POLLIN};
	int rc;

	if (r && until_us > now)
		until_us = r->began_us + (until_us - now);
	rc = dhcp_begin(o, &p.fd, err);
	if (rc < 0)
		return rc;
	if (p.fd >= 0)
		poll(&p, 1, deadline_poll_ms((struct deadline){until_us}));
	rc = dhcp_answer(o->name, err);
	return rc == -EAGAIN
		       ? err_set(err, ETIMEDOUT, "%s: no DHCP server has answered yet", o->name)
		       : rc;
}

void dhcp_stop(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(running); i++) {
		struct running *r = &running[i];

		if (!r->pid || (name && strcmp(r->name, name) != 0))
			continue;
		if (write(r->leash[1], "0", 1) != 1)
			kill(r->pid, SIGKILL);
		while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
			;
		cleanup_close(&r->fd);
		cleanup_close(&r->leash[0]);
		cleanup_close(&r->leash[1]);
		r->pid = 0;
	}
}
