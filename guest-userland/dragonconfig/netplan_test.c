/* SPDX-License-Identifier: MIT */
#include "netplan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

/* One line for each thing that is planned, so that a table can say what is wanted. */
static void tell_link(struct strbuf *sb, const struct net_link *l)
{
	char a[NET_ADDR_TEXT_MAX], b[NET_ADDR_TEXT_MAX];

	strbuf_addf(sb, "link %s", l->name ? l->name : "-");
	if (l->has_mac)
		strbuf_addf(sb, " mac %02x..%02x", l->mac[0], l->mac[5]);
	if (l->mtu)
		strbuf_addf(sb, " mtu %u", l->mtu);
	strbuf_addf(sb, "%s%s%s%s%s", l->renames ? " renames" : "", l->dhcp4 ? " dhcp4" : "",
		    l->dhcp6 ? " dhcp6" : "", l->dhcp_dns ? "" : " nodns",
		    l->dhcp_routes ? "" : " noroutes");
	if (l->dhcp_metric)
		strbuf_addf(sb, " dhcpmetric %u", l->dhcp_metric);
	strbuf_addch(sb, '\n');
	for (size_t i = 0; i < l->n_addrs; i++)
		strbuf_addf(sb, "addr %s\n", net_addr_text(&l->addrs[i], true, a));
	for (size_t i = 0; i < l->n_routes; i++) {
		const struct net_route *r = &l->routes[i];

		strbuf_addf(sb, "route %s via %s metric %u%s\n", net_addr_text(&r->to, true, a),
			    net_addr_text(&r->via, false, b), r->metric,
			    r->onlink ? " onlink" : "");
	}
}

static void tell_problems(struct strbuf *sb, const struct problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		strbuf_addf(sb, "%u: %s\n", p->list[i].line, p->list[i].text);
}

static void tell(struct strbuf *sb, const char *text)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(netplan_release) struct net_plan plan = {0};

	netplan_parse(&plan, text, strlen(text), &problems);
	if (plan.disabled)
		strbuf_addstr(sb, "disabled\n");
	for (size_t i = 0; i < plan.n; i++)
		tell_link(sb, &plan.links[i]);
	for (size_t i = 0; i < plan.servers.n; i++)
		strbuf_addf(sb, "dns %s\n", plan.servers.v[i]);
	for (size_t i = 0; i < plan.search.n; i++)
		strbuf_addf(sb, "search %s\n", plan.search.v[i]);
	tell_problems(sb, &problems);
}

static void expect(const char *text, const char *wanted)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);

	tell(&sb, text);
	assert_string_equal(strbuf_str(&sb), wanted);
}

static void version_1(void **state)
{
	expect("version: 1\n"
	       "config:\n"
	       "- type: physical\n"
	       "  name: eth0\n"
	       "  mac_address: '52:54:00:12:34:0A'\n"
	       "  mtu: 1450\n"
	       "  subnets:\n"
	       "  - {type: static, address: 10.0.0.5, netmask: 255.255.255.0, gateway: 10.0.0.1,\n"
	       "     dns_nameservers: [10.0.0.53], dns_search: [a.example],\n"
	       "     routes: [{network: 10.9.1.1, netmask: 255.255.0.0, gateway: 10.0.0.2}]}\n"
	       "  - {type: static6, address: 'fd00::5/64', gateway: 'fe80::1'}\n"
	       "  - {type: dhcp4}\n"
	       "- {type: nameserver, address: [1.1.1.1, 10.0.0.53], search: b.example}\n"
	       "- {type: route, destination: 10.8.0.0/16, gateway: 10.0.0.9, metric: 3}\n",
	       "link eth0 mac 52..0a mtu 1450 renames dhcp4\n"
	       "addr 10.0.0.5/24\naddr fd00::5/64\n"
	       "route 0.0.0.0/0 via 10.0.0.1 metric 0\n"
	       "route 10.9.0.0/16 via 10.0.0.2 metric 0\n"
	       "route ::/0 via fe80::1 metric 0\n"
	       "route 10.8.0.0/16 via 10.0.0.9 metric 3\n"
	       "dns 10.0.0.53\ndns 1.1.1.1\nsearch a.example\nsearch b.example\n");
}

