/* exc-lab-call.c — what all cmdlets share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-call"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-rules.h"
#include "exc-psrp-records.h"

#define NOT_SPECIFIED     0
#define INVALID_OPERATION 7

static const struct {
  const char *name;
  ExcLabCmdletFunc func;
} cmdlets[] = {
  { "Get-ExchangeCertificate", exc_lab_get_exchange_certificate },
  { "New-ExchangeCertificate", exc_lab_new_exchange_certificate },
  { "Enable-ExchangeCertificate", exc_lab_enable_exchange_certificate },
  { "Remove-ExchangeCertificate", exc_lab_remove_exchange_certificate },
  { "Import-ExchangeCertificate", exc_lab_import_exchange_certificate },
  { "Export-ExchangeCertificate", exc_lab_export_exchange_certificate },
  { "Get-ExchangeServer", exc_lab_get_exchange_server },
  { "Get-AuthConfig", exc_lab_get_auth_config },
  { "Set-AuthConfig", exc_lab_set_auth_config },
  { "Get-TransportService", exc_lab_get_transport_service },
  { "Get-SendConnector", exc_lab_get_send_connector },
  { "Get-ReceiveConnector", exc_lab_get_receive_connector },
  { "Set-SendConnector", exc_lab_set_send_connector },
  { "Set-ReceiveConnector", exc_lab_set_receive_connector },
  { "Get-HybridConfiguration", exc_lab_get_hybrid_configuration },
  { "Set-HybridConfiguration", exc_lab_set_hybrid_configuration },
  { "Get-FederationTrust", exc_lab_get_federation_trust },
  { "Get-EdgeSubscription", exc_lab_get_edge_subscription },
  { "Start-EdgeSynchronization", exc_lab_start_edge_synchronization },
  { "Test-EdgeSynchronization", exc_lab_test_edge_synchronization },
  { "Set-PopSettings", exc_lab_set_pop_settings },
  { "Set-ImapSettings", exc_lab_set_imap_settings },
  { "Get-UMService", exc_lab_get_um_service },
  { "Get-UMCallRouterSettings", exc_lab_get_um_call_router_settings },
  { "Get-PopSettings", exc_lab_get_pop_settings },
  { "Get-ImapSettings", exc_lab_get_imap_settings },
  { "Get-DatabaseAvailabilityGroup", exc_lab_get_dag },
  { "Get-MailboxDatabaseCopyStatus", exc_lab_get_database_copies },
  { "Test-ServiceHealth", exc_lab_test_service_health },
  { "Get-Command", exc_lab_get_command },
};

ExcLabCmdletFunc
exc_lab_cmdlet_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (cmdlets); i++) {
    if (g_ascii_strcasecmp (cmdlets[i].name, name) == 0)
      return cmdlets[i].func;
  }
  return NULL;
}

gboolean
exc_lab_call_has (ExcLabCall *call, const char *name)
{
  return g_hash_table_contains (call->arguments, name);
}

const char *
exc_lab_call_get_text (ExcLabCall *call, const char *name)
{
  const char *text = exc_value_get_text (g_hash_table_lookup (call->arguments, name));

  return text != NULL && *text != '\0' ? text : NULL;
}

gboolean
exc_lab_call_is_on (ExcLabCall *call, const char *name)
{
  gboolean on = FALSE;

  return exc_value_get_boolean (g_hash_table_lookup (call->arguments, name), &on) && on;
}

GStrv
exc_lab_call_dup_list (ExcLabCall *call, const char *name)
{
  return exc_value_dup_string_list (g_hash_table_lookup (call->arguments, name));
}

static gboolean
is_common (const char *name)
{
  static const char *const common[] = {
    "Confirm",
    "WhatIf",
    "Force",
    "DomainController",
    "Verbose",
    "Debug",
    "ErrorAction",
    "WarningAction",
    "InformationAction",
    "ErrorVariable",
    "WarningVariable",
    "InformationVariable",
    "OutVariable",
    "OutBuffer",
    "PipelineVariable",
    NULL,
  };

  return g_strv_contains (common, name);
}

gboolean
exc_lab_call_knows_all (ExcLabCall *call, const char *const *known, ExcLabOutcome *outcome)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, call->arguments);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (is_common (name) || g_strv_contains (known, name))
      continue;
    *outcome = exc_lab_call_error (call,
                                   "System.NotImplementedException",
                                   "The simulated organization does not carry out %s -%s.",
                                   call->cmdlet->name,
                                   (const char *) name);
    return FALSE;
  }
  return TRUE;
}

char *
exc_lab_call_dup_identity (ExcLabCall *call)
{
  const char *given = exc_lab_call_get_text (call, "Identity");
  ExcValue *name;

  if (given != NULL || call->input == NULL)
    return g_strdup (given);
  name = exc_value_get_property (call->input->value, "Name");
  return exc_value_dup_text (name != NULL ? name : call->input->value);
}

void
exc_lab_call_write (ExcLabCall *call, ExcLabObject *take)
{
  g_ptr_array_add (call->output, take);
}

/* Under "Stop" an error that a cmdlet writes ends the pipeline; under "SilentlyContinue" and
 * "Ignore" nobody hears of it (protocol.md 12). */
