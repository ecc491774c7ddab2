/* exc-plan-create.c — new self-signed certificates (domain.md 2.1)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-plan-names.h"
#include "exc-renew-steps.h"
#include "exc-step-create.h"
#include "exc-step-gate.h"

#include <glib/gi18n.h>

static gboolean
check_server (ExcPlan *self, ExcServer *server, gboolean with_smtp)
{
  const char *internal = exc_server_get_internal_transport (server);

  if (!exc_plan_check_certificates (self, server))
    return FALSE;
  if (!exc_plan_check_told (self, server))
    return FALSE;
  if (with_smtp && internal[0] == '\0') {
    exc_plan_say (
        self,
        exc_server_get_fqdn (server),
        EXC_CHECK_BLOCKED,
        _("%s has no internal transport certificate, so a new one for SMTP would become it. Renew "
          "“Microsoft Exchange” there first."),
           exc_server_get_name (server));
    return FALSE;
  }
  return TRUE;
}

/* Whether there is one already that would do. */
static void
check_others (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, const char *subject)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *other = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_server (other), exc_server_get_fqdn (server)) != 0 ||
        g_strcmp0 (exc_certificate_get_subject (other), subject) != 0)
      continue;
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_WARNING,
                  _("%1$s has a certificate “%2$s” already (%3$s, %4$s). Two of the "
                                 "same names are easily mistaken for each other."),
                     exc_server_get_name (server),
                     subject,
                     exc_certificate_get_short_thumbprint (other),
                     exc_certificate_get_health_text (other));
    return;
  }
}

static gboolean
add_lane (
    ExcPlan *self, JsonObject *object, gboolean with_smtp, gboolean with_trust, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autofree char *sentence = NULL;
  g_auto(GStrv) domains = NULL;
  const char *fqdn = exc_plan_input_need_text (object, "fqdn", error);
  const char *name = fqdn != NULL ? exc_plan_input_need_text (object, "name", error) : NULL;
  ExcNewCertificate wanted = { 0 };

  if (name == NULL || !exc_new_certificate_read (object, &wanted, &domains, error))
    return FALSE;
  pipeline = exc_change_create_self_signed (fqdn,
                                            wanted.subject,
                                            wanted.domains,
                                            wanted.friendly_name,
                                            with_smtp ? "SMTP" : "None",
                                            wanted.key_size,
                                            wanted.is_exportable,
                                            FALSE);
  sentence = g_strdup_printf (
      _("Create a self-signed certificate “%1$s” on %2$s; the internal transport certificate "
        "stays"),
         wanted.subject,
         name);
  g_ptr_array_add (steps,
                   exc_step_create_new (
                       &(ExcCreation){ .server = fqdn,
                                       .sentence = sentence,
                                       .pipeline = pipeline,
                                       .subject = wanted.subject,
                                       .internal = exc_plan_input_get_text (object, "internal") }));
  if (with_trust)
    g_ptr_array_add (steps, exc_step_trust_new (name));
  for (guint i = 0; i < steps->len; i++)
    g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, i)));
  /* One that transport may read it can choose, too. */
  g_ptr_array_insert (
      steps, 0, with_smtp ? exc_step_gate_new (name) : exc_step_gate_new_open (name));
  exc_plan_add_lane (self, fqdn, steps, undo_steps);
  return TRUE;
}

gboolean
exc_plan_build_create (ExcPlan *self, JsonObject *input, GError **error)
{
  gboolean with_smtp = json_object_get_boolean_member_with_default (input, "smtp", FALSE);
  gboolean with_trust = json_object_get_boolean_member_with_default (input, "trust", FALSE);
  g_autoptr(GPtrArray) servers = NULL;
  g_autofree char *title = NULL;

  if (!exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++)
    if (!add_lane (self, g_ptr_array_index (servers, i), with_smtp, with_trust, error))
      return FALSE;
  title = g_strdup_printf (ngettext ("Create a self-signed certificate on %u server",
                                     "Create a self-signed certificate on %u servers",
                                     servers->len),
                           servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

char *
exc_plan_summarize_create (guint n_done, guint n_servers)
{
  return g_strdup_printf (ngettext ("%1$u of %2$u server has a new certificate.",
                                    "%1$u of %2$u servers have a new certificate.",
                                    n_servers),
                          n_done,
                          n_servers);
}

/**
 * exc_plan_new_create:
 * @snapshot: the organization as it was seen last
 * @servers: FQDNs or names, in the order of work
 * @wanted: (nullable): names and key; %NULL: those of each server
 * @with_smtp: transport may use it; the question about the default certificate is answered No
 * @with_trust: copy the public part to the trusted roots
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with %EXC_ERROR_NOT_FOUND for an unknown
 *   server, %EXC_ERROR_INPUT for names that Exchange would refuse
 */
ExcPlan *
exc_plan_new_create (ExcSnapshot *snapshot,
                     const char *const *servers,
                     const ExcNewCertificate *wanted,
                     gboolean with_smtp,
                     gboolean with_trust,
                     GError **error)
{
  g_autoptr(ExcPlan) self = exc_plan_new ("create-certificate");
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) found = NULL;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (servers != NULL, NULL);

  found = exc_plan_find_servers (snapshot, servers, error);
  if (found == NULL || !exc_new_certificate_check (wanted, error))
    return NULL;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "smtp");
  json_builder_add_boolean_value (builder, with_smtp);
  json_builder_set_member_name (builder, "trust");
  json_builder_add_boolean_value (builder, with_trust);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    ExcServer *server = g_ptr_array_index (found, i);
    const char *internal = exc_server_get_internal_transport (server);

    if (!check_server (self, server, with_smtp))
      continue;
    json_builder_begin_object (builder);
    exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
    exc_json_add_text (builder, "name", exc_server_get_name (server));
    exc_json_add_text (builder, "internal", internal[0] != '\0' ? internal : NULL);
    if (!exc_new_certificate_write (wanted, server, builder, error))
      return NULL;
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;

  for (guint i = 0; i < found->len; i++) {
    ExcServer *server = g_ptr_array_index (found, i);
    g_autofree char *subject = exc_new_certificate_dup_subject (wanted, server, error);

    if (subject == NULL)
      return NULL;
    check_others (self, snapshot, server, subject);
    exc_plan_check_connectors (self, snapshot, server, subject);
  }
  return g_steal_pointer (&self);
}
