/* SPDX-License-Identifier: MIT */
#include "osconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void values_are_read_as_a_shell_would(void **state)
{
	_cleanup_(osconf_release) struct osconf c;

	osconf_parse(&c,
		     "# hostname=no\n  hostname=first \r\nhostname=\"my host\"\npassword='a=b'\n"
		     "empty=\nno value\n=x\nbad-key=1\nopen=\"x\n$(reboot)=1\nlast=$(reboot)");
	assert_string_equal(osconf_get(&c, "hostname"), "my host");
	assert_string_equal(osconf_get(&c, "password"), "a=b");
	assert_string_equal(osconf_get(&c, "open"), "\"x");
	assert_string_equal(osconf_get(&c, "last"), "$(reboot)");
	assert_null(osconf_get(&c, "empty"));
	assert_null(osconf_get(&c, "bad-key"));
	assert_null(osconf_get(&c, "nothing"));
}

static void the_network_is_told_in_another_language(void **state)
{
	_cleanup_(osconf_release) struct osconf c;
	_autofree_ char *text = NULL;

	osconf_parse(&c,
		     "eth0_ip_addr=10.0.0.2\neth0_mac_addr=52:54:00:00:00:01\n"
		     "eth0_netmask=255.255.255.0\neth0_gateway=10.0.0.1\neth1_ip_addr=10.1.0.2\n"
		     "eth2_gateway=10.2.0.1\ndns_nameserver=\"10.0.0.3 10.0.0.4\"\n");
	text = osconf_network(&c);
	assert_string_equal(
		text,
		"{\"version\":1,\"config\":["
		"{\"type\":\"physical\",\"name\":\"eth0\",\"mac_address\":\"52:54:00:00:00:01\","
		"\"subnets\":[{\"type\":\"static\",\"address\":\"10.0.0.2\","
		"\"netmask\":\"255.255.255.0\",\"gateway\":\"10.0.0.1\"}]},"
		"{\"type\":\"physical\",\"name\":\"eth1\",\"subnets\":[{\"type\":\"static\","
		"\"address\":\"10.1.0.2\"}]},"
		"{\"type\":\"nameserver\",\"address\":[\"10.0.0.3\",\"10.0.0.4\"]}]}\n");
	osconf_release(&c);
	osconf_parse(&c, "hostname=a\ndns_nameserver=10.0.0.3\n");
	assert_null(osconf_network(&c));
}

static void an_id_stays_while_the_card_does(void **state)
{
	static const struct {
		const char *text, *id;
	} table[] = {{"instance_id=i-1\neth0_mac_addr=52:54:00:aa:00:01\n", "i-1"},
		     {"eth0_mac_addr=52:54:00:AA:00:01\npassword=x\n", "p-525400aa0001"},
		     {"hostname=a\n", "p"}};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(osconf_release) struct osconf c;
		_autofree_ char *id = NULL;

		osconf_parse(&c, table[i].text);
		id = osconf_id(&c, "p");
		assert_string_equal(id, table[i].id);
	}
}

static void the_password_is_taken_out(void **state)
{
	_autofree_ char *text = osconf_without_password(
		"a=1\r\n\n password=x\npassword_hint=y\n#password=z\npassword=last");

	assert_string_equal(text, "a=1\r\n\npassword_hint=y\n#password=z\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_as_a_shell_would),
		cmocka_unit_test(the_network_is_told_in_another_language),
		cmocka_unit_test(an_id_stays_while_the_card_does),
		cmocka_unit_test(the_password_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
