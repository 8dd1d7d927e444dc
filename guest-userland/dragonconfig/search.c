/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "cmdline.h"
#include "lease.h"
#include "status.h"
#include "userdata.h"
#include "volumes.h"

/* Nobody says where this runs: a machine without any source must not be held up long. */
#define LIMIT_US (4 * SEC)
/* The kernel's command line or the machine's own name says it: it may be slow to come. */
#define LIMIT_NAMED_US (30 * SEC)
#define LIMIT_MAX_S    600
/* What is local has this long before the network is set up for the search. */
#define HEAD_START_US (250 * MSEC)
/* A service that is there is taken so long after the first was found, whoever at another address
 * has not answered: a machine is in one cloud. */
#define GRACE_US (200 * MSEC)
/* Those that look stop by themselves at the deadline and tell how far they came; whoever does not
 * is left behind so much later. */
#define MARGIN_US  (800 * MSEC)
#define ANSWER_MAX (2 * USERDATA_MAX + (8u << 20))

/* In the order of preference; what is local first. */
static const struct source *const sources[] = {
	&source_nocloud,    &source_configdrive, &source_aliyun,
	&source_tencent,    &source_nocloud_net, &source_openstack,
	&source_aliyun_net, &source_tencent_net, &source_ec2,
};

#define N_SOURCES ARRAY_SIZE(sources)

/* A process that looks. What it has found out is a record for each source: its place in the table,
 * whether it is there, and what it knows. */
struct seeker {
	pid_t pid; /* 0: none */
	int fd;
	struct strbuf answer;
};

enum { UNKNOWN, ABSENT, FOUND };

struct search {
	struct search_terms terms;
	struct deadline hard;
	const char *cloud; /* whose name is known; NULL: nobody's */
	char *word;
	bool wanted[N_SOURCES];
	int result[N_SOURCES];
	struct instance known[N_SOURCES];
	struct problems *problems; /* of each */
	struct seeker local, remote[N_SOURCES];
	struct lease lease;
	bool is_remote_begun;
	uint64_t began_us, found_us; /* found: the first service */
};

/* What the machine calls itself, where the kernel tells. */
static const struct {
	const char *file, *begins, *word;
} names[] = {
	{"product_name", "Alibaba Cloud ECS", "aliyun"},
	{"sys_vendor", "Tencent Cloud", "tencent"},
	{"product_name", "CVM", "tencent"},
	{"chassis_asset_tag", "HUAWEICLOUD", "huawei"},
	{"product_name", "OpenStack Nova", "openstack"},
	{"product_name", "OpenStack Compute", "openstack"},
	{"sys_vendor", "Amazon EC2", "ec2"},
};

static bool has_word(const struct source *s, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->words) && s->words[i]; i++)
		if (strcasecmp(s->words[i], word) == 0)
			return true;
	return false;
}

/* "ds=NAME;more", and two words that cloud-init has for the same. */
static void read_word(struct search *s)
{
	static const char *const keys[] = {"ds", "ci.ds", "ci.datasource"};

	for (size_t i = 0; i < ARRAY_SIZE(keys) && !s->word; i++)
		s->word = cmdline_get(keys[i]);
	if (s->word)
		s->word[strcspn(s->word, ";")] = '\0';
}

/* Everything, or what has one name. */
static void want(struct search *s)
{
	bool any = false;

	read_word(s);
	for (size_t i = 0; s->word && i < N_SOURCES; i++)
		any |= s->wanted[i] = has_word(sources[i], s->word);
	if (s->word && (any || strcasecmp(s->word, "none") == 0)) {
		s->terms.is_named = any;
		s->cloud = s->word;
		status_log("search: the kernel's command line says ds=%s", s->word);
		return;
	}
	if (s->word)
		status_warn("ds=%s: no such source: all are looked for", s->word);
	for (size_t i = 0; i < N_SOURCES; i++)
		s->wanted[i] = true;
}

