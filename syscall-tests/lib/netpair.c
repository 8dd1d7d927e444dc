/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

struct sockaddr_in loop4(unsigned port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

struct sockaddr_in6 loop6(unsigned port)
{
	return (struct sockaddr_in6){.sin6_family = AF_INET6,
				     .sin6_port = htons((uint16_t)port),
				     .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

static int bound(int type, struct sockaddr_in *ret_addr)
{
	struct sockaddr_in sa = loop4(0);
	socklen_t len = sizeof(*ret_addr);
	int fd = (int)SETUP_OK(socket(AF_INET, type | SOCK_CLOEXEC, 0));

	SETUP_OK(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)ret_addr, &len));
	SETUP(ret_addr->sin_port != 0, "bind to port 0 gave no port");
	return fd;
}

int tcp_bound(struct sockaddr_in *ret_addr)
{
	return bound(SOCK_STREAM, ret_addr);
}

int udp_bound(struct sockaddr_in *ret_addr)
{
	return bound(SOCK_DGRAM, ret_addr);
}

int tcp_listener(int backlog, struct sockaddr_in *ret_addr)
{
	int fd = tcp_bound(ret_addr);

	SETUP_OK(listen(fd, backlog));
	return fd;
}

static int connected(int type, const struct sockaddr_in *addr)
{
	int fd = (int)SETUP_OK(socket(AF_INET, type | SOCK_CLOEXEC, 0));

	SETUP_OK(connect(fd, (const struct sockaddr *)addr, sizeof(*addr)));
	return fd;
}

int tcp_connected(const struct sockaddr_in *addr)
{
	return connected(SOCK_STREAM, addr);
}

int udp_connected(const struct sockaddr_in *addr)
{
	return connected(SOCK_DGRAM, addr);
}

void udp_pair(int ret_fd[2])
{
	struct sockaddr_in addr;

	ret_fd[0] = udp_bound(&addr);
	ret_fd[1] = udp_connected(&addr);
}

void tcp_pair(int ret_fd[2])
{
	struct sockaddr_in addr;
	int listener = tcp_listener(4, &addr);

	ret_fd[1] = tcp_connected(&addr);
	SETUP(wait_events(listener, POLLIN) & POLLIN, "a connection was not there to accept");
	ret_fd[0] = (int)SETUP_OK(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	SETUP_OK(close(listener));
}

int opt_set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

int opt_get(int fd, int level, int name)
{
	int value = -77;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len))
		return -1;
	return value;
}

void expect_joined(int from, int to)
{
	char c = 0;

	EXPECT_EQ(write(from, "j", 1), 1);
	EXPECT(read_full(to, &c, 1) == 1 && c == 'j',
	       "what is written to one end of the connection does not arrive at the other");
}
