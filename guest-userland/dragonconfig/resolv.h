/* SPDX-License-Identifier: MIT */
/*
 * resolv: /etc/resolv.conf, put together from what each origin (the configuration, each lease)
 * says.
 *
 * What an origin says is kept in RESOLV_DIR, so that one whose lease is renewed leaves what others
 * said. Nothing known by anybody: the file is left alone.
 */
#ifndef DRAGONCONFIG_RESOLV_H
#define DRAGONCONFIG_RESOLV_H

#include "base/err.h"
#include "base/strv.h"

#define RESOLV_DIR "/run/dragonconfig/resolv"

/* origin: a file name; they count in alphabetic order. Replaces what it said before. */
int resolv_put(const char *origin, const struct strv *servers, const struct strv *search,
	       struct err *err);
/* The whole text: from now on no origin counts. NULL: they count again. */
int resolv_fix(const char *text, struct err *err);

#endif
