/* SPDX-License-Identifier: MIT */
/*
 * accel: may KVM be used on this host? Only if a tiny guest really ran under it to its end.
 *
 * Owns the verdict's cache: one small file, valid for one boot of the host and one QEMU. Called by
 * qemu and `harness doctor`.
 */
#ifndef MACHINE_ACCEL_H
#define MACHINE_ACCEL_H

#include "base/err.h"
#include "base/loop.h"
#include "machine/machine.h"

/*
 * From a wish to ACCEL_KVM or ACCEL_TCG. ret_reason (may be NULL; caller frees): why not KVM, NULL
 * when it is KVM or nobody asked. An explicit ACCEL_KVM that cannot be had is an error that says
 * why.
 */
int accel_choose(struct loop *loop, enum machine_accel wish, enum machine_accel *ret_accel,
		 char **ret_reason, struct err *err);
/* The same with another device in the place of /dev/kvm. */
int accel_choose_on(struct loop *loop, const char *device, enum machine_accel wish,
		    enum machine_accel *ret_accel, char **ret_reason, struct err *err);
/* What is true of a guest's machine only on this boot of the host (its CPU, its kernel) and with
 * this QEMU, as text; NULL: cannot be told. Caller frees. */
char *accel_host_key(void);
/* -1 for an unknown word; "auto", "kvm", "tcg". */
int accel_parse(const char *word);

#endif
