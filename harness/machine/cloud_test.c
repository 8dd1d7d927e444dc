/* SPDX-License-Identifier: MIT */
#include "machine/cloud.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <archive.h>
#include <archive_entry.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

static char *keys[] = {"ssh-ed25519 AAAA1 one", "ssh-ed25519 AAAA2 two"};
static struct seed seed = {.instance_id = "i-1",
			   .hostname = "web-1",
			   .region = "r",
			   .zone = "z",
			   .keys = {.v = keys, .n = 2},
			   .password = "secret!",
			   .user_data = "#cloud-config\n{}\n",
			   .vendor_data = "#!/bin/sh\n\"quoted\"\n"};

static const char *text_of(const struct cloud_tree *t, const char *path)
{
	const struct cloud_file *f = cloud_find(t, path);

	if (!f)
		fail_msg("no %s", path);
	return f->data;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in \"%s\"", part, text);
}

static void cd_of_tencent(void **state)
{
	const struct cloud *c = &cloud_tencent;
	struct cloud_tree t = {0};
	const char *conf;

	c->cd(&t, c, &seed);
	conf = text_of(&t, "qcloud_action/os.conf");
	has(conf, "hostname=web-1\n");
	has(conf, "instance_id=i-1\n");
	has(conf, "eth0_ip_addr=172.16.0.15\n");
	has(conf, "eth0_netmask=255.255.240.0\n");
	has(conf, "eth0_gateway=172.16.0.1\n");
	has(conf, "eth0_mac_addr=" CLOUD_MAC "\n");
	has(conf, "dns_nameserver=\"172.16.0.3\"\n");
	assert_string_equal(text_of(&t, "openstack/latest/user_data"), seed.user_data);
	has(text_of(&t, "openstack/latest/meta_data.json"), "\"key-1\":\"ssh-ed25519 AAAA2 two\"");
	has(text_of(&t, "openstack/latest/vendor_data.json"), "\\\"quoted\\\"");
	assert_null(cloud_find(&t, "openstack/latest/network_data.json"));
	cloud_tree_release(&t);
}

static void disk_of_aliyun(void **state)
{
	const struct cloud *c = &cloud_aliyun;
	struct seed nobody = seed;
	struct cloud_tree t = {0};
	const char *conf;

	c->disk(&t, c, &seed);
	assert_int_equal(t.n, 1);
	conf = text_of(&t, "aliyun_custom_image/os.conf");
	has(conf, "hostname=web-1\n");
	has(conf, "password=c2VjcmV0IQ==\n");
	has(conf, "eth0_ip_addr=100.64.0.15\n");
	cloud_tree_release(&t);
	nobody.password = NULL;
	c->disk(&t, c, &nobody);
	assert_null(strstr(text_of(&t, "aliyun_custom_image/os.conf"), "password"));
	cloud_tree_release(&t);
}

static void metadata_of_each(void **state)
{
	static const struct cloud *const clouds[] = {&cloud_tencent, &cloud_aliyun, &cloud_huawei};

	for (size_t i = 0; i < ARRAY_SIZE(clouds); i++) {
		struct cloud_tree t = {0};

		clouds[i]->metadata(&t, clouds[i], &seed);
		assert_string_equal(text_of(&t, "latest/meta-data/instance-id"), "i-1");
		assert_string_equal(text_of(&t, "latest/user-data"), seed.user_data);
		/* What is secret goes by no network. */
		for (size_t k = 0; k < t.n; k++)
			assert_null(strstr(t.files[k].data, seed.password));
		cloud_tree_release(&t);
	}
}

static void documents_of_huawei(void **state)
{
	const struct cloud *c = &cloud_huawei;
	struct cloud_tree t = {0};
	const char *meta;

	c->metadata(&t, c, &seed);
	meta = text_of(&t, "openstack/latest/meta_data.json");
	has(meta, "\"hostname\":\"web-1.novalocal\"");
	has(meta, "\"key-0\":\"ssh-ed25519 AAAA1 one\"");
	has(text_of(&t, "openstack/latest/network_data.json"), "\"type\":\"ipv4_dhcp\"");
	has(text_of(&t, "openstack/latest/network_data.json"), CLOUD_MAC);
	assert_string_equal(text_of(&t, "latest/meta-data/public-keys/1/openssh-key"), keys[1]);
	cloud_tree_release(&t);
}