static void version_2(void **state)
{
	expect("network:\n"
	       "  version: 2\n"
	       "  ethernets:\n"
	       "    lan:\n"
	       "      match: {macaddress: '52:54:00:12:34:00'}\n"
	       "      set-name: eth7\n"
	       "      dhcp4: true\n"
	       "      dhcp4-overrides: {use-dns: false, use-routes: no, route-metric: 50}\n"
	       "      addresses: [10.0.0.5/24, 'fd00::5/64', {10.0.0.6/24: {lifetime: 0}}]\n"
	       "      gateway4: 10.0.0.1\n"
	       "      nameservers: {addresses: [1.1.1.1], search: [a]}\n"
	       "      routes:\n"
	       "      - {to: default, via: 'fd00::1', metric: 7}\n"
	       "      - {to: 10.7.0.0/16, via: 192.168.0.1}\n"
	       "    eth1: {dhcp6: true, mtu: 9000}\n"
	       "    any: {match: {name: 'en*'}, optional: true}\n",
	       "link eth7 mac 52..00 renames dhcp4 nodns noroutes dhcpmetric 50\n"
	       "addr 10.0.0.5/24\naddr fd00::5/64\naddr 10.0.0.6/24\n"
	       "route 0.0.0.0/0 via 10.0.0.1 metric 0\n"
	       "route ::/0 via fd00::1 metric 7\n"
	       "route 10.7.0.0/16 via 192.168.0.1 metric 0 onlink\n"
	       "link eth1 mtu 9000 dhcp6\n"
	       "link en*\n"
	       "dns 1.1.1.1\nsearch a\n");
}

static void openstack(void **state)
{
	expect("{\"links\": [{\"id\": \"tap1\", \"type\": \"cascading\", \"mtu\": 1500,\n"
	       "\"ethernet_mac_address\": \"fa:16:3e:9c:bf:3d\"},\n"
	       "{\"id\": \"b\", \"type\": \"bond\"}],\n"
	       "\"networks\": [{\"type\": \"ipv4\", \"link\": \"tap1\",\n"
	       "\"ip_address\": \"10.0.0.5\", \"netmask\": \"255.255.255.0\",\n"
	       "\"routes\": [{\"network\": \"0.0.0.0\", \"netmask\": \"0.0.0.0\",\n"
	       "\"gateway\": \"10.0.0.1\"}],\n"
	       "\"services\": [{\"type\": \"dns\", \"address\": \"8.8.4.4\"}]},\n"
	       "{\"type\": \"ipv6\", \"link\": \"tap1\", \"ip_address\": \"2001:db8::5\",\n"
	       "\"netmask\": \"ffff:ffff:ffff:ffff::\", \"gateway\": \"2001:db8::1\"},\n"
	       "{\"type\": \"ipv4_dhcp\", \"link\": \"tap1\"},\n"
	       "{\"type\": \"ipv4_dhcp\", \"link\": \"other\"}],\n"
	       "\"services\": [{\"type\": \"dns\", \"address\": \"8.8.8.8\"}]}\n",
	       "link - mac fa..3d mtu 1500 dhcp4\n"
	       "addr 10.0.0.5/24\naddr 2001:db8::5/64\n"
	       "route 0.0.0.0/0 via 10.0.0.1 metric 0\n"
	       "route ::/0 via 2001:db8::1 metric 0\n"
	       "dns 8.8.4.4\ndns 8.8.8.8\n"
	       "3: not supported: bond\n");
}

struct row {
	const char *text, *wanted;
};

