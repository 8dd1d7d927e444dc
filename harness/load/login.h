/* SPDX-License-Identifier: MIT */
/*
 * login: one ssh login and one command, without blocking, on the loop.
 *
 * Owns its session, channel and output. Called by step kinds; many may run side by side. Connects
 * to 127.0.0.1 only. Trusts no key on first use: the server's key must be the one given. Touches
 * no file of the user's (~/.ssh, known_hosts). Everything the server sends has a ceiling.
 */
#ifndef LOAD_LOGIN_H
#define LOAD_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"

#define LOGIN_MAX_KEYS 8

struct login_spec {
	uint16_t port; /* on 127.0.0.1 */
	const char *user;
	/* Keys that the server may show, each "type base64 [comment]", or "type SHA256:…", its
	 * fingerprint; at least one. */
	const char *const *host_keys;
	size_t n_host_keys;
	const char *key_file; /* private key; NULL: password */
	const char *password;
	const char *command; /* NULL: only log in and leave */
	const void *input;   /* for its stdin, copied; then end of file */
	size_t input_len;
	bool hold;		  /* keep stdin open after the input until login_let_go() */
	bool pty;		  /* 80 columns, 24 rows, TERM=vt100 */
	size_t output_max;	  /* ceiling on each of stdout and stderr; 0: 64 KiB */
	struct deadline deadline; /* of the whole */
};

/* How far it came; a failure is told with the stage in which it happened. */
enum login_stage {
	LOGIN_CONNECT,	/* TCP, banners, key exchange */
	LOGIN_HOST_KEY, /* the server's key is compared */
	LOGIN_AUTH,
	LOGIN_CHANNEL,
	LOGIN_PTY,
	LOGIN_EXEC,
	LOGIN_TALK, /* input, output, exit status */
	LOGIN_DONE
};

struct login;

/* The strings of spec are copied. An error here is our own trouble, not the server's. */
int login_start(struct loop *loop, const struct login_spec *spec, struct login **ret_login,
		struct err *err);
/* NULL is fine; closes what is open. */
void login_free(struct login *l);
/* End of file on stdin of a login with hold. */
void login_let_go(struct login *l);
/* For loop_wait(): it ended, well or not. Always comes true by the deadline while the loop runs. */
bool login_ended(void *login);

enum login_stage login_stage(const struct login *l);
/* 0: the login and its command went to their end; -EACCES: the server refused the credentials;
 * -EKEYREJECTED: another host key; -ETIMEDOUT; -EPROTO, -ECONNRESET and others: it broke. */
int login_error(const struct login *l);
/* In words, with the stage; "" without an error. */
const char *login_error_text(const struct login *l);
/* Exit status of the command, -1: none was told. */
int login_exit_status(const struct login *l);
/* "TERM" and so on, "" when no signal was told. */
const char *login_exit_signal(const struct login *l);
const struct strbuf *login_stdout(const struct login *l);
const struct strbuf *login_stderr(const struct login *l);
/* Bytes that came, kept or not. */
uint64_t login_stdout_bytes(const struct login *l);
/* From start to end in µs. */
uint64_t login_time(const struct login *l);
/* The stage in words. */
const char *login_stage_name(enum login_stage stage);

#endif
