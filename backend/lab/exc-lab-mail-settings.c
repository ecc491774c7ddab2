/* exc-lab-mail-settings.c — POP, IMAP and Unified Messaging
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-mail-settings"

#include "config.h"

#include "exc-lab-cmdlet.h"

#define DIRECTORY "Microsoft.Exchange.Data.Directory."
#define CONFIG    DIRECTORY "SystemConfiguration."

static ExcLabOutcome
write_settings (ExcLabCall *call, const char *type, gboolean is_pop)
{
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);
  ExcValue *value;

  if (server == NULL)
    return outcome;
  value = exc_lab_value_new (type, "1");
  exc_lab_value_set_text (
      value, "X509CertificateName", is_pop ? server->pop_name : server->imap_name);
  exc_lab_value_set_id (value, "Server", server->name);
  exc_lab_value_set_id (value, "Identity", server->name);
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
  exc_lab_call_write (call, exc_lab_object_new (value));
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_get_pop_settings (ExcLabCall *call)
{
  return write_settings (call, CONFIG "Pop3AdConfiguration", TRUE);
}

ExcLabOutcome
exc_lab_get_imap_settings (ExcLabCall *call)
{
  return write_settings (call, CONFIG "Imap4AdConfiguration", FALSE);
}

static ExcLabOutcome
set_settings (ExcLabCall *call, gboolean is_pop)
{
  static const char *const known[] = { "Server", "X509CertificateName", NULL };
  ExcLabOutcome outcome;
  ExcLabServer *server;

  if (!exc_lab_call_knows_all (call, known, &outcome))
    return outcome;
  server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);
  if (server == NULL || exc_lab_call_is_on (call, "WhatIf"))
    return server == NULL ? outcome : EXC_LAB_DONE;
  if (exc_lab_call_has (call, "X509CertificateName"))
    exc_lab_set_text (is_pop ? &server->pop_name : &server->imap_name,
                      exc_lab_call_get_text (call, "X509CertificateName"));
  return exc_lab_call_commit (call);
}

ExcLabOutcome
exc_lab_set_pop_settings (ExcLabCall *call)
{
  return set_settings (call, TRUE);
}

ExcLabOutcome
exc_lab_set_imap_settings (ExcLabCall *call)
{
  return set_settings (call, FALSE);
}

static void
write_um (ExcLabCall *call,
          ExcLabServer *server,
          const char *type,
          const char *mode,
          const char *thumbprint)
{
  ExcValue *value = exc_lab_value_new (type, server->name);
  const int number = g_strcmp0 (mode, "TLS") == 0 ? 1 : g_strcmp0 (mode, "Dual") == 0 ? 2 : 0;

  exc_lab_value_set_text (value, "Name", server->name);
  exc_value_set_property (
      value, "UMStartupMode", exc_value_new_enum (CONFIG "UMStartupMode", mode, number));
  exc_lab_value_set_text (value, "UMCertificateThumbprint", thumbprint);
  exc_lab_value_set_id (value, "Identity", server->name);
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
  exc_lab_call_write (call, exc_lab_object_new (value));
}

/* The servers that have Unified Messaging: Exchange 2016. */
ExcLabOutcome
exc_lab_get_um_service (ExcLabCall *call)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  ExcLabServer *only = exc_lab_world_find_server (call->world, identity);

  if (identity != NULL && (only == NULL || only->um_mode == NULL))
    return exc_lab_call_not_found (call, identity);
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    if (server->um_mode != NULL && (only == NULL || only == server))
      write_um (call, server, DIRECTORY "Management.UMServer", server->um_mode, server->um_hash);
  }
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_get_um_call_router_settings (ExcLabCall *call)
{
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);

  if (server == NULL)
    return outcome;
  if (server->um_call_router_mode == NULL)
    return exc_lab_call_not_found (call, server->name);
  write_um (call,
            server,
            CONFIG "SIPFEServerConfiguration",
            server->um_call_router_mode,
            server->um_call_router_hash);
  return EXC_LAB_DONE;
}
