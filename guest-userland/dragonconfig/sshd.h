/* SPDX-License-Identifier: MIT */
/*
 * sshd: the ssh servers of the guest, OpenSSH's and dropbear: where their keys and settings are.
 */
#ifndef DRAGONCONFIG_SSHD_H
#define DRAGONCONFIG_SSHD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strv.h"

bool sshd_has_openssh(void);
bool sshd_has_dropbear(void);
/* Where the private key of a type ("rsa", "ecdsa", "ed25519", …) is; caller frees. OpenSSH has the
 * public one beside it, with ".pub". */
char *sshd_openssh_key(const char *type);
char *sshd_dropbear_key(const char *type);
/* All of both servers' keys go, certificates too. */
void sshd_delete_keys(void);
/* "ssh-ed25519 SHA256:…" for each key, each once; lines, if not NULL: as ssh-keygen -l tells them.
 */
void sshd_fingerprints(struct strv *ret, struct strv *ret_lines);
/* OpenSSH's, a line each. */
void sshd_public_keys(struct strv *ret);
/*
 * A setting of OpenSSH, in the file of cloud-init's own where the main one includes such, in front
 * of what counts only for some ("Match"). Others of the same name go.
 */
int sshd_set(const char *name, const char *value, struct err *err);

#endif