/* What is local is looked for all the same: a drive may be there beside a service. */
static void want_by_name(struct search *s)
{
	for (size_t i = 0; !s->cloud && i < ARRAY_SIZE(names); i++) {
		_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
		_autofree_ char *path = path_join("/sys/class/dmi/id", names[i].file);

		if (file_read(path, &sb, NULL) < 0 ||
		    strncmp(strbuf_str(&sb), names[i].begins, strlen(names[i].begins)) != 0)
			continue;
		s->cloud = names[i].word;
		s->terms.is_named = true;
		status_log("search: this machine's %s is %s: %s", names[i].file, names[i].begins,
			   s->cloud);
		for (size_t k = 0; k < N_SOURCES; k++)
			if (sources[k]->is_remote)
				s->wanted[k] = has_word(sources[k], s->cloud);
	}
}

static void set_limit(struct search *s)
{
	_autofree_ char *word = cmdline_get("dragonconfig.deadline");
	uint64_t us = s->terms.is_named ? LIMIT_NAMED_US : LIMIT_US;
	size_t n = word ? strspn(word, "0123456789") : 0;

	if (n && n <= 3 && !word[n] && strtoul(word, NULL, 10) <= LIMIT_MAX_S)
		us = strtoul(word, NULL, 10) * SEC;
	else if (word)
		status_warn("dragonconfig.deadline: a number of seconds, %u at most, is expected",
			    LIMIT_MAX_S);
	s->terms.until = (struct deadline){s->began_us + us};
	s->hard = (struct deadline){s->began_us + us + MARGIN_US};
}

/* What one source says, to the pipe. */
static bool look(size_t index, const struct search_terms *terms, int fd)
{
	_cleanup_(instance_release) struct instance i = {0};
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(ANSWER_MAX);
	bool found = sources[index]->find(&i, terms, &problems);

	strbuf_addch(&sb, (char)index);
	strbuf_addch(&sb, found ? FOUND : ABSENT);
	instance_pack(&sb, &i, &problems);
	if (fd_write_all(fd, sb.buf, sb.len) < 0)
		_exit(1);
	return found;
}

/* index: of a service; N_SOURCES: all that is local. */
_Noreturn static void seek(const struct search *s, size_t index, int fd)
{
	bool found = false;

	for (size_t i = 0; i < N_SOURCES && !found; i++)
		if (index == i || (index == N_SOURCES && s->wanted[i] && !sources[i]->is_remote))
			found = look(i, &s->terms, fd);
	_exit(0);
}

static void begin(struct search *s, struct seeker *k, size_t index)
{
	int fds[2];

	strbuf_init(&k->answer, ANSWER_MAX);
	if (pipe2(fds, O_CLOEXEC) < 0) {
		status_warn("search: a pipe: %s", strerror(errno));
		return;
	}
	k->pid = fork();
	if (k->pid == 0) {
		close(fds[0]);
		seek(s, index, fds[1]);
	}
	close(fds[1]);
	k->fd = fds[0];
	if (k->pid < 0) {
		status_warn("search: a process: %s", strerror(errno));
		k->pid = 0;
		cleanup_close(&k->fd);
	}
}

static void take_answer(struct search *s, const struct seeker *k)
{
	const char *p = k->answer.buf, *end = p + k->answer.len;

	while (p && end - p > 2 && (size_t)p[0] < N_SOURCES) {
		size_t i = (size_t)p[0];
		int result = p[1];

		p += 2;
		if (instance_unpack(&p, end, &s->known[i], &s->problems[i]) < 0)
			return;
		s->result[i] = result;
		if (result == FOUND && sources[i]->is_remote && !s->found_us)
			s->found_us = now_us();
	}
}

/* A process that waits for a device that hangs cannot be waited for. */
static void end(struct seeker *k)
{
	if (k->pid) {
		kill(k->pid, SIGKILL);
		waitpid(k->pid, NULL, WNOHANG);
		cleanup_close(&k->fd);
	}
	if (k->answer.buf)
		explicit_bzero(k->answer.buf, k->answer.len);
	strbuf_release(&k->answer);
	k->pid = 0;
}

/* Some bytes more; at their end all it has said is looked at. */
static void on_readable(struct search *s, struct seeker *k)
{
	char buf[65536];
	ssize_t n = read(k->fd, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n > 0 && strbuf_add(&k->answer, buf, (size_t)n) == 0)
		return;
	take_answer(s, k);
	while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
		;
	cleanup_close(&k->fd);
	k->pid = 0;
	end(k);
}

