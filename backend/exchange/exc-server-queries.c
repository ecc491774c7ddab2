/* exc-server-queries.c — the organization's servers, and what the session may do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-queries.h"

#include <stdio.h>

#include "exc-reader-private.h"

static const char *const server_properties[] = {
  "Name",
  "Fqdn",
  "Domain",
  "AdminDisplayVersion",
  "ServerRole",
  "Edition",
  "IsMailboxServer",
  "IsClientAccessServer",
  "IsEdgeServer",
  "Site",
  NULL,
};

/**
 * exc_query_servers:
 * @projected: with Select-Object
 *
 * steps.md 0.1. Get-ExchangeServer reads the directory and has no -Server.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_servers (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-ExchangeServer", NULL), server_properties, projected);
}

static gboolean
has_role (const char *role, const char *wanted)
{
  g_auto(GStrv) roles = g_strsplit_set (role != NULL ? role : "", ", ", -1);

  return g_strv_contains ((const char *const *) roles, wanted);
}

/* Exchange 2010 and older have no endpoint that takes our commands. */
static gboolean
is_too_old (const char *version)
{
  int major = 0;

  return version != NULL && sscanf (version, "Version %d.", &major) == 1 && major < 15;
}

static ExcServerRecord *
read_server (ExcValue *object, GError **error)
{
  g_autoptr(ExcServerRecord) server = exc_server_record_new ();
  ExcTristate is_mailbox = exc_read_tristate (object, "IsMailboxServer");
  ExcTristate is_edge = exc_read_tristate (object, "IsEdgeServer");

  server->name = exc_read_required_text (object, "Name", error);
  if (server->name == NULL)
    return NULL;
  server->fqdn = exc_read_required_text (object, "Fqdn", error);
  if (server->fqdn == NULL)
    return NULL;
  server->domain = exc_read_text (object, "Domain");
  server->site = exc_read_last_name (object, "Site");
  server->version = exc_read_text (object, "AdminDisplayVersion");
  server->role = exc_read_text (object, "ServerRole");
  server->edition = exc_read_text (object, "Edition");
  server->is_mailbox =
      is_mailbox == EXC_YES || (is_mailbox == EXC_UNKNOWN && has_role (server->role, "Mailbox"));
  server->is_edge =
      is_edge == EXC_YES || (is_edge == EXC_UNKNOWN && has_role (server->role, "Edge"));
  return g_steal_pointer (&server);
}

/**
 * exc_read_servers:
 * @reply: of exc_query_servers()
 *
 * Servers of Exchange 2013 and later, Edge ones too, in the order of the answer.
 *
 * Returns: (transfer full) (element-type ExcServerRecord): %NULL with @error
 */
GPtrArray *
exc_read_servers (ExcReply *reply, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  GPtrArray *output = NULL;

  if (!exc_reply_check (reply, error))
    return NULL;

  servers = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_server_record_unref);
  output = exc_reply_get_output (reply);
  for (guint i = 0; i < output->len; i++) {
    g_autoptr(ExcServerRecord) server = read_server (g_ptr_array_index (output, i), error);

    if (server == NULL)
      return NULL;
    if (!is_too_old (server->version))
      g_ptr_array_add (servers, g_steal_pointer (&server));
  }
  return g_steal_pointer (&servers);
}

/**
 * exc_query_commands:
 * @names: cmdlets
 *
 * steps.md 0.3: a right that is missing is a cmdlet that is not found (domain.md 5.5). Without
 * -ErrorAction Stop, which would end it at the first missing one.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_commands (const char *const *names)
{
  ExcCommand *command = exc_command_new ("Get-Command");

  exc_command_set_strings (command, "Name", names);
  return exc_pipeline_new_single (command);
}

/**
 * exc_read_missing_commands:
 * @reply: of exc_query_commands()
 * @names: the names that were asked for
 *
 * Returns: (transfer full) (nullable): those of @names that the session lacks; %NULL where it did
 *   not say, because Get-Command itself failed
 */
GStrv
exc_read_missing_commands (ExcReply *reply, const char *const *names)
{
  g_autoptr(GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GStrvBuilder) missing = g_strv_builder_new ();
  GPtrArray *output = exc_reply_get_output (reply);

  for (guint i = 0; i < output->len; i++) {
    g_autofree char *name = exc_read_text (g_ptr_array_index (output, i), "Name");

    if (name != NULL)
      g_hash_table_add (found, g_ascii_strdown (name, -1));
  }
  if (g_hash_table_size (found) == 0 && exc_reply_get_failure (reply) != NULL)
    return NULL;

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *key = g_ascii_strdown (names[i], -1);

    if (!g_hash_table_contains (found, key))
      g_strv_builder_add (missing, names[i]);
  }
  return g_strv_builder_end (missing);
}
