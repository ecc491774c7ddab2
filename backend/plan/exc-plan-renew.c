/* exc-plan-renew.c — which certificate is renewed, and what speaks against it
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

#define DAY_S         (24 * 3600)
#define RECENTLY_DAYS 30
#define SOAK_HOURS    24

/* What the renewal itself takes from the old certificate, or gives to the new one by its names. */
#define MOVED                                                                                      \
  (EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END | EXC_USE_FRONT_END |                             \
   EXC_USE_FRONT_END_LOOPBACK | EXC_USE_HTTP_SYS | EXC_USE_POP | EXC_USE_IMAP)
#define TWINS (EXC_USE_RECEIVE_CONNECTOR | EXC_USE_HYBRID)

static const char *const restart_ids[] = {
  [EXC_RESTART_NONE] = "none",
  [EXC_RESTART_POOLS] = "pools",
  [EXC_RESTART_TRANSPORT] = "transport",
  [EXC_RESTART_IIS] = "iis",
};

/* (nullable): the certificate, where the server has it and it may be cloned: what is the Auth or
 * the WMSVC certificate, or comes from an authority, has a way of renewal of its own. */
static ExcCertificate *
find_clonable (ExcSnapshot *snapshot, const char *server, const char *thumbprint)
{
  ExcCertificate *certificate =
      thumbprint != NULL ? exc_snapshot_find_certificate (snapshot, server, thumbprint) : NULL;
  ExcKind kind;

  if (certificate == NULL || exc_certificate_get_record (certificate)->is_self_signed == EXC_NO ||
      !exc_certificate_get_x509 (certificate)->is_self_signed)
    return NULL;
  kind = exc_certificate_get_kind (certificate);
  return kind == EXC_KIND_AUTH || kind == EXC_KIND_WMSVC ? NULL : certificate;
}

/* Finds the one https binding of the back end; FALSE where there is none, or more than one. */
static gboolean
check_back_end (ExcPlan *self, ExcRenewTarget *target, ExcWindowsRecord *windows)
{
  guint n_bindings = 0;

  for (guint i = 0; i < windows->bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (windows->bindings, i);
    g_autofree char *address = NULL;
    guint16 port;

    if (g_strcmp0 (binding->site, EXC_SITE_BACK_END) != 0 ||
        !exc_binding_info_parse (binding->info, &address, &port) || port != EXC_PORT_BACK_END)
      continue;
    n_bindings++;
    if (target->back_end_info != NULL)
      continue;
    target->back_end_info = g_strdup (binding->info);
    target->back_end = g_strdup (binding->hash);
  }
  if (n_bindings == 1)
    return TRUE;

  exc_plan_say (
      self,
      target->fqdn,
      EXC_CHECK_BLOCKED,
      ngettext ("“%1$s” on %2$s has %3$u https binding on port 444 where one is expected.",
                "“%1$s” on %2$s has %3$u https bindings on port 444 where one is expected.",
                n_bindings),
      EXC_SITE_BACK_END,
      target->name,
      n_bindings);
  return FALSE;
}

