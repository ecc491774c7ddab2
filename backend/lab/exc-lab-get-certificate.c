/* exc-lab-get-certificate.c — Get-ExchangeCertificate, Remove-ExchangeCertificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-certificates"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-rules.h"

/* "exch01.contoso.lab\THUMBPRINT", or a thumbprint alone */
static void
split_identity (const char *identity, char **server, char **thumbprint)
{
  const char *slash = strrchr (identity, '\\');

  *server = slash != NULL ? g_strndup (identity, (gsize) (slash - identity)) : NULL;
  *thumbprint = g_strdup (slash != NULL ? slash + 1 : identity);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const ExcLabCertificate *first = *(ExcLabCertificate *const *) a;
  const ExcLabCertificate *second = *(ExcLabCertificate *const *) b;

  if (first->x509->not_before != second->x509->not_before)
    return first->x509->not_before < second->x509->not_before ? 1 : -1;
  return strcmp (first->x509->sha1, second->x509->sha1);
}

/* Those that Exchange can use, and pending requests (domain.md 1.1). */
static GPtrArray *
list_certificates (ExcLabServer *server)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; i < server->my->len; i++) {
    if (exc_lab_rules_is_usable (g_ptr_array_index (server->my, i)))
      g_ptr_array_add (list, g_ptr_array_index (server->my, i));
  }
  for (guint i = 0; i < server->request->len; i++)
    g_ptr_array_add (list, g_ptr_array_index (server->request, i));
  g_ptr_array_sort (list, compare_newest_first);
  return g_steal_pointer (&list);
}

static gboolean
serves_domain (ExcLabCertificate *certificate, GStrv domains)
{
  for (guint i = 0; domains != NULL && domains[i] != NULL; i++) {
    const char *dot = strchr (domains[i], '.');
    g_autofree char *wildcard = dot != NULL ? g_strconcat ("*", dot, NULL) : NULL;

    if (!exc_lab_certificate_has_name (certificate, domains[i]) &&
        (wildcard == NULL || !exc_lab_certificate_has_name (certificate, wildcard)))
      return FALSE;
  }
  return TRUE;
}

static ExcLabOutcome
not_found (ExcLabCall *call, ExcLabServer *server, const char *thumbprint)
{
  return exc_lab_call_error (call,
                             "System.InvalidOperationException",
                             "A special Rpc error occurs on server %s: The certificate with "
                             "thumbprint %s was not found.",
                             server->name,
                             thumbprint);
}

ExcLabOutcome
exc_lab_get_exchange_certificate (ExcLabCall *call)
{
  const char *identity = exc_lab_call_get_text (call, "Identity");
  g_auto(GStrv) domains = exc_lab_call_dup_list (call, "DomainName");
  g_autofree char *named_server = NULL;
  g_autofree char *thumbprint = g_strdup (exc_lab_call_get_text (call, "Thumbprint"));
  g_autoptr(GPtrArray) list = NULL;
  ExcLabServer *server;
  ExcLabOutcome outcome;
  guint n_found = 0;

  if (call->input != NULL && thumbprint == NULL)
    thumbprint = call->input->certificate != NULL ? g_strdup (call->input->certificate->x509->sha1)
                                                  : exc_value_dup_text (call->input->value);
  if (identity != NULL) {
    split_identity (identity, &named_server, &thumbprint);
    if (named_server != NULL)
      g_hash_table_insert (
          call->arguments, g_strdup ("Server"), exc_value_new_string (named_server));
  }
  server = exc_lab_call_find_server (call, "Server", TRUE, &outcome);
  if (server == NULL)
    return outcome;

  list = list_certificates (server);
  for (guint i = 0; i < list->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (list, i);

    if (thumbprint != NULL && g_ascii_strcasecmp (thumbprint, certificate->x509->sha1) != 0)
      continue;
    if (!serves_domain (certificate, domains))
      continue;
    n_found++;
    exc_lab_call_write (call, exc_lab_object_new_certificate (call->world, server, certificate));
  }
  if (n_found == 0 && thumbprint != NULL && identity == NULL)
    return not_found (call, server, thumbprint);
  /* An unknown Identity gives everything: Exchange's own trap (domain.md 1.1). */
  for (guint i = 0; n_found == 0 && identity != NULL && i < list->len; i++)
    exc_lab_call_write (
        call, exc_lab_object_new_certificate (call->world, server, g_ptr_array_index (list, i)));
  return EXC_LAB_DONE;
}

ExcLabCertificate *
exc_lab_call_find_certificate (ExcLabCall *call, ExcLabServer **server, ExcLabOutcome *outcome)
{
  const char *identity = exc_lab_call_get_text (call, "Identity");
  g_autofree char *named_server = NULL;
  g_autofree char *thumbprint = g_strdup (exc_lab_call_get_text (call, "Thumbprint"));
  ExcLabCertificate *certificate;

  if (identity != NULL) {
    split_identity (identity, &named_server, &thumbprint);
    if (named_server != NULL)
      g_hash_table_insert (
          call->arguments, g_strdup ("Server"), exc_value_new_string (named_server));
  } else if (thumbprint == NULL && call->input != NULL) {
    thumbprint = call->input->certificate != NULL ? g_strdup (call->input->certificate->x509->sha1)
                                                  : exc_value_dup_text (call->input->value);
  }
  *server = exc_lab_call_find_server (call, "Server", TRUE, outcome);
  if (*server == NULL)
    return NULL;
  certificate = exc_lab_store_find ((*server)->my, thumbprint);
  if (certificate == NULL)
    certificate = exc_lab_store_find ((*server)->request, thumbprint);
  if (certificate == NULL)
    *outcome = not_found (call, *server, thumbprint != NULL ? thumbprint : "");
  return certificate;
}

static gboolean
is_confirmed (ExcLabCall *call)
{
  return (exc_lab_call_has (call, "Confirm") && !exc_lab_call_is_on (call, "Confirm")) ||
         call->answer == EXC_LAB_ANSWER_YES || call->answer == EXC_LAB_ANSWER_YES_TO_ALL;
}

/* Guards only what domain.md 2.3 says: bindings, WMSVC and the Auth configuration are not asked. */
ExcLabOutcome
exc_lab_remove_exchange_certificate (ExcLabCall *call)
{
  ExcLabServer *server;
  ExcLabOutcome outcome;
  ExcLabCertificate *certificate = exc_lab_call_find_certificate (call, &server, &outcome);
  g_autofree char *refusal = NULL;

  if (certificate == NULL)
    return outcome;
  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  if (!is_confirmed (call)) {
    if (call->answer != EXC_LAB_ANSWER_NONE)
      return EXC_LAB_DONE;
    call->question = g_strdup_printf ("Are you sure you want to perform this action?\r\nRemove "
                                      "certificate with thumbprint %s from the computer's "
                                      "certificate store?",
                                      certificate->x509->sha1);
    return EXC_LAB_ASK;
  }
  refusal = exc_lab_rules_dup_removal_refusal (call->world, server, certificate);
  if (refusal != NULL)
    return exc_lab_call_error (call,
                               "System.InvalidOperationException",
                               "A special Rpc error occurs on server %s: %s",
                               server->name,
                               refusal);
  if (!g_ptr_array_remove (server->my, certificate))
    g_ptr_array_remove (server->request, certificate);
  return exc_lab_call_commit (call);
}
