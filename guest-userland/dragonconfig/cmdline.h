/* SPDX-License-Identifier: MIT */
/* cmdline: words of the kernel's command line. */
#ifndef DRAGONCONFIG_CMDLINE_H
#define DRAGONCONFIG_CMDLINE_H

/* What stands behind "key=" in the last such word; caller frees. NULL: there is none. */
char *cmdline_get(const char *key);

#endif
