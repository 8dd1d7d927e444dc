/* SPDX-License-Identifier: MIT */
/*
 * registers: what QEMU's "info registers -a" says about each virtual CPU. Pure; called by qemu.
 */
#ifndef MACHINE_REGISTERS_H
#define MACHINE_REGISTERS_H

#include <stddef.h>

#include "machine/machine.h"

/* Fills at most room samples; returns how many. */
size_t registers_parse(const char *text, struct machine_cpu_sample *samples, size_t room);

#endif
