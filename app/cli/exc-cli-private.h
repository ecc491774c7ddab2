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
/* exc-cli-show.c: the whole thumbprint of four or more digits; NULL where it means none or more
 * than one. (transfer none) */
const char *exc_cli_find_thumbprint (ExcSnapshot *snapshot, const char *text, GError **error);
/* exc-cli.c: the words behind the command from this one on. (transfer full) */
GStrv exc_cli_dup_arguments (ExcCli *self, guint first) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
