/* exc-lab-new-certificate.c — New-ExchangeCertificate (domain.md 2.1)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-certificates"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-rules.h"

#define LIFETIME_MONTHS 60 /* fixed */
#define DEFAULT_NAME    "Microsoft Exchange"
#define MAX_FRIENDLY    64

static void
add_name (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++) {
    if (g_ascii_strcasecmp (g_ptr_array_index (names, i), name) == 0)
      return;
  }
  g_ptr_array_add (names, g_strdup (name));
}

/* The names it is to have; the clone's, unless names are given. NULL with *outcome. */
static GPtrArray *
collect_names (ExcLabCall *call, ExcLabServer *server, ExcLabOutcome *outcome)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) given = exc_lab_call_dup_list (call, "DomainName");
  ExcLabCertificate *clone = call->input != NULL ? call->input->certificate : NULL;

  for (guint i = 0; given != NULL && given[i] != NULL; i++) {
    if (!exc_lab_name_is_domain (given[i])) {
      *outcome = exc_lab_call_error (
          call, "System.ArgumentException", "The domain name '%s' isn't valid.", given[i]);
      return NULL;
    }
    add_name (names, given[i]);
  }
  for (guint i = 0; given == NULL && clone != NULL && clone->x509->dns_names[i] != NULL; i++)
    add_name (names, clone->x509->dns_names[i]);
  if (exc_lab_call_is_on (call, "IncludeServerNetBIOSName"))
    add_name (names, server->name);
  if (exc_lab_call_is_on (call, "IncludeServerFQDN"))
    add_name (names, server->fqdn);
  if (exc_lab_call_is_on (call, "IncludeAcceptedDomains"))
    add_name (names, server->domain);
  if (exc_lab_call_is_on (call, "IncludeAutoDiscover")) {
    g_autofree char *name = g_strconcat ("autodiscover.", server->domain, NULL);

    add_name (names, name);
  }
  return g_steal_pointer (&names);
}

/* Subject of the clone, as given, or made of the names; NULL with *outcome. */
static char *
choose_subject (ExcLabCall *call, ExcLabServer *server, GPtrArray *names, ExcLabOutcome *outcome)
{
  const char *given = exc_lab_call_get_text (call, "SubjectName");
  ExcLabCertificate *clone = call->input != NULL ? call->input->certificate : NULL;
  g_autofree char *common_name = NULL;

  if (given == NULL && clone != NULL)
    return g_strdup (clone->x509->subject);
  if (given == NULL) {
    if (names->len == 0) {
      add_name (names, server->name);
      add_name (names, server->fqdn);
    }
    return g_strconcat ("CN=", g_ptr_array_index (names, 0), NULL);
  }
  common_name = exc_lab_subject_dup_common_name (given);
  if (common_name != NULL && exc_lab_name_is_domain (common_name)) {
    add_name (names, common_name);
  } else if (!exc_lab_call_has (call, "DomainName")) {
    /* why the Auth certificate's recipe needs -DomainName @() */
    *outcome =
        exc_lab_call_error (call,
                            "System.ArgumentException",
                            "The subject name '%s' isn't a valid fully qualified domain name "
                            "(FQDN). Specify the domain names with the DomainName parameter.",
                            given);
    return NULL;
  }
  return g_strdup (given);
}

static ExcLabCertificate *
create (ExcLabCall *call, ExcLabServer *server, ExcLabOutcome *outcome)
{
  ExcLabCertificate *clone = call->input != NULL ? call->input->certificate : NULL;
  g_autoptr(GPtrArray) names = collect_names (call, server, outcome);
  g_autofree char *subject = names != NULL ? choose_subject (call, server, names, outcome) : NULL;
  const char *friendly_name = exc_lab_call_get_text (call, "FriendlyName");
  g_autoptr(EVP_PKEY) key = NULL;
  g_autoptr(GDateTime) now = NULL;
  g_autoptr(GDateTime) end = NULL;
  g_autoptr(GError) error = NULL;
  ExcLabCertificate *certificate = NULL;
  gint64 bits = clone != NULL ? clone->x509->key_size : 2048;
  ExcLabRecipe recipe = { 0 };

  if (subject == NULL)
    return NULL;
  if (friendly_name != NULL && strlen (friendly_name) > MAX_FRIENDLY) {
    *outcome = exc_lab_call_error (call,
                                   "System.ArgumentException",
                                   "The friendly name can't be longer than %d characters.",
                                   MAX_FRIENDLY);
    return NULL;
  }
  exc_value_get_int64 (g_hash_table_lookup (call->arguments, "KeySize"), &bits);
  key = exc_lab_keys_take (exc_lab_world_get_keys (call->world), (guint) bits, &error);
  if (key != NULL) {
    g_ptr_array_add (names, NULL);
    now = exc_clock_now_utc (exc_lab_world_get_clock (call->world));
    end = g_date_time_add_months (now, LIFETIME_MONTHS);
    recipe.subject = subject;
    recipe.dns_names = (const char *const *) names->pdata;
    recipe.not_before = g_date_time_to_unix (now);
    recipe.not_after = g_date_time_to_unix (end);
    recipe.key = key;
    certificate = exc_lab_certificate_make (&recipe, &error);
  }
  if (certificate == NULL) {
    *outcome = exc_lab_call_error (
        call, "System.Security.Cryptography.CryptographicException", "%s", error->message);
    return NULL;
  }
  if (clone != NULL && clone->friendly_name != NULL)
    friendly_name = clone->friendly_name;
  certificate->friendly_name = g_strdup (friendly_name != NULL ? friendly_name : DEFAULT_NAME);
  certificate->exportable = exc_lab_call_is_on (call, "PrivateKeyExportable");
  if (exc_lab_call_is_on (call, "GenerateRequest")) {
    certificate->request = exc_lab_certificate_make_request (&recipe, &error);
    if (certificate->request == NULL)
      g_warning ("a request could not be made: %s", error->message);
  }
  return certificate;
}

