/* SPDX-License-Identifier: MIT */
/*
 * ssh: what the step kinds that log in have in common: who, how, where, and what is said of it.
 *
 * Called by step kinds. Credentials come from the guest's keys folder, host keys from the context.
 */
#ifndef STEP_SSH_H
#define STEP_SSH_H

#include "base/strv.h"
#include "load/login.h"
#include "step/step.h"

enum ssh_auth { SSH_AUTH_KEY, SSH_AUTH_PASSWORD };

/* Options of a login, for a step's options struct. */
struct ssh_who {
	char *user;
	int auth;
	int64_t port; /* guest's */
};
extern const char *const ssh_auth_words[];

#define SSH_WHO_FIELDS(owner, member)                                                      \
	{.name = "user",                                                                   \
	 .type = FIELD_STRING,                                                             \
	 .offset = offsetof(owner, member.user),                                           \
	 .fallback = "tester",                                                             \
	 .help = "Who logs in."},                                                          \
		{.name = "auth",                                                           \
		 .type = FIELD_ENUM,                                                       \
		 .offset = offsetof(owner, member.auth),                                   \
		 .words = ssh_auth_words,                                                  \
		 .fallback = "key",                                                        \
		 .help = "With what."},                                                    \
	{                                                                                  \
		.name = "port", .type = FIELD_INT, .offset = offsetof(owner, member.port), \
		.min = 1, .max = 65535, .fallback = "22", .help = "The guest's TCP port."  \
	}

/* A spec for login_start() with all it points to. */
struct ssh_access {
	struct login_spec spec;
	char *key_file, *password;
};
int ssh_access_make(struct guest *g, const struct ssh_who *who, struct deadline d,
		    struct ssh_access *ret, struct err *err);
void ssh_access_release(struct ssh_access *a);

/* One login to its end. The result is the caller's to free. */
int ssh_run(struct guest *g, const struct login_spec *spec, struct login **ret_login,
	    struct err *err);
/*
 * What an unwanted end of a login means. Fills *o (fail) and returns 0, or returns -ETIMEDOUT. The
 * end of a connection through the user network is told as what it is: it ended.
 */
int ssh_explain(const struct login *l, const char *expected, struct step_outcome *o,
		struct err *err);
/* known_hosts lines for OpenSSH's client in a file of the guest's tmp_dir; caller frees the path.
 */
int ssh_known_hosts(struct guest *g, uint16_t host_port, char **ret_path, struct err *err);
/* Options that make OpenSSH's clients use our key and our host keys, and nothing of the user's. */
int ssh_client_options(struct guest *g, uint16_t host_port, struct strv *argv, struct err *err);
/* Sorts the values. 0 when there are none. */
double ssh_median(double *values, size_t n);

#endif