/* The UUID alone tells one machine from another. */
static void other_ids_other_uuids(void **state)
{
	const struct cloud *c = &cloud_huawei;
	struct cloud_tree a = {0}, b = {0};
	struct seed other = seed;

	other.instance_id = "i-2";
	c->metadata(&a, c, &seed);
	c->metadata(&b, c, &other);
	assert_string_not_equal(text_of(&a, "openstack/latest/meta_data.json"),
				text_of(&b, "openstack/latest/meta_data.json"));
	cloud_tree_release(&a);
	cloud_tree_release(&b);
}

static void cd_of_nocloud(void **state)
{
	const struct cloud *c = &cloud_nocloud;
	struct seed little = {.instance_id = seed.instance_id, .hostname = seed.hostname};
	struct cloud_tree t = {0};

	c->cd(&t, c, &seed);
	assert_string_equal(
		text_of(&t, "meta-data"),
		"{\"instance-id\":\"i-1\",\"local-hostname\":\"web-1\",\"public-keys\":["
		"\"ssh-ed25519 AAAA1 one\",\"ssh-ed25519 AAAA2 two\"]}\n");
	assert_string_equal(text_of(&t, "user-data"), seed.user_data);
	assert_string_equal(text_of(&t, "vendor-data"), seed.vendor_data);
	cloud_tree_release(&t);
	c->cd(&t, c, &little);
	/* It has to be there. */
	assert_string_equal(text_of(&t, "user-data"), "#cloud-config\n{}\n");
	assert_null(cloud_find(&t, "vendor-data"));
	cloud_tree_release(&t);
}

/* Reads the image back with a reader that knows Joliet and Rock Ridge. */
static void same_on_cd(const struct cloud_tree *t, const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t found = 0;

	archive_read_support_format_iso9660(a);
	assert_int_equal(archive_read_open_filename(a, path, 10240), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		char data[4096] = "";
		const struct cloud_file *f;

		if (archive_entry_filetype(e) != AE_IFREG)
			continue;
		f = cloud_find(t, archive_entry_pathname(e));
		if (!f)
			fail_msg("%s is on the CD", archive_entry_pathname(e));
		assert_int_equal(archive_read_data(a, data, sizeof(data)), f->n);
		assert_string_equal(data, f->data);
		found++;
	}
	assert_int_equal(found, t->n);
	archive_read_free(a);
}

static void cd_holds_what_it_shall(void **state)
{
	char dir[] = "/tmp/cloud-test-XXXXXX";
	_cleanup_(strbuf_release) struct strbuf first = STRBUF_INIT(8u << 20);
	_cleanup_(strbuf_release) struct strbuf second = STRBUF_INIT(8u << 20);
	_autofree_ char *path = NULL;
	struct cloud_tree t = {0};
	struct err err = ERR_INIT;

	assert_non_null(mkdtemp(dir));
	path = path_join(dir, "cd.iso");
	cloud_tencent.cd(&t, &cloud_tencent, &seed);
	assert_int_equal(cloud_write_cd(&t, "config-2", path, &err), 0);
	same_on_cd(&t, path);
	assert_int_equal(file_read(path, &first, NULL), 0);
	assert_memory_equal(first.buf + 32768 + 1, "CD001", 5);
	assert_memory_equal(first.buf + 32768 + 40, "config-2                        ", 32);
	assert_int_equal(cloud_write_cd(&t, "config-2", path, &err), 0);
	assert_int_equal(file_read(path, &second, NULL), 0);
	assert_int_equal(first.len, second.len);
	cloud_tree_release(&t);
	rm_rf(dir, NULL);
	assert_true(cloud_write_cd(&t, "config-2", path, &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cd_of_tencent),	  cmocka_unit_test(disk_of_aliyun),
		cmocka_unit_test(metadata_of_each),	  cmocka_unit_test(documents_of_huawei),
		cmocka_unit_test(cd_of_nocloud),	  cmocka_unit_test(other_ids_other_uuids),
		cmocka_unit_test(cd_holds_what_it_shall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