static guint
get_services (ExcLabCall *call)
{
  gint64 services = EXC_LAB_SERVICE_SMTP;

  exc_value_get_int64 (g_hash_table_lookup (call->arguments, "Services"), &services);
  return (guint) services;
}

/* The request itself, without armour. */
static GBytes *
decode_pem (const char *pem)
{
  const char *start = strchr (pem, '\n');
  const char *end = start != NULL ? strstr (start, "-----END") : NULL;
  g_autofree char *text = end != NULL ? g_strndup (start, (gsize) (end - start)) : g_strdup ("");
  gsize length;
  guchar *data = g_base64_decode (text, &length);

  return g_bytes_new_take (data, length);
}

void
exc_lab_call_write_request (ExcLabCall *call, ExcLabCertificate *certificate)
{
  if (exc_lab_call_is_on (call, "BinaryEncoded")) {
    ExcValue *value = exc_lab_value_new ("Microsoft.Exchange.Data.BinaryFileDataObject", NULL);
    g_autoptr(GBytes) bytes = decode_pem (certificate->request);

    exc_value_set_property (value, "FileData", exc_value_new_bytes (bytes));
    exc_lab_call_write (call, exc_lab_object_new (value));
  } else {
    exc_lab_call_write (call, exc_lab_object_new (exc_value_new_string (certificate->request)));
  }
}

ExcLabOutcome
exc_lab_new_exchange_certificate (ExcLabCall *call)
{
  const guint services = get_services (call);
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", TRUE, &outcome);
  ExcLabCertificate *certificate = call->kept;

  if (server == NULL || exc_lab_call_is_on (call, "WhatIf"))
    return server == NULL ? outcome : EXC_LAB_DONE;

  if (certificate == NULL) {
    certificate = create (call, server, &outcome);
    if (certificate == NULL)
      return outcome;
    if (!exc_lab_call_check_services (call, server, certificate, services, &outcome)) {
      exc_lab_certificate_unref (certificate);
      return outcome;
    }
    if (certificate->request != NULL) {
      g_ptr_array_add (server->request, certificate);
      exc_lab_call_write_request (call, certificate);
      return exc_lab_call_commit (call);
    }
    g_ptr_array_add (server->my, certificate);
    call->kept = exc_lab_certificate_ref (certificate);
    call->kept_free = (GDestroyNotify) exc_lab_certificate_unref;

    /* Created whatever is answered: the question is only whether it takes over (domain.md 2.1). */
    exc_lab_call_assign_services (call, server, certificate, services, TRUE);
    if ((services & EXC_LAB_SERVICE_SMTP) != 0 && !exc_lab_call_is_on (call, "Force") &&
        call->answer == EXC_LAB_ANSWER_NONE &&
        exc_lab_needs_overwrite_question (server, certificate)) {
      outcome = exc_lab_call_commit (call);
      if (outcome != EXC_LAB_DONE || call->failure != NULL)
        return outcome;
      exc_lab_call_ask_overwrite (call, server, certificate);
      return EXC_LAB_ASK;
    }
  }
  if ((services & EXC_LAB_SERVICE_SMTP) != 0 &&
      (exc_lab_call_is_on (call, "Force") || call->answer == EXC_LAB_ANSWER_YES))
    exc_lab_server_set_internal_transport (server, certificate);
  outcome = exc_lab_call_commit (call);
  exc_lab_call_write (call, exc_lab_object_new_certificate (call->world, server, certificate));
  return outcome;
}
