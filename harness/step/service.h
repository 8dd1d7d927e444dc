/* SPDX-License-Identifier: MIT */
/*
 * service: what other step kinds need of services in the guest.
 */
#ifndef STEP_SERVICE_H
#define STEP_SERVICE_H

#include "step/context.h"
#include "step/step.h"

/* Until its process is gone. 0, -ETIMEDOUT, or another error. */
int service_wait_end(struct guest *g, const struct context_service *s, struct deadline d,
		     struct err *err);

#endif
