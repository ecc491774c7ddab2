/* exc-lab-psrp-shell.h — a shell's far end that speaks PSRP and asks a session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-session.h"
#include "exc-lab-shell.h"

G_BEGIN_DECLS

/**
 * ExcLabPsrpShell:
 *
 * One runspace: pipelines run one after another in the order they came. It answers the opening,
 * exchanges the session key, asks prompts as host calls and ends what is stopped.
 */
#define EXC_TYPE_LAB_PSRP_SHELL (exc_lab_psrp_shell_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabPsrpShell, exc_lab_psrp_shell, EXC, LAB_PSRP_SHELL, ExcLabShell)

ExcLabPsrpShell *exc_lab_psrp_shell_new (ExcLabSession *session) G_GNUC_WARN_UNUSED_RESULT;

/* Called before each pipeline runs; func lives as long as the shell. */
typedef void (*ExcLabPsrpRecordFunc) (gpointer data, ExcPipeline *pipeline, GBytes *body);
void exc_lab_psrp_shell_set_recorder (ExcLabPsrpShell *self,
                                      ExcLabPsrpRecordFunc func,
                                      gpointer data,
                                      GDestroyNotify destroy);

G_END_DECLS
