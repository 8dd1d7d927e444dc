/* SPDX-License-Identifier: MIT */
#include "config/seed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"

static char dir[] = "/tmp/seed-test-XXXXXX";

static void put(const char *name, const char *text)
{
	_autofree_ char *path = path_join(dir, name);

	assert_int_equal(file_write_atomic(path, text, strlen(text), 0600, NULL), 0);
}

static int load(const char *text, struct seed **ret, struct err *err)
{
	_autofree_ char *path = path_join(dir, "seed.yaml");

	put("seed.yaml", text);
	return seed_load(path, dir, ret, err);
}

static void whole_file(void **state)
{
	struct err err = ERR_INIT;
	struct seed *s = NULL;

	if (load("instance_id: i-1\nhostname: web-1\nregion: r\nzone: z\n"
		 "keys: [harness, ssh-ed25519 AAAAother who]\npassword: harness\n"
		 "user_data: |\n  #!/bin/sh\n  true\nvendor_data: v\n",
		 &s, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(s->instance_id, "i-1");
	assert_string_equal(s->hostname, "web-1");
	assert_string_equal(s->region, "r");
	assert_string_equal(s->zone, "z");
	assert_int_equal(s->keys.n, 2);
	assert_string_equal(s->keys.v[0], "ssh-ed25519 AAAAours us");
	assert_string_equal(s->keys.v[1], "ssh-ed25519 AAAAother who");
	assert_string_equal(s->password, "word of ours");
	assert_string_equal(s->user_data, "#!/bin/sh\ntrue\n");
	assert_string_equal(s->vendor_data, "v");
	seed_free(s);
}

static void what_may_be_left_out(void **state)
{
	struct err err = ERR_INIT;
	struct seed *s = NULL;

	if (load("instance_id: i-1\nhostname: web-1\n", &s, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(s->keys.n, 0);
	assert_null(s->password);
	assert_null(s->user_data);
	assert_non_null(s->region);
	assert_non_null(s->zone);
	seed_free(s);
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *text, *said;
	} table[] = {
		{"hostname: a\n", "instance_id"},
		{"instance_id: a\n", "hostname"},
		{"instance_id: 'a b'\nhostname: a\n", "\"instance_id\" expects letters"},
		{"instance_id: a\nhostname: \"a\\nb\"\n", "\"hostname\" expects letters"},
		{"instance_id: a\nhostname: a/../b\n", "\"hostname\" expects letters"},
		{"instance_id: a\nhostname: a\nzone: ''\n", "\"zone\" expects letters"},
		{"instance_id: a\nhostname: a\nuserdata: x\n", "did you mean \"user_data\""},
		{"[a]\n", "mapping"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = ERR_INIT;
		struct seed *s = NULL;

		assert_true(load(table[i].text, &s, &err) < 0);
		assert_null(s);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.text, table[i].said))
			fail_msg("no \"%s\" in \"%s\"", table[i].said, err.text);
	}
}

static void no_key_of_ours(void **state)
{
	static const char text[] = "instance_id: i\nhostname: h\nkeys: [harness]\n";
	_autofree_ char *path = path_join(dir, "seed.yaml");
	struct err err = ERR_INIT;
	struct seed *s = NULL;

	put("seed.yaml", text);
	assert_true(seed_load(path, "/nowhere", &s, &err) < 0);
	assert_null(s);
	assert_int_equal(err.kind, ERR_BROKEN);
}

static int make_dir(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	put("id_ed25519.pub", "ssh-ed25519 AAAAours us\n");
	put("password", "word of ours");
	return 0;
}

static int drop_dir(void **state)
{
	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_file),
		cmocka_unit_test(what_may_be_left_out),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(no_key_of_ours),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
