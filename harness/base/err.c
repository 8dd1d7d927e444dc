/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int fill(struct err *err, int code, enum err_kind kind, const char *text)
{
	if (err) {
		err->code = code;
		err->kind = kind;
		snprintf(err->text, sizeof(err->text), "%s", text);
	}
	return -code;
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
	char text[sizeof(err->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fill(err, code, ERR_BROKEN, text);
}

int err_errno(struct err *err, int code, const char *fmt, ...)
{
	char text[sizeof(err->text)];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = strlen(text);
	snprintf(text + n, sizeof(text) - n, ": %s", strerror(code));
	return fill(err, code, ERR_BROKEN, text);
}

int err_usage(struct err *err, const char *fmt, ...)
{
	char text[sizeof(err->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fill(err, EINVAL, ERR_USAGE, text);
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char context[sizeof(err->text)];
	char whole[sizeof(err->text)];
	va_list ap;
	int n;

	if (!err)
		return -EIO;
	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	n = snprintf(whole, sizeof(whole), "%s", context);
	if (n >= 0 && (size_t)n < sizeof(whole))
		snprintf(whole + n, sizeof(whole) - (size_t)n, ": %s", err->text);
	memcpy(err->text, whole, sizeof(whole));
	return -err->code;
}

void err_clear(struct err *err)
{
	if (err)
		memset(err, 0, sizeof(*err));
}

int err_exit_status(const struct err *err)
{
	return err->kind == ERR_USAGE ? 2 : 3;
}
