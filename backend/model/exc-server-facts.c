/* exc-server-facts.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-server"

#include "config.h"

#include "exc-snapshot-builder.h"

G_DEFINE_BOXED_TYPE (ExcServerFacts, exc_server_facts, exc_server_facts_ref, exc_server_facts_unref)

/**
 * exc_server_facts_new:
 * @server: the server's row of Get-ExchangeServer
 *
 * Returns: (transfer full): facts that say no more than that, of a server that is being read
 */
ExcServerFacts *
exc_server_facts_new (ExcServerRecord *server)
{
  ExcServerFacts *self;

  g_return_val_if_fail (server != NULL, NULL);

  self = g_new0 (ExcServerFacts, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->server = exc_server_record_ref (server);
  self->state = EXC_SERVER_LOADING;
  return self;
}

/**
 * exc_server_facts_copy:
 * @self: facts
 *
 * Returns: (transfer full): the same facts, to be changed by their new owner
 */
ExcServerFacts *
exc_server_facts_copy (ExcServerFacts *self)
{
  ExcServerFacts *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = exc_server_facts_new (self->server);
  copy->state = self->state;
  copy->problem = g_strdup (self->problem);
  copy->certificates = self->certificates ? g_ptr_array_ref (self->certificates) : NULL;
  copy->internal_transport = g_strdup (self->internal_transport);
  copy->windows = self->windows ? exc_windows_record_ref (self->windows) : NULL;
  copy->pop_name = g_strdup (self->pop_name);
  copy->imap_name = g_strdup (self->imap_name);
  copy->um_mode = g_strdup (self->um_mode);
  for (guint i = 0; i < EXC_N_SETTINGS; i++)
    copy->settings_problems[i] = g_strdup (self->settings_problems[i]);
  copy->seen = self->seen;
  return copy;
}

ExcServerFacts *
exc_server_facts_ref (ExcServerFacts *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_server_facts_unref (ExcServerFacts *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->server, exc_server_record_unref);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->certificates, g_ptr_array_unref);
  g_clear_pointer (&self->internal_transport, g_free);
  g_clear_pointer (&self->windows, exc_windows_record_unref);
  g_clear_pointer (&self->pop_name, g_free);
  g_clear_pointer (&self->imap_name, g_free);
  g_clear_pointer (&self->um_mode, g_free);
  for (guint i = 0; i < EXC_N_SETTINGS; i++)
    g_free (self->settings_problems[i]);
  g_free (self);
}
