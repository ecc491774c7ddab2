/* exc-lab-auth-config.c — Get-AuthConfig, Set-AuthConfig (domain.md 2.5)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-auth-config"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-servicelets.h"

#define CONFIG       "Microsoft.Exchange.Data.Directory.SystemConfiguration."
#define SERVICE_NAME "00000002-0000-0ff1-ce00-000000000000"
#define INVALID      "System.InvalidOperationException"

#define LATENESS_S   ((gint64) 5 * 60)
#define NOTICE_S     ((gint64) 48 * 60 * 60)

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

ExcLabOutcome
exc_lab_get_auth_config (ExcLabCall *call)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (call->world);
  ExcValue *value = exc_lab_value_new (CONFIG "AuthConfig", "Auth Configuration");
  g_autofree char *dc = g_strconcat ("dc01.", exc_lab_world_get_domain (call->world), NULL);

  /* an empty string, not null, where there is none */
  exc_lab_value_set_text (value, "CurrentCertificateThumbprint", or_empty (auth->current));
  exc_lab_value_set_text (value, "PreviousCertificateThumbprint", or_empty (auth->previous));
  exc_lab_value_set_text (value, "NextCertificateThumbprint", or_empty (auth->next));
  exc_lab_value_set_time (value, "NextCertificateEffectiveDate", auth->next_effective);
  exc_lab_value_set_text (
      value, "ServiceName", auth->service_name != NULL ? auth->service_name : SERVICE_NAME);
  exc_lab_value_set_text (value, "Realm", or_empty (auth->realm));
  exc_lab_value_set_text (value, "Name", "Auth Configuration");
  exc_lab_value_set_id (value, "Identity", "Auth Configuration");
  exc_lab_value_set_time (value, "WhenChangedUTC", auth->changed);
  exc_lab_value_set_text (value, "OriginatingServer", dc);
  exc_value_set_property (value, "IsValid", exc_value_new_boolean (TRUE));
  exc_lab_call_write (call, exc_lab_object_new (value));
  return EXC_LAB_DONE;
}

static gboolean
is_same (const char *one, const char *other)
{
  return one != NULL && other != NULL && g_ascii_strcasecmp (one, other) == 0;
}

/* The certificate as it must lie on the server whose session runs the command, or on the one that
 * -Server names: the hazard of routed sessions. NULL with *outcome. */
static ExcLabCertificate *
find_usable (ExcLabCall *call,
             const char *thumbprint,
             ExcLabServer **server,
             ExcLabOutcome *outcome)
{
  const gint64 now = exc_lab_world_now (call->world);
  const gboolean is_forced = exc_lab_call_is_on (call, "Force");
  ExcLabCertificate *certificate;

  *server = exc_lab_call_find_server (call, "Server", FALSE, outcome);
  if (*server == NULL)
    return NULL;
  certificate = exc_lab_store_find ((*server)->my, thumbprint);
  if (certificate == NULL)
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The certificate with thumbprint %s was not found on server %s.",
                                   thumbprint,
                                   (*server)->name);
  else if (certificate->key == NULL)
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The certificate with thumbprint %s has no private key.",
                                   certificate->x509->sha1);
  else if (!certificate->exportable && !is_forced)
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The private key of the certificate with thumbprint %s isn't "
                                   "exportable, so it can't be deployed to other servers.",
                                   certificate->x509->sha1);
  else if (now < certificate->x509->not_before || now > certificate->x509->not_after)
    *outcome = exc_lab_call_error (call,
                                   INVALID,
                                   "The certificate with thumbprint %s has expired or isn't valid "
                                   "yet.",
                                   certificate->x509->sha1);
  else
    return certificate;
  return NULL;
}

/* Unix seconds; FALSE: the parameter is missing */
static gboolean
get_date (ExcLabCall *call, gint64 *date)
{
  ExcValue *value = g_hash_table_lookup (call->arguments, "NewCertificateEffectiveDate");
  g_autoptr(GDateTime) read = value != NULL ? exc_value_dup_date_time (value) : NULL;

  if (read == NULL)
    return FALSE;
  *date = g_date_time_to_unix (read);
  return TRUE;
}

static ExcLabOutcome
cancel_next (ExcLabCall *call, ExcLabAuthConfig *auth)
{
  static const char *const questions[] = {
    "The next certificate will be removed from the Auth Configuration. Do you want to continue?",
    NULL
  };
  ExcLabOutcome outcome;

  if (!exc_lab_call_confirm (call, questions, &outcome))
    return outcome;
  g_clear_pointer (&auth->next, g_free);
  auth->next_effective = 0;
  auth->changed = exc_lab_world_now (call->world);
  return exc_lab_call_commit (call);
}

