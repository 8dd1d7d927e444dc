/* SPDX-License-Identifier: MIT */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	struct ifreq many[16], lo = {.ifr_name = "lo"};
	struct ifconf conf = {.ifc_len = sizeof(many), .ifc_req = many};
	const struct sockaddr_in *sa = (struct sockaddr_in *)&lo.ifr_addr;
	int found = 0;

	EXPECT_OK(ioctl(fd, SIOCGIFCONF, &conf));
	for (int i = 0; i < conf.ifc_len / (int)sizeof(many[0]); i++)
		found += strcmp(many[i].ifr_name, "lo") == 0;
	EXPECT(found == 1, "lo is listed %d times", found);
	EXPECT_OK(ioctl(fd, SIOCGIFADDR, &lo));
	EXPECT_EQ(ntohl(sa->sin_addr.s_addr), INADDR_LOOPBACK);
	EXPECT_OK(ioctl(fd, SIOCGIFNETMASK, &lo));
	EXPECT_EQ(ntohl(sa->sin_addr.s_addr), 0xff000000);
	EXPECT_OK(ioctl(fd, SIOCGIFFLAGS, &lo));
	EXPECT_EQ(lo.ifr_flags & (IFF_UP | IFF_LOOPBACK), IFF_UP | IFF_LOOPBACK);
	lo.ifr_ifindex = -1;
	EXPECT_OK(ioctl(fd, SIOCGIFINDEX, &lo));
	EXPECT(lo.ifr_ifindex > 0, "lo has index %d", lo.ifr_ifindex);
	snprintf(lo.ifr_name, sizeof(lo.ifr_name), "none0");
	EXPECT_ERRNO(ioctl(fd, SIOCGIFFLAGS, &lo), ENODEV);
}

PROBE(.promise =
	      "The interface ioctls tell the loopback interface's address, mask, flags and index",
      .source = "man 7 netdevice",
      .covers = COVERS("ioctl:SIOCGIFCONF", "ioctl:SIOCGIFADDR", "ioctl:SIOCGIFNETMASK",
		       "ioctl:SIOCGIFFLAGS", "ioctl:SIOCGIFINDEX"),
      .call = {CALL_IOCTL(SIOCGIFCONF), CALL_IOCTL(SIOCGIFADDR), CALL_IOCTL(SIOCGIFFLAGS)},
      .setup = setup, .run = run);
