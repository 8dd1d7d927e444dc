/* SPDX-License-Identifier: MIT */
/*
 * agent_rig: a channel to the real agent, running here as a service: chan - conn - wire_torturer -
 * pty - agent.
 *
 * Header only; called by the tests of machine/chan. Both programs end with the test.
 */
#ifndef FAKE_AGENT_RIG_H
#define FAKE_AGENT_RIG_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conn.h"
#include "base/loop.h"
#include "base/proc.h"
#include "machine/chan.h"

struct agent_rig {
	struct loop *loop;
	struct conn conn;
	struct chan *chan;
	struct proc torturer, agent;
	char slave[64];
	int slave_fd; /* keeps the pty open while the agent is away */
	unsigned int hellos, beats, n_troubles;
	char troubles[4096]; /* kinds seen, in order, each with a newline */
	FILE *trace;
};

struct agent_rig_spec {
	char *const *torture; /* seed and words for wire_torturer; NULL: a clean line */
	bool cooked;	      /* echo, canonical mode and CR translation stay as they are */
	bool no_agent;
};

static inline const char *agent_rig_build(void)
{
	const char *b = getenv("B");

	return b && *b ? b : "build";
}

static inline int agent_rig_write(void *arg, const void *data, size_t n)
{
	struct agent_rig *rig = arg;

	return conn_write(&rig->conn, data, n);
}

static inline void agent_rig_hello(void *arg)
{
	((struct agent_rig *)arg)->hellos++;
}

static inline void agent_rig_beat(void *arg, uint64_t uptime_ms, uint64_t mem_free_kib)
{
	((struct agent_rig *)arg)->beats++;
}

static inline void agent_rig_trouble(void *arg, const char *kind, const char *text)
{
	struct agent_rig *rig = arg;
	size_t n = strlen(rig->troubles);

	rig->n_troubles++;
	snprintf(rig->troubles + n, sizeof(rig->troubles) - n, "%s: %s\n", kind, text);
}

static inline void agent_rig_trace(void *arg, char direction, const char *line, size_t n)
{
	struct agent_rig *rig = arg;

	if (rig->trace)
		fprintf(rig->trace, "%c %.*s\n", direction, (int)n, line);
}

static inline void agent_rig_data(void *arg, const char *data, size_t n)
{
	struct agent_rig *rig = arg;

	chan_feed(rig->chan, data, n);
}

static inline void agent_rig_closed(void *arg, int error)
{
	chan_set_dead(((struct agent_rig *)arg)->chan);
}

static inline int agent_rig_start_agent(struct agent_rig *rig, bool cooked)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	char path[512];
	char *argv[] = {path,
			(char *)"--service",
			(char *)"--channel",
			rig->slave,
			cooked ? (char *)"--cooked" : NULL,
			NULL};

	snprintf(path, sizeof(path), "%s/guest/agent", agent_rig_build());
	spec.argv = argv;
	spec.stderr_fd = STDERR_FILENO;
	return proc_spawn(&rig->agent, rig->loop, &spec, NULL);
}

static inline int agent_rig_start_wire(struct agent_rig *rig, int host, int master,
				       char *const *torture)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	char path[512], *argv[16] = {path, (char *)"7"};

	snprintf(path, sizeof(path), "%s/fake/wire_torturer", agent_rig_build());
	for (int i = 0; torture && torture[i] && i < 12; i++)
		argv[1 + i] = torture[i];
	spec.argv = argv;
	spec.stdin_fd = host;
	spec.stderr_fd = STDERR_FILENO;
	spec.extra_fds = &master;
	spec.n_extra_fds = 1;
	return proc_spawn(&rig->torturer, rig->loop, &spec, NULL);
}

static inline int agent_rig_start(struct agent_rig *rig, const struct agent_rig_spec *spec)
{
	const struct chan_listener listener = {.write = agent_rig_write,
					       .on_hello = agent_rig_hello,
					       .on_heartbeat = agent_rig_beat,
					       .on_trouble = agent_rig_trouble,
					       .on_trace = agent_rig_trace,
					       .arg = rig};
	_autoclose_ int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int pair[2];

	memset(rig, 0, sizeof(*rig));
	rig->slave_fd = -1;
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    ptsname_r(master, rig->slave, sizeof(rig->slave)) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	rig->slave_fd = open(rig->slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (getenv("CHAN_TRACE"))
		rig->trace = fopen(getenv("CHAN_TRACE"), "we");
	rig->conn.on_data = agent_rig_data;
	rig->conn.on_close = agent_rig_closed;
	rig->conn.arg = rig;
	if (loop_new(&rig->loop, NULL) < 0 || conn_init(&rig->conn, rig->loop, pair[0], NULL) < 0 ||
	    chan_new(rig->loop, &listener, &rig->chan, NULL) < 0 ||
	    agent_rig_start_wire(rig, pair[1], master, spec->torture) < 0)
		return -1;
	close(pair[1]);
	return spec->no_agent ? 0 : agent_rig_start_agent(rig, spec->cooked);
}

static inline void agent_rig_stop(struct agent_rig *rig)
{
	proc_release(&rig->agent);
	proc_release(&rig->torturer);
	chan_free(rig->chan);
	conn_close(&rig->conn);
	if (rig->slave_fd >= 0)
		close(rig->slave_fd);
	loop_free(rig->loop);
	if (rig->trace)
		fclose(rig->trace);
}

#endif
