/* exc-cli-private.h — what the commands about jobs share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-cli.h"

G_BEGIN_DECLS

/* Waits for a job that was started, saying what it does; shows how it ended. */
int exc_cli_follow_job (ExcCli *self, ExcJob *job, GError **error);

G_END_DECLS