ExcLabOutcome
exc_lab_call_write_error (ExcLabCall *call, ExcValue *take)
{
  g_autoptr(ExcValue) record = take;
  const char *action = exc_lab_call_get_text (call, "ErrorAction");

  if (action != NULL && (g_ascii_strcasecmp (action, "Stop") == 0 || g_str_equal (action, "1"))) {
    call->failure = g_steal_pointer (&record);
    return EXC_LAB_FAILED;
  }
  if (action == NULL || (g_ascii_strcasecmp (action, "SilentlyContinue") != 0 &&
                         g_ascii_strcasecmp (action, "Ignore") != 0))
    exc_lab_output_write (call->records, EXC_STREAM_ERROR, record);
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_call_error (ExcLabCall *call, const char *exception, const char *format, ...)
{
  const char *dot = strrchr (exception, '.');
  const char *reason = dot != NULL ? dot + 1 : exception;
  g_autoptr(GDateTime) now = exc_clock_now_utc (exc_lab_world_get_clock (call->world));
  g_autofree char *stamp = g_date_time_format (now, "%-m/%-d/%Y %-I:%M:%S %p");
  g_autofree char *request = g_uuid_string_random ();
  g_autofree char *message = NULL;
  g_autofree char *id = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* the eight digits are a hash of the place in Exchange's code: the same error has the same */
  id = g_strdup_printf ("[Server=%s,RequestId=%s,TimeStamp=%s] [FailureCategory=Cmdlet-%s] %X,%s",
                        call->back_end->name,
                        request,
                        stamp,
                        reason,
                        g_str_hash (format) ^ g_str_hash (reason),
                        call->cmdlet->class_name);
  return exc_lab_call_write_error (
      call,
      exc_lab_error_record_new (
          message,
          exception,
          id,
          g_str_equal (reason, "InvalidOperationException") ? INVALID_OPERATION : NOT_SPECIFIED,
          reason));
}

ExcLabOutcome
exc_lab_call_not_found (ExcLabCall *call, const char *name)
{
  return exc_lab_call_error (
      call,
      "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
      "The operation couldn't be performed because object '%s' couldn't be found on 'dc01.%s'.",
      name,
      exc_lab_world_get_domain (call->world));
}

gboolean
exc_lab_call_confirm (ExcLabCall *call, const char *const *questions, ExcLabOutcome *outcome)
{
  guint n_answered = GPOINTER_TO_UINT (call->kept);

  *outcome = EXC_LAB_DONE;
  if (exc_lab_call_is_on (call, "Force"))
    return TRUE;
  if (call->question != NULL) { /* called again, with the answer to the last one */
    if (call->answer != EXC_LAB_ANSWER_YES)
      return FALSE;
    n_answered++;
  } else if (call->answer != EXC_LAB_ANSWER_NONE) { /* Yes or No to All, of an object before */
    return call->answer == EXC_LAB_ANSWER_YES;
  }
  call->kept = GUINT_TO_POINTER (n_answered);
  if (questions[n_answered] == NULL)
    return TRUE;
  g_free (call->question);
  call->question = g_strdup (questions[n_answered]);
  *outcome = EXC_LAB_ASK;
  return FALSE;
}

void
exc_lab_call_warn (ExcLabCall *call, const char *format, ...)
{
  g_autoptr(ExcValue) record = NULL;
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  record = exc_psrp_informational_record_new (EXC_STREAM_WARNING, message);
  exc_lab_output_write (call->records, EXC_STREAM_WARNING, record);
}

ExcLabOutcome
exc_lab_call_commit (ExcLabCall *call)
{
  g_autoptr(GError) error = NULL;

  if (exc_lab_world_commit (call->world, &error))
    return EXC_LAB_DONE;
  return exc_lab_call_error (call, "System.IO.IOException", "%s", error->message);
}

ExcLabServer *
exc_lab_call_find_server (ExcLabCall *call,
                          const char *parameter,
                          gboolean needs_rpc,
                          ExcLabOutcome *outcome)
{
  const char *name = exc_lab_call_get_text (call, parameter);
  ExcLabServer *server =
      name != NULL ? exc_lab_world_find_server (call->world, name) : call->back_end;

  if (server == NULL) {
    *outcome = exc_lab_call_not_found (call, name);
    return NULL;
  }
  if (!needs_rpc)
    return server;
  /* 1722 and 1753 of RPC, in the words admins know (domain.md 1.1) */
  if (!server->is_up) {
    *outcome = exc_lab_call_error (call,
                                   "Microsoft.Exchange.Rpc.RpcException",
                                   "Error 0x6ba (The RPC server is unavailable) from "
                                   "cli_GetCertificate on server %s",
                                   server->name);
    return NULL;
  }
  if (!exc_lab_rules_has_certificate_rpc (server, exc_lab_world_now (call->world))) {
    *outcome = exc_lab_call_error (call,
                                   "Microsoft.Exchange.Rpc.RpcException",
                                   "Error 0x6d9 (There are no more endpoints available from the "
                                   "endpoint mapper) from cli_GetCertificate on server %s",
                                   server->name);
    return NULL;
  }
  return server;
}
