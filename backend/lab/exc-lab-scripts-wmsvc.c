/* exc-lab-scripts-wmsvc.c — what the Web Management Service's scripts do and put out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-scripts"

#include "config.h"

#include "exc-lab-windows.h"

#define YEARS 10

static void
set_text (ExcValue *object, const char *name, const char *text)
{
  exc_value_set_member (
      object, name, text != NULL ? exc_value_new_string (text) : exc_value_new_null ());
}

/* The service is stopped and started in one moment of the lab's clock. */
ExcValue *
exc_lab_script_wmsvc_bind (ExcLabScript *script)
{
  ExcLabServer *server = script->server;
  const gint64 now = exc_lab_world_now (script->world);
  const char *thumbprint = exc_lab_script_get_text (script, "Thumbprint");
  ExcLabCertificate *certificate = exc_lab_script_get_item (script, thumbprint);
  ExcLabService *service = exc_lab_server_find_service (server, "WMSVC");
  g_autofree char *old = g_strdup (server->wmsvc_hash);
  g_autofree char *endpoint = g_strdup_printf ("0.0.0.0:%u", server->wmsvc_port);
  const char *before;
  ExcValue *answer;

  if (certificate == NULL)
    return NULL;
  if (certificate->key == NULL)
    return exc_lab_script_throw (
        script, "The certificate %s has no private key on this server.", thumbprint);
  if (service == NULL || old == NULL)
    return exc_lab_script_throw (script,
                                 "The Web Management Service is not installed on this server.");

  before = exc_lab_service_get_status (service, now);
  exc_lab_server_set_ssl_hash (
      server, "*", server->wmsvc_port, certificate->x509->sha1, EXC_LAB_WMSVC_APP_ID);
  g_free (server->wmsvc_hash);
  server->wmsvc_hash = g_strdup (certificate->x509->sha1);
  if (!exc_lab_script_commit (script))
    return NULL;

  answer = exc_value_new_psobject ();
  exc_value_set_member (answer, "Ok", exc_value_new_boolean (TRUE));
  set_text (answer, "Error", NULL);
  set_text (answer, "Old", old);
  set_text (answer, "New", certificate->x509->sha1);
  set_text (answer, "Endpoint", endpoint);
  set_text (answer, "Before", before);
  set_text (answer, "Service", exc_lab_service_get_status (service, now));
  return answer;
}

/* As New-SelfSignedCertificate makes it; Network Service gets no right to the key. */
ExcValue *
exc_lab_script_wmsvc_create (ExcLabScript *script)
{
  const gint64 now = exc_lab_world_now (script->world);
  g_autoptr(GDateTime) begin = g_date_time_new_from_unix_utc (now);
  g_autoptr(GDateTime) end = g_date_time_add_years (begin, YEARS);
  g_autofree char *name = g_strconcat ("WMSvc-SHA2-", script->server->name, NULL);
  g_autofree char *subject = g_strconcat ("CN=", name, NULL);
  const char *const names[] = { name, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(EVP_PKEY) key =
                 exc_lab_keys_take (exc_lab_world_get_keys (script->world), 2048, &error);
  const ExcLabRecipe recipe = { .subject = subject,
                                .dns_names = names,
                                .not_before = now,
                                .not_after = g_date_time_to_unix (end),
                                .key = key };
  g_autoptr(ExcLabCertificate) certificate =
                 key != NULL ? exc_lab_certificate_make (&recipe, &error) : NULL;
  ExcValue *answer;

  if (certificate == NULL)
    return exc_lab_script_throw (script, "%s", error->message);
  certificate->friendly_name = g_strdup ("WMSVC-SHA2");
  certificate->exportable = TRUE;
  g_ptr_array_add (script->server->my, exc_lab_certificate_ref (certificate));
  if (!exc_lab_script_commit (script))
    return NULL;

  answer = exc_value_new_psobject ();
  set_text (answer, "Thumbprint", certificate->x509->sha1);
  set_text (answer, "Subject", certificate->x509->subject);
  exc_value_set_member (answer, "NotAfter", exc_value_new_date_time (end));
  exc_value_set_member (answer, "Raw", exc_value_new_bytes (certificate->x509->der));
  return answer;
}
