/* SPDX-License-Identifier: MIT */
/*
 * What a program sees of itself right after exec, told on descriptor 1 as lines "key value".
 *
 * No library: a kilobyte that probes write to a file, set bits on, and execute. It looks only at
 * what it is told to, in a word that the writer of the file fills in: what nobody asks about need
 * not be called.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "lib/tiny_wish.h"

enum {
	AT_SECURE = 23,
	AT_EUID = 12,
	AT_EXECFN = 31,
	TEXT = 2000,
	FDS = 12,
	EXIT = 42,
	EXIT_WRITE = 43
};

__attribute__((used)) static const volatile struct tiny_wish wish = {TINY_WISH_MARK, TINY_NOTHING};

struct out {
	char text[TEXT];
	size_t len;
};

static long call(long nr, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return ret;
}

static void put_char(struct out *out, char c)
{
	if (out->len < TEXT)
		out->text[out->len++] = c;
}

static void put_text(struct out *out, const char *s)
{
	while (*s)
		put_char(out, *s++);
}

static void put_number(struct out *out, unsigned long n)
{
	char digits[20];
	int i = 0;

	do
		digits[i++] = (char)('0' + n % 10);
	while (n /= 10);
	while (i)
		put_char(out, digits[--i]);
}

static void put_line(struct out *out, char a, char b, unsigned long index, unsigned long value)
{
	put_char(out, a);
	put_char(out, b);
	if (index != (unsigned long)-1)
		put_number(out, index);
	put_char(out, ' ');
	put_number(out, value);
	put_char(out, '\n');
}

static void put_string(struct out *out, const char *key, const char *value)
{
	put_text(out, key);
	put_text(out, value);
	put_char(out, '\n');
}

static void put_strings(struct out *out, char key, char **strings)
{
	for (unsigned long i = 0; strings[i]; i++) {
		put_char(out, key);
		put_char(out, 'v');
		put_number(out, i);
		put_char(out, ' ');
		put_text(out, strings[i]);
		put_char(out, '\n');
	}
}

/* Real, effective and saved id: keys ur ue us, gr ge gs. */
static void put_ids(struct out *out, char key, long nr)
{
	unsigned r = 0, e = 0, s = 0;

	call(nr, (long)&r, (long)&e, (long)&s, 0);
	put_line(out, key, 'r', -1ul, r);
	put_line(out, key, 'e', -1ul, e);
	put_line(out, key, 's', -1ul, s);
}

static void put_auxv(struct out *out, const unsigned long *auxv)
{
	for (; auxv[0]; auxv += 2) {
		if (wish.wish & TINY_AUXV)
			put_line(out, 'a', 'x', auxv[0], auxv[1]);
		if (wish.wish & TINY_AUXV && auxv[0] == AT_EXECFN)
			put_string(out, "xf ", (const char *)auxv[1]);
		if (auxv[0] == AT_SECURE)
			put_line(out, 'a', 's', -1ul, auxv[1]);
		if (auxv[0] == AT_EUID)
			put_line(out, 'a', 'e', -1ul, auxv[1]);
	}
}

/* Signals: key si, 0 default, 1 ignored, else caught; the blocked mask under key sm. */
static void put_signals(struct out *out)
{
	uint64_t mask = 0;

	for (unsigned long sig = 1; sig < 32; sig++) {
		unsigned long act[4] = {77, 0, 0, 0};

		call(SYS_rt_sigaction, (long)sig, 0, (long)act, 8);
		if (act[0])
			put_line(out, 's', 'i', sig, act[0]);
	}
	call(SYS_rt_sigprocmask, 0, 0, (long)&mask, 8);
	put_line(out, 's', 'm', -1ul, mask);
}

/* Descriptors: key fd, 1 open, 2 when the kernel says neither that nor EBADF. */
static void put_fds(struct out *out)
{
	for (unsigned long fd = 3; fd < FDS; fd++) {
		long flags = call(SYS_fcntl, (long)fd, 1 /* F_GETFD */, 0, 0);

		if (flags != -9 /* EBADF */)
			put_line(out, 'f', 'd', fd, flags >= 0 ? 1 : 2);
	}
}

/* What a process has rather than a program: keys um umask, cw directory, pg group, sd
 * session, nf how many descriptors it may have. */
static void put_kept(struct out *out)
{
	unsigned long limit[2] = {0};
	char path[512] = "";
	long len;

	put_line(out, 'u', 'm', -1ul, (unsigned long)call(SYS_umask, 0, 0, 0, 0));
	len = call(SYS_getcwd, (long)path, sizeof(path), 0, 0);
	if (len > 0)
		path[len - 1] = '\0';
	put_string(out, "cw ", path);
	put_line(out, 'p', 'g', -1ul, (unsigned long)call(SYS_getpgid, 0, 0, 0, 0));
	put_line(out, 's', 'd', -1ul, (unsigned long)call(SYS_getsid, 0, 0, 0, 0));
	call(SYS_prlimit64, 0, 7 /* RLIMIT_NOFILE */, 0, (long)limit);
	put_line(out, 'n', 'f', -1ul, limit[0]);
}

/* Capabilities 0 to 31, a bit each: keys ce effective, cp permitted, ci inheritable. */
static void put_caps(struct out *out)
{
	unsigned head[2] = {0x20080522 /* _LINUX_CAPABILITY_VERSION_3 */, 0}, caps[6] = {0};

	if (call(SYS_capget, (long)head, (long)caps, 0, 0) != 0)
		return;
	put_line(out, 'c', 'e', -1ul, caps[0]);
	put_line(out, 'c', 'p', -1ul, caps[1]);
	put_line(out, 'c', 'i', -1ul, caps[2]);
}

__attribute__((used)) void tiny_main(unsigned long *sp)
{
	struct out out;
	unsigned long argc = sp[0];
	char **argv = (char **)(sp + 1);
	char **envp = argv + argc + 1;
	char **end = envp;

	out.len = 0;
	while (*end)
		end++;
	put_line(&out, 'a', 'c', -1ul, argc);
	put_strings(&out, 'a', argv);
	put_strings(&out, 'e', envp);
	if (wish.wish & TINY_IDS) {
		put_ids(&out, 'u', SYS_getresuid);
		put_ids(&out, 'g', SYS_getresgid);
	}
	put_auxv(&out, (unsigned long *)(end + 1));
	if (wish.wish & TINY_SIGNALS)
		put_signals(&out);
	if (wish.wish & TINY_FDS)
		put_fds(&out);
	if (wish.wish & TINY_KEPT)
		put_kept(&out);
	if (wish.wish & TINY_CAPS)
		put_caps(&out);
	put_line(&out, 'p', 'i', -1ul, (unsigned long)call(SYS_getpid, 0, 0, 0, 0));
	long written = call(SYS_write, 1, (long)out.text, (long)out.len, 0);

	if (wish.wish & TINY_WAITS) {
		char c;

		call(SYS_close, 1, 0, 0, 0);
		call(SYS_read, 0, (long)&c, 1, 0);
	}
	call(SYS_exit_group, written == (long)out.len ? EXIT : EXIT_WRITE, 0, 0, 0);
	for (;;)
		;
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall "
	"tiny_main\n");
