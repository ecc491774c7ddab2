/* exc-plan-bind.c — what serves which certificate, changed (steps.md A3, C3)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-renew-target.h"
#include "exc-step-gate.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define LOOPBACK       "127.0.0.1"
#define PORT_FRONT_END 443

/* The bindings of IIS that a plan can change, in the order of work. */
static const struct {
  ExcBindPlaces place;
  const char *id;
  const char *site;
  guint16 port;
  gboolean is_loopback;
} places[] = {
  { EXC_BIND_LOOPBACK, "bind-loopback", EXC_SITE_FRONT_END, PORT_FRONT_END, TRUE },
  { EXC_BIND_BACK_END, "bind-back-end", EXC_SITE_BACK_END, EXC_PORT_BACK_END, FALSE },
  { EXC_BIND_FRONT_END, "bind-front-end", EXC_SITE_FRONT_END, PORT_FRONT_END, FALSE },
};

/* The bindings of a place; one with a host name has an entry of its own in http.sys and is not
 * meant. (transfer container) (element-type ExcBindingRecord) */
static GPtrArray *
find_bindings (ExcWindowsRecord *windows, guint place)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < windows->bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (windows->bindings, i);
    g_autofree char *address = NULL;
    guint16 port;

    if (g_strcmp0 (binding->site, places[place].site) != 0 ||
        !exc_binding_info_parse (binding->info, &address, &port) || port != places[place].port ||
        !g_str_has_suffix (binding->info, ":"))
      continue;
    if (g_str_equal (address, LOOPBACK) == places[place].is_loopback)
      g_ptr_array_add (found, binding);
  }
  return found;
}

/* (nullable) (transfer full): the names that clients know and the new one does not have */
static char *
dup_lost_names (ExcCertificate *old, ExcCertificate *new)
{
  g_autoptr(GString) lost = g_string_new (NULL);
  GStrv names = exc_certificate_get_record (old)->domains;
  GStrv others = exc_certificate_get_record (new)->domains;

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    gboolean is_there = FALSE;

    for (guint j = 0; others != NULL && others[j] != NULL && !is_there; j++)
      is_there = g_ascii_strcasecmp (names[i], others[j]) == 0;
    if (!is_there)
      g_string_append_printf (lost, "%s%s", lost->len > 0 ? ", " : "", names[i]);
  }
  return lost->len > 0 ? g_string_free (g_steal_pointer (&lost), FALSE) : NULL;
}

gboolean
exc_plan_check_front_end (ExcPlan *self,
                          ExcSnapshot *snapshot,
                          ExcServer *server,
                          ExcCertificate *certificate,
                          gboolean replaces_public)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *name = exc_server_get_name (server);
  g_autoptr(GPtrArray) bindings = find_bindings (exc_server_get_windows (server), 2);
  gboolean is_ok = TRUE;

  for (guint i = 0; i < bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (bindings, i);
    ExcCertificate *old = binding->hash != NULL
                              ? exc_snapshot_find_certificate (snapshot, fqdn, binding->hash)
                              : NULL;
    g_autofree char *lost = NULL;

    if (old == NULL || old == certificate)
      continue;
    lost = dup_lost_names (old, certificate);
    if (exc_certificate_get_is_self_signed (old) == EXC_NO &&
        exc_certificate_get_is_self_signed (certificate) != EXC_NO) {
      exc_plan_say (self,
                    fqdn,
                    replaces_public ? EXC_CHECK_WARNING : EXC_CHECK_BLOCKED,
                    replaces_public
                    ? _("Clients of %1$s get “%2$s” on %3$s in place of “%4$s”, which an "
                            "authority issued: browsers, Outlook and telephones will warn or refuse. "
                            "Names that they lose: %5$s.")
                    : _("Clients of %1$s would get “%2$s” on %3$s in place of “%4$s”, which an "
                            "authority issued, and lose these names: %5$s. Say that it may be "
                            "replaced, if that is really wanted."),
                         name,
                         exc_certificate_get_name (certificate),
                         binding->info,
                         exc_certificate_get_name (old),
                         lost != NULL ? lost : _("none"));
      is_ok = is_ok && replaces_public;
    } else {
      exc_plan_say (
          self,
          fqdn,
          EXC_CHECK_WARNING,
          _("Clients of %1$s get “%2$s” on %3$s in place of “%4$s”. Names that they lose: "
                      "%5$s."),
             name,
             exc_certificate_get_name (certificate),
             binding->info,
             exc_certificate_get_name (old),
             lost != NULL ? lost : _("none"));
    }
  }
  return is_ok;
}

