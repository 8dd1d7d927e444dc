/* SPDX-License-Identifier: MIT */
#include "rtnl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"

static int tap = -1;

/* A network of this process's own, with loopback and one tap. */
static int own_network(void **state)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI, .ifr_name = "tap0"};

	*state = NULL;
	if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 0;
	tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &ifr) < 0)
		return 0;
	*state = &tap;
	return 0;
}

static int no_network(void **state)
{
	if (tap >= 0)
		close(tap);
	return 0;
}

static const struct rtnl_link *named(const struct rtnl_view *v, const char *name)
{
	for (size_t i = 0; i < v->n_links; i++)
		if (strcmp(v->links[i].name, name) == 0)
			return &v->links[i];
	fail_msg("no link %s", name);
	return NULL;
}

static struct net_addr address(const char *text)
{
	struct net_addr a = {0};

	assert_true(net_addr_parse(text, &a));
	return a;
}

static size_t count_addr(const struct rtnl_view *v, int index, const char *text)
{
	struct net_addr a = address(text);
	size_t n = 0;

	for (size_t i = 0; i < v->n_addrs; i++)
		n += v->addrs[i].index == index && net_addr_equal(&v->addrs[i].addr, &a);
	return n;
}

static size_t count_route(const struct rtnl_view *v, const struct rtnl_route *r)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_routes; i++)
		n += v->routes[i].index == r->index && v->routes[i].metric == r->metric &&
		     net_addr_equal(&v->routes[i].to, &r->to) &&
		     net_addr_equal(&v->routes[i].via, &r->via);
	return n;
}

static void what_is_set_is_there_and_again_is_fine(void **state)
{
	static const char *const addrs[] = {"10.1.0.5/24", "10.1.0.6/24", "fd00::5/64"};
	_cleanup_(rtnl_close) struct rtnl r = {.fd = -1};
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};
	struct rtnl_route routes[] = {
		{.to = address("0.0.0.0/0"), .via = address("10.1.0.1"), .metric = 100},
		{.to = address("10.9.0.0/16"), .via = address("10.1.0.2"), .metric = 7},
		{.to = address("fd01::/64"), .via = address("fd00::1"), .metric = 9},
	};
	struct err err = ERR_INIT;
	int index;

	if (!*state)
		skip();
	assert_int_equal(rtnl_open(&r, &err), 0);
	for (int pass = 0; pass < 2; pass++) {
		rtnl_view_release(&v);
		assert_int_equal(rtnl_look(&r, &v, &err), 0);
		index = named(&v, "tap0")->index;
		assert_int_equal(rtnl_set_mtu(&r, named(&v, "tap0"), 1400, &err), 0);
		assert_int_equal(rtnl_set_up(&r, named(&v, "tap0"), &err), 0);
		for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
			struct net_addr a = address(addrs[i]);

			assert_int_equal(rtnl_add_addr(&r, index, &a, 0, &err), 0);
		}
		for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
			routes[i].index = index;
			if (rtnl_add_route(&r, &routes[i], false, &err) < 0)
				fail_msg("%s", err.text);
		}
	}
	rtnl_view_release(&v);
	assert_int_equal(rtnl_look(&r, &v, &err), 0);
	assert_int_equal(named(&v, "tap0")->mtu, 1400);
	assert_true(named(&v, "tap0")->flags & IFF_UP);
	assert_true(named(&v, "tap0")->has_mac);
	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++)
		assert_int_equal(count_addr(&v, index, addrs[i]), 1);
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		assert_int_equal(count_route(&v, &routes[i]), 1);
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		assert_int_equal(rtnl_del_route(&r, &routes[i], &err), 0);
	rtnl_view_release(&v);
	assert_int_equal(rtnl_look(&r, &v, &err), 0);
	assert_int_equal(count_route(&v, &routes[0]), 0);
}

static void a_refusal_names_the_part(void **state)
{
	_cleanup_(rtnl_close) struct rtnl r = {.fd = -1};
	struct net_addr a = address("10.0.0.1/8");
	struct err err = ERR_INIT;

	if (!*state)
		skip();
	assert_int_equal(rtnl_open(&r, &err), 0);
	assert_int_equal(rtnl_add_addr(&r, 4711, &a, 0, &err), -ENODEV);
	assert_non_null(strstr(err.text, "add the address 10.0.0.1/8"));
	assert_true(rtnl_is_missing(-EOPNOTSUPP));
	assert_false(rtnl_is_missing(-ENODEV));
}

struct message {
	struct nlmsghdr head;
	struct ifinfomsg info;
	struct rtattr attr;
	char data[64];
} __attribute__((packed));

