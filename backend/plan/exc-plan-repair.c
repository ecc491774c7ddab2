/* exc-plan-repair.c — what is broken, put right by the steps of the workflows (steps.md D)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-plan-names.h"
#include "exc-renew-steps.h"
#include "exc-step-gate.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

static const char *const repair_ids[] = {
  [EXC_REPAIR_BACK_END] = "back-end",
  [EXC_REPAIR_INTERNAL_TRANSPORT] = "internal-transport",
  [EXC_REPAIR_AUTH_AS_INTERNAL] = "auth-as-internal-transport",
  [EXC_REPAIR_TRUST] = "trust",
  [EXC_REPAIR_CONNECTORS] = "connectors",
};

/* Whether a certificate of a server can be served: it is there, with its key and in date. */
static ExcCertificate *
find_usable (ExcSnapshot *snapshot, ExcServer *server, const char *thumbprint)
{
  ExcCertificate *certificate =
      thumbprint != NULL && thumbprint[0] != '\0'
          ? exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), thumbprint)
          : NULL;

  return certificate != NULL &&
                 exc_certificate_get_not_after (certificate) > exc_snapshot_get_time (snapshot) &&
                 exc_certificate_get_record (certificate)->has_private_key != EXC_NO
             ? certificate
             : NULL;
}

static void
say_nothing (ExcPlan *self, ExcServer *server)
{
  exc_plan_say (self,
                exc_server_get_fqdn (server),
                EXC_CHECK_PASSED,
                _("There is nothing to repair on %s."), exc_server_get_name (server));
}

static void
begin_server (JsonBuilder *builder, ExcServer *server)
{
  const char *internal = exc_server_get_internal_transport (server);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
  exc_json_add_text (builder, "name", exc_server_get_name (server));
  exc_json_add_text (builder, "internal", internal[0] != '\0' ? internal : NULL);
}

/* D1 */
static void
plan_back_end (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, JsonBuilder *builder)
{
  const char *internal = exc_server_get_internal_transport (server);
  ExcWindowsRecord *windows = exc_server_get_windows (server);
  const ExcBindingRecord *binding =
      exc_windows_record_find_binding (windows, EXC_SITE_BACK_END, NULL, EXC_PORT_BACK_END);
  gboolean can_go_back;

  if (binding == NULL) {
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” on %2$s does not have one https binding on port 444."),
                     EXC_SITE_BACK_END,
                     exc_server_get_name (server));
    return;
  }
  if (find_usable (snapshot, server, binding->hash) != NULL) {
    say_nothing (self, server);
    return;
  }
  can_go_back = exc_plan_holds (snapshot, server, binding->hash);
  if (find_usable (snapshot, server, internal) == NULL) {
    exc_plan_say (
        self,
        exc_server_get_fqdn (server),
        EXC_CHECK_BLOCKED,
        _("The internal transport certificate of %s cannot be used either. Renew Microsoft "
                    "Exchange there: that makes one certificate for both."),
           exc_server_get_name (server));
    return;
  }
  exc_plan_say (
      self,
      exc_server_get_fqdn (server),
      EXC_CHECK_WARNING,
      can_go_back
      ? _("Port 444 of %1$s has %2$s, which has expired. It gets the internal "
              "transport certificate; going back is of no use.")
      : _("Port 444 of %1$s has %2$s, which is not on the server, or without its key. It "
              "gets the internal transport certificate; that cannot be undone."),
           exc_server_get_name (server),
           binding->hash != NULL ? binding->hash : _("none"));
  begin_server (builder, server);
  exc_json_add_text (builder, "thumbprint", internal);
  exc_plan_input_add_bindings (builder, snapshot, server, EXC_BIND_BACK_END);
  json_builder_end_object (builder);
}

/* D2 */
static void
plan_internal (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, JsonBuilder *builder)
{
  const char *internal = exc_server_get_internal_transport (server);
  g_autofree char *subject = g_strconcat ("CN=", exc_server_get_name (server), NULL);
  const gboolean can_go_back = exc_plan_holds (snapshot, server, internal);

  if (find_usable (snapshot, server, internal) != NULL) {
    say_nothing (self, server);
    return;
  }
  exc_plan_check_connectors (self, snapshot, server, subject);
  exc_plan_say (
      self,
      exc_server_get_fqdn (server),
      EXC_CHECK_WARNING,
      can_go_back
      ? _("The internal transport certificate of %s has expired. It gets a new one; "
              "undo gives the former one back.")
      : _("The internal transport certificate of %s is not on the server, or without its "
              "key. It gets a new one; that cannot be undone."),
           exc_server_get_name (server));
  begin_server (builder, server);
  exc_json_add_boolean (builder, "isFinal", !can_go_back);
  json_builder_end_object (builder);
}

