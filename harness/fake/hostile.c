/* SPDX-License-Identifier: MIT */
/*
 * hostile: a server that misbehaves in one way, for tests of clients.
 *
 *   hostile MODE PORT       listens on 127.0.0.1 until it is killed
 *
 * One thread a client is not needed: a forked child serves each.
 */
#include <poll.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(0);
}

/* Read until the client goes away. */
static void swallow(int fd)
{
	char buf[4096];

	while (recv(fd, buf, sizeof(buf), 0) > 0)
		;
}

static void hang(int fd)
{
	swallow(fd);
}

static void close_at_once(int fd)
{
}

/* After the first request where one comes: a reset that beats the handshake is another error to the
 * client. */
static void reset(int fd)
{
	struct linger l = {.l_onoff = 1};
	struct pollfd p = {.fd = fd, .events = POLLIN};

	poll(&p, 1, 300);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

static void garbage(int fd)
{
	uint32_t x = 12345;

	for (int i = 0; i < 4000; i++) {
		char block[64];

		for (size_t k = 0; k < sizeof(block); k++) {
			x = x * 1103515245u + 12345u;
			block[k] = (char)(x >> 16);
		}
		if (send(fd, block, sizeof(block), MSG_NOSIGNAL) < 0)
			_exit(0);
	}
	swallow(fd);
}

static void ssh_banner(int fd)
{
	say(fd, "SSH-2.0-hostile\r\n");
	swallow(fd);
}

static void ssh_garbage(int fd)
{
	say(fd, "SSH-2.0-hostile\r\n");
	garbage(fd);
}

static void endless_banner(int fd)
{
	for (;;)
		say(fd, "welcome to a banner that never ends\r\n");
}

static void half_body(int fd)
{
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
}

static void endless_header(int fd)
{
	say(fd, "HTTP/1.1 200 OK\r\n");
	for (;;)
		say(fd, "X-More: more and more and more\r\n");
}

static void endless_body(int fd)
{
	static char block[65536];

	say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
}

static const struct {
	const char *name;
	void (*serve)(int fd);
} modes[] = {
	{"hang", hang},
	{"close", close_at_once},
	{"reset", reset},
	{"garbage", garbage},
	{"ssh-banner", ssh_banner},
	{"ssh-garbage", ssh_garbage},
	{"endless-banner", endless_banner},
	{"half-body", half_body},
	{"endless-header", endless_header},
	{"endless-body", endless_body},
};

static int serve_all(int listener, void (*serve)(int))
{
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve(fd);
			_exit(0);
		}
		close(fd);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (argc != 3)
		return 2;
	signal(SIGCHLD, SIG_IGN);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(listener, 64) < 0)
		return 3;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, argv[1]))
			return serve_all(listener, modes[i].serve);
	fprintf(stderr, "unknown mode %s\n", argv[1]);
	return 2;
}
