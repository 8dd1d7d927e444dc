/* SPDX-License-Identifier: MIT */
#include "machine/accel.h"
int accel_choose(struct loop *loop, enum machine_accel wish, enum machine_accel *ret_accel,
		 char **ret_reason, struct err *err)
{
	*ret_accel = wish == ACCEL_KVM ? ACCEL_KVM : ACCEL_TCG;
	return 0;
}
