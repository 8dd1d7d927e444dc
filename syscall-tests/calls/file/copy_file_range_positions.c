/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int from, to, read_only, folder;

static void setup(void)
{
	const char *path = tmp_file("from", "0123456789", 10, 0600);

	from = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
	read_only = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	to = (int)SETUP_OK(open(tmp_file("to", "head", 4, 0600), O_RDWR | O_CLOEXEC));
	folder = (int)SETUP_OK(open(tmp_path("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_EQ(lseek(from, 8, SEEK_SET), 8);
}

static ssize_t copy(int in, off_t *at_in, int out, off_t *at_out, size_t len)
{
	return copy_file_range(in, at_in, out, at_out, len, 0);
}

/* As much at once as it likes, until there is that much. */
static void copy_all(off_t *at_in, off_t *at_out, ssize_t len, size_t asked)
{
	ssize_t n, total = 0;

	while (total < len) {
		n = copy(from, at_in, to, at_out, asked - (size_t)total);
		REQUIRE(n > 0 && n <= len - total, "after %zd bytes of %zd it copied %zd, %s",
			total, len, n, errno_name(errno));
		total += n;
	}
}

static void run(void)
{
	off_t at_in = 2, at_out = 4;
	char buf[16] = "";

	copy_all(&at_in, &at_out, 5, 5);
	EXPECT_EQ(at_in, 7);
	EXPECT_EQ(at_out, 9);
	EXPECT_EQ(lseek(from, 0, SEEK_CUR), 8);
	EXPECT_EQ(lseek(to, 0, SEEK_CUR), 0);
	/* Without offsets from position to position, and no further than the end. */
	copy_all(NULL, NULL, 2, 100);
	EXPECT_EQ(lseek(from, 0, SEEK_CUR), 10);
	EXPECT_EQ(copy(from, NULL, to, NULL, 100), 0);
	EXPECT_EQ(lseek(to, 0, SEEK_CUR), 2);
	EXPECT_EQ(pread(to, buf, sizeof(buf), 0), 9);
	EXPECT_BYTES(buf, "89ad23456", 9);
	EXPECT_ERRNO(copy_file_range(from, &at_in, to, &at_out, 1, 1), EINVAL);
	EXPECT_ERRNO(copy(to, NULL, read_only, NULL, 1), EBADF);
	EXPECT_ERRNO(copy(folder, NULL, to, NULL, 1), EISDIR);
}

PROBE(.promise = "copy_file_range copies from offset to offset and writes back where it ended, or "
		 "from position to position, and gives 0 at the end; cp and cat copy so",
      .source = "man 2 copy_file_range", .covers = COVERS("copy_file_range"),
      .call = {CALL(SYS_copy_file_range)}, .setup = setup, .run = run);
