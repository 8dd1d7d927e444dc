/* SPDX-License-Identifier: MIT */
#include "vfat.h"

#include "image_double.h"

/* kib: of the image. */
static void make(struct image_double *d, unsigned int bits, unsigned int kib)
{
	_autofree_ char *script =
		xasprintf("PATH=$PATH:/sbin:/usr/sbin; mkfs.vfat -n CIDATA -F %u -C fat %u && "
			  "MTOOLS_SKIP_CHECK=1 mcopy -i fat -s in/* ::",
			  bits, kib);
	char text[9001];

	memset(text, 'x', 9000);
	text[9000] = '\0';
	image_double_begin(d);
	image_double_file(d, "in/user-data", "#cloud-config\n");
	image_double_file(d, "in/long", text);
	image_double_file(d, "in/openstack/latest/meta_data.json", "{}");
	image_double_file(d, "in/a rather long name with \xc3\xa4 in it.text", "long");
	image_double_file(d, "in/none", "");
	image_double_run(d, script);
	image_double_load(d, "fat");
}

static int read_file(struct image_double *d, const char *path, size_t max, char **ret)
{
	struct image_reader reader = image_double_reader(d);
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(max);
	struct vfat fs;
	int r = vfat_open(&fs, &reader, NULL);

	if (r == 0)
		r = vfat_read(&fs, path, &sb, NULL);
	if (r == 0 && ret)
		*ret = strbuf_detach(&sb, NULL);
	return r;
}

static void holds(struct image_double *d, const char *path, const char *text)
{
	_autofree_ char *got = NULL;

	assert_int_equal(read_file(d, path, 10000, &got), 0);
	assert_string_equal(got, text);
}

static void each_width_is_read(void **state)
{
	static const struct {
		unsigned int bits, kib;
	} table[] = {{12, 1440}, {16, 16384}, {32, 40000}};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(image_double_release) struct image_double d;
		_autofree_ char *got = NULL;
		struct image_reader reader;
		struct vfat fs;

		make(&d, table[i].bits, table[i].kib);
		reader = image_double_reader(&d);
		assert_int_equal(vfat_open(&fs, &reader, NULL), 0);
		assert_int_equal(fs.bits, table[i].bits);
		assert_string_equal(fs.label, "CIDATA");
		holds(&d, "user-data", "#cloud-config\n");
		holds(&d, "USER-data", "#cloud-config\n");
		holds(&d, "none", "");
		holds(&d, "/openstack/latest/meta_data.json", "{}");
		assert_int_equal(read_file(&d, "openstack/../user-data", 1000, NULL), -ENOENT);
		assert_int_equal(read_file(&d, "long", 9000, &got), 0);
		assert_int_equal(strspn(got, "x"), 9000);
		assert_int_equal(read_file(&d, "long", 8999, NULL), -E2BIG);
		assert_int_equal(read_file(&d, "openstack", 1000, NULL), -EISDIR);
		assert_int_equal(read_file(&d, "openstack/latest/no", 1000, NULL), -ENOENT);
	}
}

static void long_names_are_utf_8(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct image_reader reader;
	struct vfat fs;

	make(&d, 12, 1440);
	reader = image_double_reader(&d);
	assert_int_equal(vfat_open(&fs, &reader, NULL), 0);
	assert_int_equal(vfat_list(&fs, "", &names, NULL), 0);
	assert_int_equal(names.n, 5);
	assert_true(strv_has(&names, "openstack/"));
	holds(&d, "a rather long name with \xc3\xa4 in it.text", "long");
}

static void a_long_name_of_another_file_does_not_count(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	uint8_t *record;

	make(&d, 12, 1440);
	record = (uint8_t *)d.bytes + image_double_at(&d, 0, "USER-D~1", 8);
	record[7] = '2';
	assert_int_equal(read_file(&d, "user-data", 1000, NULL), -ENOENT);
	holds(&d, "user-d~2", "#cloud-config\n");
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

/* FAT16: each entry of both tables. */
static void fill_fat(struct image_double *d, unsigned int value)
{
	struct image_reader reader = image_double_reader(d);
	struct vfat fs;

	assert_int_equal(vfat_open(&fs, &reader, NULL), 0);
	for (uint64_t i = 2; i < fs.fat_size / 2; i++)
		put16((uint8_t *)d->bytes + fs.fat + 2 * i, value);
}

static void loops_end(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	uint8_t *file, *folder;
	unsigned int at;

	make(&d, 16, 16384);
	folder = (uint8_t *)d.bytes + image_double_at(&d, 0, "OPENST~1", 8);
	at = folder[26] | (unsigned int)folder[27] << 8;
	fill_fat(&d, at);
	/* The folder of 4 clusters' worth of records that never end. */
	{
		struct image_reader reader = image_double_reader(&d);
		struct vfat fs;
		uint64_t place;

		assert_int_equal(vfat_open(&fs, &reader, NULL), 0);
		place = fs.data + (uint64_t)(at - 2) * fs.cluster * fs.sector;
		memset(d.bytes + place, 0xe5, (size_t)fs.cluster * fs.sector);
	}
	assert_int_equal(read_file(&d, "openstack/latest", 1000, NULL), -EBADMSG);
	file = (uint8_t *)d.bytes + image_double_at(&d, 0, "LONG       ", 11);
	memcpy(file + 28, "\xff\xff\xff\xff", 4);
	assert_int_equal(read_file(&d, "long", 100000, NULL), -E2BIG);
	memcpy(file + 28, "\0\0\1\0", 4);
	assert_int_equal(read_file(&d, "long", 100000, NULL), 0);
	fill_fat(&d, 0xffff);
	assert_int_equal(read_file(&d, "long", 100000, NULL), -EBADMSG);
	fill_fat(&d, 0xfff0);
	assert_int_equal(read_file(&d, "long", 100000, NULL), -EBADMSG);
	put16(file + 26, 0);
	assert_int_equal(read_file(&d, "long", 100000, NULL), -EBADMSG);
}

static void boot_sectors_that_lie(void **state)
{
	static const struct {
		unsigned int at, value;
	} table[] = {{11, 0}, {11, 513}, {11, 32768}, {13, 0}, {13, 3}, {14, 0},
		     {16, 0}, {16, 9},	 {22, 65535}, {19, 1}, {510, 0}};
	_cleanup_(image_double_release) struct image_double d;

	make(&d, 12, 1440);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct image_reader reader = image_double_reader(&d);
		uint8_t *p = (uint8_t *)d.bytes + table[i].at, before[2];
		struct vfat fs;

		memcpy(before, p, 2);
		if (table[i].at == 13 || table[i].at == 16)
			p[0] = (uint8_t)table[i].value;
		else
			put16(p, table[i].value);
		assert_int_equal(vfat_open(&fs, &reader, NULL), -EMEDIUMTYPE);
		memcpy(p, before, 2);
	}
	d.n = 4096;
	assert_int_equal(read_file(&d, "user-data", 1000, NULL), -EIO);
	d.n = 100;
	assert_int_equal(read_file(&d, "user-data", 1000, NULL), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_width_is_read),
		cmocka_unit_test(long_names_are_utf_8),
		cmocka_unit_test(a_long_name_of_another_file_does_not_count),
		cmocka_unit_test(loops_end),
		cmocka_unit_test(boot_sectors_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
