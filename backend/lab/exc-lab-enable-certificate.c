/* exc-lab-enable-certificate.c — Enable-ExchangeCertificate, and what a service means
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-certificates"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-mail-choice.h"
#include "exc-lab-rules.h"
#include "exc-lab-transport.h"

#define INVALID "System.InvalidOperationException"
#define UM      (EXC_LAB_SERVICE_UM | EXC_LAB_SERVICE_UM_CALL_ROUTER)

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

static gboolean
is_secure (const char *mode)
{
  return g_strcmp0 (mode, "TLS") == 0 || g_strcmp0 (mode, "Dual") == 0;
}

/* UM is of Exchange 2016 and before, and takes a certificate in the modes that use TLS. */
static gboolean
can_have_um (ExcLabServer *server, guint services)
{
  return ((services & EXC_LAB_SERVICE_UM) == 0 || is_secure (server->um_mode)) &&
         ((services & EXC_LAB_SERVICE_UM_CALL_ROUTER) == 0 ||
          is_secure (server->um_call_router_mode));
}

gboolean
exc_lab_call_check_services (ExcLabCall *call,
                             ExcLabServer *server,
                             ExcLabCertificate *certificate,
                             guint services,
                             ExcLabOutcome *outcome)
{
  g_autofree char *um = exc_lab_services_to_text (services & UM);

  if ((services & EXC_LAB_SERVICE_FEDERATION) != 0)
    *outcome =
        exc_lab_call_error (call,
                            INVALID,
                            "A certificate can't be enabled for Federation on server %s this "
                            "way. Use the Set-FederationTrust cmdlet.",
                            server->name);
  else if ((services & UM) != 0 && server->um_mode == NULL)
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The certificate can't be enabled for %s: server %s doesn't run "
                                   "Unified Messaging.",
                                   um,
                                   server->name);
  else if (!can_have_um (server, services))
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The certificate can't be enabled for %s on server %s: the UM "
                                   "startup mode must be TLS or Dual.",
                                   um,
                                   server->name);
  else if ((services & UM) != 0 && certificate->x509->not_after < exc_lab_world_now (call->world))
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The certificate with thumbprint %s has expired and can't be "
                                   "enabled for %s.",
                                   certificate->x509->sha1,
                                   um);
  else if ((services & EXC_LAB_SERVICE_SMTP) != 0 && server->edge_credentials != NULL &&
           certificate->provider == NULL)
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The internal transport certificate of server %s must be a CAPI "
                                   "certificate because an Edge Transport server is subscribed.",
                                   server->name);
  else
    return TRUE;
  return FALSE;
}

/* POP and IMAP take the first name; one with a wildcard is no name that clients connect to. */
static void
set_mail_name (ExcLabCall *call, ExcLabCertificate *certificate, const char *service, char **name)
{
  g_auto(GStrv) domains = exc_lab_certificate_dup_domains (certificate);

  if (domains[0] == NULL)
    return;
  if (g_str_has_prefix (domains[0], "*."))
    exc_lab_call_warn (call,
                       "This certificate with thumbprint %s and subject: '%s' cannot used for %s "
                       "SSL/TLS connections because the subject is not a Fully Qualified Domain "
                       "Name (FQDN). Use command Set-%sSettings to set X509CertificateName to the "
                       "FQDN of the service.",
                       certificate->x509->sha1,
                       domains[0],
                       service,
                       service);
  else
    exc_lab_set_text (name, domains[0]);
}

static void
set_um (ExcLabServer *server, ExcLabCertificate *certificate, guint services)
{
  if ((services & EXC_LAB_SERVICE_UM) != 0)
    exc_lab_set_text (&server->um_hash, certificate->x509->sha1);
  if ((services & EXC_LAB_SERVICE_UM_CALL_ROUTER) != 0)
    exc_lab_set_text (&server->um_call_router_hash, certificate->x509->sha1);
  if (certificate->x509->is_self_signed &&
      exc_lab_store_find (server->root, certificate->x509->sha1) == NULL)
    g_ptr_array_add (server->root, exc_lab_certificate_copy_public (certificate));
}

