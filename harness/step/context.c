/* SPDX-License-Identifier: MIT */
#include "step/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "step/guest.h"

struct step_context *context_of(struct guest *g)
{
	if (!g->context)
		g->context = xcalloc(1, sizeof(*g->context));
	return g->context;
}

void context_clear_service(struct context_service *s)
{
	free(s->name);
	free(s->pid_file);
	free(s->failure);
	free(s->log);
	*s = (struct context_service){0};
}

void context_free(struct step_context *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_services; i++)
		context_clear_service(&c->services[i]);
	for (size_t i = 0; i < c->n_host_keys; i++)
		free(c->host_keys[i]);
	free(c);
}

struct context_service *context_find_service(struct step_context *c, const char *name)
{
	for (size_t i = 0; i < c->n_services; i++)
		if (!strcmp(c->services[i].name, name))
			return &c->services[i];
	return NULL;
}

struct context_service *context_add_service(struct step_context *c, const char *name)
{
	struct context_service *s = context_find_service(c, name);

	if (s) {
		context_clear_service(s);
	} else {
		if (c->n_services == CONTEXT_MAX_SERVICES)
			return NULL;
		s = &c->services[c->n_services++];
	}
	s->name = xstrdup(name);
	return s;
}

struct context_service *context_find_port(struct step_context *c, uint16_t port)
{
	for (size_t i = c->n_services; i-- > 0;)
		if (c->services[i].port == port)
			return &c->services[i];
	return NULL;
}

int context_add_host_key(struct step_context *c, char *key)
{
	if (c->n_host_keys == CONTEXT_MAX_HOST_KEYS) {
		free(key);
		return -ENOSPC;
	}
	c->host_keys[c->n_host_keys++] = key;
	return 0;
}