static bool wants_remote(const struct search *s)
{
	for (size_t i = 0; i < N_SOURCES; i++)
		if (s->wanted[i] && sources[i]->is_remote)
			return true;
	return false;
}

/* The place of the service that a source has the rest at, or N_SOURCES. */
static size_t beside(size_t source)
{
	size_t i = 0;

	while (i < N_SOURCES && sources[i] != sources[source]->beside)
		i++;
	return i;
}

/* Whoever has found the file of a cloud asks no other one. */
static void narrow(struct search *s)
{
	size_t found = 0;

	while (found < N_SOURCES && s->result[found] != FOUND)
		found++;
	for (size_t i = 0; found < N_SOURCES && i < N_SOURCES; i++)
		if (sources[i]->is_remote)
			s->wanted[i] &= i == beside(found);
}

static void ask_services(struct search *s)
{
	narrow(s);
	for (size_t i = 0; i < N_SOURCES; i++)
		if (s->wanted[i] && sources[i]->is_remote)
			begin(s, &s->remote[i], i);
	s->is_remote_begun = true;
}

/* The network is looked at as soon as nothing local has been found, or that takes long. false:
 * nothing has changed. */
static bool act_on_network(struct search *s)
{
	enum lease_state before = s->lease.state;

	if (s->is_remote_begun || !wants_remote(s) || deadline_passed(s->terms.until) ||
	    (s->local.pid && now_us() < s->began_us + HEAD_START_US))
		return false;
	lease_begin(&s->lease);
	lease_act(&s->lease);
	if (s->lease.state == LEASE_THERE)
		ask_services(s);
	return s->lease.state != before;
}

/* The service beside it may still answer. */
static bool may_join(const struct search *s, size_t found)
{
	size_t i = beside(found);

	if (i == N_SOURCES || !s->wanted[i] || deadline_passed(s->terms.until))
		return false;
	return s->is_remote_begun ? s->remote[i].pid != 0 : s->lease.state != LEASE_NEVER;
}

/* Those before it that may still be there come first; for one at the same address, which answers,
 * it is waited in any case. */
static bool must_wait(const struct search *s, size_t found)
{
	bool late = s->found_us && now_us() >= s->found_us + GRACE_US;

	if (s->local.pid || may_join(s, found))
		return true;
	for (size_t i = 0; i < found; i++) {
		const char *a = sources[i]->address, *b = sources[found]->address;

		if (s->remote[i].pid && (!late || (a && b && strcmp(a, b) == 0)))
			return true;
	}
	return false;
}

/* The source to take, or N_SOURCES; *ret_over: nothing more can come. */
static size_t decide(const struct search *s, bool *ret_over)
{
	bool late = deadline_passed(s->terms.until);

	*ret_over = !s->local.pid && (s->is_remote_begun || !wants_remote(s) || late ||
				      s->lease.state == LEASE_NEVER);
	for (size_t i = 0; i < N_SOURCES; i++)
		*ret_over &= !s->remote[i].pid;
	for (size_t i = 0; i < N_SOURCES; i++)
		if (s->result[i] == FOUND)
			return must_wait(s, i) ? N_SOURCES : i;
	return N_SOURCES;
}

static void sooner(uint64_t *until, uint64_t at)
{
	if (at > now_us() && at < *until)
		*until = at;
}

static struct deadline due(const struct search *s)
{
	struct deadline d = s->hard;

	sooner(&d.at, s->terms.until.at);
	if (!s->is_remote_begun && s->local.pid)
		sooner(&d.at, s->began_us + HEAD_START_US);
	if (s->found_us)
		sooner(&d.at, s->found_us + GRACE_US);
	return d;
}

static void wait_for_some(struct search *s)
{
	struct seeker *who[N_SOURCES + 1] = {0};
	struct pollfd p[N_SOURCES + 1 + LEASE_NICS_MAX];
	size_t n = 0, n_seekers;

	if (s->local.pid)
		who[n++] = &s->local;
	for (size_t i = 0; i < N_SOURCES; i++)
		if (s->remote[i].pid)
			who[n++] = &s->remote[i];
	n_seekers = n;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){.fd = who[i]->fd, .events = POLLIN};
	if (!s->is_remote_begun)
		n += lease_fds(&s->lease, p + n);
	poll(p, n, deadline_poll_ms(due(s)));
	for (size_t i = 0; i < n_seekers; i++)
		if (p[i].revents)
			on_readable(s, who[i]);
}

