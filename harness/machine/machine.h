/* SPDX-License-Identifier: MIT */
/*
 * machine: a guest's hardware, and the byte streams to talk to it.
 *
 * Owns the QEMU process (or instance), its sockets and temporary files. Called by step/guest. Never
 * interprets what the guest says: console and channel bytes go to the listener, who owns their
 * meaning. Adding a driver is a file and a line in the table machine_drivers[] (machine.c).
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "config/seed.h"

/* Virtual CPUs that a guest may be given. */
#define MACHINE_CPUS_MAX 64

enum machine_accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG };
enum machine_end {
	MACHINE_RUNNING,
	MACHINE_POWEROFF, /* the guest asked for it */
	MACHINE_RESET, /* reset or triple fault; the machine is paused so that registers can be read
			*/
	MACHINE_PANICKED, /* the guest told QEMU of a panic */
	MACHINE_GONE,	  /* QEMU ended without a word (crashed, killed), or stopped the guest for a
			     fault of the host's (disk full, KVM); the reason says which */
};

struct machine_spec {
	const char *target; /* driver; NULL: "qemu" */
	const char *kernel; /* ELF with a PVH note, or bzImage; NULL: the BIOS boots the disk */
	const char *initrd; /* NULL: none */
	const char
		*disk; /* raw image, never written to: the guest writes to a throw-away overlay */
	const char *disk_format; /* of a disk that is not raw, as QEMU calls it; NULL: raw */
	const char *profile;	 /* name in the profile table; NULL: the default for this kernel */
	const char *init;	 /* path of init in the guest */
	const char *append;	 /* more words for the command line, or NULL */
	const char *run_dir;	 /* where qmp.log, qemu.log and the overlay go */
	enum machine_accel accel;
	unsigned int memory_mib; /* 0: the profile's */
	unsigned int cpus;	 /* 0: the profile's */
	const uint16_t *forward; /* guest TCP ports reachable from the host's loopback,
				    0-terminated, or NULL */
	/* Who the machine is; its profile's cloud tells it so, over a network of its own. NULL:
	 * nobody. Not saved and not woken. A profile that is of no cloud: ERR_USAGE. */
	const struct seed *seed;
	bool gdb;      /* wait for a debugger on a port of loopback; told by machine_gdb_port() */
	bool may_save; /* machine_save() will be called */
	const char *wake; /* folder that machine_save() filled for the same key: the guest goes on
			   * there instead of booting. NULL: boot */
};

/* All callbacks run inside loop_wait(). They may not free the machine. */
struct machine_listener {
	void (*on_console)(void *arg, const char *data, size_t n);
	void (*on_channel)(void *arg, const char *data, size_t n);
	/* Once, after the guest's last byte. The reason is one line, "" when there is nothing to
	 * add. */
	void (*on_end)(void *arg, enum machine_end end, const char *reason);
	/* The metadata service was asked: "GET /latest/user-data 200". NULL: nobody listens. */
	void (*on_metadata)(void *arg, const char *what);
	void *arg;
};

struct cloud;
struct machine;

/* Start it. On return the process runs and its monitor has answered. No callback comes before the
 * next loop_wait(), and nothing that the guest said in the meantime is lost. A kernel file that
 * cannot be booted is an ERR_USAGE; what QEMU refuses is told in its own words. */
int machine_start(struct loop *loop, const struct machine_spec *spec,
		  const struct machine_listener *listener, struct machine **ret_machine,
		  struct err *err);
/* End it if it runs, wait for the process, remove temporary files. NULL is fine. */
void machine_free(struct machine *m);

int machine_channel_write(struct machine *m, const void *data, size_t n);
/* Bytes into the console (a person at `boot --shell`). */
int machine_console_write(struct machine *m, const void *data, size_t n);
/* Host port that reaches guest_port, 0: none. */
uint16_t machine_port(struct machine *m, uint16_t guest_port);
uint16_t machine_gdb_port(const struct machine *m);
enum machine_end machine_ended(const struct machine *m);
/* "kvm" or "tcg": what was really used. */
const char *machine_accel_used(const struct machine *m);
const char *machine_profile_used(const struct machine *m);
unsigned int machine_cpus(const struct machine *m);
/* The kernel's log goes to a UART: a byte has left the guest before the kernel goes on, so the text
 * of a crash comes before any answer that was sent after it. */
bool machine_log_is_prompt(const struct machine *m);
/* The command line given to the kernel, and QEMU's argv (owned by the machine). */
const char *machine_cmdline(const struct machine *m);
char *const *machine_argv(const struct machine *m);
pid_t machine_pid(const struct machine *m);
/* The channel's bytes can still come: its end was not closed by the other side. */
bool machine_channel_open(const struct machine *m);
/* What the hypervisor says it does with the guest: "running", "paused", "io-error", … */
int machine_run_state(struct machine *m, char *state, size_t room, struct deadline deadline,
		      struct err *err);

/*
 * Saving and waking (snapshot.h). The key is a hash of all that the guest in it will depend on:
 * command lines, kernel, initramfs, disk, profile, accelerator and CPU, QEMU, the host's boot; not
 * of the ports that are forwarded. -ENOTSUP: this profile cannot wake, err says why.
 */
int machine_snapshot_key(struct loop *loop, const struct machine_spec *spec, char ret_key[65],
			 struct err *err);
/* Write a machine that was started with may_save into the folder. Whatever comes of it, the machine
 * goes on, unless it has ended; its guest notices nothing but a time in which the host was slow.
 * Once a machine. */
int machine_save(struct machine *m, const char *dir, struct deadline deadline, struct err *err);

/* What the virtual CPUs are doing, over n samples about 20 ms apart. */
struct machine_cpu_sample {
	uint64_t rip;
	bool halted;
	unsigned int cpu;
};
/* Registers of every vCPU now; works on a running and on a paused machine. *ret_n in: room, out:
 * filled. */
int machine_sample_cpus(struct machine *m, struct machine_cpu_sample *samples, size_t *ret_n,
			struct deadline deadline, struct err *err);

/* Profiles, for `harness list` and `doctor`. */
struct machine_profile_info {
	const char *name;
	const char *help;
	const char *unavailable; /* NULL, or why it cannot be used here */
	const char *reference;	 /* flavour of reference kernel that drives it, NULL: "cloud" */
	const char *cannot_wake; /* why a machine of it cannot be saved and woken, NULL: it can as
				  * far as is known; what is not known a failed wake tells */
};
size_t machine_profiles(const struct machine_profile_info **ret_infos);
/* Flavour (image_reference()) for a profile by name; NULL and unknown names: "cloud". */
const char *machine_reference_for(const char *profile);
/* What a kernel must know to find its root there: "virtio-blk, virtio 0.9 alone"; NULL: no such
 * profile, or none is named. */
const char *machine_profile_disk(const char *profile);
/* The cloud that a profile resembles; NULL: none, or no such profile. */
const struct cloud *machine_cloud(const char *profile);
/* What a profile gives a guest. bare_elf: the kernel is an ELF file without an initrd; it decides
 * what the profile is when that is NULL. Unknown names: as the default. */
struct machine_size {
	unsigned int memory_mib, cpus;
};
struct machine_size machine_size(const char *profile, bool bare_elf);

#endif
