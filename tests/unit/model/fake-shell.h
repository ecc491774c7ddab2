/* fake-shell.h — shells that a test answers by hand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-shell.h"

G_BEGIN_DECLS

/* A pipeline that somebody runs, until the test answers it. */
typedef struct {
  ExcShell *shell;
  ExcPipeline *pipeline;
  gboolean has_permit;
  guint timeout_s;
  GTask *task;
} FakeRun;

/* Stands in for exc-shell.c: the linker takes these symbols and leaves the library's alone. */
void fake_shell_reset (void);
guint fake_shell_get_n_made (void); /* shells, since the last reset */
guint fake_shell_get_n_closed (void);
guint fake_shell_get_n_runs (void); /* waiting for an answer */
FakeRun *fake_shell_get_run (guint index);
/* The first that waits on @host ("" for any) and whose line contains @text; NULL: none. */
FakeRun *fake_shell_find_run (const char *host, const char *text);

void fake_run_reply (FakeRun *run, ExcReply *take); /* frees the run */
/* is_open: whether the shell survives it */
void fake_run_fail (FakeRun *run, GQuark domain, int code, gboolean is_open);

G_END_DECLS
