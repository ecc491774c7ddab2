/* exc-plan-wmsvc.c — the certificate of the Web Management Service, renewed (steps.md C)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-renew-steps.h"
#include "exc-step-gate.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

/* TRUE: there is a service whose certificate can be renewed. */
static gboolean
has_service (ExcWindowsRecord *windows)
{
  for (guint i = 0; i < windows->services->len; i++) {
    ExcServiceRecord *service = g_ptr_array_index (windows->services, i);

    if (g_ascii_strcasecmp (service->name, "WMSVC") == 0)
      return windows->wmsvc_port > 0;
  }
  return FALSE;
}

/* Whether the old one may go at the end; adds the checks about it. */
static gboolean
check_old (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, gboolean removes_old)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *name = exc_server_get_name (server);
  const char *old = exc_server_get_windows (server)->wmsvc_hash;
  ExcCertificate *certificate =
      old != NULL ? exc_snapshot_find_certificate (snapshot, fqdn, old) : NULL;
  g_autoptr(GPtrArray) uses = NULL;
  g_autofree char *text = NULL;

  if (certificate == NULL) {
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_WARNING,
        _("The Web Management Service of %s has no certificate that is on the server. It "
                    "gets a new one; that step cannot be undone."),
           name);
    return FALSE;
  }
  exc_plan_say (self,
                fqdn,
                EXC_CHECK_PASSED,
                removes_old
                ? _("%1$s of %2$s is renewed: %3$s. The old certificate is deleted when a "
                        "handshake has shown the new one.")
                : _("%1$s of %2$s is renewed: %3$s. The old certificate stays until you delete "
                        "it."),
                     exc_certificate_get_short_thumbprint (certificate),
                     name,
                     exc_certificate_get_health_text (certificate));
  if (!removes_old)
    return FALSE;

  uses = exc_certificate_uses (snapshot, fqdn, old);
  text = exc_plan_dup_uses (uses, EXC_USE_WMSVC, 0);
  if (text != NULL) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("The old certificate of %1$s cannot be deleted: %2$s Renew without deleting "
                    "it."),
                     name,
                     text);
    return FALSE;
  }
  exc_plan_say (self,
                fqdn,
                EXC_CHECK_WARNING,
                _("On %s the deletion of the old certificate cannot be undone, and after it the "
                  "renewal cannot be undone either."),
                   name);
  return TRUE;
}

static void
check_windows (ExcPlan *self, ExcServer *server)
{
  const char *version = exc_server_get_version (server);

  if (version != NULL &&
      (g_str_has_prefix (version, "Version 15.0 ") || g_str_has_prefix (version, "Version 15.1 ")))
    exc_plan_say (
        self,
        exc_server_get_fqdn (server),
        EXC_CHECK_WARNING,
        _("If %s runs Windows Server 2012 R2, Windows cannot make the certificate there: "
                    "let Exchange make it."),
           exc_server_get_name (server));
}

/* Writes a server of the input, unless it has no such service or a check blocks it. */
static void
add_server (ExcPlan *self,
            ExcSnapshot *snapshot,
            ExcServer *server,
            const ExcWmsvcOptions *options,
            JsonBuilder *builder)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *internal = exc_server_get_internal_transport (server);
  ExcWindowsRecord *windows;
  ExcStoreEntry *root = NULL;
  gboolean removes_old;

  if (!exc_plan_check_server (self, server))
    return;
  windows = exc_server_get_windows (server);
  if (!exc_plan_check_told (self, server))
    return;
  if (!has_service (windows)) {
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_PASSED,
        _("The Web Management Service is not installed on %s, so nothing is done there."),
           exc_server_get_name (server));
    return;
  }
  removes_old = check_old (self, snapshot, server, options->removes_old);
  if (options->by_windows)
    check_windows (self, server);
  for (guint i = 0; removes_old && i < windows->root->len && root == NULL; i++) {
    ExcStoreEntry *entry = g_ptr_array_index (windows->root, i);

    if (g_strcmp0 (entry->thumbprint, windows->wmsvc_hash) == 0)
      root = entry;
  }

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "fqdn", fqdn);
  exc_json_add_text (builder, "name", exc_server_get_name (server));
  exc_json_add_text (builder, "internal", internal[0] != '\0' ? internal : NULL);
  exc_json_add_text (builder, "old", windows->wmsvc_hash);
  exc_json_add_boolean (
      builder, "oldIsGone", !exc_plan_holds (snapshot, server, windows->wmsvc_hash));
  json_builder_set_member_name (builder, "port");
  json_builder_add_int_value (builder, windows->wmsvc_port);
  exc_json_add_boolean (builder, "removesOld", removes_old);
  exc_json_add_boolean (builder, "removesRoot", root != NULL);
  json_builder_end_object (builder);
}