/* Decides which certificate is cloned: guard of steps.md A. */
static gboolean
check_old (ExcPlan *self, ExcRenewTarget *target, ExcSnapshot *snapshot, gint64 now)
{
  ExcCertificate *internal =
      target->internal != NULL
          ? exc_snapshot_find_certificate (snapshot, target->fqdn, target->internal)
          : NULL;
  ExcCertificate *back_end =
      target->back_end != NULL
          ? exc_snapshot_find_certificate (snapshot, target->fqdn, target->back_end)
          : NULL;
  ExcCertificate *old = find_clonable (snapshot, target->fqdn, target->internal);

  if (old == NULL)
    old = find_clonable (snapshot, target->fqdn, target->back_end);
  if (old == NULL && internal != NULL && back_end != NULL) {
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_BLOCKED,
        _("%1$s uses “%2$s” as its internal transport certificate and “%3$s” on port 444: neither "
           "is a default self-signed certificate, so there is nothing to renew in this way."),
           target->name,
           exc_certificate_get_name (internal),
           exc_certificate_get_name (back_end));
    return FALSE;
  }

  if (old == NULL) {
    target->subject = g_strdup_printf ("CN=%s", target->name);
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_WARNING,
        _("%s has no default certificate that could be renewed; a new one is made with the "
           "server's names."),
           target->name);
  } else {
    target->old = g_strdup (exc_certificate_get_thumbprint (old));
    target->subject = g_strdup (exc_certificate_get_subject (old));
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_PASSED,
        _("%1$s of %2$s is renewed: %3$s. The old certificate stays until you delete it."),
           exc_certificate_get_short_thumbprint (old),
           target->name,
           exc_certificate_get_health_text (old));
    if (now - exc_certificate_get_not_before (old) < RECENTLY_DAYS * DAY_S)
      exc_plan_say (
          self,
          target->fqdn,
          EXC_CHECK_WARNING,
          _("The certificate of %1$s was made only %2$d days ago. Is a renewal really wanted?"),
             target->name,
             (int) MAX ((now - exc_certificate_get_not_before (old)) / DAY_S, 0));
  }

  if (internal != NULL && internal != old)
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_WARNING,
        _("The internal transport certificate of %1$s is “%2$s” (%3$s). The new certificate takes "
           "its place; undo gives it back."),
           target->name,
           exc_certificate_get_name (internal),
           exc_certificate_get_short_thumbprint (internal));
  if (target->back_end != NULL && back_end == NULL)
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_WARNING,
        _("Port 444 of %1$s is bound to certificate %2$s, which is not on the server. It gets the "
           "new one; that step cannot be undone."),
           target->name,
           target->back_end);
  return TRUE;
}

static void
check_front_end (ExcPlan *self, ExcRenewTarget *target, ExcWindowsRecord *windows)
{
  guint n_old;

  for (guint i = 0; i < windows->bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (windows->bindings, i);

    if (g_strcmp0 (binding->site, EXC_SITE_FRONT_END) != 0)
      continue;
    if (binding->info != NULL && g_str_has_suffix (binding->info, ":"))
      exc_renew_target_add_front_end (target, binding->info, binding->hash);
    else if (target->old != NULL && g_strcmp0 (binding->hash, target->old) == 0)
      exc_plan_say (
          self,
          target->fqdn,
          EXC_CHECK_WARNING,
          _("The binding %1$s of “%2$s” on %3$s has a host name and the old certificate. It is "
             "left alone: bind it by hand."),
             binding->info,
             EXC_SITE_FRONT_END,
             target->name);
  }

  n_old = exc_renew_target_count_front_end_old (target);
  if (n_old > 0)
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_WARNING,
        _("Port 443 of %s serves the old self-signed certificate. It gets the new one, which "
           "clients have not seen yet: they may be warned once more."),
           target->name);
}

/* On an Edge server itself a renewal needs a new subscription, and there is no endpoint to do it
 * by; those that are subscribed hear of ours (steps.md A7). */
static void
check_edge (ExcPlan *self, ExcSnapshot *snapshot)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcServerRecord *record = exc_server_get_record (server);

    if (record == NULL || !record->is_edge ||
        exc_snapshot_get_edge_subscriptions (snapshot) != NULL)
      continue;
    exc_plan_say (
        self,
        exc_server_get_fqdn (server),
        EXC_CHECK_WARNING,
        _("%s is an Edge Transport server. If it is subscribed, run Start-EdgeSynchronization "
          "after the renewal, and make the subscription anew if Test-EdgeSynchronization fails."),
           exc_server_get_name (server));
  }
}