static const char *why_not(const struct search *s, size_t i, bool is_won)
{
	if (!s->wanted[i])
		return "it is not asked for";
	if (s->result[i] == FOUND)
		return "it is there, after or beside the one that won";
	if (s->result[i] == ABSENT)
		return sources[i]->is_remote ? s->known[i].why : sources[i]->absent;
	if (!sources[i]->is_remote)
		return s->local.pid ? "it took too long" : "one before it won";
	if (!s->is_remote_begun)
		return !is_won && s->lease.why ? s->lease.why : "one before it won";
	if (s->remote[i].pid)
		return is_won ? "one before it won" : "it has not answered in time";
	return "looking for it failed";
}

/* Problems of those that were not taken count only when none was. */
static void tell(struct search *s, size_t winner, struct problems *problems)
{
	for (size_t i = 0; i < N_SOURCES; i++) {
		const struct problems *from = &s->problems[i];
		const char *why = i == winner ? NULL : why_not(s, i, winner != N_SOURCES);

		if (i != winner)
			status_log("search: %s: no: %s", sources[i]->name,
				   why ? why : "it is not there");
		for (size_t k = 0; k < from->n; k++) {
			const struct problem *p = &from->list[k];

			if (i != winner && winner != N_SOURCES)
				status_log("search: %s: %s", sources[i]->name, p->text);
			else if (p->error)
				problem_error(problems, p->line, "%s", p->text);
			else
				problem_warn(problems, p->line, "%s", p->text);
		}
	}
	if (winner != N_SOURCES)
		status_log("search: %s: yes: %s, after %llu ms", sources[winner]->name,
			   s->known[winner].why,
			   (unsigned long long)((now_us() - s->began_us) / 1000));
}

/* What did not come in time may come at the next boot, which then is told all of it. */
static void join(struct search *s, size_t winner, struct problems *problems)
{
	size_t i = beside(winner);
	struct instance *to = &s->known[winner];

	if (i == N_SOURCES || !s->wanted[i])
		return;
	if (s->result[i] == FOUND) {
		instance_join(to, &s->known[i]);
		for (size_t k = 0; k < s->problems[i].n; k++)
			problem_warn(problems, 0, "%s", s->problems[i].list[k].text);
		status_log("search: %s: it has keys and user data besides", sources[i]->name);
	} else if (s->is_remote_begun && (s->result[i] == UNKNOWN || s->known[i].is_partial)) {
		to->is_partial = true;
		problem_warn(problems, 0, "%s has not answered: keys and user data are not known",
			     sources[i]->name);
	}
}

static void release(struct search *s)
{
	if (s->local.pid) {
		end(&s->local);
		volumes_abandon();
	}
	for (size_t i = 0; i < N_SOURCES; i++) {
		end(&s->remote[i]);
		instance_release(&s->known[i]);
		problems_release(&s->problems[i]);
	}
	lease_end(&s->lease);
	free(s->problems);
	free(s->word);
}

bool search_run(struct instance *ret, struct problems *problems)
{
	struct search s = {.began_us = now_us()};
	size_t winner = N_SOURCES;
	bool over = false;

	s.problems = xcalloc(N_SOURCES, sizeof(*s.problems));
	want(&s);
	want_by_name(&s);
	set_limit(&s);
	begin(&s, &s.local, N_SOURCES);
	for (;;) {
		winner = decide(&s, &over);
		if (over || winner != N_SOURCES || deadline_passed(s.hard))
			break;
		if (!act_on_network(&s))
			wait_for_some(&s);
	}
	if (s.local.pid)
		take_answer(&s, &s.local);
	/* What was found when time was up is taken, whatever was waited for. */
	for (size_t i = 0; winner == N_SOURCES && i < N_SOURCES; i++)
		if (s.result[i] == FOUND)
			winner = i;
	tell(&s, winner, problems);
	if (winner != N_SOURCES) {
		join(&s, winner, problems);
		*ret = s.known[winner];
		s.known[winner] = (struct instance){0};
	}
	release(&s);
	return winner != N_SOURCES;
}