static ExcLabOutcome
stage (ExcLabCall *call, ExcLabAuthConfig *auth)
{
  const char *thumbprint = exc_lab_call_get_text (call, "NewCertificateThumbprint");
  const gint64 now = exc_lab_world_now (call->world);
  g_autoptr(GPtrArray) questions = g_ptr_array_new ();
  ExcLabServer *server;
  ExcLabCertificate *certificate;
  ExcLabOutcome outcome;
  gint64 date = 0;

  if (thumbprint == NULL && exc_lab_call_has (call, "NewCertificateThumbprint"))
    return cancel_next (call, auth);
  if (thumbprint == NULL || !get_date (call, &date))
    return exc_lab_call_error (call,
                               INVALID,
                               "NewCertificateThumbprint and NewCertificateEffectiveDate must be "
                               "specified together.");
  certificate = find_usable (call, thumbprint, &server, &outcome);
  if (certificate == NULL)
    return outcome;
  if (is_same (certificate->x509->sha1, auth->current))
    return exc_lab_call_error (call,
                               INVALID,
                               "The certificate with thumbprint %s is already the current "
                               "certificate.",
                               certificate->x509->sha1);
  if (date < now - LATENESS_S)
    return exc_lab_call_error (
        call, INVALID, "The new certificate effective date can't be in the past.");
  if (date >= certificate->x509->not_after)
    return exc_lab_call_error (call,
                               INVALID,
                               "The certificate with thumbprint %s expires before the new "
                               "certificate effective date.",
                               certificate->x509->sha1);
  if (date < now + NOTICE_S)
    g_ptr_array_add (questions,
                     "The new effective date is not at least 48 hours in the future and may not be "
                     "deployed on all necessary servers. Do you want to continue?");
  if (auth->next != NULL && !is_same (certificate->x509->sha1, auth->next))
    g_ptr_array_add (questions,
                     "Another certificate is already staged as the next certificate. Do you want "
                     "to replace it?");
  g_ptr_array_add (questions, NULL);
  if (!exc_lab_call_confirm (call, (const char *const *) questions->pdata, &outcome))
    return outcome;

  if (is_same (certificate->x509->sha1, auth->previous))
    exc_lab_call_warn (call,
                       "The certificate with thumbprint %s is the previous certificate.",
                       certificate->x509->sha1);
  exc_lab_set_text (&auth->next, certificate->x509->sha1);
  auth->next_effective = date;
  auth->changed = now;
  exc_lab_servicelets_notify (
      call->world, server, exc_lab_call_is_on (call, "SkipImmediateCertificateDeployment"));
  return exc_lab_call_commit (call);
}

static ExcLabOutcome
publish (ExcLabCall *call, ExcLabAuthConfig *auth)
{
  static const char *const early[] = {
    "The effective date of the next certificate is in the future, and it may not be deployed on "
    "all necessary servers. Do you want to continue?",
    NULL
  };
  const gint64 now = exc_lab_world_now (call->world);
  const gboolean publishes = exc_lab_call_is_on (call, "PublishCertificate");
  ExcLabOutcome outcome;

  if (publishes && auth->next == NULL)
    return exc_lab_call_error (call,
                               INVALID,
                               "There is no next certificate to publish. Specify it with the "
                               "NewCertificateThumbprint parameter first.");
  if (publishes && auth->next_effective > now && !exc_lab_call_confirm (call, early, &outcome))
    return outcome;
  if (publishes) {
    exc_lab_auth_config_publish (auth, now);
    exc_lab_servicelets_notify (call->world, call->back_end, FALSE);
  }
  if (exc_lab_call_is_on (call, "ClearPreviousCertificate")) {
    g_clear_pointer (&auth->previous, g_free);
    auth->changed = now;
  }
  return exc_lab_call_commit (call);
}

static ExcLabOutcome
swap (ExcLabCall *call, ExcLabAuthConfig *auth)
{
  static const char *const questions[] = {
    "Replacing the current certificate at once can cause an outage until it is deployed on all "
    "necessary servers. Do you want to continue?",
    NULL
  };
  ExcLabServer *server;
  ExcLabOutcome outcome;
  ExcLabCertificate *certificate = find_usable (
      call, or_empty (exc_lab_call_get_text (call, "CertificateThumbprint")), &server, &outcome);

  if (certificate == NULL)
    return outcome;
  if (is_same (certificate->x509->sha1, auth->current))
    return exc_lab_call_error (call,
                               INVALID,
                               "The certificate with thumbprint %s is already the current "
                               "certificate.",
                               certificate->x509->sha1);
  if (!exc_lab_call_confirm (call, questions, &outcome))
    return outcome;
  g_free (auth->previous);
  auth->previous = g_steal_pointer (&auth->current);
  auth->current = g_strdup (certificate->x509->sha1);
  auth->changed = exc_lab_world_now (call->world);
  exc_lab_servicelets_notify (
      call->world, server, exc_lab_call_is_on (call, "SkipImmediateCertificateDeployment"));
  return exc_lab_call_commit (call);
}

static ExcLabOutcome
set_names (ExcLabCall *call, ExcLabAuthConfig *auth)
{
  if (exc_lab_call_has (call, "Realm"))
    exc_lab_set_text (&auth->realm, exc_lab_call_get_text (call, "Realm"));
  if (exc_lab_call_has (call, "ServiceName"))
    exc_lab_set_text (&auth->service_name, exc_lab_call_get_text (call, "ServiceName"));
  auth->changed = exc_lab_world_now (call->world);
  return exc_lab_call_commit (call);
}

ExcLabOutcome
exc_lab_set_auth_config (ExcLabCall *call)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (call->world);

  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  if (exc_lab_call_has (call, "CertificateThumbprint"))
    return swap (call, auth);
  if (exc_lab_call_has (call, "NewCertificateThumbprint") ||
      exc_lab_call_has (call, "NewCertificateEffectiveDate"))
    return stage (call, auth);
  if (exc_lab_call_has (call, "PublishCertificate") ||
      exc_lab_call_has (call, "ClearPreviousCertificate"))
    return publish (call, auth);
  return set_names (call, auth);
}
