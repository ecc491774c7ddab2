/* exc-plan-delete.c — certificates that go for good, guarded (steps.md A9, domain.md 2.3)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

/* What Exchange itself refuses, or what nobody may override: mail would stop, or we do not know. */
#define NEVER                                                                                      \
  (EXC_USE_INTERNAL_TRANSPORT | EXC_USE_FEDERATION | EXC_USE_UM | EXC_USE_UNTOLD |                 \
   EXC_USE_SEND_CONNECTOR)
/* By names: harmless while another certificate with the names stays. */
#define TWINS (EXC_USE_RECEIVE_CONNECTOR | EXC_USE_HYBRID)

/* The phases, where connectors are cleared: in between, the certificates go. */
enum { PHASE_CLEAR, PHASE_DELETE, PHASE_RESTORE };

static const char *
get_tail (ExcCertificate *certificate)
{
  return exc_certificate_get_thumbprint (certificate) + 36;
}

static gboolean
is_confirmed (const ExcDeleteOptions *options, ExcCertificate *certificate)
{
  for (guint i = 0; options->confirmations != NULL && options->confirmations[i] != NULL; i++)
    if (g_ascii_strcasecmp (options->confirmations[i], get_tail (certificate)) == 0)
      return TRUE;
  return FALSE;
}

/* What was typed has to be the end of a certificate that is to go: a slip is told, not passed. */
static gboolean
check_confirmations (GPtrArray *certificates, const ExcDeleteOptions *options, GError **error)
{
  for (guint i = 0; options->confirmations != NULL && options->confirmations[i] != NULL; i++) {
    gboolean is_found = FALSE;

    for (guint j = 0; j < certificates->len && !is_found; j++)
      is_found = g_ascii_strcasecmp (options->confirmations[i],
                                     get_tail (g_ptr_array_index (certificates, j))) == 0;
    if (is_found)
      continue;
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_INPUT,
        _("“%s” is not the end of the thumbprint of a certificate that is to be deleted."),
           options->confirmations[i]);
    return FALSE;
  }
  return TRUE;
}

/* Remembers the Send connectors that name the certificate beside another one. */
static void
add_connectors (GHashTable *cleared, GPtrArray *connectors, ExcCertificate *certificate)
{
  for (guint i = 0; connectors != NULL && i < connectors->len; i++) {
    ExcConnectorRecord *connector = g_ptr_array_index (connectors, i);

    if (exc_tls_certificate_name_matches (connector->tls_certificate_name,
                                          exc_certificate_get_record (certificate)))
      g_hash_table_add (cleared, connector);
  }
}

/* Exchange refuses every certificate with the names, the old one and the new one. TRUE: they can be
 * cleared and set again. */
static gboolean
check_connectors (ExcPlan *self,
                  ExcCertificate *certificate,
                  GPtrArray *uses,
                  const ExcDeleteOptions *options)
{
  const char *fqdn = exc_certificate_get_server (certificate);
  gboolean can_clear = TRUE;

  for (guint i = 0; i < uses->len; i++) {
    ExcCertificateUse *use = g_ptr_array_index (uses, i);

    if (use->use != EXC_USE_SEND_CONNECTOR)
      continue;
    if (use->other == NULL) {
      exc_plan_say (
          self,
          fqdn,
          EXC_CHECK_BLOCKED,
          _("The Send connector “%1$s” names %2$s, and no other valid certificate on the "
                      "server has these names. Give the connector another certificate first."),
             use->what,
             exc_certificate_get_short_thumbprint (certificate));
      can_clear = FALSE;
    } else if (options->clears_connector) {
      exc_plan_say (self,
                    fqdn,
                    EXC_CHECK_WARNING,
                    _("The Send connector “%1$s” names issuer and subject of %2$s, which %3$s has "
                      "too; Exchange refuses to delete either. The connector names no certificate "
                      "while the deletion runs, and the same one afterwards; mail that is sent in "
                      "between goes without it. If the job fails, undo it: that sets the name "
                      "again."),
                       use->what,
                       exc_certificate_get_short_thumbprint (certificate),
                       use->other);
    } else {
      exc_plan_say (
          self,
          fqdn,
          EXC_CHECK_BLOCKED,
          _("The Send connector “%1$s” names issuer and subject of %2$s, which %3$s has "
                      "too; Exchange refuses to delete either. Let the plan clear the name and set "
                      "it again."),
             use->what,
             exc_certificate_get_short_thumbprint (certificate),
             use->other);
      can_clear = FALSE;
    }
  }
  return can_clear;
}

