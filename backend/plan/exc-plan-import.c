/* exc-plan-import.c — a PFX file for many servers (domain.md 2.4)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-pfx.h"
#include "exc-plan-names.h"
#include "exc-step-bring.h"
#include "exc-step-gate.h"

#include <glib/gi18n.h>

#define IMPORT 1 /* behind the gate */

gboolean
exc_plan_build_import (ExcPlan *self, JsonObject *input, GError **error)
{
  const char *thumbprint = exc_plan_input_need_thumbprint (input, "thumbprint", error);
  const char *subject =
      thumbprint != NULL ? exc_plan_input_need_text (input, "subject", error) : NULL;
  const char *friendly_name = exc_plan_input_get_text (input, "friendlyName");
  gboolean is_exportable = json_object_get_boolean_member_with_default (input, "exportable", FALSE);
  g_autoptr(GPtrArray) servers = NULL;
  g_autofree char *title = NULL;

  if (subject == NULL || !exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++) {
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
    ExcStep *import;
    JsonObject *object = g_ptr_array_index (servers, i);
    const char *fqdn = exc_plan_input_need_text (object, "fqdn", error);
    const char *name = fqdn != NULL ? exc_plan_input_need_text (object, "name", error) : NULL;

    if (name == NULL)
      return FALSE;
    import = exc_step_import_new (fqdn, name, thumbprint, friendly_name, is_exportable);
    g_ptr_array_add (steps, exc_step_gate_new_open (name));
    g_ptr_array_add (steps, import);
    g_ptr_array_add (undo_steps, g_object_ref (import));
    exc_plan_add_lane (self, fqdn, steps, undo_steps);
  }
  title = g_strdup_printf (
      ngettext ("Import “%1$s” on %2$u server", "Import “%1$s” on %2$u servers", servers->len),
      subject,
      servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

char *
exc_plan_summarize_import (guint n_done, guint n_servers)
{
  return g_strdup_printf (
      ngettext ("%1$u of %2$u server has the certificate and its private key.",
                "%1$u of %2$u servers have the certificate and its private key.",
                n_servers),
      n_done,
      n_servers);
}

/* What the file itself has against it. */
static void
check_file (ExcPlan *self, ExcX509 *x509, gint64 now)
{
  g_autofree char *begin = exc_plan_format_date (x509->not_before);
  g_autofree char *end = exc_plan_format_date (x509->not_after);

  if (x509->not_after <= now)
    exc_plan_say (
        self, NULL, EXC_CHECK_BLOCKED, _("The certificate of the file has expired: on %s."), end);
  else
    exc_plan_say (self,
                  NULL,
                  EXC_CHECK_PASSED,
                  _("The file holds “%1$s” of “%2$s”, valid until %3$s, with its "
                                 "private key."),
                     x509->subject,
                     x509->issuer,
                     end);
  if (x509->not_before > now)
    exc_plan_say (
        self, NULL, EXC_CHECK_WARNING, _("The certificate is not valid before %s."), begin);
  if (g_strcmp0 (x509->key_algorithm, "RSA") != 0)
    exc_plan_say (self,
                  NULL,
                  EXC_CHECK_WARNING,
                  _("The key is %s. Some builds of Exchange show and use RSA keys "
                                 "only."),
                     x509->key_algorithm);
}

static gboolean
check_server (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, ExcX509 *x509)
{
  const char *fqdn = exc_server_get_fqdn (server);
  ExcCertificate *there;

  if (!exc_plan_check_certificates (self, server))
    return FALSE;
  there = exc_snapshot_find_certificate (snapshot, fqdn, x509->sha1);
  if (there == NULL)
    return TRUE;
  if (exc_certificate_get_record (there)->has_private_key == EXC_NO) {
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_BLOCKED,
        _("The certificate is on %s already, but without its private key. Remove it there first."),
           exc_server_get_name (server));
    return FALSE;
  }
  exc_plan_say (self,
                fqdn,
                EXC_CHECK_PASSED,
                _("%s has the certificate already: it is only looked at."),
                   exc_server_get_name (server));
  return TRUE;
}

static void
hand_out_secrets (ExcPlan *self, ExcSecret *pfx, ExcSecret *password)
{
  const char *const *servers = exc_plan_get_servers (self);

  for (guint i = 0; servers[i] != NULL; i++)
    exc_step_import_set_secrets (
        g_ptr_array_index (exc_plan_get_steps (self, servers[i]), IMPORT), pfx, password);
}

/**
 * exc_plan_new_import:
 * @snapshot: the organization as it was seen last
 * @servers: FQDNs or names, in the order of work
 * @pfx: the file
 * @password: of the file
 * @friendly_name: (nullable): %NULL: the file's
 * @is_exportable: whether the key can be exported again from the servers
 *
 * The file is opened and checked before anything is sent.
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with %EXC_ERROR_NOT_FOUND, or
 *   %EXC_ERROR_INPUT where the file cannot be opened with that password or has no key
 */
ExcPlan *
exc_plan_new_import (ExcSnapshot *snapshot,
                     const char *const *servers,
                     ExcSecret *pfx,
                     ExcSecret *password,
                     const char *friendly_name,
                     gboolean is_exportable,
                     GError **error)
{
  const ExcNewCertificate wanted = { .friendly_name = friendly_name };
  g_autoptr(ExcPlan) self = exc_plan_new ("import-certificate");
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(ExcX509) x509 = NULL;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (servers != NULL && pfx != NULL && password != NULL, NULL);

  found = exc_plan_find_servers (snapshot, servers, error);
  if (found == NULL || !exc_new_certificate_check (&wanted, error))
    return NULL;
  x509 = exc_pfx_open (pfx, password, error);
  if (x509 == NULL)
    return NULL;

  check_file (self, x509, exc_snapshot_get_time (snapshot));
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "thumbprint", x509->sha1);
  exc_json_add_text (builder, "subject", x509->subject);
  exc_json_add_text (builder, "friendlyName", friendly_name);
  json_builder_set_member_name (builder, "exportable");
  json_builder_add_boolean_value (builder, is_exportable);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    ExcServer *server = g_ptr_array_index (found, i);

    if (!check_server (self, snapshot, server, x509))
      continue;
    json_builder_begin_object (builder);
    exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
    exc_json_add_text (builder, "name", exc_server_get_name (server));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  hand_out_secrets (self, pfx, password);
  return g_steal_pointer (&self);
}
