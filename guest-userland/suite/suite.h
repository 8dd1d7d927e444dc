/* SPDX-License-Identifier: MIT */
/*
 * suite: runs foreign test programs one by one and tells the host how each ended.
 *
 * One process, no allocation after start. The kernel under it is young: few system calls, what is
 * optional is tried and never required. What goes out stands in harness/wire/suite_record.h.
 *
 * main.c arguments, the plan; run.c one program; say.c records, batched.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGS_MAX 64

/* A line of the plan: NAME, FORMAT, LIMIT_MS, FLAGS, DIR and the arguments, a tab between two; \t,
 * \n and \\ in them stand for tab, line end and backslash. FLAGS: 'a' all it prints is wanted, else
 * only of a bad end; 'f' it leaves a result file; '-' none. */
struct order {
	unsigned long limit_ms;
	bool all, file;
	char *dir;
	char *argv[ARGS_MAX + 1];
};

struct options {
	double scale;	    /* of limits */
	unsigned long keep; /* bytes of output of one program */
	const char *root;   /* where the programs lie */
	char *const *extra; /* K=V, for the programs; of TMPDIR a folder "suite" is used */
	size_t n_extra;
};

/* ---- run.c ---- */
void run_setup(const struct options *o);
void run_one(unsigned long number, const struct order *order);

/* ---- say.c ---- */
void say_hello(unsigned long n);
/* Kept back, and taken back when the end comes before anything else went out. */
void say_begin(unsigned long number, unsigned long limit_ms);
void say_data(char kind, unsigned long number, const char *data, size_t n);
void say_end(unsigned long number, char how, int status, uint64_t time_us, unsigned long lost);
/* Milliseconds until what waits must go, -1: nothing waits. Sends it when the time has come. */
int say_due(uint64_t now);
void say_flush(void);

uint64_t now_us(void);

#endif
