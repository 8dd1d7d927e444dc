/* SPDX-License-Identifier: MIT */
/* final_message, and the line on the console that a program waits for. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "console.h"
#include "facts.h"
#include "files.h"
#include "module.h"
#include "sshd.h"
#include "volumes.h"
#include "wire/jsonw.h"

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

static void write_addresses(struct jsonw *w)
{
	struct ifaddrs *all = NULL;
	char host[NI_MAXHOST];

	jsonw_begin_array(w, "addresses");
	if (getifaddrs(&all) < 0)
		all = NULL;
	for (struct ifaddrs *a = all; a; a = a->ifa_next) {
		int family = a->ifa_addr ? a->ifa_addr->sa_family : AF_UNSPEC;
		socklen_t n = family == AF_INET ? sizeof(struct sockaddr_in)
						: sizeof(struct sockaddr_in6);

		if ((family != AF_INET && family != AF_INET6) || (a->ifa_flags & IFF_LOOPBACK))
			continue;
		if (getnameinfo(a->ifa_addr, n, host, sizeof(host), NULL, 0, NI_NUMERICHOST) == 0)
			jsonw_string(w, NULL, host);
	}
	jsonw_end_array(w);
	if (all)
		freeifaddrs(all);
}

static void write_host_keys(struct jsonw *w)
{
	_cleanup_(strv_release) struct strv told = STRV_INIT;

	sshd_fingerprints(&told, NULL);
	jsonw_begin_array(w, "host_keys");
	for (size_t i = 0; i < told.n; i++)
		jsonw_string(w, NULL, told.v[i]);
	jsonw_end_array(w);
}

static void write_disks(struct jsonw *w)
{
	_cleanup_(strv_release) struct strv disks = STRV_INIT;

	volumes_devices(&disks);
	jsonw_begin_array(w, "disks");
	for (size_t i = 0; i < disks.n; i++)
		jsonw_string(w, NULL, disks.v[i]);
	jsonw_end_array(w);
}

/* dragonconfig-ready {"version":1,"status":"done",…} */
void say_ready(const struct context *c)
{
	static const char *const words[] = {"done", "error", "degraded"};
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	struct jsonw w;

	strbuf_addstr(&sb, "dragonconfig-ready ");
	jsonw_init(&w, (struct sink){to_strbuf, &sb}, false);
	jsonw_begin_object(&w, NULL);
	jsonw_int(&w, "version", 1);
	jsonw_string(&w, "status", words[status_code()]);
	jsonw_string(&w, "instance_id", c->state ? c->state->id : NULL);
	jsonw_string(&w, "source", c->instance->source);
	write_disks(&w);
	write_addresses(&w);
	write_host_keys(&w);
	jsonw_uint(&w, "took_ms", (now_us() - c->began_us) / 1000);
	jsonw_end_object(&w);
	if (jsonw_finish(&w) == 0)
		console_say(strbuf_str(&sb));
}

/* Scripts wait for this file. */
static void put_finished(const struct context *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_autofree_ char *path = path_join(c->state->dir, "boot-finished");
	struct err err = ERR_INIT;

	facts_expand(c, "$UPTIME - $TIMESTAMP - v. $VERSION\n", &sb);
	if (file_put_as_is(path, strbuf_str(&sb), sb.len, &err) < 0)
		status_log("%s", err.text);
}

static void final(const struct context *c)
{
	const char *message = tree_get_text(c->config, "final_message");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);

	if (message) {
		facts_expand(c, message, &sb);
		strbuf_addch(&sb, '\n');
		console_say(strbuf_str(&sb));
	}
	put_finished(c);
	say_ready(c);
}

const struct module module_final = {"final_message", STAGE_FINAL, FREQUENCY_ALWAYS, final};
