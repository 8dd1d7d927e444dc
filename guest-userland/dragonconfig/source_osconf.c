/* SPDX-License-Identifier: MIT */
/*
 * os.conf: Alibaba's platform writes it into the folder aliyun_custom_image of the first partition
 * of images that have one, Tencent's into qcloud_action of a CD. Alibaba's has the password in
 * base64; it is made a hash and taken out of the file. Tencent's has a hash.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "codec.h"
#include "instance.h"
#include "osconf.h"
#include "source_osconf.h"

#define ALIYUN "/aliyun_custom_image/os.conf"

static void take_common(struct instance *ret, const struct osconf *c, const char *prefix)
{
	if (!ret->id)
		ret->id = osconf_id(c, prefix);
	if (!ret->hostname && osconf_get(c, "hostname"))
		ret->hostname = xstrdup(osconf_get(c, "hostname"));
	if (!ret->network) {
		ret->network = osconf_network(c);
		ret->network_size = ret->network ? strlen(ret->network) : 0;
	}
}

static void take_base64(struct instance *ret, const char *text, struct problems *problems)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1000);

	if (!text)
		return;
	if (codec_base64(text, strlen(text), &sb) < 0 || !sb.len || memchr(sb.buf, 0, sb.len))
		problem_warn(problems, 0, "os.conf: its password is no base64");
	else
		ret->password = strbuf_detach(&sb, NULL);
}

static void take_aliyun(struct instance *ret, const char *text, const char *where,
			struct problems *problems)
{
	_cleanup_(osconf_release) struct osconf c;

	osconf_parse(&c, text);
	take_common(ret, &c, "aliyun");
	take_base64(ret, osconf_get(&c, "password"), problems);
	ret->source = xasprintf("DataSourceAliYun [os.conf=%s]", where);
	ret->why = xasprintf("%s is there", where);
}

struct taking {
	struct instance *to;
	struct problems *problems;
};

static bool aliyun_on_volume(void *arg, struct volume *v)
{
	struct taking *t = arg;
	_autofree_ char *text = NULL;

	/* An ext4 that is not the root would have to be mounted to look. */
	if (v->kind != VOLUME_VFAT || !volume_take(v, ALIYUN, OSCONF_MAX, &text, NULL, t->problems))
		return false;
	take_aliyun(t->to, text, v->device, t->problems);
	explicit_bzero(text, strlen(text));
	return true;
}

static bool find_aliyun(struct instance *ret, const struct search_terms *terms,
			struct problems *problems)
{
	static const char *const places[] = {ALIYUN, "/boot" ALIYUN};
	struct taking t = {ret, problems};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(OSCONF_MAX);

		if (file_read(places[i], &sb, NULL) < 0)
			continue;
		take_aliyun(ret, strbuf_str(&sb), places[i], problems);
		if (ret->password && access(places[i], W_OK) == 0)
			ret->password_file = xstrdup(places[i]);
		if (sb.buf)
			explicit_bzero(sb.buf, sb.len);
		return true;
	}
	return volumes_find(NULL, aliyun_on_volume, &t);
}

bool osconf_take_tencent(struct instance *ret, struct volume *v, struct problems *problems)
{
	_autofree_ char *text = NULL;
	_cleanup_(osconf_release) struct osconf c = {0};

	if (!volume_take(v, "qcloud_action/os.conf", OSCONF_MAX, &text, NULL, problems))
		return false;
	osconf_parse(&c, text);
	explicit_bzero(text, strlen(text));
	take_common(ret, &c, "tencent");
	if (osconf_get(&c, "password")) {
		ret->password = xstrdup(osconf_get(&c, "password"));
		ret->password_is_hash = true;
	}
	return true;
}

static bool tencent_on_volume(void *arg, struct volume *v)
{
	struct taking *t = arg;

	if (v->kind == VOLUME_EXT4 || !osconf_take_tencent(t->to, v, t->problems))
		return false;
	t->to->source = xasprintf("DataSourceTencentCloud [os.conf=%s]", v->device);
	t->to->why = xasprintf("qcloud_action/os.conf is on %s", v->device);
	return true;
}

static bool find_tencent(struct instance *ret, const struct search_terms *terms,
			 struct problems *problems)
{
	struct taking t = {ret, problems};

	return volumes_find(NULL, tencent_on_volume, &t);
}

const struct source source_aliyun = {
	.name = "os.conf of Alibaba",
	.words = {"aliyun"},
	.absent = "no aliyun_custom_image/os.conf",
	.beside = &source_aliyun_net,
	.find = find_aliyun,
};
const struct source source_tencent = {
	.name = "os.conf of Tencent",
	.words = {"tencent", "tencentcloud"},
	.absent = "no volume with qcloud_action/os.conf",
	.beside = &source_tencent_net,
	.find = find_tencent,
};
