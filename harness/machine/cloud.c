/* SPDX-License-Identifier: MIT */
#include "machine/cloud.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "wire/frame.h"
#include "wire/jsonw.h"

#define TEXT_MAX (4u << 20)
#define DOMAIN	 ".novalocal"

void cloud_tree_release(struct cloud_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->files[i].path);
		explicit_bzero(t->files[i].data, t->files[i].n);
		free(t->files[i].data);
	}
	free(t->files);
	*t = (struct cloud_tree){0};
}

void cloud_add(struct cloud_tree *t, const char *path, const char *text)
{
	t->files = xreallocarray(t->files, t->n + 1, sizeof(*t->files));
	t->files[t->n++] = (struct cloud_file){
		.path = xstrdup(path), .data = xstrdup(text), .n = strlen(text)};
}

static void add_in(struct cloud_tree *t, const char *folder, const char *name, const char *text)
{
	_autofree_ char *path = xasprintf("%s/%s", folder, name);

	cloud_add(t, path, text);
}

const struct cloud_file *cloud_find(const struct cloud_tree *t, const char *path)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->files[i].path, path) == 0)
			return &t->files[i];
	return NULL;
}

/* A UUID that is the seed's alone: its id's hash would do, its bytes are as good. */
static char *make_uuid(const struct seed *s)
{
	unsigned char b[16] = {0};
	const char *id = s->instance_id;

	for (size_t i = 0; id[i]; i++)
		b[i % 16] = (unsigned char)(b[i % 16] * 31 + (unsigned char)id[i]);
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
			 b[12], b[13], b[14], b[15]);
}

/* --- OpenStack's documents: Huawei's service, Tencent's CD --- */

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

static void write_meta(struct jsonw *w, const struct seed *s, const char *hostname)
{
	_autofree_ char *uuid = make_uuid(s);

	jsonw_begin_object(w, NULL);
	jsonw_string(w, "uuid", uuid);
	jsonw_string(w, "instance_id", s->instance_id);
	jsonw_string(w, "name", s->hostname);
	jsonw_string(w, "hostname", hostname);
	jsonw_string(w, "availability_zone", s->zone);
	jsonw_string(w, "region_id", s->region);
	jsonw_int(w, "launch_index", 0);
	jsonw_begin_object(w, "public_keys");
	for (size_t i = 0; i < s->keys.n; i++) {
		_autofree_ char *name = xasprintf("key-%zu", i);

		jsonw_string(w, name, s->keys.v[i]);
	}
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void write_network(struct jsonw *w, const struct cloud *c)
{
	jsonw_begin_object(w, NULL);
	jsonw_begin_array(w, "links");
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "id", "tap0");
	jsonw_string(w, "type", "cascading");
	jsonw_string(w, "ethernet_mac_address", CLOUD_MAC);
	jsonw_end_object(w);
	jsonw_end_array(w);
	jsonw_begin_array(w, "networks");
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "id", "network0");
	jsonw_string(w, "type", "ipv4_dhcp");
	jsonw_string(w, "link", "tap0");
	jsonw_end_object(w);
	jsonw_end_array(w);
	jsonw_begin_array(w, "services");
	jsonw_begin_object(w, NULL);
	jsonw_string(w, "type", "dns");
	jsonw_string(w, "address", c->net.dns);
	jsonw_end_object(w);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void add_openstack(struct cloud_tree *t, const struct seed *s, const char *hostname,
			  const struct cloud *network)
{
	_cleanup_(strbuf_release) struct strbuf meta = STRBUF_INIT(TEXT_MAX);
	_cleanup_(strbuf_release) struct strbuf net = STRBUF_INIT(TEXT_MAX);
	_cleanup_(strbuf_release) struct strbuf vendor = STRBUF_INIT(TEXT_MAX);
	static const char folder[] = "openstack/latest";
	struct jsonw w;

	jsonw_init(&w, (struct sink){to_strbuf, &meta}, false);
	write_meta(&w, s, hostname);
	if (jsonw_finish(&w) == 0)
		add_in(t, folder, "meta_data.json", strbuf_str(&meta));
	jsonw_init(&w, (struct sink){to_strbuf, &net}, false);
	if (network)
		write_network(&w, network);
	if (network && jsonw_finish(&w) == 0)
		add_in(t, folder, "network_data.json", strbuf_str(&net));
	if (s->user_data)
		add_in(t, folder, "user_data", s->user_data);
	if (!s->vendor_data)
		return;
	jsonw_init(&w, (struct sink){to_strbuf, &vendor}, false);
	jsonw_string(&w, NULL, s->vendor_data);
	if (jsonw_finish(&w) == 0)
		add_in(t, folder, "vendor_data.json", strbuf_str(&vendor));
}

