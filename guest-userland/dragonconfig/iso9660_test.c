/* SPDX-License-Identifier: MIT */
#include "iso9660.h"

#include "image_double.h"

static const char *const forms[] = {
	[ISO9660_PLAIN] = "--norock -iso-level 3",
	[ISO9660_JOLIET] = "--norock -J",
	[ISO9660_ROCK_RIDGE] = "-R -J",
};

static void make(struct image_double *d, const char *options)
{
	_autofree_ char *script =
		xasprintf("xorriso -as mkisofs -V config-2 %s -o iso in", options);

	image_double_begin(d);
	image_double_file(d, "in/user-data", "#cloud-config\n");
	image_double_file(d, "in/meta-data", "instance-id: i-1\n");
	image_double_file(d, "in/openstack/latest/meta_data.json", "{}");
	image_double_run(d, script);
	image_double_load(d, "iso");
}

/* Of a file, or -errno. */
static int read_file(struct image_double *d, const char *path, size_t max, char **ret)
{
	struct image_reader reader = image_double_reader(d);
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(max);
	struct iso9660 fs;
	int r = iso9660_open(&fs, &reader, NULL);

	if (r == 0)
		r = iso9660_read(&fs, path, &sb, NULL);
	if (r == 0 && ret)
		*ret = strbuf_detach(&sb, NULL);
	return r;
}

static void holds(struct image_double *d, const char *path, const char *text)
{
	_autofree_ char *got = NULL;

	assert_int_equal(read_file(d, path, 1000, &got), 0);
	assert_string_equal(got, text);
}

static void files_are_read_whatever_form_names_have(void **state)
{
	for (int form = ISO9660_PLAIN; form <= ISO9660_ROCK_RIDGE; form++) {
		_cleanup_(image_double_release) struct image_double d;
		struct image_reader reader;
		struct iso9660 fs;

		make(&d, forms[form]);
		reader = image_double_reader(&d);
		assert_int_equal(iso9660_open(&fs, &reader, NULL), 0);
		assert_string_equal(fs.label, "config-2");
		assert_int_equal(fs.names, form);
		holds(&d, form == ISO9660_PLAIN ? "user_data" : "user-data", "#cloud-config\n");
		holds(&d, "/openstack/latest/meta_data.json", "{}");
		assert_int_equal(read_file(&d, "openstack", 1000, NULL), -EISDIR);
		assert_int_equal(read_file(&d, "nothing", 1000, NULL), -ENOENT);
		assert_int_equal(read_file(&d, "user-data/x", 1000, NULL), -ENOENT);
	}
}

static void long_names_continue_elsewhere(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	_autofree_ char *name = xmalloc(201), *path = NULL;

	memset(name, 'n', 200);
	name[200] = '\0';
	path = xasprintf("in/%s", name);
	image_double_begin(&d);
	image_double_file(&d, path, "long");
	image_double_run(&d, "xorriso -as mkisofs -R -o iso in");
	image_double_load(&d, "iso");
	holds(&d, name, "long");
}

static void folders_are_listed(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct image_reader reader;
	struct iso9660 fs;

	make(&d, forms[ISO9660_ROCK_RIDGE]);
	reader = image_double_reader(&d);
	assert_int_equal(iso9660_open(&fs, &reader, NULL), 0);
	assert_int_equal(iso9660_list(&fs, "/", &names, NULL), 0);
	assert_int_equal(names.n, 3);
	assert_true(strv_has(&names, "openstack/"));
	assert_true(strv_has(&names, "user-data"));
	assert_int_equal(iso9660_list(&fs, "user-data", &names, NULL), -ENOTDIR);
}

static void what_is_none_is_told_apart(void **state)
{
	struct image_double d = {.n = 1 << 16};
	struct image_reader reader = image_double_reader(&d);
	struct iso9660 fs;

	d.bytes = xcalloc(1, d.n);
	assert_int_equal(iso9660_open(&fs, &reader, NULL), -EMEDIUMTYPE);
	d.n = 512;
	assert_int_equal(iso9660_open(&fs, &reader, NULL), -EMEDIUMTYPE);
	free(d.bytes);
}

/* The record whose plain name this is. */
static uint8_t *record_of(struct image_double *d, const char *name)
{
	return (uint8_t *)d->bytes + image_double_at(d, 17 * 2048, name, strlen(name)) - 33;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void lies_are_refused(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	uint8_t *file, *folder;

	make(&d, forms[ISO9660_ROCK_RIDGE]);
	file = record_of(&d, "USER_DAT");
	put32(file + 10, 0xffffffff);
	assert_int_equal(read_file(&d, "user-data", 1000, NULL), -E2BIG);
	put32(file + 10, 500u << 20);
	assert_int_equal(read_file(&d, "user-data", 600u << 20, NULL), -EIO);
	put32(file + 10, 14);
	put32(file + 2, 0xfffffff0);
	assert_int_equal(read_file(&d, "user-data", 1000, NULL), -EIO);
	file[25] |= 0x80;
	assert_int_equal(read_file(&d, "user-data", 1000, NULL), -EBADMSG);
	folder = record_of(&d, "OPENSTAC");
	put32(folder + 10, 0xffffffff);
	assert_int_equal(read_file(&d, "openstack/latest", 1000, NULL), -EBADMSG);
	put32(folder + 10, 2048);
	put32(folder + 2, 0x00ffffff);
	assert_int_equal(read_file(&d, "openstack/latest", 1000, NULL), -EIO);
	file[0] = 20;
	assert_int_equal(read_file(&d, "nothing", 1000, NULL), -EBADMSG);
	file[0] = 255;
	file[32] = 254;
	assert_int_equal(read_file(&d, "nothing", 1000, NULL), -EBADMSG);
}

static void loops_end(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	const uint8_t *root;
	uint8_t *folder;

	make(&d, forms[ISO9660_ROCK_RIDGE]);
	root = (const uint8_t *)d.bytes + 16 * 2048 + 156;
	folder = record_of(&d, "OPENSTAC");
	memcpy(folder + 2, root + 2, 4);
	holds(&d, "openstack/openstack/openstack/user-data", "#cloud-config\n");
	/* A sector of nothing but zeros is the end of nothing. */
	memcpy(folder + 2, "\0\0\0\0", 4);
	assert_int_equal(read_file(&d, "openstack/latest", 1000, NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_whatever_form_names_have),
		cmocka_unit_test(long_names_continue_elsewhere),
		cmocka_unit_test(folders_are_listed),
		cmocka_unit_test(what_is_none_is_told_apart),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(loops_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
