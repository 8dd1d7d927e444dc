/* SPDX-License-Identifier: MIT */
#include "machine/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/sha256.h"
#include "base/xalloc.h"

const char *const image_lanes[] = {"static", "debian", NULL};

#define INJECT_LIMIT (120 * SEC)
/* Ready images older than this and not today's are removed when a new one is made. */
#define KEEP_SECONDS (2 * 24 * 3600)

void image_kernel_release(struct image_kernel *k)
{
	free(k->kernel);
	free(k->initrd);
	*k = (struct image_kernel){0};
}

static char *base_image(const char *lane)
{
	return xasprintf("%s/image/%s.img", paths_cache(), lane);
}

char *image_lane_problem(const char *lane)
{
	_autofree_ char *img = base_image(lane);
	_autofree_ char *skip = xasprintf("%s/image/%s.skip", paths_cache(), lane);
	_cleanup_(strbuf_release) struct strbuf why = STRBUF_INIT(4096);

	if (file_exists(img))
		return NULL;
	if (file_read(skip, &why, NULL) == 0 && why.len)
		return xstrndup(why.buf, strcspn(why.buf, "\n"));
	return xasprintf("%s is not built: run `make image` (or `harness image build`)", img);
}

char *image_keys_dir(void)
{
	return xasprintf("%s/image/keys", paths_cache());
}

int image_reference(const char *flavour, struct image_kernel *ret_kernel, struct err *err)
{
	_cleanup_(image_kernel_release) struct image_kernel k = {0};

	k.kernel = xasprintf("%s/reference/%s/vmlinuz", paths_cache(), flavour);
	k.initrd = xasprintf("%s/reference/%s/initramfs.cpio", paths_cache(), flavour);
	if (!file_exists(k.kernel) || !file_exists(k.initrd))
		return err_set(
			err, ENOENT,
			"no reference kernel in %s/reference/%s: run `make %s` (or `harness image "
			"build %s`)",
			paths_cache(), flavour,
			strcmp(flavour, "cloud") == 0 ? "image" : "reference-generic", flavour);
	*ret_kernel = k;
	k = (struct image_kernel){0};
	return 0;
}

/* What the ready image depends on: the base image's identity and the content of what goes in. */
static int ready_key(const char *base, const char *agent, const char *probes, char ret_key[65],
		     struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
	const char *files[] = {agent, probes};
	struct stat st;

	if (stat(base, &st) < 0)
		return err_errno(err, errno, "cannot read %s", base);
	strbuf_addf(&sb, "%lld %lld.%09ld\n", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		    st.st_mtim.tv_nsec);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char hex[65];
		int r = file_sha256(files[i], hex, err);

		if (r < 0)
			return r;
		strbuf_addf(&sb, "%s\n", hex);
	}
	data_sha256(sb.buf, sb.len, ret_key);
	return 0;
}

static void drop_old(const char *dir)
{
	DIR *d = opendir(dir);
	time_t now = time(NULL);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		_autofree_ char *path = path_join(dir, e->d_name);
		struct stat st;

		if (strstr(e->d_name, ".img") && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    now - st.st_atime > KEEP_SECONDS && now - st.st_mtime > KEEP_SECONDS)
			remove(path);
	}
	if (d)
		closedir(d);
}

static int inject(struct loop *loop, const char *base, const char *out, const char *agent,
		  const char *probes, struct err *err)
{
	_autofree_ char *script = path_join(paths_data(), "guest-userland/inject.sh");
	_autofree_ char *a = xasprintf("%s:/harness/agent", agent);
	_autofree_ char *p = xasprintf("%s:/harness/probes", probes);
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(16384);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, r;

	spec.argv = (char *[]){script, (char *)base, (char *)out, a, p, NULL};
	r = proc_run(loop, &spec, deadline_in(INJECT_LIMIT), NULL, &said, &status, err);
	if (r < 0)
		return r;
	if (status != 0) {
		char text[64];

		return err_set(err, EIO, "cannot put the guest programs on %s: %s: %.600s", base,
			       proc_status_text(status, text, sizeof(text)), strbuf_str(&said));
	}
	return 0;
}

int image_ready(struct loop *loop, const char *lane, char **ret_path, struct err *err)
{
	_autofree_ char *base = base_image(lane);
	_autofree_ char *agent = path_join(paths_guest(), "agent");
	_autofree_ char *probes = path_join(paths_guest(), "probes");
	_autofree_ char *dir = path_join(paths_cache(), "ready");
	_autofree_ char *problem = image_lane_problem(lane);
	_autofree_ char *out = NULL;
	char key[65];
	int r;

	if (problem)
		return err_set(err, ENOENT, "lane %s: %s", lane, problem);
	r = ready_key(base, agent, probes, key, err);
	if (r < 0)
		return r;
	out = xasprintf("%s/%s-%.16s.img", dir, lane, key);
	if (!file_exists(out)) {
		r = mkdir_p(dir, err);
		if (r < 0)
			return r;
		drop_old(dir);
		r = inject(loop, base, out, agent, probes, err);
		if (r < 0)
			return r;
	}
	*ret_path = TAKE(out);
	return 0;
}
