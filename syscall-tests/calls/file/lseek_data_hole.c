/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

enum { SIZE = 300000, FIRST = 70000, SECOND = 200000, MOST_PIECES = 10 };

static int fd, plain;

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "", 0, 0600), O_RDWR | O_CLOEXEC));
	SETUP_EQ(pwrite(fd, "x", 1, FIRST), 1);
	SETUP_EQ(pwrite(fd, "x", 1, SECOND), 1);
	SETUP_OK(ftruncate(fd, SIZE));
	plain = (int)SETUP_OK(open(tmp_file("plain", "0123456789", 10, 0600), O_RDONLY));
}

/* A kernel may take holes for data, up to the whole file, but no data for a hole. */
static int marks_in_data(void)
{
	off_t data, hole = 0;
	int found = 0;

	for (int i = 0; i < MOST_PIECES && (data = lseek(fd, hole, SEEK_DATA)) != -1; i++) {
		REQUIRE(data >= hole && data < SIZE, "after %d data begins at %d", (int)hole,
			(int)data);
		EXPECT_EQ(lseek(fd, 0, SEEK_CUR), data);
		hole = REQUIRE_OK(lseek(fd, data, SEEK_HOLE));
		REQUIRE(hole > data && hole <= SIZE, "data from %d ends at %d", (int)data,
			(int)hole);
		EXPECT_EQ(lseek(fd, 0, SEEK_CUR), hole);
		found += data <= FIRST && hole > FIRST;
		found += data <= SECOND && hole > SECOND;
	}
	EXPECT(errno == ENXIO, "behind the last data lseek gave %s", errno_name(errno));
	return found;
}

static void run(void)
{
	EXPECT_EQ(lseek(plain, 3, SEEK_DATA), 3);
	EXPECT_EQ(lseek(plain, 3, SEEK_HOLE), 10);
	EXPECT_EQ(lseek(plain, 0, SEEK_CUR), 10);
	EXPECT_ERRNO(lseek(plain, 10, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(plain, 10, SEEK_HOLE), ENXIO);
	EXPECT_EQ(marks_in_data(), 2);
}

PROBE(.promise = "Going from data to hole to data meets everything that was written, and ends with "
		 "ENXIO; cp and tar save sparse files so",
      .source = "man 2 lseek (SEEK_DATA, SEEK_HOLE)",
      .covers = COVERS("lseek:SEEK_DATA", "lseek:SEEK_HOLE"),
      .call = {CALL_IF(SYS_lseek, 2, SEEK_DATA), CALL_IF(SYS_lseek, 2, SEEK_HOLE)}, .setup = setup,
      .run = run);