/* (nullable): the newest usable default certificate: self-signed, by the server's own name */
static ExcCertificate *
find_default (ExcSnapshot *snapshot, ExcServer *server)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);
  g_autofree char *subject = g_strconcat ("CN=", exc_server_get_name (server), NULL);
  ExcCertificate *best = NULL;

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (!g_str_equal (exc_certificate_get_server (certificate), exc_server_get_fqdn (server)) ||
        g_ascii_strcasecmp (exc_certificate_get_subject (certificate), subject) != 0 ||
        exc_certificate_get_is_self_signed (certificate) != EXC_YES ||
        find_usable (snapshot, server, exc_certificate_get_thumbprint (certificate)) == NULL)
      continue;
    if (best == NULL ||
        exc_certificate_get_not_before (certificate) > exc_certificate_get_not_before (best))
      best = certificate;
  }
  return best;
}

/* D3 */
static void
plan_auth_as_internal (ExcPlan *self,
                       ExcSnapshot *snapshot,
                       ExcServer *server,
                       JsonBuilder *builder)
{
  const char *internal = exc_server_get_internal_transport (server);
  ExcCertificate *certificate =
      exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), internal);
  ExcCertificate *better = find_default (snapshot, server);

  if (certificate == NULL || exc_certificate_get_kind (certificate) != EXC_KIND_AUTH) {
    say_nothing (self, server);
    return;
  }
  if (better == NULL) {
    exc_plan_say (
        self,
        exc_server_get_fqdn (server),
        EXC_CHECK_BLOCKED,
        _("%s has no default certificate to take the place of the Auth certificate. Renew "
                    "Microsoft Exchange there."),
           exc_server_get_name (server));
    return;
  }
  exc_plan_say (self,
                exc_server_get_fqdn (server),
                EXC_CHECK_PASSED,
                _("The Auth certificate is the internal transport certificate of %1$s: %2$s takes "
                  "its place."),
                   exc_server_get_name (server),
                   exc_certificate_get_short_thumbprint (better));
  begin_server (builder, server);
  exc_json_add_text (builder, "thumbprint", exc_certificate_get_thumbprint (better));
  json_builder_end_object (builder);
}

/* D4 */
static void
plan_trust (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, JsonBuilder *builder)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);
  guint n = 0;

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (!g_str_equal (exc_certificate_get_server (certificate), exc_server_get_fqdn (server)) ||
        exc_certificate_get_is_self_signed (certificate) != EXC_YES ||
        exc_certificate_get_in_root (certificate) != EXC_NO ||
        (exc_certificate_get_uses (certificate) &
         (EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END | EXC_USE_WMSVC)) == 0)
      continue;
    if (n++ == 0) {
      begin_server (builder, server);
      json_builder_set_member_name (builder, "certificates");
      json_builder_begin_array (builder);
    }
    json_builder_begin_object (builder);
    exc_json_add_text (builder, "thumbprint", exc_certificate_get_thumbprint (certificate));
    exc_plan_input_add_bytes (builder, "der", exc_certificate_get_record (certificate)->der);
    json_builder_end_object (builder);
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_PASSED,
                  _("“%1$s” (%2$s) on %3$s is not among its trusted roots: it gets there."),
                     exc_certificate_get_name (certificate),
                     exc_certificate_get_short_thumbprint (certificate),
                     exc_server_get_name (server));
  }
  if (n == 0) {
    say_nothing (self, server);
    return;
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* (nullable) (transfer full): "<I>issuer<S>subject" of the certificate of an authority that has the
 * connector's name and lasts longest */
static char *
dup_better_name (ExcSnapshot *snapshot, ExcServer *server, ExcConnectorRecord *connector)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);
  ExcCertificate *best = NULL;

  for (guint i = 0; connector->fqdn != NULL && i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (!g_str_equal (exc_certificate_get_server (certificate), exc_server_get_fqdn (server)) ||
        exc_certificate_get_is_self_signed (certificate) != EXC_NO ||
        !exc_certificate_has_name (exc_certificate_get_record (certificate), connector->fqdn) ||
        find_usable (snapshot, server, exc_certificate_get_thumbprint (certificate)) == NULL)
      continue;
    if (best == NULL ||
        exc_certificate_get_not_after (certificate) > exc_certificate_get_not_after (best))
      best = certificate;
  }
  return best != NULL ? g_strdup_printf ("<I>%s<S>%s",
                                         exc_certificate_get_issuer (best),
                                         exc_certificate_get_subject (best))
                      : NULL;
}