gboolean
exc_plan_check_certificate (ExcPlan *self, ExcSnapshot *snapshot, ExcCertificate *certificate)
{
  const char *fqdn = exc_certificate_get_server (certificate);
  const char *mark = exc_certificate_get_short_thumbprint (certificate);
  ExcCertificateRecord *record = exc_certificate_get_record (certificate);

  if (record->status == EXC_STATUS_PENDING_REQUEST || record->has_private_key == EXC_NO) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” (%2$s) has no private key on %3$s, so nothing there can serve it."),
                     exc_certificate_get_name (certificate),
                     mark,
                     fqdn);
    return FALSE;
  }
  if (exc_certificate_get_not_after (certificate) <= exc_snapshot_get_time (snapshot)) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” (%2$s) has expired: nobody would accept it."),
                     exc_certificate_get_name (certificate),
                     mark);
    return FALSE;
  }
  return TRUE;
}

/* FALSE: a check blocks it. */
static gboolean
check_places (ExcPlan *self, ExcServer *server, guint wanted)
{
  ExcWindowsRecord *windows = exc_server_get_windows (server);
  gboolean is_ok = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr(GPtrArray) bindings = find_bindings (windows, i);

    if ((wanted & places[i].place) == 0)
      continue;
    if (bindings->len == 0 || (places[i].place == EXC_BIND_BACK_END && bindings->len > 1)) {
      exc_plan_say (self,
                    exc_server_get_fqdn (server),
                    EXC_CHECK_BLOCKED,
                    ngettext ("“%1$s” on %2$s has %3$u https binding on port %4$u%5$s.",
                              "“%1$s” on %2$s has %3$u https bindings on port %4$u%5$s.",
                              bindings->len),
                    places[i].site,
                    exc_server_get_name (server),
                    bindings->len,
                    places[i].port,
                    places[i].is_loopback ? " (" LOOPBACK ")" : "");
      is_ok = FALSE;
    }
  }
  if ((wanted & EXC_BIND_WMSVC) != 0 && windows->wmsvc_port == 0) {
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_BLOCKED,
                  _("The Web Management Service is not installed on %s."),
                     exc_server_get_name (server));
    is_ok = FALSE;
  }
  return is_ok;
}

gboolean
exc_plan_holds (ExcSnapshot *snapshot, ExcServer *server, const char *thumbprint)
{
  ExcCertificate *certificate =
      thumbprint != NULL
          ? exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), thumbprint)
          : NULL;

  return certificate != NULL && exc_certificate_get_record (certificate)->has_private_key != EXC_NO;
}

/* A binding of a certificate that is gone cannot be had back. */
static void
check_old (ExcPlan *self, ExcSnapshot *snapshot, ExcServer *server, guint wanted)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr(GPtrArray) bindings = find_bindings (exc_server_get_windows (server), i);

    for (guint j = 0; (wanted & places[i].place) != 0 && j < bindings->len; j++) {
      ExcBindingRecord *binding = g_ptr_array_index (bindings, j);

      if (!exc_plan_holds (snapshot, server, binding->hash))
        exc_plan_say (
            self,
            exc_server_get_fqdn (server),
            EXC_CHECK_WARNING,
            _("%1$s of “%2$s” on %3$s has no certificate that is on the server: that step "
                        "cannot be undone."),
               binding->info,
               places[i].site,
               exc_server_get_name (server));
    }
  }
  if ((wanted & EXC_BIND_WMSVC) != 0 &&
      !exc_plan_holds (snapshot, server, exc_server_get_windows (server)->wmsvc_hash))
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_WARNING,
                  _("The Web Management Service of %s has no certificate that is on the server: "
                    "that step cannot be undone."),
                     exc_server_get_name (server));
}

