/* SPDX-License-Identifier: MIT */
/*
 * library: a shared library that is loaded when it is first used, not when the program starts.
 *
 * For those that bring dozens of others along while most runs need none of them: linking libcurl
 * and libarchive took more than half of each start, and every worker is one.
 *
 * The user lists its functions once and calls through a table of their names' rests:
 *
 *	#define CALLS(X) X(easy_init) X(easy_cleanup)
 *	#define MEMBER(call) __typeof__(curl_##call) *call;
 *	#define ROW(call) {"curl_" #call, (void **)&curl.call},
 *	static struct { CALLS(MEMBER) } curl;
 *	static const struct library_call calls[] = {CALLS(ROW){NULL}};
 *	static struct library library = {.files = {"libcurl.so.4"}, .calls = calls};
 *
 * Owns nothing: a library stays until the program ends. Not for threads.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include "base/err.h"

struct library_call {
	const char *name;
	void **at; /* where its address goes */
};

struct library {
	const char *files[4];		  /* the first that is there is loaded; NULL at the end */
	const struct library_call *calls; /* name NULL at the end */
	void *handle;			  /* NULL until it is loaded, with all its calls */
};

/* 0, -ENOENT without any of the files, -ENOSYS where a call is not in it. Costs nothing again. */
int library_load(struct library *library, struct err *err);

#endif
