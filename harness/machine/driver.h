/* SPDX-License-Identifier: MIT */
/*
 * driver: what a kind of machine must offer. Private to machine/.
 *
 * A driver embeds struct machine as its first member and exports one const table, listed in
 * machine.c. machine.c checks arguments and NULLs; contracts are those of machine.h.
 */
#ifndef MACHINE_DRIVER_H
#define MACHINE_DRIVER_H

#include "machine/machine.h"

struct machine {
	const struct machine_ops *ops;
	enum machine_end ended;
	const char *accel, *profile; /* static strings */
	unsigned int cpus;
	char *cmdline; /* owned, as argv: freed by machine_free() */
	struct strv argv;
};

struct machine_ops {
	const char *name;
	int (*start)(struct loop *loop, const struct machine_spec *spec,
		     const struct machine_listener *listener, struct machine **ret_machine,
		     struct err *err);
	void (*stop)(struct machine *m); /* end it and release everything but struct machine */
	int (*channel_write)(struct machine *m, const void *data, size_t n);
	int (*console_write)(struct machine *m, const void *data, size_t n);
	uint16_t (*port)(const struct machine *m, uint16_t guest_port);
	uint16_t (*gdb_port)(const struct machine *m);
	pid_t (*pid)(const struct machine *m);
	bool (*channel_open)(const struct machine *m);
	int (*run_state)(struct machine *m, char *state, size_t room, struct deadline deadline,
			 struct err *err);
	int (*snapshot_key)(struct loop *loop, const struct machine_spec *spec, char ret_key[65],
			    struct err *err);
	int (*save)(struct machine *m, const char *dir, struct deadline deadline, struct err *err);
	int (*sample_cpus)(struct machine *m, struct machine_cpu_sample *samples, size_t *ret_n,
			   struct deadline deadline, struct err *err);
};

extern const struct machine_ops qemu_ops;

#endif
