/* SPDX-License-Identifier: MIT */
/*
 * context: what the steps of a scenario know of each other in one boot: services that they
 * started, host keys that they fetched.
 *
 * Owned by the guest (guest->context), since a new boot knows nothing of the old one. Called by
 * step kinds; guest.c frees it.
 */
#ifndef STEP_CONTEXT_H
#define STEP_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTEXT_MAX_SERVICES  8
#define CONTEXT_MAX_HOST_KEYS 8

struct context_service {
	char *name;
	int pid;	/* of the program that was spawned; 0: not running */
	char *pid_file; /* guest path of the pid to signal, NULL: pid above */
	uint16_t port;	/* guest TCP port that it listens on, 0: none */
	char *failure;	/* why it did not come up, NULL: it did */
	char *log;	/* guest path of its output */
};

struct step_context {
	struct context_service services[CONTEXT_MAX_SERVICES];
	size_t n_services;
	char *host_keys[CONTEXT_MAX_HOST_KEYS]; /* "type base64", as fetched through the channel */
	size_t n_host_keys;
};

struct guest;

/* The guest's context, made when first asked for. */
struct step_context *context_of(struct guest *g);
/* NULL is fine. */
void context_free(struct step_context *c);
/* The service of that name, or a fresh entry; NULL: too many. */
struct context_service *context_add_service(struct step_context *c, const char *name);
struct context_service *context_find_service(struct step_context *c, const char *name);
/* The service that listens on a guest port, NULL: none. */
struct context_service *context_find_port(struct step_context *c, uint16_t port);
void context_clear_service(struct context_service *s);
/* Takes the key. -ENOSPC: too many. */
int context_add_host_key(struct step_context *c, char *key);

#endif
