/* exc-plan-trust.c — certificates among the trusted roots of servers, and out of them (steps.md A2)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

/* Both kinds have the same input, but for what is wanted. */
static gboolean
build (ExcPlan *self, JsonObject *input, gboolean is_wanted, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(GBytes) der = exc_plan_input_get_bytes (input, "der");
  const char *thumbprint = exc_plan_input_need_text (input, "thumbprint", error);
  g_autofree char *title = NULL;

  if (thumbprint == NULL || !exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  if (is_wanted && der == NULL)
    return exc_plan_input_need_text (input, "der", error) != NULL;
  for (guint i = 0; i < servers->len; i++) {
    JsonObject *server = g_ptr_array_index (servers, i);
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
    const char *fqdn = exc_plan_input_need_text (server, "fqdn", error);
    const char *name = fqdn != NULL ? exc_plan_input_need_text (server, "name", error) : NULL;
    ExcStep *step;

    if (name == NULL)
      return FALSE;
    step = exc_step_root_new (name, thumbprint, der, is_wanted);
    g_ptr_array_add (steps, step);
    if (der != NULL)
      g_ptr_array_add (undo_steps, g_object_ref (step));
    exc_plan_add_lane (self, fqdn, steps, undo_steps);
  }
  title = g_strdup_printf (
      is_wanted ? ngettext ("Copy a certificate to the trusted roots of %u server",
                            "Copy a certificate to the trusted roots of %u servers",
                            servers->len)
                : ngettext ("Remove a certificate from the trusted roots of %u server",
                            "Remove a certificate from the trusted roots of %u servers",
                            servers->len),
      servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

gboolean
exc_plan_build_trust (ExcPlan *self, JsonObject *input, GError **error)
{
  return build (self, input, TRUE, error);
}

gboolean
exc_plan_build_untrust (ExcPlan *self, JsonObject *input, GError **error)
{
  return build (self, input, FALSE, error);
}

static void
check_trust (ExcPlan *self, ExcSnapshot *snapshot, ExcCertificate *certificate)
{
  const char *mark = exc_certificate_get_short_thumbprint (certificate);

  if (exc_certificate_get_is_self_signed (certificate) == EXC_NO)
    exc_plan_say (self,
                  NULL,
                  EXC_CHECK_WARNING,
                  _("“%1$s” (%2$s) comes from an authority. Trust rests on the authority’s own "
                    "certificate; a copy of this one among the trusted roots is of no use."),
                     exc_certificate_get_name (certificate),
                     mark);
  if (exc_certificate_get_not_after (certificate) <= exc_snapshot_get_time (snapshot))
    exc_plan_say (self,
                  NULL,
                  EXC_CHECK_WARNING,
                  _("“%1$s” (%2$s) has expired: trusting it makes it no more valid."),
                     exc_certificate_get_name (certificate),
                     mark);
}

/* What uses it on a server will call it untrusted. */
static void
check_untrust (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, const char *thumbprint)
{
  g_autoptr(GPtrArray) uses =
                 exc_certificate_uses (snapshot, exc_server_get_fqdn (server), thumbprint);
  g_autofree char *text = exc_plan_dup_uses (uses, EXC_USE_UNTOLD, 0);

  if (text != NULL)
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_WARNING,
                  _("The certificate is in use on %1$s, which will call it untrusted. %2$s"),
                     exc_server_get_name (server),
                     text);
}

/* certificate: (nullable): where no server lists it */
static ExcPlan *
make_plan (const char *kind,
           ExcSnapshot *snapshot,
           ExcCertificate *certificate,
           const char *thumbprint,
           const char *const *targets,
           GError **error)
{
  g_autoptr(ExcPlan) self = NULL;
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) servers = exc_plan_find_servers (snapshot, targets, error);
  gboolean is_wanted = g_str_equal (kind, "trust");

  if (servers == NULL)
    return NULL;
  self = exc_plan_new (kind);
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "thumbprint", thumbprint);
  if (certificate != NULL)
    exc_plan_input_add_bytes (builder, "der", exc_certificate_get_record (certificate)->der);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);

    if (!exc_plan_check_server (self, server))
      continue;
    if (!is_wanted)
      check_untrust (self, snapshot, server, thumbprint);
    json_builder_begin_object (builder);
    exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
    exc_json_add_text (builder, "name", exc_server_get_name (server));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (is_wanted)
    check_trust (self, snapshot, certificate);
  else if (certificate == NULL)
    exc_plan_say (
        self,
        NULL,
        EXC_CHECK_WARNING,
        _("The certificate %s lies nowhere but among trusted roots, so its removal cannot "
                    "be undone."),
           thumbprint);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * exc_plan_new_trust:
 * @snapshot: the organization as it was seen last
 * @server: FQDN or name of a server that has the certificate
 * @thumbprint: of the certificate
 * @targets: (array zero-terminated=1): FQDNs or names of servers, that one among them or not
 *
 * Plans copies of a certificate's public part among the trusted roots of servers. An undo removes
 * those that the job put there.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_trust (ExcSnapshot *snapshot,
                    const char *server,
                    const char *thumbprint,
                    const char *const *targets,
                    GError **error)
{
  ExcServer *source;
  ExcCertificate *certificate;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (server != NULL && thumbprint != NULL && targets != NULL, NULL);

  source = exc_plan_find_server (snapshot, server, error);
  certificate =
      source != NULL ? exc_plan_find_certificate (snapshot, source, thumbprint, error) : NULL;
  return certificate != NULL ? make_plan ("trust",
                                          snapshot,
                                          certificate,
                                          exc_certificate_get_thumbprint (certificate),
                                          targets,
                                          error)
                             : NULL;
}

/**
 * exc_plan_new_untrust:
 * @snapshot: the organization as it was seen last
 * @thumbprint: of the certificate, which no server need have any more
 * @targets: (array zero-terminated=1): FQDNs or names of servers
 *
 * Plans the removal of a certificate's copies from the trusted roots of servers. An undo puts back
 * what the job took, where a server still has the certificate itself.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_untrust (ExcSnapshot *snapshot,
                      const char *thumbprint,
                      const char *const *targets,
                      GError **error)
{
  g_autofree char *normal = exc_thumbprint_normalize (thumbprint);
  ExcCertificate *certificate = NULL;
  GPtrArray *all;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (targets != NULL, NULL);

  if (normal == NULL) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("“%s” is not a whole thumbprint."), thumbprint);
    return NULL;
  }
  all = exc_snapshot_get_certificates (snapshot);
  for (guint i = 0; i < all->len && certificate == NULL; i++)
    if (g_str_equal (exc_certificate_get_thumbprint (g_ptr_array_index (all, i)), normal))
      certificate = g_ptr_array_index (all, i);
  return make_plan ("untrust", snapshot, certificate, normal, targets, error);
}