static guint
find_place (ExcBindPlaces place)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (places) && places[i].place != place)
    i++;
  return i;
}

void
exc_plan_input_add_bindings (JsonBuilder *builder,
                             ExcSnapshot *snapshot,
                             ExcServer *server,
                             ExcBindPlaces place)
{
  guint index = find_place (place);
  g_autoptr(GPtrArray) bindings = find_bindings (exc_server_get_windows (server), index);

  json_builder_set_member_name (builder, places[index].id);
  json_builder_begin_array (builder);
  for (guint i = 0; i < bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (bindings, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "info", binding->info);
    exc_json_add_text (builder, "hash", binding->hash);
    exc_json_add_boolean (builder, "isGone", !exc_plan_holds (snapshot, server, binding->hash));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
write_server (JsonBuilder *builder, ExcSnapshot *snapshot, ExcServer *server, guint wanted)
{
  ExcWindowsRecord *windows = exc_server_get_windows (server);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
  exc_json_add_text (builder, "name", exc_server_get_name (server));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if ((wanted & places[i].place) != 0)
      exc_plan_input_add_bindings (builder, snapshot, server, places[i].place);
  if ((wanted & EXC_BIND_WMSVC) != 0) {
    json_builder_set_member_name (builder, "wmsvcPort");
    json_builder_add_int_value (builder, windows->wmsvc_port);
    exc_json_add_text (builder, "wmsvc", windows->wmsvc_hash);
    exc_json_add_boolean (
        builder, "wmsvcIsGone", !exc_plan_holds (snapshot, server, windows->wmsvc_hash));
  }
  json_builder_end_object (builder);
}

ExcStep *
exc_plan_make_bind_step (JsonObject *server,
                         ExcBindPlaces place,
                         const char *thumbprint,
                         ExcPipeline *pipeline,
                         GError **error)
{
  guint index = find_place (place);
  g_autoptr(GPtrArray) objects = NULL;
  g_autoptr(GPtrArray) bindings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) infos = g_string_new (NULL);
  g_autofree char *sentence = NULL;
  const char *fqdn = exc_plan_input_need_text (server, "fqdn", error);
  const char *name = fqdn != NULL ? exc_plan_input_need_text (server, "name", error) : NULL;
  gboolean is_irreversible = FALSE;
  ExcStep *step;

  if (name == NULL || !exc_plan_input_get_objects (server, places[index].id, &objects, error))
    return NULL;
  for (guint i = 0; i < objects->len; i++) {
    JsonObject *object = g_ptr_array_index (objects, i);
    ExcPlannedBinding *binding = g_new0 (ExcPlannedBinding, 1);
    g_autofree char *address = NULL;
    guint16 port;

    g_ptr_array_add (bindings, binding);
    binding->info = (char *) exc_plan_input_need_text (object, "info", error);
    binding->hash = (char *) exc_plan_input_get_text (object, "hash");
    if (binding->info == NULL)
      return NULL;
    if (!exc_binding_info_parse (binding->info, &address, &port)) {
      g_set_error (error, EXC_ERROR, EXC_ERROR_STORE, _("“%s” is no binding."), binding->info);
      return NULL;
    }
    g_string_append_printf (infos, "%s%s", i > 0 ? ", " : "", binding->info);
    is_irreversible |= exc_plan_input_get_flag (object, "isGone");
  }
  sentence = g_strdup_printf (_("Bind %1$.4s…%2$s to %3$s of “%4$s” on %5$s"),
                                 thumbprint,
                                 thumbprint + strlen (thumbprint) - MIN (4, strlen (thumbprint)),
                                 infos->str,
                                 places[index].site,
                                 name);
  step =
      exc_step_bind_new (&(ExcBinding){ .server = fqdn,
                                        .id = places[index].id,
                                        .sentence = sentence,
                                        .site = places[index].site,
                                        .thumbprint = thumbprint,
                                        .port = places[index].is_loopback ? 0 : places[index].port,
                                        .bindings = bindings,
                                        .pipeline = pipeline });
  if (is_irreversible)
    exc_step_set_irreversible (step);
  return step;
}

gboolean
exc_plan_build_bind (ExcPlan *self, JsonObject *input, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  const char *thumbprint = exc_plan_input_need_text (input, "thumbprint", error);
  g_autofree char *title = NULL;

  if (thumbprint == NULL || !exc_plan_input_get_objects (input, "servers", &servers, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++) {
    JsonObject *server = g_ptr_array_index (servers, i);
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
    const char *fqdn = exc_plan_input_need_text (server, "fqdn", error);
    const char *name = fqdn != NULL ? exc_plan_input_need_text (server, "name", error) : NULL;
    gint64 port = json_object_get_int_member_with_default (server, "wmsvcPort", 0);

    if (name == NULL)
      return FALSE;
    for (guint j = 0; j < G_N_ELEMENTS (places); j++) {
      ExcStep *step;

      if (!json_object_has_member (server, places[j].id))
        continue;
      step = exc_plan_make_bind_step (server, places[j].place, thumbprint, NULL, error);
      if (step == NULL)
        return FALSE;
      g_ptr_array_add (steps, step);
    }
    if (port > 0) {
      ExcStep *step =
          exc_step_wmsvc_bind_new (&(ExcWmsvc){ .server = fqdn,
                                                .name = name,
                                                .old = exc_plan_input_get_text (server, "wmsvc"),
                                                .thumbprint = thumbprint,
                                                .port = (guint16) port });

      if (exc_plan_input_get_flag (server, "wmsvcIsGone"))
        exc_step_set_irreversible (step);
      g_ptr_array_add (steps, step);
    }
    /* A refusal ends the undo: what can go back comes first. */
    for (guint pass = 0; pass < 2; pass++)
      for (guint j = steps->len; j > 0; j--)
        if (exc_step_get_is_irreversible (g_ptr_array_index (steps, j - 1)) == (pass == 1))
          g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, j - 1)));
    g_ptr_array_insert (steps, 0, exc_step_gate_new (name));
    exc_plan_add_lane (self, fqdn, steps, undo_steps);
  }
  title = g_strdup_printf (ngettext ("Bind a certificate on %u server",
                                     "Bind a certificate on %u servers",
                                     servers->len),
                           servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

/**
 * exc_plan_new_bind:
 * @snapshot: the organization as it was seen last
 * @thumbprint: of a certificate that is on each server with its key
 * @servers: (array zero-terminated=1): FQDNs or names, in the order of work
 * @options: what it is bound to
 *
 * Plans which certificate bindings of servers serve. What clients see on 443 is protected: what
 * they lose is named, and a self-signed certificate takes the place of an authority's only where
 * that was said.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_bind (ExcSnapshot *snapshot,
                   const char *thumbprint,
                   const char *const *servers,
                   const ExcBindOptions *options,
                   GError **error)
{
  g_autoptr(ExcPlan) self = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autofree char *normal = exc_thumbprint_normalize (thumbprint);

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (servers != NULL && options != NULL, NULL);

  if (options->places == 0) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("Say what the certificate is to be bound to."));
    return NULL;
  }
  found = exc_plan_find_servers (snapshot, servers, error);
  if (found == NULL)
    return NULL;

  self = exc_plan_new ("bind");
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "thumbprint", normal != NULL ? normal : thumbprint);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    ExcServer *server = g_ptr_array_index (found, i);
    ExcCertificate *certificate = exc_plan_find_certificate (snapshot, server, thumbprint, error);

    if (certificate == NULL)
      return NULL;
    if (!exc_plan_check_server (self, server) ||
        !exc_plan_check_certificate (self, snapshot, certificate) ||
        !check_places (self, server, options->places) ||
        ((options->places & EXC_BIND_FRONT_END) != 0 &&
         !exc_plan_check_front_end (self, snapshot, server, certificate, options->replaces_public)))
      continue;
    check_old (self, snapshot, server, options->places);
    write_server (builder, snapshot, server, options->places);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}
