/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

struct echo {
	struct icmphdr head;
	char data[8];
};

static struct sockaddr_in addr;
static int fd;

static void setup(void)
{
	char text[4] = "";
	int sysctl = open("/proc/sys/net/ipv4/icmp_echo_ignore_all", O_RDONLY | O_CLOEXEC);

	if (sysctl >= 0 && read(sysctl, text, sizeof(text)) > 0 && text[0] != '0')
		probe_skip("echo requests are ignored here");
	addr = loop4(0);
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (fd < 0 && errno == EPERM)
		probe_skip("root may not open raw sockets here");
	SETUP(fd >= 0, "socket: %s", errno_name(errno));
}

static uint16_t checksum(const struct echo *echo)
{
	const unsigned char *p = (const unsigned char *)echo;
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof(*echo); i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t) ~(sum + (sum >> 16)));
}

/* Takes packets until an echo reply with our identifier; false when none comes any more. */
static bool take_reply(struct echo *ret_echo)
{
	while (wait_events(fd, POLLIN) & POLLIN) {
		unsigned char packet[256];
		struct ip ip;
		ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);

		REQUIRE(n >= (ssize_t)sizeof(ip), "recv gave %zd, %s", n, errno_name(errno));
		memcpy(&ip, packet, sizeof(ip));
		REQUIRE(ip.ip_v == 4 && ip.ip_p == IPPROTO_ICMP, "a packet has no IPv4 header");
		/* Others ping as well, and our own request passes by. */
		if (n != ip.ip_hl * 4 + (ssize_t)sizeof(*ret_echo))
			continue;
		memcpy(ret_echo, packet + ip.ip_hl * 4, sizeof(*ret_echo));
		if (ret_echo->head.type == ICMP_ECHOREPLY &&
		    ret_echo->head.un.echo.id == htons((uint16_t)getpid()))
			return true;
	}
	return false;
}

static void run(void)
{
	struct echo sent = {.head = {.type = ICMP_ECHO, .un.echo = {htons((uint16_t)getpid()), 1}},
			    .data = "anybody?"};
	struct echo got = {.head.type = 77};

	sent.head.checksum = checksum(&sent);
	REQUIRE_EQ(sendto(fd, &sent, sizeof(sent), 0, (struct sockaddr *)&addr, sizeof(addr)),
		   (long)sizeof(sent));
	REQUIRE(take_reply(&got), "no echo reply came");
	EXPECT_EQ(got.head.un.echo.sequence, sent.head.un.echo.sequence);
	EXPECT_BYTES(got.data, sent.data, sizeof(sent.data));
	/* Over all of it with the sum in its place it comes out as nothing. */
	EXPECT_EQ(checksum(&got), 0);
}

PROBE(.promise =
	      "An ICMP echo request on a raw socket to the loopback address is answered with the "
	      "same bytes and a right checksum: ping 127.0.0.1",
      .source = "man 7 raw; man 7 icmp; RFC 1122 3.2.2.6; RFC 792",
      .covers = COVERS("socket:SOCK_RAW", "sendto:IPPROTO_ICMP"), .needs = NEEDS("root"),
      .call = {CALL(SYS_sendto), CALL(SYS_recvfrom)}, .setup = setup, .run = run);
