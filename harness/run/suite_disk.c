/* SPDX-License-Identifier: MIT */
#include "run/suite_disk.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/sha256.h"
#include "base/xalloc.h"

#define SELECT_MAX (32u << 20)

static int write_select(const struct suite_plan *plan, struct strbuf *text)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	int r = 0;

	strv_pushf(&lines, "command\t%s", plan->command);
	for (size_t i = 0; i < plan->env.n; i++)
		strv_pushf(&lines, "env\t%s", plan->env.v[i]);
	suite_select_write(&plan->select, &lines);
	for (size_t i = 0; r == 0 && i < lines.n; i++)
		r = strbuf_addf(text, "%s\n", lines.v[i]);
	return r;
}

int suite_disk_ready(struct loop *loop, struct suite_plan *plan, const char *disk, char **ret_disk,
		     char **ret_plan, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf select = STRBUF_INIT(SELECT_MAX);
	_autofree_ char *image = NULL, *path = NULL, *select_path = NULL;
	char key[65];
	int r = suite_image_ready(loop, disk, &plan->tree, &plan->text, &image, err);

	if (r < 0)
		return r;
	if (write_select(plan, &select) < 0)
		return err_usage(err, "the lists are too long");
	data_sha256(strbuf_str(&select), select.len, key);
	path = xasprintf("%s.%.16s.plan", image, key);
	select_path = xasprintf("%s.select", path);
	r = file_copy_atomic(path, plan->text.file, 0644, err);
	if (r == 0)
		r = file_write_atomic(select_path, strbuf_str(&select), select.len, 0644, err);
	if (r < 0)
		return r;
	*ret_disk = TAKE(image);
	*ret_plan = TAKE(path);
	return 0;
}