/* Where none is set the server's own is used. (nullable): of one that is enabled */
static const char *
get_fqdn (ExcLabServer *server, guint index)
{
  ExcLabConnector *connector = g_ptr_array_index (server->connectors, index);

  return !connector->is_enabled ? NULL : connector->fqdn != NULL ? connector->fqdn : server->fqdn;
}

/* (transfer full) (nullable): the Receive connectors of the FQDN of the one at @index, which the
 * first of them tells: NULL for the others */
static char *
list_connectors (ExcLabServer *server, guint index)
{
  const char *wanted = get_fqdn (server, index);
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; wanted != NULL && i < server->connectors->len; i++) {
    ExcLabConnector *connector = g_ptr_array_index (server->connectors, i);
    const char *fqdn = get_fqdn (server, i);

    if (fqdn == NULL || g_ascii_strcasecmp (fqdn, wanted) != 0)
      continue;
    if (i < index)
      return NULL;
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", connector->name);
  }
  return names->len > 0 ? g_strdup (names->str) : NULL;
}

/* It can serve a connector's FQDN, but transport chooses another one for it (domain.md 2.2). */
static void
warn_of_precedence (ExcLabCall *call, ExcLabServer *server, ExcLabCertificate *certificate)
{
  const gint64 now = exc_lab_world_now (call->world);

  for (guint i = 0; i < server->connectors->len; i++) {
    g_autofree char *names = list_connectors (server, i);
    const char *fqdn = get_fqdn (server, i);
    ExcLabCertificate *chosen;

    if (names == NULL || !exc_lab_certificate_fits_domain (certificate, fqdn))
      continue;
    chosen = exc_lab_mail_choose_fqdn (server, fqdn, now);
    if (chosen == NULL || chosen == certificate)
      continue;
    exc_lab_call_warn (call,
                       "This certificate will not be used for external TLS connections with an "
                       "FQDN of '%s' because the %s certificate with thumbprint '%s' takes "
                       "precedence. The following connectors match that FQDN: %s.",
                       fqdn,
                       chosen->x509->is_self_signed ? "self-signed" : "CA-signed",
                       chosen->x509->sha1,
                       names);
  }
}

/**
 * exc_lab_call_assign_services:
 * @services: flags, which exc_lab_call_check_services allows
 * @require_ssl: with IIS: the root of the Default Web Site then wants SSL
 *
 * What each service changes on the server (domain.md 2.2): IIS binds the Default Web Site on all
 * addresses, never the back end, nor 127.0.0.1. SMTP lets Network Service read the key; only where
 * there was no internal transport certificate it becomes that too.
 */