/* FALSE: a check blocks it. accepted: the uses that the user has overridden. */
static gboolean
check_certificate (ExcPlan *self,
                   ExcSnapshot *snapshot,
                   ExcCertificate *certificate,
                   const ExcDeleteOptions *options,
                   guint *accepted)
{
  const char *fqdn = exc_certificate_get_server (certificate);
  const char *name = exc_certificate_get_name (certificate);
  const char *mark = exc_certificate_get_short_thumbprint (certificate);
  g_autoptr(GPtrArray) uses = exc_certificate_uses (
      snapshot, fqdn, exc_certificate_get_thumbprint (certificate));
  g_autofree char *never = exc_plan_dup_uses (uses, (guint) ~(NEVER & ~EXC_USE_SEND_CONNECTOR), 0);
  g_autofree char *used = exc_plan_dup_uses (uses, NEVER, TWINS);
  gboolean is_ok = check_connectors (self, certificate, uses, options);

  *accepted = 0;
  if (never != NULL) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” (%2$s) is not deleted, whatever is typed. %3$s"), name, mark, never);
    is_ok = FALSE;
  }
  if (used != NULL && !is_confirmed (options, certificate)) {
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_BLOCKED,
        _("“%1$s” (%2$s) is in use. %3$s If it is to go all the same, type the last four "
                    "characters of its thumbprint."),
           name,
           mark,
           used);
    is_ok = FALSE;
  } else if (used != NULL) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_WARNING,
                  _("“%1$s” (%2$s) is deleted although it is in use, and what uses it will fail. "
                    "%3$s"),
                     name,
                     mark,
                     used);
    for (guint i = 0; i < uses->len; i++)
      *accepted |= ((ExcCertificateUse *) g_ptr_array_index (uses, i))->use & ~NEVER;
  } else if (exc_certificate_get_kind (certificate) != EXC_KIND_OTHER &&
             !is_confirmed (options, certificate)) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” (%2$s) is a certificate that Exchange itself made (%3$s). If it is to "
                    "go, type the last four characters of its thumbprint."),
                     name,
                     mark,
                     exc_certificate_get_kind_text (certificate));
    is_ok = FALSE;
  } else {
    exc_plan_say (
        self, fqdn, EXC_CHECK_PASSED, _("Nothing on %1$s needs “%2$s” (%3$s)."), fqdn, name, mark);
  }
  if (is_ok)
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_WARNING,
                  exc_certificate_get_record (certificate)->private_key_exportable == EXC_YES
                  ? _("The deletion of “%1$s” (%2$s) cannot be undone: its key goes with it. "
                          "Export it first if you may want it again.")
                  : _("The deletion of “%1$s” (%2$s) cannot be undone: its key goes with it and "
                          "cannot be exported."),
                       name,
                       mark);
  return is_ok;
}

static void
write_certificate (JsonBuilder *builder,
                   ExcServer *server,
                   ExcCertificate *certificate,
                   guint accepted,
                   gboolean removes_root)
{
  const char *thumbprint = exc_certificate_get_thumbprint (certificate);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
  exc_json_add_text (builder, "name", exc_server_get_name (server));
  exc_json_add_text (builder, "thumbprint", thumbprint);
  json_builder_set_member_name (builder, "accepted");
  json_builder_add_int_value (builder, accepted);
  exc_json_add_boolean (
      builder,
      "removesRoot",
      removes_root && exc_windows_record_has_root (exc_server_get_windows (server), thumbprint));
  exc_json_add_boolean (
      builder, "byWindows", exc_certificate_get_kind (certificate) == EXC_KIND_WMSVC);
  json_builder_end_object (builder);
}