static struct message message_of_link(void)
{
	struct message m = {
		.head = {.nlmsg_len = sizeof(m), .nlmsg_type = RTM_NEWLINK, .nlmsg_seq = 7},
		.info = {.ifi_index = 3},
		.attr = {.rta_len = sizeof(m.attr) + 5, .rta_type = IFLA_IFNAME},
		.data = "eth0",
	};

	return m;
}

static void messages_that_lie(void **state)
{
	struct message m = message_of_link();
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};

	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 7), 0);
	assert_int_equal(v.n_links, 1);
	assert_string_equal(v.links[0].name, "eth0");
	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 8), 0); /* another's answer */
	assert_int_equal(v.n_links, 1);
	for (size_t n = 1; n < sizeof(m); n++)
		assert_int_equal(rtnl_take(&v, &m, n, 7), -EBADMSG);
	m.head.nlmsg_len = 3;
	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 7), -EBADMSG);
	m = message_of_link();
	m.attr.rta_len = 4000;
	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 7), 0);
	m.attr.rta_len = 0;
	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 7), 0);
	m.attr.rta_len = sizeof(m.attr) + 60; /* a name too long */
	memset(m.data, 'x', sizeof(m.data));
	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 7), 0);
	assert_int_equal(v.n_links, 1);
	m.head.nlmsg_type = NLMSG_ERROR;
	m.info.ifi_family = 0;
	memcpy(&m.info, &(int){-EOPNOTSUPP}, sizeof(int));
	assert_int_equal(rtnl_take(&v, &m, sizeof(m), 7), -EOPNOTSUPP);
}

static void every_length_of_an_address(void **state)
{
	struct message m = message_of_link();
	struct ifaddrmsg info = {.ifa_family = AF_INET, .ifa_prefixlen = 24};
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};

	m.head.nlmsg_type = RTM_NEWADDR;
	for (unsigned short n = 0; n < 40; n++) {
		struct {
			struct nlmsghdr head;
			struct ifaddrmsg info;
			struct rtattr attr;
			char data[40];
		} a = {.head = m.head,
		       .info = info,
		       .attr = {.rta_len = (unsigned short)(4 + n), .rta_type = IFA_LOCAL}};

		a.head.nlmsg_len = sizeof(a);
		assert_int_equal(rtnl_take(&v, &a, sizeof(a), 7), 0);
	}
	assert_int_equal(v.n_addrs, 1);
}

static void more_links_than_there_is_room_for(void **state)
{
	struct message m = message_of_link();
	_cleanup_(rtnl_view_release) struct rtnl_view v = {0};

	for (int i = 0; i < RTNL_ITEMS_MAX + 10; i++)
		rtnl_take(&v, &m, sizeof(m), 7);
	assert_int_equal(v.n_links, RTNL_ITEMS_MAX);
	assert_true(v.more);
}

static void who_leads_out(void **state)
{
	struct rtnl_link links[] = {
		{.index = 1, .name = "lo", .type = ARPHRD_LOOPBACK, .flags = IFF_LOOPBACK},
		{.index = 2, .name = "veth1", .type = ARPHRD_ETHER, .is_virtual = true},
		{.index = 3, .name = "eth8", .type = ARPHRD_ETHER},
	};
	struct rtnl_addr addrs[] = {
		{.index = 1, .addr = address("127.0.0.1/8")},
		{.index = 2, .addr = address("192.168.1.1/24")},
		{.index = 3, .addr = address("10.0.2.15/24")},
	};
	struct rtnl_route by_bond = {.index = 2, .to = address("0.0.0.0/0")};
	struct rtnl_view v = {.links = links, .n_links = 3, .addrs = addrs, .n_addrs = 2};

	assert_false(rtnl_view_has_network(&v));
	assert_false(rtnl_view_is_uplink(&v, &links[0]));
	assert_false(rtnl_view_is_uplink(&v, &links[1]));
	assert_true(rtnl_view_is_uplink(&v, &links[2]));
	v.routes = &by_bond;
	v.n_routes = 1;
	assert_true(rtnl_view_has_network(&v));
	v.n_routes = 0;
	v.n_addrs = 3;
	assert_true(rtnl_view_has_network(&v));
	/* Virtual ones are all there is: a container's. */
	v.n_links = v.n_addrs = 2;
	assert_true(rtnl_view_has_network(&v));
	assert_true(rtnl_view_is_uplink(&v, &links[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_set_is_there_and_again_is_fine, own_network,
						no_network),
		cmocka_unit_test_setup_teardown(a_refusal_names_the_part, own_network, no_network),
		cmocka_unit_test(messages_that_lie),
		cmocka_unit_test(every_length_of_an_address),
		cmocka_unit_test(more_links_than_there_is_room_for),
		cmocka_unit_test(who_leads_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
