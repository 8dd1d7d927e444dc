/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <fcntl.h>

#include "probe.h"
#include "lib/tiny.h"

/* Where the linker puts a program that is not moved. */
enum { BASE = 0x400000, TICKS = 100, PAGE = 4096 };

static const char *program;
static Elf64_Ehdr file;

static void setup(void)
{
	int fd;

	program = tiny_install("program", 0755, TINY_AUXV);
	fd = (int)SETUP_OK(open(program, O_RDONLY | O_CLOEXEC));
	SETUP_EQ(pread(fd, &file, sizeof(file), 0), sizeof(file));
	SETUP_OK(close(fd));
}

static void run(void)
{
	char *const argv[] = {"not-the-path", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, NULL, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ax6"), PAGE);			     /* AT_PAGESZ */
	EXPECT_EQ(tiny_number(&tiny, "ax3"), (uint64_t)BASE + file.e_phoff); /* AT_PHDR */
	EXPECT_EQ(tiny_number(&tiny, "ax4"), file.e_phentsize);		     /* AT_PHENT */
	EXPECT_EQ(tiny_number(&tiny, "ax5"), file.e_phnum);		     /* AT_PHNUM */
	EXPECT_EQ(tiny_number(&tiny, "ax9"), file.e_entry);		     /* AT_ENTRY */
	EXPECT_EQ(tiny_number(&tiny, "ax11"), getuid());		     /* AT_UID */
	EXPECT_EQ(tiny_number(&tiny, "ax14"), getegid());		     /* AT_EGID */
	EXPECT_EQ(tiny_number(&tiny, "ax17"), TICKS);			     /* AT_CLKTCK */
	EXPECT_EQ(tiny_number(&tiny, "ax23"), 0);			     /* AT_SECURE */
	EXPECT(tiny_number(&tiny, "ax25") > 0, "there is no AT_RANDOM");
	EXPECT_STR(tiny_get(&tiny, "xf"), program); /* AT_EXECFN */
}

PROBE(.promise = "The auxiliary vector tells a program its headers, entry, page size, ids, path "
		 "and where random bytes are: C libraries start from it",
      .source = "man 3 getauxval; System V ABI, AMD64 supplement, 3.4.3",
      .covers = COVERS("execve:auxv"), .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
