/* SPDX-License-Identifier: MIT */
/*
 * usage: what this process itself costs its host, from /proc/self/status.
 */
#ifndef BASE_USAGE_H
#define BASE_USAGE_H

#include <stdint.h>

/* Resident set now and at its largest (VmRSS, VmHWM), in KiB; 0 where the host does not tell. */
uint64_t usage_rss_kib(void);
uint64_t usage_peak_kib(void);

#endif