void
exc_lab_call_assign_services (ExcLabCall *call,
                              ExcLabServer *server,
                              ExcLabCertificate *certificate,
                              guint services,
                              gboolean require_ssl)
{
  if ((services & EXC_LAB_SERVICE_SMTP) != 0) {
    certificate->network_service = TRUE;
    if (server->internal_transport == NULL)
      exc_lab_server_set_internal_transport (server, certificate);
  }
  if ((services & EXC_LAB_SERVICE_IIS) != 0) {
    exc_lab_server_set_ssl_hash (server, "*", 443, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
    server->requires_ssl = server->requires_ssl || require_ssl;
  }
  if ((services & EXC_LAB_SERVICE_POP) != 0)
    set_mail_name (call, certificate, "POP", &server->pop_name);
  if ((services & EXC_LAB_SERVICE_IMAP) != 0)
    set_mail_name (call, certificate, "IMAP", &server->imap_name);
  if ((services & UM) != 0)
    set_um (server, certificate, services);
}

/* Enable-ExchangeCertificate asks up to three things, and a No leaves out the one it is about. */
typedef enum { ASK_OVERWRITE, ASK_SSL, ASK_UM, N_QUESTIONS } Question;

typedef struct {
  ExcLabAnswer answers[N_QUESTIONS];
  Question asked; /* that call->answer belongs to */
} Answers;

static gboolean
replaces_um (ExcLabServer *server, ExcLabCertificate *certificate, guint services)
{
  return ((services & EXC_LAB_SERVICE_UM) != 0 && server->um_hash != NULL &&
          !exc_lab_rules_is (server->um_hash, certificate)) ||
         ((services & EXC_LAB_SERVICE_UM_CALL_ROUTER) != 0 && server->um_call_router_hash != NULL &&
          !exc_lab_rules_is (server->um_call_router_hash, certificate));
}

static gboolean
is_in_question (ExcLabCall *call,
                ExcLabServer *server,
                ExcLabCertificate *certificate,
                guint services,
                Question question)
{
  switch (question) {
  case ASK_OVERWRITE:
    return (services & EXC_LAB_SERVICE_SMTP) != 0 &&
           exc_lab_needs_overwrite_question (server, certificate);
  case ASK_SSL:
    return (services & EXC_LAB_SERVICE_IIS) != 0 && !server->requires_ssl &&
           !exc_lab_call_is_on (call, "DoNotRequireSsl");
  default:
    return replaces_um (server, certificate, services);
  }
}

static void
put (ExcLabCall *call, ExcLabServer *server, ExcLabCertificate *certificate, Question question)
{
  if (question == ASK_OVERWRITE) {
    exc_lab_call_ask_overwrite (call, server, certificate);
    return;
  }
  g_free (call->question);
  call->question = g_strdup (
      question == ASK_SSL
          ? "Do you want to enforce SSL communication on the root web site? If not, rerun the "
            "cmdlet with the -DoNotRequireSSL parameter."
          : "Do you want to replace the certificate that Unified Messaging uses? The service must "
            "be restarted after that.");
}

/* FALSE: a question was put */
static gboolean
ask (ExcLabCall *call, ExcLabServer *server, ExcLabCertificate *certificate, guint services)
{
  Answers *answers = call->kept;

  if (answers == NULL) { /* Yes or No to All of an object before answers everything */
    call->kept = answers = g_new0 (Answers, 1);
    call->kept_free = g_free;
    for (Question i = 0; i < N_QUESTIONS; i++)
      answers->answers[i] = exc_lab_call_is_on (call, "Force") ? EXC_LAB_ANSWER_YES : call->answer;
  } else {
    answers->answers[answers->asked] = call->answer;
  }
  for (Question i = 0; i < N_QUESTIONS; i++) {
    if (answers->answers[i] != EXC_LAB_ANSWER_NONE ||
        !is_in_question (call, server, certificate, services, i))
      continue;
    answers->asked = i;
    put (call, server, certificate, i);
    return FALSE;
  }
  return TRUE;
}

ExcLabOutcome
exc_lab_enable_exchange_certificate (ExcLabCall *call)
{
  ExcLabServer *server;
  ExcLabOutcome outcome;
  ExcLabCertificate *certificate = exc_lab_call_find_certificate (call, &server, &outcome);
  Answers *answers;
  gint64 given = 0;
  guint services;

  if (certificate == NULL)
    return outcome;
  exc_value_get_int64 (g_hash_table_lookup (call->arguments, "Services"), &given);
  services = (guint) given;
  if (certificate->request != NULL)
    return exc_lab_call_error (call,
                               INVALID,
                               "A special Rpc error occurs on server %s: The certificate with "
                               "thumbprint %s is a pending request.",
                               server->name,
                               certificate->x509->sha1);
  if (!exc_lab_call_check_services (call, server, certificate, services, &outcome))
    return outcome;
  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  if (!ask (call, server, certificate, services))
    return EXC_LAB_ASK;

  answers = call->kept;
  if (answers->answers[ASK_SSL] == EXC_LAB_ANSWER_NO)
    services &= ~(guint) EXC_LAB_SERVICE_IIS;
  if (answers->answers[ASK_UM] == EXC_LAB_ANSWER_NO)
    services &= ~(guint) UM;
  if (exc_lab_call_is_on (call, "NetworkServiceAllowed"))
    certificate->network_service = TRUE;
  exc_lab_call_assign_services (
      call, server, certificate, services, !exc_lab_call_is_on (call, "DoNotRequireSsl"));
  if ((services & EXC_LAB_SERVICE_SMTP) != 0)
    warn_of_precedence (call, server, certificate);
  if ((services & EXC_LAB_SERVICE_SMTP) != 0 &&
      answers->answers[ASK_OVERWRITE] == EXC_LAB_ANSWER_YES)
    exc_lab_server_set_internal_transport (server, certificate);
  return exc_lab_call_commit (call);
}