static gboolean
has_certificate_for (ExcSnapshot *snapshot, ExcServer *server, ExcConnectorRecord *connector)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (g_str_equal (exc_certificate_get_server (certificate), exc_server_get_fqdn (server)) &&
        exc_tls_certificate_name_matches (connector->tls_certificate_name,
                                          exc_certificate_get_record (certificate)))
      return TRUE;
  }
  return FALSE;
}

/* Mail goes by a connector: the command is shown, and never run by itself. TRUE: it is broken. */
static gboolean
check_connector (ExcPlan *self,
                 ExcSnapshot *snapshot,
                 ExcServer *server,
                 ExcConnectorRecord *connector,
                 gboolean is_send)
{
  const char *identity = connector->identity != NULL ? connector->identity : connector->name;
  g_autofree char *name = NULL;
  g_autofree char *command = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;

  if (connector->tls_certificate_name == NULL || has_certificate_for (snapshot, server, connector))
    return FALSE;
  name = dup_better_name (snapshot, server, connector);
  pipeline = is_send ? exc_change_set_send_connector_tls (identity, name)
                     : exc_change_set_receive_connector_tls (identity, name);
  command = exc_pipeline_to_line (pipeline);
  exc_plan_say (self,
                exc_server_get_fqdn (server),
                EXC_CHECK_WARNING,
                _("The connector “%1$s” names %2$s, and %3$s has no such certificate: it goes on "
                  "without TLS, or not at all. To change that, run: %4$s"),
                   identity,
                   connector->tls_certificate_name,
                   exc_server_get_name (server),
                   command);
  return TRUE;
}

/* D7 */
static void
plan_connectors (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, JsonBuilder *builder)
{
  GPtrArray *send = exc_snapshot_get_send_connectors (snapshot);
  GPtrArray *receive = exc_server_get_receive_connectors (server);
  gboolean is_broken = FALSE;

  for (guint i = 0; send != NULL && i < send->len; i++) {
    ExcConnectorRecord *connector = g_ptr_array_index (send, i);

    if (connector->source_servers != NULL &&
        g_strv_contains ((const char *const *) connector->source_servers,
                         exc_server_get_name (server)))
      is_broken = check_connector (self, snapshot, server, connector, TRUE) || is_broken;
  }
  for (guint i = 0; receive != NULL && i < receive->len; i++)
    is_broken = check_connector (self, snapshot, server, g_ptr_array_index (receive, i), FALSE) ||
                is_broken;
  if (!is_broken)
    say_nothing (self, server);
}

/* ---- from the input */

static gboolean
add_trust_steps (GPtrArray *steps, JsonObject *server, const char *name, GError **error)
{
  g_autoptr(GPtrArray) certificates = NULL;

  if (!exc_plan_input_get_objects (server, "certificates", &certificates, error))
    return FALSE;
  for (guint i = 0; i < certificates->len; i++) {
    JsonObject *certificate = g_ptr_array_index (certificates, i);
    const char *thumbprint = exc_plan_input_need_text (certificate, "thumbprint", error);
    g_autoptr(GBytes) der = exc_plan_input_get_bytes (certificate, "der");

    if (thumbprint == NULL ||
        (der == NULL && exc_plan_input_need_text (certificate, "der", error) == NULL))
      return FALSE;
    g_ptr_array_add (steps, exc_step_root_new (name, thumbprint, der, TRUE));
  }
  return TRUE;
}

static ExcStep *
make_create_step (JsonObject *server, const char *fqdn, const char *name)
{
  g_autoptr(ExcPipeline) pipeline = exc_change_create_default (fqdn, name, fqdn);
  g_autofree char *subject = g_strconcat ("CN=", name, NULL);
  g_autofree char *sentence = g_strdup_printf (
      _("Create a “Microsoft Exchange” certificate on %s and make it the internal "
                         "transport certificate"),
         name);

  return exc_step_create_new (
      &(ExcCreation){ .server = fqdn,
                      .sentence = sentence,
                      .pipeline = pipeline,
                      .subject = subject,
                      .internal = exc_plan_input_get_text (server, "internal"),
                      .becomes_internal = TRUE });
}

static ExcStep *
make_enable_step (JsonObject *server, const char *fqdn, const char *name, const char *thumbprint)
{
  g_autoptr(ExcPipeline) pipeline = exc_change_enable (fqdn, thumbprint, "SMTP", FALSE);
  g_autofree char *sentence = g_strdup_printf (
      _("Make the default certificate the internal transport certificate of %s"), name);

  return exc_step_assign_new (
      &(ExcAssignment){ .server = fqdn,
                        .id = "assign-smtp",
                        .sentence = sentence,
                        .pipeline = pipeline,
                        .thumbprint = thumbprint,
                        .service = EXC_SERVICE_SMTP,
                        .becomes_internal = TRUE,
                        .internal = exc_plan_input_get_text (server, "internal"),
                        .former = exc_plan_input_get_text (server, "internal") });
}

