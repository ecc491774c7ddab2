/* exc-demo.h — the simulated organization as a child process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-connection.h"

G_BEGIN_DECLS

#define EXC_TYPE_DEMO (exc_demo_get_type ())
G_DECLARE_FINAL_TYPE (ExcDemo, exc_demo, EXC, DEMO, GObject)

/**
 * ExcDemo:
 *
 * A running `thumbprint-lab`. It ends with its standard input, so with this object, and also when
 * this process is killed.
 */
/* scenario: of data/scenarios; state_dir: (nullable): where its world is saved. */
void exc_demo_start_async (const char *scenario,
                           const char *state_dir,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
ExcDemo *exc_demo_start_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcConnectionSettings *exc_demo_get_settings (ExcDemo *self);
const char *exc_demo_get_control (ExcDemo *self); /* path of its control socket */
const char *exc_demo_get_hosts (ExcDemo *self);   /* path of its hosts file */

/* Ends it and waits until it has: its world is saved then. */
void exc_demo_stop_async (ExcDemo *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean exc_demo_stop_finish (ExcDemo *self, GAsyncResult *result, GError **error);

/* $EXC_LAB, else beside this program or in the build tree, else in the PATH; (nullable). */
char *exc_demo_find_program (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_demo_is_scenario_name (const char *name); /* small letters, digits, '-' */

G_END_DECLS
