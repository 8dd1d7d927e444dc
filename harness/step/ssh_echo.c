/* SPDX-License-Identifier: MIT */
/* ssh_echo: many bytes through a command's standard input and back, compared by hash. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "step/act.h"
#include "step/ssh.h"

struct options {
	struct ssh_who who;
	uint64_t size;
	char *command;
};

static const struct field fields[] = {
	SSH_WHO_FIELDS(struct options, who),
	{.name = "size",
	 .type = FIELD_SIZE,
	 .offset = offsetof(struct options, size),
	 .min = 1,
	 .max = 64 << 20,
	 .fallback = "1MiB",
	 .help = "How many bytes go there and back."},
	{.name = "command",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, command),
	 .fallback = "cat",
	 .help = "What gives its input back."},
	FIELD_END,
};

/* Every 64-bit word is another, so that a lost, doubled or swapped block shows. */
static void fill(char *data, size_t n)
{
	uint64_t x = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < n; i += sizeof(x)) {
		uint64_t word = (x += 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;

		memcpy(data + i, &word, n - i < sizeof(word) ? n - i : sizeof(word));
	}
}

static int judge(const struct options *opt, const char *data, const struct login *l,
		 struct step_outcome *o)
{
	const struct strbuf *out = login_stdout(l);
	char sent[65], came[65];
	size_t i = 0;

	if (login_exit_status(l) != 0)
		return step_fail(o, "expected exit status 0, saw %d", login_exit_status(l));
	if (login_stdout_bytes(l) != opt->size)
		return step_fail(o, "expected %llu bytes back, saw %llu",
				 (unsigned long long)opt->size,
				 (unsigned long long)login_stdout_bytes(l));
	data_sha256(data, opt->size, sent);
	data_sha256(out->buf, out->len, came);
	if (!strcmp(sent, came))
		return step_pass_with(o, "there and back in %.0f ms", (double)login_time(l) / 1000);
	while (i < out->len && out->buf[i] == data[i])
		i++;
	return step_fail(o, "expected SHA-256 %.16s…, saw %.16s…; first wrong byte at %zu", sent,
			 came, i);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(ssh_access_release) struct ssh_access a = {0};
	const struct options *opt = options;
	_autofree_ char *data = NULL;
	struct login *l = NULL;
	int r;

	if (act_port_is_down(g, opt->who.port, o))
		return 0;
	r = ssh_access_make(g, &opt->who, deadline, &a, err);
	if (r < 0)
		return r;
	data = xmalloc(opt->size);
	fill(data, opt->size);
	a.spec.command = opt->command;
	a.spec.input = data;
	a.spec.input_len = opt->size;
	a.spec.output_max = opt->size;
	r = ssh_run(g, &a.spec, &l, err);
	if (r < 0)
		return r;
	r = login_error(l) ? ssh_explain(l, "all bytes back", o, err) : judge(opt, data, l, o);
	login_free(l);
	return r;
}

const struct step_ops step_ssh_echo = {
	.name = "ssh_echo",
	.help = "Sends bytes through a command's standard input and back.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
