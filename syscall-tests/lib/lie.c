/* SPDX-License-Identifier: MIT */
/*
 * Makes the calls a probe is about lie, for that probe alone: a seccomp filter answers them
 * before the kernel sees them. Works on the reference kernel; that is where mutation runs.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

#include "inside.h"

enum {
	MAX_CODE = 64,
	/* No call any probe makes answers this one. */
	WRONG_ERRNO = EXDEV,
};

struct code {
	struct sock_filter at[MAX_CODE];
	unsigned short len;
};

static const char *const lie_names[] = {
	[LIE_NONE] = "none",
	[LIE_ENOSYS] = "enosys",
	[LIE_NOOP] = "noop",
	[LIE_ERRNO] = "errno",
};

int lie_parse(const char *name)
{
	for (size_t i = 0; i < sizeof(lie_names) / sizeof(lie_names[0]); i++)
		if (strcmp(name, lie_names[i]) == 0)
			return (int)i;
	return -1;
}

static void add(struct code *code, struct sock_filter op)
{
	if (code->len < MAX_CODE)
		code->at[code->len++] = op;
}

static void add_load(struct code *code, size_t offset)
{
	add(code, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* Goes on when equal, else jumps over `skip` instructions. */
static void add_equal(struct code *code, uint32_t value, int skip)
{
	add(code, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (uint8_t)skip));
}

static void add_return(struct code *code, uint32_t action)
{
	add(code, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void add_call(struct code *code, const struct probe_call *call, uint32_t action)
{
	/* Behind each comparison lie two instructions per argument still to compare, and a return.
	 */
	add_load(code, offsetof(struct seccomp_data, nr));
	add_equal(code, (uint32_t)call->nr, 2 * call->matches + 1);
	for (int i = 0; i < call->matches; i++) {
		size_t arg = (size_t)call->match[i].arg * sizeof(uint64_t);

		add_load(code, offsetof(struct seccomp_data, args) + arg);
		add_equal(code, call->match[i].value, 2 * (call->matches - i - 1) + 1);
	}
	add_return(code, action);
}

static uint32_t lie_action(enum lie lie)
{
	switch (lie) {
	case LIE_ENOSYS:
		return SECCOMP_RET_ERRNO | ENOSYS;
	case LIE_NOOP:
		return SECCOMP_RET_ERRNO | 0;
	default:
		return SECCOMP_RET_ERRNO | WRONG_ERRNO;
	}
}

static int install(const struct code *code)
{
	struct sock_fprog prog = {.len = code->len, .filter = (struct sock_filter *)code->at};

	/* Root needs no no_new_privs, and with it set-uid programs could not be asked about. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0)
		return 0;
	if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

int lie_install(const struct probe *probe, enum lie lie)
{
	struct code code = {0};

	add_load(&code, offsetof(struct seccomp_data, arch));
	add_equal(&code, AUDIT_ARCH_X86_64, 0);
	for (int i = 0; i < PROBE_MAX_CALLS && probe->call[i].used; i++)
		add_call(&code, &probe->call[i], lie_action(lie));
	add_return(&code, SECCOMP_RET_ALLOW);

	return install(&code);
}

int lie_install_filter(const struct call_filter *filter)
{
	uint32_t hit = filter->all_but ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRACE;
	struct code code = {0};

	add_load(&code, offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < filter->n; i++) {
		add_equal(&code, (uint32_t)filter->nr[i], 1);
		add_return(&code, hit);
	}
	add_return(&code, filter->all_but ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW);
	return install(&code);
}