static void
write_connectors (JsonBuilder *builder, GHashTable *cleared, GPtrArray *connectors)
{
  json_builder_set_member_name (builder, "connectors");
  json_builder_begin_array (builder);
  for (guint i = 0; connectors != NULL && i < connectors->len; i++) {
    ExcConnectorRecord *connector = g_ptr_array_index (connectors, i);

    if (!g_hash_table_contains (cleared, connector))
      continue;
    json_builder_begin_object (builder);
    exc_json_add_text (
        builder, "identity", connector->identity != NULL ? connector->identity : connector->name);
    exc_json_add_text (builder, "tls", connector->tls_certificate_name);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* The organization's lane: before and after. Its undo sets the names again, after a failure too. */
static gboolean
add_connector_lane (ExcPlan *self, GPtrArray *connectors, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 2 * connectors->len; i++) {
    JsonObject *connector = g_ptr_array_index (connectors, i % connectors->len);
    gboolean is_restore = i >= connectors->len;
    const char *identity = exc_plan_input_need_text (connector, "identity", error);
    const char *tls = identity != NULL ? exc_plan_input_need_text (connector, "tls", error) : NULL;
    g_autofree char *id = NULL;
    ExcStep *step;

    if (tls == NULL)
      return FALSE;
    id = g_strdup_printf ("%s-%s", is_restore ? "restore" : "clear", identity);
    step = exc_step_setting_new (id,
                                 EXC_SETTING_STEP_SEND_CONNECTOR,
                                 identity,
                                 is_restore ? NULL : tls,
                                 is_restore ? tls : NULL,
                                 NULL);
    exc_step_set_phase (step, is_restore ? PHASE_RESTORE : PHASE_CLEAR);
    g_ptr_array_add (steps, step);
    if (!is_restore)
      g_ptr_array_add (undo_steps, g_object_ref (step));
  }
  exc_plan_add_lane (self, EXC_LANE_ORGANIZATION, steps, undo_steps);
  return TRUE;
}

/* The certificates from @first on that are of the same server. */
static gboolean
add_server_lane (ExcPlan *self, GPtrArray *certificates, guint first, guint phase, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  const char *fqdn =
      exc_plan_input_need_text (g_ptr_array_index (certificates, first), "fqdn", error);

  for (guint i = first; fqdn != NULL && i < certificates->len; i++) {
    JsonObject *certificate = g_ptr_array_index (certificates, i);
    ExcDeletion deletion = { .server = fqdn, .accepted_twins = TWINS };

    if (g_strcmp0 (exc_plan_input_get_text (certificate, "fqdn"), fqdn) != 0)
      continue;
    deletion.name = exc_plan_input_need_text (certificate, "name", error);
    if (deletion.name == NULL)
      return FALSE;
    deletion.thumbprint = exc_plan_input_need_text (certificate, "thumbprint", error);
    if (deletion.thumbprint == NULL)
      return FALSE;
    deletion.accepted =
        (guint) json_object_get_int_member_with_default (certificate, "accepted", 0) & ~NEVER;
    deletion.tries_windows = exc_plan_input_get_flag (certificate, "byWindows");
    g_ptr_array_add (steps, exc_step_delete_new (&deletion));
    if (exc_plan_input_get_flag (certificate, "removesRoot"))
      g_ptr_array_add (steps,
                       exc_step_root_new_after_deletion (deletion.name, deletion.thumbprint));
  }
  if (fqdn == NULL)
    return FALSE;
  for (guint i = 0; i < steps->len; i++)
    exc_step_set_phase (g_ptr_array_index (steps, i), phase);
  exc_plan_add_lane (self, fqdn, steps, undo_steps);
  return TRUE;
}

gboolean
exc_plan_build_delete (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) certificates = NULL;
  g_autoptr(GPtrArray) connectors = NULL;
  g_autofree char *title = NULL;

  if (!exc_plan_input_get_objects (input, "certificates", &certificates, error) ||
      !exc_plan_input_get_objects (input, "connectors", &connectors, error))
    return FALSE;
  if (connectors->len > 0 && !add_connector_lane (self, connectors, error))
    return FALSE;
  for (guint i = 0; i < certificates->len; i++) {
    const char *fqdn =
        exc_plan_input_need_text (g_ptr_array_index (certificates, i), "fqdn", error);

    if (fqdn == NULL)
      return FALSE;
    if (exc_plan_get_steps (self, fqdn) == NULL &&
        !add_server_lane (
            self, certificates, i, connectors->len > 0 ? PHASE_DELETE : PHASE_CLEAR, error))
      return FALSE;
  }
  title = g_strdup_printf (
      ngettext ("Delete %u certificate", "Delete %u certificates", certificates->len),
      certificates->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

/* (transfer container) (element-type ExcCertificate) */
static GPtrArray *
find_certificates (ExcSnapshot *snapshot,
                   const ExcCertificateRef *refs,
                   guint n_refs,
                   GError **error)
{
  g_autoptr(GPtrArray) certificates = g_ptr_array_new ();

  if (n_refs == 0) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, _("Name at least one certificate."));
    return NULL;
  }
  for (guint i = 0; i < n_refs; i++) {
    ExcServer *server = exc_plan_find_server (snapshot, refs[i].server, error);
    ExcCertificate *certificate =
        server != NULL ? exc_plan_find_certificate (snapshot, server, refs[i].thumbprint, error)
                       : NULL;

    if (certificate == NULL)
      return NULL;
    if (!g_ptr_array_find (certificates, certificate, NULL))
      g_ptr_array_add (certificates, certificate);
  }
  return g_steal_pointer (&certificates);
}

