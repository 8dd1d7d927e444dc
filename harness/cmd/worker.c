/* SPDX-License-Identifier: MIT */
#include "base/cleanup.h"
#include "base/log.h"
#include "cmd/verb.h"
#include "run/cell.h"
#include "run/worker.h"

static int run(int argc, char **argv)
{
	_cleanup_(cell_release) struct cell cell = CELL_INIT;
	struct err err = ERR_INIT;

	if (cell_from_argv(&cell, argv + 1, &err) < 0 || worker_run(&cell, &err) < 0)
		return verb_fail(&err);
	return 0;
}

const struct verb verb_worker = {
	.name = "worker",
	.brief = "run one cell (started by the scheduler)",
	.hidden = true,
	.run = run,
};