/* --- os.conf --- */

static void begin_osconf(struct strbuf *sb, const struct cloud *c, const struct seed *s)
{
	strbuf_addf(sb, "hostname=%s\n", s->hostname);
	strbuf_addf(sb, "eth0_ip_addr=%s\neth0_mac_addr=%s\n", c->net.address, CLOUD_MAC);
	strbuf_addf(sb, "eth0_netmask=%s\neth0_gateway=%s\n", c->net.mask, c->net.gateway);
	strbuf_addf(sb, "dns_nameserver=\"%s\"\n", c->net.dns);
}

/* --- Tencent --- */

static void tencent_cd(struct cloud_tree *t, const struct cloud *c, const struct seed *s)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);

	add_openstack(t, s, s->hostname, NULL);
	begin_osconf(&sb, c, s);
	strbuf_addf(&sb, "instance_id=%s\n", s->instance_id);
	cloud_add(t, "qcloud_action/os.conf", strbuf_str(&sb));
}

static void tencent_metadata(struct cloud_tree *t, const struct cloud *c, const struct seed *s)
{
	static const char folder[] = "latest/meta-data";
	static const char mac[] = "latest/meta-data/network/interfaces/macs/" CLOUD_MAC;
	_autofree_ char *uuid = make_uuid(s);
	_autofree_ char *address = xasprintf("%s/local-ipv4s/%s", mac, c->net.address);

	add_in(t, folder, "instance-id", s->instance_id);
	add_in(t, folder, "instance-name", s->hostname);
	add_in(t, folder, "uuid", uuid);
	add_in(t, folder, "local-ipv4", c->net.address);
	add_in(t, folder, "mac", CLOUD_MAC);
	add_in(t, folder, "placement/region", s->region);
	add_in(t, folder, "placement/zone", s->zone);
	add_in(t, mac, "mac", CLOUD_MAC);
	add_in(t, mac, "primary-local-ipv4", c->net.address);
	add_in(t, address, "gateway", c->net.gateway);
	add_in(t, address, "local-ipv4", c->net.address);
	add_in(t, address, "subnet-mask", c->net.mask);
	if (s->user_data)
		cloud_add(t, "latest/user-data", s->user_data);
}

/* --- Alibaba --- */

static void add_password(struct strbuf *sb, const char *password)
{
	size_t n = strlen(password);
	_autofree_ char *text = xcalloc(1, n * 2 + 5);

	frame_base64_encode(text, (const uint8_t *)password, n);
	while (strlen(text) % 4)
		text[strlen(text)] = '=';
	strbuf_addf(sb, "password=%s\n", text);
	explicit_bzero(text, n * 2);
}

static void aliyun_disk(struct cloud_tree *t, const struct cloud *c, const struct seed *s)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);

	begin_osconf(&sb, c, s);
	if (s->password)
		add_password(&sb, s->password);
	cloud_add(t, "aliyun_custom_image/os.conf", strbuf_str(&sb));
}

static void aliyun_metadata(struct cloud_tree *t, const struct cloud *c, const struct seed *s)
{
	static const char folder[] = "latest/meta-data";
	static const char mac[] = "latest/meta-data/network/interfaces/macs/" CLOUD_MAC;

	add_in(t, folder, "instance-id", s->instance_id);
	add_in(t, folder, "hostname", s->hostname);
	add_in(t, folder, "instance/instance-name", s->hostname);
	add_in(t, folder, "region-id", s->region);
	add_in(t, folder, "zone-id", s->zone);
	add_in(t, folder, "mac", CLOUD_MAC);
	add_in(t, folder, "private-ipv4", c->net.address);
	add_in(t, folder, "dns-conf/nameservers", c->net.dns);
	add_in(t, mac, "gateway", c->net.gateway);
	add_in(t, mac, "netmask", c->net.mask);
	add_in(t, mac, "primary-ip-address", c->net.address);
	for (size_t i = 0; i < s->keys.n; i++) {
		_autofree_ char *path = xasprintf("%s/public-keys/%zu/openssh-key", folder, i);

		cloud_add(t, path, s->keys.v[i]);
	}
	if (s->user_data)
		cloud_add(t, "latest/user-data", s->user_data);
	if (s->vendor_data)
		cloud_add(t, "latest/vendor-data", s->vendor_data);
}