static gboolean
is_subscribed (ExcSnapshot *snapshot, ExcServer *server)
{
  GPtrArray *subscriptions = exc_snapshot_get_edge_subscriptions (snapshot);
  const char *site = exc_server_get_site (server);

  for (guint i = 0; subscriptions != NULL && site != NULL && i < subscriptions->len; i++) {
    ExcEdgeSubscriptionRecord *subscription = g_ptr_array_index (subscriptions, i);

    if (subscription->site != NULL && g_ascii_strcasecmp (subscription->site, site) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether the old one can go at the end; adds the checks about it. */
static gboolean
check_removal (ExcPlan *self, ExcRenewTarget *target, ExcSnapshot *snapshot)
{
  g_autoptr(GPtrArray) uses = target->old != NULL
                                   ? exc_certificate_uses (snapshot, target->fqdn, target->old)
                                   : NULL;
  g_autofree char *text = exc_plan_dup_uses (uses, MOVED | TWINS, 0);

  if (uses == NULL)
    return FALSE;
  if (text != NULL) {
    exc_plan_say (
        self,
        target->fqdn,
        EXC_CHECK_BLOCKED,
        _("The old certificate of %1$s cannot be deleted at the end: %2$s Renew without deleting "
           "it."),
           target->name,
           text);
    return FALSE;
  }
  exc_plan_say (
      self,
      target->fqdn,
      EXC_CHECK_WARNING,
      _("On %s the deletion of the old certificate cannot be undone, and after it the renewal "
         "cannot be undone either."),
         target->name);
  return TRUE;
}

/* (transfer full): what is to be done on a server; NULL where a check blocks it */
static ExcRenewTarget *
make_target (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, gboolean removes_old)
{
  g_autoptr(ExcRenewTarget) target =
                 exc_renew_target_new (exc_server_get_fqdn (server), exc_server_get_name (server));
  ExcWindowsRecord *windows = exc_server_get_windows (server);

  if (!exc_plan_check_server (self, server))
    return NULL;
  if (!exc_plan_check_told (self, server))
    return NULL;
  if (exc_server_get_internal_transport (server)[0] != '\0')
    target->internal = g_strdup (exc_server_get_internal_transport (server));
  if (!check_back_end (self, target, windows) ||
      !check_old (self, target, snapshot, exc_snapshot_get_time (snapshot)))
    return NULL;
  target->back_end_is_gone = !exc_plan_holds (snapshot, server, target->back_end);
  exc_plan_check_connectors (self, snapshot, server, target->subject);
  check_front_end (self, target, windows);
  target->syncs_edge = is_subscribed (snapshot, server);
  target->removes_old = removes_old && check_removal (self, target, snapshot);
  return g_steal_pointer (&target);
}

static ExcStep *
create_step (ExcRenewTarget *target)
{
  g_autoptr(ExcPipeline) pipeline =
                 target->old != NULL
                     ? exc_change_renew_default (target->fqdn, target->old)
                     : exc_change_create_default (target->fqdn, target->name, target->fqdn);
  g_autofree char *sentence = target->old == NULL
      ? g_strdup_printf (_("Create a “Microsoft Exchange” certificate on %s and make it the "
                               "internal transport certificate"),
                            target->name)
      : g_strdup_printf (_("Create a new certificate on %1$s after %2$.4s…%3$s and make it the "
                               "internal transport certificate"),
                            target->name,
                            target->old,
                            strlen (target->old) > 4 ? target->old + strlen (target->old) - 4 : "");

  return exc_step_create_new (&(ExcCreation){ .server = target->fqdn,
                                              .sentence = sentence,
                                              .pipeline = pipeline,
                                              .subject = target->subject,
                                              .old = target->old,
                                              .internal = target->internal,
                                              .becomes_internal = TRUE,
                                              .binding_info = target->back_end_info,
                                              .binding = target->back_end });
}

/* A9, when all servers are renewed: the wait, then what cannot be undone. */
static void
add_removal (GPtrArray *steps, ExcRenewTarget *target, guint soak_hours)
{
  guint first = steps->len;

  g_ptr_array_add (steps, exc_step_soak_new (soak_hours != 0 ? soak_hours : SOAK_HOURS));
  g_ptr_array_add (steps,
                   exc_step_delete_new (&(ExcDeletion){ .server = target->fqdn,
                                                        .name = target->name,
                                                        .thumbprint = target->old,
                                                        .accepted_twins = TWINS,
                                                        .needs_shake = TRUE }));
  g_ptr_array_add (steps, exc_step_root_new_after_deletion (target->name, target->old));
  for (guint i = first; i < steps->len; i++)
    exc_step_set_phase (g_ptr_array_index (steps, i), 1);
}

/* In the order that keeps the server working: first what others rely on is there, then it is used.
 * The way back: nothing uses the new one any more, then it goes, its trust last (steps.md U-A). */
static void
add_lane (ExcPlan *self, ExcRenewTarget *target, const ExcRenewOptions *options)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  ExcStep *create = create_step (target);
  ExcStep *trust = exc_step_trust_new (target->name);
  ExcStep *back_end = exc_step_bind_back_end_new (target);
  ExcStep *front_end = exc_step_bind_front_end_new (target);

  if (target->back_end_is_gone)
    exc_step_set_irreversible (back_end);
  g_ptr_array_add (steps, exc_step_gate_new (target->name));
  g_ptr_array_add (steps, create);
  g_ptr_array_add (steps, trust);
  g_ptr_array_add (steps, back_end);
  g_ptr_array_add (steps, front_end);
  if (options->restarts_mail)
    g_ptr_array_add (steps, exc_step_restart_mail_new (target->name));
  if (options->restart != EXC_RESTART_NONE)
    g_ptr_array_add (steps, exc_step_restart_new (target, options->restart));
  if (target->syncs_edge)
    g_ptr_array_add (steps, exc_step_edge_sync_new (target->fqdn, target->name));
  g_ptr_array_add (steps, exc_step_check_new (target));
  if (target->removes_old && target->old != NULL)
    add_removal (steps, target, options->soak_hours);

  g_ptr_array_add (undo_steps, g_object_ref (front_end));
  g_ptr_array_add (undo_steps, g_object_ref (back_end));
  g_ptr_array_add (undo_steps, g_object_ref (create));
  g_ptr_array_add (undo_steps, g_object_ref (trust));
  exc_plan_add_lane (self, target->fqdn, steps, undo_steps);
}

static gboolean
read_restart (JsonObject *input, ExcRestart *restart, GError **error)
{
  const char *id = exc_plan_input_get_text (input, "restart");

  for (guint i = 0; i < G_N_ELEMENTS (restart_ids); i++) {
    if (g_strcmp0 (id, restart_ids[i]) != 0)
      continue;
    *restart = i;
    return TRUE;
  }
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_STORE,
               _("The journal’s plan wants a restart “%s” that this version does not know."), id);
  return FALSE;
}

gboolean
exc_plan_build_renew (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  g_autofree char *title = NULL;
  ExcRenewOptions options = {
    .restarts_mail = exc_plan_input_get_flag (input, "restartsMail"),
    .soak_hours = (guint) json_object_get_int_member_with_default (input, "soakHours", 0),
  };

  if (!exc_plan_input_get_objects (input, "servers", &servers, error) ||
      !read_restart (input, &options.restart, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++) {
    g_autoptr(ExcRenewTarget) target =
                   exc_renew_target_read (g_ptr_array_index (servers, i), error);

    if (target == NULL)
      return FALSE;
    add_lane (self, target, &options);
  }
  title = g_strdup_printf (ngettext ("Renew Microsoft Exchange on %u server",
                                     "Renew Microsoft Exchange on %u servers",
                                     servers->len),
                           servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

char *
exc_plan_summarize_renew (guint n_done, guint n_servers)
{
  return g_strdup_printf (
      ngettext ("%1$u of %2$u server renewed.", "%1$u of %2$u servers renewed.", n_servers),
      n_done,
      n_servers);
}

/**
 * exc_plan_new_renew_microsoft_exchange:
 * @snapshot: the organization as it was seen last
 * @servers: (array zero-terminated=1): FQDNs or names, in the order of work as far as DAGs allow
 * @options: (nullable): %NULL for the safe defaults
 *
 * Plans the renewal of the default certificate of each server. What speaks against it stands in the
 * checks; a plan that is blocked can be shown and not be started, and has no steps for the server
 * that blocks it.
 *
 * Returns: (transfer full) (nullable): the plan; %NULL with %EXC_ERROR_NOT_FOUND for a server that
 *   is not in the organization, %EXC_ERROR_INPUT for no server or one named twice
 */
ExcPlan *
exc_plan_new_renew_microsoft_exchange (ExcSnapshot *snapshot,
                                       const char *const *servers,
                                       const ExcRenewOptions *options,
                                       GError **error)
{
  static const ExcRenewOptions defaults = { 0 };
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

  self = exc_plan_new ("renew-microsoft-exchange");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "restart");
  json_builder_add_string_value (builder, restart_ids[options->restart]);
  exc_json_add_boolean (builder, "restartsMail", options->restarts_mail);
  json_builder_set_member_name (builder, "soakHours");
  json_builder_add_int_value (builder, options->soak_hours);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    g_autoptr(ExcRenewTarget) target =
                   make_target (self, snapshot, g_ptr_array_index (found, i), options->removes_old);

    if (target != NULL)
      exc_renew_target_write (target, builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  check_edge (self, snapshot);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}
