/* SPDX-License-Identifier: MIT */
/* console: what people and programs who look at the console are told. */
#ifndef DRAGONCONFIG_CONSOLE_H
#define DRAGONCONFIG_CONSOLE_H

/* -errno: there is none. */
int console_show(const char *text);
/* A console that cannot be opened (some kernels have none of that name): standard error is it. */
void console_say(const char *text);

#endif