static gboolean
add_lane (ExcPlan *self, JsonObject *server, ExcRepair repair, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  const char *fqdn = exc_plan_input_need_text (server, "fqdn", error);
  const char *name = fqdn != NULL ? exc_plan_input_need_text (server, "name", error) : NULL;
  const char *thumbprint = NULL;
  ExcStep *step;

  if (name == NULL)
    return FALSE;
  if (repair == EXC_REPAIR_BACK_END || repair == EXC_REPAIR_AUTH_AS_INTERNAL) {
    thumbprint = exc_plan_input_need_text (server, "thumbprint", error);
    if (thumbprint == NULL)
      return FALSE;
  }
  switch (repair) {
  case EXC_REPAIR_BACK_END:
    step = exc_plan_make_bind_step (server, EXC_BIND_BACK_END, thumbprint, NULL, error);
    if (step == NULL)
      return FALSE;
    g_ptr_array_add (steps, step);
    break;
  case EXC_REPAIR_INTERNAL_TRANSPORT:
    g_ptr_array_add (steps, make_create_step (server, fqdn, name));
    g_ptr_array_add (steps, exc_step_trust_new (name));
    for (guint i = 0; i < steps->len && exc_plan_input_get_flag (server, "isFinal"); i++)
      exc_step_set_irreversible (g_ptr_array_index (steps, i));
    break;
  case EXC_REPAIR_AUTH_AS_INTERNAL:
    g_ptr_array_add (steps, make_enable_step (server, fqdn, name, thumbprint));
    break;
  case EXC_REPAIR_TRUST:
  default:
    if (!add_trust_steps (steps, server, name, error))
      return FALSE;
  }
  /* The trust of a new certificate is taken back after it (steps.md U-A): in this order. */
  for (guint i = 0; i < steps->len; i++)
    g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, i)));
  /* The damage may be why the server is not well. */
  g_ptr_array_insert (steps, 0, exc_step_gate_new_open (name));
  exc_plan_add_lane (self, fqdn, steps, undo_steps);
  return TRUE;
}

gboolean
exc_plan_build_repair (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  g_autofree char *title = NULL;
  const char *what = exc_plan_input_need_text (input, "what", error);
  guint repair = 0;

  if (what == NULL || !exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  while (repair < G_N_ELEMENTS (repair_ids) && !g_str_equal (repair_ids[repair], what))
    repair++;
  if (repair == G_N_ELEMENTS (repair_ids)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The journal’s plan wants a repair “%s” that this version does not know."),
                    what);
    return FALSE;
  }
  for (guint i = 0; i < servers->len; i++)
    if (!add_lane (self, g_ptr_array_index (servers, i), (ExcRepair) repair, error))
      return FALSE;
  title = g_strdup_printf (ngettext ("Repair %u server", "Repair %u servers", servers->len),
                           servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

/**
 * exc_plan_new_repair:
 * @snapshot: the organization as it was seen last
 * @repair: what is broken
 * @servers: (array zero-terminated=1): FQDNs or names, in the order of work
 *
 * Plans what puts a known damage right (steps.md D1 to D4, D7). Servers that do not have it are
 * left out, with a check that says so. Of connectors the commands are shown in the checks, and
 * nothing is run.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_repair (ExcSnapshot *snapshot,
                     ExcRepair repair,
                     const char *const *servers,
                     GError **error)
{
  static void (*const plans[]) (ExcPlan *, ExcSnapshot *, ExcServer *, JsonBuilder *) = {
    [EXC_REPAIR_BACK_END] = plan_back_end,
    [EXC_REPAIR_INTERNAL_TRANSPORT] = plan_internal,
    [EXC_REPAIR_AUTH_AS_INTERNAL] = plan_auth_as_internal,
    [EXC_REPAIR_TRUST] = plan_trust,
    [EXC_REPAIR_CONNECTORS] = plan_connectors,
  };
  g_autoptr(ExcPlan) self = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (servers != NULL, NULL);

  found = exc_plan_find_servers (snapshot, servers, error);
  if (found == NULL)
    return NULL;

  self = exc_plan_new ("repair");
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "what", repair_ids[repair]);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    ExcServer *server = g_ptr_array_index (found, i);

    if (exc_plan_check_server (self, server) && exc_plan_check_told (self, server))
      plans[repair](self, snapshot, server, builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
exc_repair_from_id (const char *id, ExcRepair *repair)
{
  for (guint i = 0; i < G_N_ELEMENTS (repair_ids); i++) {
    if (!g_str_equal (repair_ids[i], id))
      continue;
    *repair = i;
    return TRUE;
  }
  return FALSE;
}