/* --- Huawei --- */

static void huawei_metadata(struct cloud_tree *t, const struct cloud *c, const struct seed *s)
{
	static const char folder[] = "latest/meta-data";
	_autofree_ char *hostname = xasprintf("%s" DOMAIN, s->hostname);

	add_openstack(t, s, hostname, c);
	add_in(t, folder, "instance-id", s->instance_id);
	add_in(t, folder, "hostname", hostname);
	add_in(t, folder, "local-ipv4", c->net.address);
	add_in(t, folder, "placement/availability-zone", s->zone);
	for (size_t i = 0; i < s->keys.n; i++) {
		_autofree_ char *path = xasprintf("%s/public-keys/%zu/openssh-key", folder, i);

		cloud_add(t, path, s->keys.v[i]);
	}
	if (s->user_data)
		cloud_add(t, "latest/user-data", s->user_data);
}

/* --- NoCloud --- */

static void nocloud_cd(struct cloud_tree *t, const struct cloud *c, const struct seed *s)
{
	_cleanup_(strbuf_release) struct strbuf meta = STRBUF_INIT(TEXT_MAX);
	struct jsonw w;

	jsonw_init(&w, (struct sink){to_strbuf, &meta}, false);
	jsonw_begin_object(&w, NULL);
	jsonw_string(&w, "instance-id", s->instance_id);
	jsonw_string(&w, "local-hostname", s->hostname);
	jsonw_begin_array(&w, "public-keys");
	for (size_t i = 0; i < s->keys.n; i++)
		jsonw_string(&w, NULL, s->keys.v[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	if (jsonw_finish(&w) == 0)
		cloud_add(t, "meta-data", strbuf_str(&meta));
	cloud_add(t, "user-data", s->user_data ? s->user_data : "#cloud-config\n{}\n");
	if (s->vendor_data)
		cloud_add(t, "vendor-data", s->vendor_data);
}

/*
 * A user network answers for a service only inside its own range. So it is wide enough for the
 * service and for an address as the cloud would give it; nothing else in it is there.
 */
#define PRIVATE_NET                                                                   \
	{                                                                             \
		.net = "160.0.0.0", .netmask = "240.0.0.0", .address = "172.16.0.15", \
		.mask = "255.255.240.0", .gateway = "172.16.0.1", .dns = "172.16.0.3" \
	}

const struct cloud cloud_tencent = {
	.name = "tencent",
	.net = PRIVATE_NET,
	.addresses = (const char *const[]){"169.254.0.23", "169.254.169.254", NULL},
	.cd_label = "config-2",
	.cd = tencent_cd,
	.metadata = tencent_metadata,
	.slashes = true,
};

const struct cloud cloud_aliyun = {
	.name = "aliyun",
	.net = {.net = "100.64.0.0",
		.netmask = "255.192.0.0",
		.address = "100.64.0.15",
		.mask = "255.255.240.0",
		.gateway = "100.64.0.1",
		.dns = "100.64.0.3"},
	.addresses = (const char *const[]){"100.100.100.200", NULL},
	.disk = aliyun_disk,
	.metadata = aliyun_metadata,
	.token_path = "latest/api/token",
	.token_ttl = "X-aliyun-ecs-metadata-token-ttl-seconds",
	.token = "X-aliyun-ecs-metadata-token",
	.slashes = true,
};

const struct cloud cloud_huawei = {
	.name = "huawei",
	.net = PRIVATE_NET,
	.addresses = (const char *const[]){"169.254.169.254", NULL},
	.metadata = huawei_metadata,
};

const struct cloud cloud_nocloud = {
	.name = "nocloud",
	.net = PRIVATE_NET,
	.addresses = (const char *const[]){NULL},
	.cd_label = "cidata",
	.cd = nocloud_cd,
};
