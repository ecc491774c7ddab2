/* shell-fixture.h — a small server of a few commands for tests of the shell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-wsman.h"
#include "exc-shell-private.h"

G_BEGIN_DECLS

/**
 * Fixture:
 *
 * A real WS-Management server in this process whose sessions know: Echo -Value, Large, Records,
 * Wait (until stopped), Stubborn (does not stop), Ask (a prompt), anything else fails. `fault`
 * comes with every `fault_operation`, `n_faults` times.
 */
typedef struct {
  ExcLabWsman *wsman;
  guint16 port;
  ExcLabFault fault;
  const char *fault_operation;
  guint n_faults;
  GHashTable *n_operations; /* how often each came */
  guint cancel_at_receive;  /* cancels at that Receive, 0: never */
  GCancellable *cancellable;
  ExcEndpoint *endpoint;
  ExcShell *shell;
  GString *records; /* o e w v d i p, as the shell told them */
} Fixture;

extern guint fixture_n_running; /* Waits and Stubborns that run */

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

void fixture_set_fault (Fixture *fixture, const char *operation, ExcLabFault fault, guint n);
guint fixture_get_n (Fixture *fixture, const char *operation);
/* Makes the endpoint and the shell anew. */
void fixture_use_url (Fixture *fixture, const char *url, const char *password, const char *ca_file);

/* A pipeline of one command; value: (nullable) (transfer full): its -Value */
ExcPipeline *fixture_command (const char *name, ExcValue *value);

void fixture_on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data);
void fixture_wait (GAsyncResult **result);

/* One after another, waiting. */
gboolean fixture_open (Fixture *fixture, GError **error);
ExcReply *fixture_run (Fixture *fixture, const char *name, GError **error);
void fixture_close (Fixture *fixture);
void fixture_check_echo (ExcReply *reply); /* it is what Get-Echo gives */

G_END_DECLS
