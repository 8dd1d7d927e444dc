/* SPDX-License-Identifier: MIT */
#include <net/if.h>

#include "probe.h"
#include "lib/control.h"
#include "lib/netpair.h"

static struct sockaddr_in addr;
static unsigned lo;
static int fd, from;

static void setup(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	socklen_t len = sizeof(addr);

	lo = if_nametoindex("lo");
	SETUP(lo > 0, "if_nametoindex: %s", errno_name(errno));
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	from = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(fd, (struct sockaddr *)&any, sizeof(any)));
	SETUP_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
}

static void send_to(uint32_t ip)
{
	addr.sin_addr.s_addr = htonl(ip);
	SETUP_EQ(sendto(from, "where", 5, 0, (struct sockaddr *)&addr, sizeof(addr)), 5);
}

static void run(void)
{
	struct in_pktinfo info = {0};

	REQUIRE_OK(opt_set(fd, IPPROTO_IP, IP_PKTINFO, 1));
	for (uint32_t ip = INADDR_LOOPBACK; ip < INADDR_LOOPBACK + 2; ip++) {
		send_to(ip);
		REQUIRE(control_take(fd, "where", IPPROTO_IP, IP_PKTINFO, &info, sizeof(info)),
			"a datagram came without IP_PKTINFO");
		EXPECT_EQ(ntohl(info.ipi_addr.s_addr), ip);
		EXPECT_EQ(info.ipi_ifindex, lo);
	}
	REQUIRE_OK(opt_set(fd, IPPROTO_IP, IP_PKTINFO, 0));
	send_to(INADDR_LOOPBACK);
	EXPECT(!control_take(fd, "where", IPPROTO_IP, IP_PKTINFO, &info, sizeof(info)),
	       "with the option off IP_PKTINFO comes all the same");
}

PROBE(.promise = "With IP_PKTINFO each datagram says which address it was sent to and at which "
		 "interface it came; servers on 0.0.0.0 answer from there",
      .source = "man 7 ip (IP_PKTINFO)",
      .covers = COVERS("setsockopt:IP_PKTINFO", "recvmsg:IP_PKTINFO"),
      .call = {CALL_SETSOCKOPT(IPPROTO_IP, IP_PKTINFO)}, .setup = setup, .run = run);