/**
 * exc_plan_new_delete:
 * @snapshot: the organization as it was seen last
 * @certificates: (array length=n_certificates): what is to go
 * @n_certificates: how many
 * @options: (nullable): %NULL for the safe defaults
 *
 * Plans the deletion of certificates. Refused while anything uses one, with a check that names
 * what: Exchange itself checks a part of it only (domain.md 2.3). What is built-in or in use goes
 * only with the last four characters of its thumbprint typed; the internal transport certificate
 * never does. Each step reads everything again before its command leaves.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_delete (ExcSnapshot *snapshot,
                     const ExcCertificateRef *certificates,
                     guint n_certificates,
                     const ExcDeleteOptions *options,
                     GError **error)
{
  static const ExcDeleteOptions defaults = { 0 };
  g_autoptr(ExcPlan) self = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(GHashTable) cleared = g_hash_table_new (NULL, NULL);
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  GPtrArray *connectors;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);

  if (options == NULL)
    options = &defaults;
  found = find_certificates (snapshot, certificates, n_certificates, error);
  if (found == NULL || !check_confirmations (found, options, error))
    return NULL;

  connectors = exc_snapshot_get_send_connectors (snapshot);
  self = exc_plan_new ("delete");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "certificates");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (found, i);
    ExcServer *server =
        exc_snapshot_find_server (snapshot, exc_certificate_get_server (certificate));
    guint accepted;

    if (!exc_plan_check_server (self, server) ||
        !check_certificate (self, snapshot, certificate, options, &accepted))
      continue;
    write_certificate (builder, server, certificate, accepted, options->removes_root);
    add_connectors (cleared, connectors, certificate);
  }
  json_builder_end_array (builder);
  write_connectors (builder, cleared, connectors);
  json_builder_end_object (builder);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}
