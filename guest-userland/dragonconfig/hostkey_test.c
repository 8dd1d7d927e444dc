/* SPDX-License-Identifier: MIT */
#include "hostkey.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium/crypto_sign_ed25519.h>

#include "base/cleanup.h"
#include "codec.h"

/* RFC 8032, 7.1, test 1. */
static const unsigned char seed[HOSTKEY_SIZE] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
						 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
						 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
						 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
static const unsigned char point[HOSTKEY_SIZE] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
						  0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
						  0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
						  0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

static void a_point_is_the_standards(void **state)
{
	struct hostkey k;

	hostkey_make(seed, &k);
	assert_memory_equal(k.point, point, HOSTKEY_SIZE);
	assert_memory_equal(k.seed, seed, HOSTKEY_SIZE);
}

static void points_are_those_of_another_way_to_them(void **state)
{
	unsigned char s[HOSTKEY_SIZE] = {0}, pk[HOSTKEY_SIZE], sk[2 * HOSTKEY_SIZE];
	struct hostkey k;

	for (unsigned int i = 0; i < 200; i++) {
		s[i % HOSTKEY_SIZE] = (unsigned char)(s[i % HOSTKEY_SIZE] * 5 + i + 1);
		hostkey_make(s, &k);
		assert_int_equal(crypto_sign_ed25519_seed_keypair(pk, sk, s), 0);
		assert_memory_equal(k.point, pk, HOSTKEY_SIZE);
	}
}

static void what_is_written_is_read_again(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	struct hostkey k, back;

	hostkey_make(seed, &k);
	/* A comment of each length, so that each padding is met. */
	for (int n = 0; n < 9; n++) {
		strbuf_reset(&sb);
		assert_int_equal(hostkey_openssh(&k, "12345678" + n, &sb), 0);
		memset(&back, 0, sizeof(back));
		assert_int_equal(hostkey_read(strbuf_str(&sb), &back), 0);
		assert_memory_equal(&back, &k, sizeof(k));
	}
}

/* Each byte cut or changed: refused, or the same key (a comment says nothing about it). */
static void a_damaged_key_is_never_another_one(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	struct hostkey k, back;
	size_t refused = 0;

	hostkey_make(seed, &k);
	assert_int_equal(hostkey_openssh(&k, "c", &sb), 0);
	for (size_t i = 0; i < sb.len; i++) {
		char c = sb.buf[i];

		sb.buf[i] = c == 'A' ? 'B' : 'A';
		if (hostkey_read(sb.buf, &back) == 0)
			assert_memory_equal(&back, &k, sizeof(k));
		else
			refused++;
		sb.buf[i] = '\0';
		assert_true(hostkey_read(sb.buf, &back) < 0 || i + 2 >= sb.len);
		sb.buf[i] = c;
	}
	assert_true(refused > sb.len / 2);
	assert_int_equal(hostkey_read("", &back), -EBADMSG);
}

static void fingerprints_are_those_of_ssh_keygen(void **state)
{
	/* ssh-keygen -l of this line says so. */
	static const char line[] =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea "
		"x";
	static const char told[] = "ssh-ed25519 SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8";
	_cleanup_(strbuf_release) struct strbuf a = STRBUF_INIT(1000), b = STRBUF_INIT(1000);
	_cleanup_(strbuf_release) struct strbuf c = STRBUF_INIT(1000), d = STRBUF_INIT(1000);
	struct hostkey k;
	size_t n_blob;

	hostkey_make(seed, &k);
	assert_int_equal(hostkey_public(&k, "x", &a), 0);
	assert_memory_equal(strbuf_str(&a), line, strlen(line));
	assert_int_equal(hostkey_fingerprint(strbuf_str(&a), &b, &n_blob), 0);
	assert_string_equal(strbuf_str(&b), told);
	assert_int_equal(hostkey_dropbear(&k, &c), 0);
	assert_int_equal(hostkey_dropbear_fingerprint(c.buf, c.len, &d, &n_blob), 0);
	assert_string_equal(strbuf_str(&d), told);
	assert_int_equal(hostkey_dropbear_fingerprint(c.buf, c.len - 1, &d, &n_blob), -EBADMSG);
	assert_int_equal(hostkey_fingerprint("ssh-ed25519", &d, &n_blob), -EBADMSG);
	assert_int_equal(hostkey_fingerprint("ssh-ed25519 AAA!", &d, &n_blob), -EBADMSG);
	assert_int_equal(hostkey_fingerprint("", &d, &n_blob), -EBADMSG);
}

static void base64_is_padded(void **state)
{
	static const char *const rows[][2] = {
		{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(100);

		assert_int_equal(codec_to_base64(rows[i][0], strlen(rows[i][0]), &sb), 0);
		assert_string_equal(strbuf_str(&sb), rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_point_is_the_standards),
		cmocka_unit_test(points_are_those_of_another_way_to_them),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(a_damaged_key_is_never_another_one),
		cmocka_unit_test(fingerprints_are_those_of_ssh_keygen),
		cmocka_unit_test(base64_is_padded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
