/* exc-lab-enable-certificate.c — Enable-ExchangeCertificate, and what a service means
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-certificates"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-rules.h"

#define UNSUPPORTED                                                                                \
  (EXC_LAB_SERVICE_UM | EXC_LAB_SERVICE_FEDERATION | EXC_LAB_SERVICE_UM_CALL_ROUTER)

/* No question where nothing is replaced. */
gboolean
exc_lab_needs_overwrite_question (ExcLabServer *server, ExcLabCertificate *certificate)
{
  return server->internal_transport != NULL &&
         g_ascii_strcasecmp (server->internal_transport, certificate->x509->sha1) != 0;
}

static char *
describe (ExcLabCertificate *certificate, const char *thumbprint)
{
  g_autoptr(GDateTime) end = NULL;
  g_autofree char *date = NULL;

  if (certificate == NULL)
    return g_strdup_printf ("'%s'", thumbprint);
  end = g_date_time_new_from_unix_utc (certificate->x509->not_after);
  date = g_date_time_format (end, "%-m/%-d/%Y %-I:%M:%S %p");
  return g_strdup_printf ("'%s' (expires %s)", certificate->x509->sha1, date);
}

void
exc_lab_call_ask_overwrite (ExcLabCall *call, ExcLabServer *server, ExcLabCertificate *certificate)
{
  g_autofree char *old = describe (exc_lab_store_find (server->my, server->internal_transport),
                                   server->internal_transport);
  g_autofree char *new = describe (certificate, certificate->x509->sha1);

  g_free (call->question);
  call->question =
      g_strdup_printf ("Overwrite the existing default SMTP certificate?\r\n\r\nCurrent "
                       "certificate: %s\r\nReplace it with certificate: %s",
                       old,
                       new);
}

/**
 * exc_lab_assign_services:
 * @services: flags
 * @overwrite: with SMTP: it becomes the internal transport certificate
 * @require_ssl: with IIS: the root of the Default Web Site then wants SSL
 *
 * What each service changes on the server (domain.md 2.2): IIS binds the Default Web Site on all
 * addresses, never the back end, nor 127.0.0.1.
 */
void
exc_lab_assign_services (ExcLabServer *server,
                         ExcLabCertificate *certificate,
                         guint services,
                         gboolean overwrite,
                         gboolean require_ssl)
{
  g_auto(GStrv) domains = exc_lab_certificate_dup_domains (certificate);

  if ((services & EXC_LAB_SERVICE_SMTP) != 0) {
    certificate->network_service = TRUE;
    if (overwrite || server->internal_transport == NULL) {
      g_free (server->internal_transport);
      server->internal_transport = g_strdup (certificate->x509->sha1);
    }
  }
  if ((services & EXC_LAB_SERVICE_IIS) != 0) {
    exc_lab_server_set_ssl_hash (server, "*", 443, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
    server->requires_ssl = server->requires_ssl || require_ssl;
  }
  if ((services & EXC_LAB_SERVICE_POP) != 0 && domains[0] != NULL) {
    g_free (server->pop_name);
    server->pop_name = g_strdup (domains[0]);
  }
  if ((services & EXC_LAB_SERVICE_IMAP) != 0 && domains[0] != NULL) {
    g_free (server->imap_name);
    server->imap_name = g_strdup (domains[0]);
  }
}

ExcLabOutcome
exc_lab_enable_exchange_certificate (ExcLabCall *call)
{
  ExcLabServer *server;
  ExcLabOutcome outcome;
  ExcLabCertificate *certificate = exc_lab_call_find_certificate (call, &server, &outcome);
  gboolean overwrite = exc_lab_call_is_on (call, "Force") || call->answer == EXC_LAB_ANSWER_YES ||
                       call->answer == EXC_LAB_ANSWER_YES_TO_ALL;
  gint64 services = 0;

  if (certificate == NULL)
    return outcome;
  exc_value_get_int64 (g_hash_table_lookup (call->arguments, "Services"), &services);
  if ((services & UNSUPPORTED) != 0) {
    g_autofree char *text = exc_lab_services_to_text ((guint) services & UNSUPPORTED);

    return exc_lab_call_error (call,
                               "System.InvalidOperationException",
                               "The certificate can't be enabled for %s on server %s.",
                               text,
                               server->name);
  }
  if (certificate->request != NULL)
    return exc_lab_call_error (call,
                               "System.InvalidOperationException",
                               "A special Rpc error occurs on server %s: The certificate with "
                               "thumbprint %s is a pending request.",
                               server->name,
                               certificate->x509->sha1);
  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  if ((services & EXC_LAB_SERVICE_SMTP) != 0 && !overwrite && call->answer == EXC_LAB_ANSWER_NONE &&
      exc_lab_needs_overwrite_question (server, certificate)) {
    exc_lab_call_ask_overwrite (call, server, certificate);
    return EXC_LAB_ASK;
  }

  if (exc_lab_call_is_on (call, "NetworkServiceAllowed"))
    certificate->network_service = TRUE;
  exc_lab_assign_services (server,
                           certificate,
                           (guint) services,
                           overwrite,
                           !exc_lab_call_is_on (call, "DoNotRequireSsl"));
  return exc_lab_call_commit (call);
}
