/* exc-plan-request.c — a certificate asked of an authority (domain.md 2.1)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-plan-names.h"
#include "exc-step-create.h"
#include "exc-step-save.h"

#include <glib/gi18n.h>

gboolean
exc_plan_build_request (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *save = NULL;
  g_autofree char *title = NULL;
  g_auto(GStrv) domains = NULL;
  ExcNewCertificate wanted = { 0 };
  JsonObject *object;
  const char *fqdn, *name, *path, *old;

  if (!exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  if (servers->len == 0) { /* blocked */
    exc_plan_set_title (self, _("Request a certificate"));
    return TRUE;
  }
  object = g_ptr_array_index (servers, 0);
  if ((fqdn = exc_plan_input_need_text (object, "fqdn", error)) == NULL ||
      (name = exc_plan_input_need_text (object, "name", error)) == NULL ||
      (path = exc_plan_input_need_text (input, "path", error)) == NULL ||
      !exc_new_certificate_read (object, &wanted, &domains, error))
    return FALSE;

  old = exc_plan_input_get_text (object, "old");
  pipeline = old != NULL ? exc_change_renew_as_request (fqdn, old)
                         : exc_change_create_request (fqdn,
                                                      wanted.subject,
                                                      wanted.domains,
                                                      wanted.friendly_name,
                                                      wanted.key_size,
                                                      wanted.is_exportable);
  sentence = g_strdup_printf (
      _("Make a key and a certificate request “%1$s” on %2$s; the key stays there"),
         wanted.subject,
         name);
  save = g_strdup_printf (_("Write the request to “%s” on this computer"), path);
  g_ptr_array_add (steps,
                   exc_step_create_new (
                       &(ExcCreation){ .server = fqdn,
                                       .sentence = sentence,
                                       .pipeline = pipeline,
                                       .subject = wanted.subject,
                                       .old = old,
                                       .is_request = TRUE,
                                       .internal = exc_plan_input_get_text (object, "internal") }));
  g_ptr_array_add (steps, exc_step_save_new (save, EXC_FACT_REQUEST, path));
  g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, 0)));
  exc_plan_add_lane (self, fqdn, steps, undo_steps);

  title = g_strdup_printf (old != NULL ? _("Request the renewal of “%1$s” on %2$s")
                                       : _("Request “%1$s” on %2$s"), wanted.subject, name);
  exc_plan_set_title (self, title);
  return TRUE;
}

char *
exc_plan_summarize_request (guint n_done, guint n_servers)
{
  return g_strdup (n_done > 0 ? _("The request is made. Send it to the authority, and complete it "
                                  "with the answer on the same server.")
                              : _("The request is not made."));
}

/* A certificate that is to be renewed by an authority. */
static gboolean
check_old (ExcPlan *self, ExcServer *server, ExcCertificate *old)
{
  const char *fqdn = exc_server_get_fqdn (server);

  if (exc_certificate_get_kind (old) == EXC_KIND_AUTH) {
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_BLOCKED,
        _("%s is the Auth certificate, which no authority issues. Renew it in its own way."),
           exc_certificate_get_short_thumbprint (old));
    return FALSE;
  }
  if (exc_certificate_get_is_self_signed (old) == EXC_YES)
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_WARNING,
                  _("%1$s (%2$s) is self-signed. A certificate of an authority with "
                                 "its names would be another one beside it."),
                     exc_certificate_get_short_thumbprint (old),
                     exc_certificate_get_name (old));
  else
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_PASSED,
        _("The request has the names of %1$s (%2$s). That certificate stays and goes on working."),
           exc_certificate_get_short_thumbprint (old),
           exc_certificate_get_health_text (old));
  return TRUE;
}

static gboolean
check (ExcPlan *self, ExcServer *server, ExcCertificate *old, const char *path)
{
  const char *fqdn = exc_server_get_fqdn (server);

  if (!exc_plan_check_certificates (self, server))
    return FALSE;
  if (!exc_plan_check_told (self, server))
    return FALSE;
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    exc_plan_say (
        self, fqdn, EXC_CHECK_BLOCKED, _("“%s” is there already. Name another file."), path);
    return FALSE;
  }
  return old == NULL || check_old (self, server, old);
}

/* What the request takes over from @old: for the record, and to know it again. */
static void
write_old (JsonBuilder *builder, ExcCertificate *old)
{
  ExcX509 *x509 = exc_certificate_get_x509 (old);

  exc_json_add_text (builder, "old", exc_certificate_get_thumbprint (old));
  exc_json_add_text (builder, "subject", exc_certificate_get_subject (old));
  json_builder_set_member_name (builder, "domains");
  json_builder_begin_array (builder);
  for (guint i = 0; x509 != NULL && x509->dns_names[i] != NULL; i++)
    json_builder_add_string_value (builder, x509->dns_names[i]);
  json_builder_end_array (builder);
}

/**
 * exc_plan_new_request:
 * @snapshot: the organization as it was seen last
 * @server: FQDN or name of the server that keeps the key
 * @wanted: (nullable): names and key; %NULL: those of the server
 * @old: (nullable): thumbprint of the certificate whose names are taken
 * @path: of the file to come; made absolute
 *
 * The text of the request lies in the journal before it is written to the file, so that it is never
 * lost.
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with %EXC_ERROR_NOT_FOUND or
 *   %EXC_ERROR_INPUT
 */
ExcPlan *
exc_plan_new_request (ExcSnapshot *snapshot,
                      const char *server,
                      const ExcNewCertificate *wanted,
                      const char *old,
                      const char *path,
                      GError **error)
{
  g_autoptr(ExcPlan) self = exc_plan_new ("request-certificate");
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autofree char *absolute = NULL;
  ExcServer *found;
  ExcCertificate *old_certificate = NULL;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (server != NULL && path != NULL, NULL);

  found = exc_plan_find_server (snapshot, server, error);
  if (found == NULL || !exc_new_certificate_check (wanted, error))
    return NULL;
  if (old != NULL) {
    old_certificate = exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (found), old);
    if (old_certificate == NULL) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_NOT_FOUND,
                   _("%1$s has no certificate %2$s."), exc_server_get_name (found), old);
      return NULL;
    }
  }
  absolute = g_canonicalize_filename (path, NULL);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "path", absolute);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  if (check (self, found, old_certificate, absolute)) {
    const char *internal = exc_server_get_internal_transport (found);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (found));
    exc_json_add_text (builder, "name", exc_server_get_name (found));
    exc_json_add_text (builder, "internal", internal[0] != '\0' ? internal : NULL);
    if (old_certificate != NULL)
      write_old (builder, old_certificate);
    else if (!exc_new_certificate_write (wanted, found, builder, error))
      return NULL;
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return exc_plan_build (self, json_builder_get_root (builder), error) ? g_steal_pointer (&self)
                                                                       : NULL;
}
