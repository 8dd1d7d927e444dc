/* SPDX-License-Identifier: MIT */
#include "step/step.h"

const struct step_ops *const step_kinds[] = {NULL};
