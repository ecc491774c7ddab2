/* exc-cli-private.h — what the commands about jobs share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-cli.h"

G_BEGIN_DECLS

/* Waits for a job that was started, saying what it does; shows how it ended. */
int exc_cli_follow_job (ExcCli *self, ExcJob *job, GError **error);
/* Shows a plan; with --yes, runs it. */
int exc_cli_run_plan (ExcCli *self, ExcPlan *plan, GError **error);
int exc_cli_renew_auth (ExcCli *self, GError **error);

G_END_DECLS
