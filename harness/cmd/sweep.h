/* SPDX-License-Identifier: MIT */
/*
 * sweep: what runs that were killed left behind.
 *
 * Monitor, consoles and channel of a machine have no path, so only overlays of a disk can stay: the
 * evidence of such a run is left as it is.
 */
#ifndef CMD_SWEEP_H
#define CMD_SWEEP_H

/* Removes overlays from the newest run folders beside run_dir that no process writes any more. */
void sweep_beside(const char *run_dir);

#endif