static void what_is_told(void **state)
{
	static const struct row table[] = {
		{"", ""},
		{"network: {config: disabled}\n", "disabled\n"},
		{"a: 1\n", "1: network configuration of no known version: 1, 2 or OpenStack's\n"},
		{"version: 3\n",
		 "1: network configuration of no known version: 1, 2 or OpenStack's\n"},
		{"version: 1\nconfig: x\n", "1: version 1 without a list config\n"},
		{"version: 1\nconfig:\n- {type: vlan}\n- {type: x}\n- {}\n",
		 "3: not supported: vlan\n4: an item of unknown type\n5: an item without type\n"},
		{"version: 2\nbonds: {b: {}}\nethernets:\n  e: {color: red}\n",
		 "link e\n2: not supported: bonds\n4: ethernets: unknown or without effect: "
		 "color\n"},
		{"version: 2\nethernets:\n  e: {addresses: [10.0.0.256/8, '10.0.0.1/33', "
		 "10.0.0.2,\n"
		 "   {}], mtu: 70000, gateway4: x}\n",
		 "link e\naddr 10.0.0.2/32\n4: mtu: no number from 0 to 65535\n"
		 "3: no address where one belongs\n3: no address where one belongs\n"
		 "3: an address without its prefix\n4: no address where one belongs\n"
		 "4: no address where one belongs\n"},
		{"version: 2\nethernets:\n  e: {match: {macaddress: '52:54:00:12:34'}}\n",
		 "link -\n3: a hardware address that is none\n"
		 "3: match: neither a name nor a macaddress\n"},
		{"version: 2\nethernets:\n  e: {match: {macaddress: 52-54-00-12-34-aB}}\n",
		 "link - mac 52..ab\n"},
		{"version: 2\nethernets:\n  e: {match: {macaddress: '52:54:00:12:34:5g'}}\n",
		 "link -\n3: a hardware address that is none\n"
		 "3: match: neither a name nor a macaddress\n"},
		{"version: 2\nethernets:\n  e: {routes: [{to: 10.0.0.0/8, via: 'fd00::1'}]}\n",
		 "link e\n3: a gateway of the other family\n"},
		{"version: 2\nethernets:\n  e: {nameservers: {addresses: ['8.8.8.8\\n'], search: "
		 "['a b']}}\n",
		 "link e\n3: a name server that is no address\n"
		 "3: a search domain that is no name\n"},
		{"version: 1\nconfig:\n- {type: route, destination: 10.0.0.0/8, gateway: "
		 "1.1.1.1}\n",
		 "3: a route that leads through no interface\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect(table[i].text, table[i].wanted);
}

static void more_than_there_is_room_for(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1 << 20);
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(netplan_release) struct net_plan plan = {0};

	strbuf_addstr(&sb, "version: 2\nethernets:\n");
	for (int i = 0; i < NETPLAN_LINKS_MAX + 5; i++)
		strbuf_addf(&sb, "  e%d: {}\n", i);
	netplan_parse(&plan, strbuf_str(&sb), sb.len, &problems);
	assert_int_equal(plan.n, NETPLAN_LINKS_MAX);
	assert_int_equal(problems.n, 5);
}

static void masks(void **state)
{
	static const struct {
		const char *text;
		int family, bits; /* -1: none */
	} table[] = {
		{"255.255.255.0", AF_INET, 24},
		{"0.0.0.0", AF_INET, 0},
		{"255.255.255.255", AF_INET, 32},
		{"255.0.255.0", AF_INET, -1},
		{"24", AF_INET, 24},
		{"33", AF_INET, -1},
		{"ffff::", AF_INET6, 16},
		{"128", AF_INET6, 128},
		{"-1", AF_INET, -1},
		{"", AF_INET, -1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		uint8_t bits = 0;
		bool is = net_addr_mask(table[i].text, table[i].family, &bits);

		assert_int_equal(is ? bits : -1, table[i].bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_1), cmocka_unit_test(version_2),
		cmocka_unit_test(openstack), cmocka_unit_test(what_is_told),
		cmocka_unit_test(masks),     cmocka_unit_test(more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
