/* SPDX-License-Identifier: MIT */
#include "machine/machine.h"

#include <stdlib.h>
#include <string.h>

#include "machine/driver.h"
#include "machine/profile.h"

static const struct machine_ops *const machine_drivers[] = {&qemu_ops, NULL};

static const struct machine_ops *find_driver(const char *name)
{
	for (size_t i = 0; machine_drivers[i]; i++)
		if (!name || strcmp(machine_drivers[i]->name, name) == 0)
			return machine_drivers[i];
	return NULL;
}

int machine_start(struct loop *loop, const struct machine_spec *spec,
		  const struct machine_listener *listener, struct machine **ret_machine,
		  struct err *err)
{
	const struct machine_ops *ops = find_driver(spec->target);

	if (!ops)
		return err_usage(err, "there is no target \"%s\"", spec->target);
	return ops->start(loop, spec, listener, ret_machine, err);
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	m->ops->stop(m);
	free(m->cmdline);
	strv_release(&m->argv);
	free(m);
}

int machine_channel_write(struct machine *m, const void *data, size_t n)
{
	return m->ops->channel_write(m, data, n);
}

int machine_console_write(struct machine *m, const void *data, size_t n)
{
	return m->ops->console_write(m, data, n);
}

uint16_t machine_port(struct machine *m, uint16_t guest_port)
{
	return m->ops->port(m, guest_port);
}

uint16_t machine_gdb_port(const struct machine *m)
{
	return m->ops->gdb_port(m);
}

enum machine_end machine_ended(const struct machine *m)
{
	return m->ended;
}

const char *machine_accel_used(const struct machine *m)
{
	return m->accel;
}

const char *machine_profile_used(const struct machine *m)
{
	return m->profile;
}

unsigned int machine_cpus(const struct machine *m)
{
	return m->cpus;
}

bool machine_log_is_prompt(const struct machine *m)
{
	const struct profile *p = profile_find(m->profile);

	return p && profile_log_is_uart(p);
}

const char *machine_cmdline(const struct machine *m)
{
	return m->cmdline;
}

char *const *machine_argv(const struct machine *m)
{
	return m->argv.v;
}

pid_t machine_pid(const struct machine *m)
{
	return m->ops->pid(m);
}

bool machine_channel_open(const struct machine *m)
{
	return m->ops->channel_open(m);
}

int machine_run_state(struct machine *m, char *state, size_t room, struct deadline deadline,
		      struct err *err)
{
	return m->ops->run_state(m, state, room, deadline, err);
}

int machine_sample_cpus(struct machine *m, struct machine_cpu_sample *samples, size_t *ret_n,
			struct deadline deadline, struct err *err)
{
	return m->ops->sample_cpus(m, samples, ret_n, deadline, err);
}

int machine_snapshot_key(struct loop *loop, const struct machine_spec *spec, char ret_key[65],
			 struct err *err)
{
	const struct machine_ops *ops = find_driver(spec->target);

	if (!ops)
		return err_usage(err, "there is no target \"%s\"", spec->target);
	return ops->snapshot_key(loop, spec, ret_key, err);
}

int machine_save(struct machine *m, const char *dir, struct deadline deadline, struct err *err)
{
	return m->ops->save(m, dir, deadline, err);
}

const char *machine_reference_for(const char *profile)
{
	const struct profile *p = profile ? profile_find(profile) : NULL;

	return p && p->info.reference ? p->info.reference : "cloud";
}

const struct cloud *machine_cloud(const char *profile)
{
	const struct profile *p = profile ? profile_find(profile) : NULL;

	return p ? p->cloud : NULL;
}

struct machine_size machine_size(const char *profile, bool bare_elf)
{
	const struct profile *p = profile ? profile_find(profile) : NULL;

	if (!p)
		p = profile_find(profile_default(bare_elf));
	return (struct machine_size){.memory_mib = p->memory_mib, .cpus = p->cpus};
}