static ExcStep *
create_step (JsonObject *server, const char *fqdn, const char *name, gboolean by_windows)
{
  g_autoptr(ExcPipeline) pipeline =
                 by_windows ? exc_change_wmsvc_create () : exc_change_create_wmsvc (fqdn, name);
  g_autofree char *subject = g_strconcat ("CN=WMSvc-SHA2-", name, NULL);
  g_autofree char *sentence = g_strdup_printf (
      by_windows
      ? _("Let Windows create a certificate for the Web Management Service of %s, for 10 "
                     "years")
      : _("Let Exchange create a certificate for the Web Management Service of %s, for 5 "
                     "years and for no mail service"),
           name);

  return exc_step_create_new (
      &(ExcCreation){ .server = fqdn,
                      .sentence = sentence,
                      .pipeline = pipeline,
                      .subject = subject,
                      .internal = exc_plan_input_get_text (server, "internal") });
}

static gboolean
add_lane (ExcPlan *self, JsonObject *server, gboolean by_windows, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  const char *fqdn = exc_plan_input_need_text (server, "fqdn", error);
  const char *name = fqdn != NULL ? exc_plan_input_need_text (server, "name", error) : NULL;
  const ExcWmsvc wmsvc = {
    .server = fqdn,
    .name = name,
    .old = exc_plan_input_get_text (server, "old"),
    .port = (guint16) json_object_get_int_member_with_default (server, "port", 0),
  };
  ExcStep *create;
  ExcStep *trust;
  ExcStep *bind;

  if (name == NULL)
    return FALSE;
  create = create_step (server, fqdn, name, by_windows);
  trust = exc_step_trust_new (name);
  bind = exc_step_wmsvc_bind_new (&wmsvc);
  if (exc_plan_input_get_flag (server, "oldIsGone"))
    exc_step_set_irreversible (bind);
  g_ptr_array_add (steps, exc_step_gate_new (name));
  g_ptr_array_add (steps, create);
  g_ptr_array_add (steps, trust);
  g_ptr_array_add (steps, bind);
  g_ptr_array_add (steps, exc_step_wmsvc_check_new (&wmsvc));
  if (wmsvc.old != NULL && exc_plan_input_get_flag (server, "removesOld"))
    g_ptr_array_add (steps,
                     exc_step_delete_new (&(ExcDeletion){ .server = fqdn,
                                                          .name = name,
                                                          .thumbprint = wmsvc.old,
                                                          .tries_windows = TRUE,
                                                          .needs_shake = TRUE }));
  if (wmsvc.old != NULL && exc_plan_input_get_flag (server, "removesRoot"))
    g_ptr_array_add (steps, exc_step_root_new_after_deletion (name, wmsvc.old));

  g_ptr_array_add (undo_steps, g_object_ref (bind));
  g_ptr_array_add (undo_steps, g_object_ref (create));
  g_ptr_array_add (undo_steps, g_object_ref (trust));
  exc_plan_add_lane (self, fqdn, steps, undo_steps);
  return TRUE;
}

gboolean
exc_plan_build_renew_wmsvc (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  g_autofree char *title = NULL;
  gboolean by_windows = exc_plan_input_get_flag (input, "byWindows");

  if (!exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++)
    if (!add_lane (self, g_ptr_array_index (servers, i), by_windows, error))
      return FALSE;
  title = g_strdup_printf (
      ngettext ("Renew WMSVC on %u server", "Renew WMSVC on %u servers", servers->len),
      servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

/**
 * exc_plan_new_renew_wmsvc:
 * @snapshot: the organization as it was seen last
 * @servers: (array zero-terminated=1): FQDNs or names, in the order of work
 * @options: (nullable): %NULL for the safe defaults
 *
 * Plans a new certificate for the Web Management Service of each server (steps.md C): create,
 * trust, bind, handshake. The old one goes only where that is asked for, and only after the
 * handshake. Servers without the service are left out, with a check that says so.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_renew_wmsvc (ExcSnapshot *snapshot,
                          const char *const *servers,
                          const ExcWmsvcOptions *options,
                          GError **error)
{
  static const ExcWmsvcOptions defaults = { 0 };
  g_autoptr(ExcPlan) self = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (servers != NULL, NULL);

  if (options == NULL)
    options = &defaults;
  found = exc_plan_find_servers (snapshot, servers, error);
  if (found == NULL)
    return NULL;

  self = exc_plan_new ("renew-wmsvc");
  json_builder_begin_object (builder);
  exc_json_add_boolean (builder, "byWindows", options->by_windows);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++)
    add_server (self, snapshot, g_ptr_array_index (found, i), options, builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}
