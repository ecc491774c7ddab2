/* exc-plan-assign.c — services of Exchange get a certificate (domain.md 2.2)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-step-gate.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define ALL                                                                                        \
  (EXC_SERVICE_IMAP | EXC_SERVICE_POP | EXC_SERVICE_UM | EXC_SERVICE_IIS | EXC_SERVICE_SMTP |      \
   EXC_SERVICE_UM_CALL_ROUTER)
#define UM   (EXC_SERVICE_UM | EXC_SERVICE_UM_CALL_ROUTER)
#define MAIL (EXC_SERVICE_POP | EXC_SERVICE_IMAP)

/* (nullable): the name that POP and IMAP would get by themselves: the first */
static const char *
get_first_name (ExcCertificate *certificate)
{
  GStrv names = exc_certificate_get_record (certificate)->domains;

  return names != NULL ? names[0] : NULL;
}

/* FALSE: a check blocks it. */
static gboolean
check_smtp (ExcPlan *self,
            ExcSnapshot *snapshot,
            ExcServer *server,
            ExcCertificate *certificate,
            gboolean replaces_default)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *name = exc_server_get_name (server);
  const char *internal = exc_server_get_internal_transport (server);
  ExcCertificate *former =
      internal[0] != '\0' ? exc_snapshot_find_certificate (snapshot, fqdn, internal) : NULL;

  if (former == certificate || internal[0] == '\0') {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_PASSED,
                  former == certificate
                  ? _("It is the default SMTP certificate of %s already.")
                  : _("%s has no default SMTP certificate: it becomes that, too."), name);
    return TRUE;
  }
  if (!replaces_default) {
    exc_plan_say (
        self,
        fqdn,
        EXC_CHECK_PASSED,
        _("Exchange would ask whether it is to replace the default SMTP certificate %1$s "
                    "of %2$s, between servers. The answer is No: clients and partners get the new "
                    "one by its names, and servers keep theirs. That it may serve SMTP cannot be "
                    "undone, but harms nobody."),
           former != NULL ? exc_certificate_get_short_thumbprint (former) : internal,
           name);
    return TRUE;
  }
  if (exc_certificate_get_kind (certificate) == EXC_KIND_AUTH) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("An Auth certificate must not become the default SMTP certificate of %s."),
                     name);
    return FALSE;
  }
  exc_plan_say (self,
                fqdn,
                EXC_CHECK_WARNING,
                _("Exchange asks whether it is to replace the default SMTP certificate %1$s of "
                  "%2$s, between servers. The answer is Yes%3$s."),
                   former != NULL ? exc_certificate_get_short_thumbprint (former) : internal,
                   name,
                   former != NULL
                   ? _("; undo gives it back")
                   : _(", and the former one is not on the server: there is no undo"));
  return TRUE;
}

static gboolean
check_mail (ExcPlan *self, ExcServer *server, ExcCertificate *certificate, const char *mail_name)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *first = get_first_name (certificate);

  if (exc_server_get_pop_name (server) == NULL || exc_server_get_imap_name (server) == NULL) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("The settings of POP and IMAP on %s could not be read."),
                     exc_server_get_name (server));
    return FALSE;
  }
  if (mail_name == NULL && (first == NULL || g_str_has_prefix (first, "*."))) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” has the name %2$s, which no client connects to. Say by which name POP "
                    "and IMAP are to find it."),
                     exc_certificate_get_name (certificate),
                     first != NULL ? first : _("none"));
    return FALSE;
  }
  if (mail_name != NULL &&
      (strchr (mail_name, '*') != NULL ||
       !exc_certificate_has_name (exc_certificate_get_record (certificate), mail_name))) {
    exc_plan_say (self,
                  fqdn,
                  EXC_CHECK_BLOCKED,
                  _("“%1$s” does not have the name “%2$s”, so POP and IMAP would not find it."),
                     exc_certificate_get_name (certificate),
                     mail_name);
    return FALSE;
  }
  return TRUE;
}

/* UM is of Exchange 2016 and before, and takes a certificate in the modes that use TLS. */
static gboolean
check_um (ExcPlan *self, ExcServer *server)
{
  const char *version = exc_server_get_version (server);
  const char *mode = exc_server_get_um_mode (server);
  const char *name = exc_server_get_name (server);

  if (version == NULL || !g_str_has_prefix (version, "Version 15.1 ")) {
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_BLOCKED,
                  _("%1$s runs %2$s: unified messaging takes a certificate from here on Exchange "
                    "Server 2016 only."),
                     name,
                     exc_server_get_product (server) != NULL ? exc_server_get_product (server)
                                                             : _("an unknown version"));
    return FALSE;
  }
  if (g_strcmp0 (mode, "TLS") != 0 && g_strcmp0 (mode, "Dual") != 0) {
    exc_plan_say (self,
                  exc_server_get_fqdn (server),
                  EXC_CHECK_BLOCKED,
                  _("Unified messaging on %1$s starts in the mode %2$s: it takes a certificate in "
                    "the modes TLS and Dual only."),
                     name,
                     mode != NULL ? mode : _("that was not told"));
    return FALSE;
  }
  return TRUE;
}

/* (nullable): the certificate that has the service now */
static const char *
find_former (ExcSnapshot *snapshot, ExcServer *server, ExcCertificate *but, int service)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);
    int services = exc_certificate_get_services (certificate);

    if (certificate != but && services != EXC_SERVICES_UNKNOWN && (services & service) != 0 &&
        g_str_equal (exc_certificate_get_server (certificate), exc_server_get_fqdn (server)))
      return exc_certificate_get_thumbprint (certificate);
  }
  return NULL;
}

/* Whether nothing blocks the server; adds the checks. */
static gboolean
check_server (ExcPlan *self,
              ExcSnapshot *snapshot,
              ExcServer *server,
              ExcCertificate *certificate,
              int services,
              const ExcAssignOptions *options)
{
  gboolean is_ok = TRUE;

  if (!exc_plan_check_server (self, server) ||
      !exc_plan_check_certificate (self, snapshot, certificate))
    return FALSE;
  if (!exc_plan_check_told (self, server))
    return FALSE;
  if ((services & EXC_SERVICE_SMTP) != 0)
    is_ok = check_smtp (self, snapshot, server, certificate, options->replaces_default) && is_ok;
  if ((services & EXC_SERVICE_IIS) != 0)
    is_ok =
        exc_plan_check_front_end (self, snapshot, server, certificate, options->replaces_public) &&
        is_ok;
  if ((services & MAIL) != 0)
    is_ok = check_mail (self, server, certificate, options->mail_name) && is_ok;
  if ((services & UM) != 0)
    is_ok = check_um (self, server) && is_ok;
  return is_ok;
}

static void
write_server (JsonBuilder *builder,
              ExcSnapshot *snapshot,
              ExcServer *server,
              ExcCertificate *certificate,
              const ExcAssignOptions *options)
{
  const char *internal = exc_server_get_internal_transport (server);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "fqdn", exc_server_get_fqdn (server));
  exc_json_add_text (builder, "name", exc_server_get_name (server));
  exc_json_add_text (builder, "internal", internal[0] != '\0' ? internal : NULL);
  exc_json_add_text (builder, "pop", exc_server_get_pop_name (server));
  exc_json_add_text (builder, "imap", exc_server_get_imap_name (server));
  exc_json_add_text (builder,
                     "mailName",
                     options->mail_name != NULL ? options->mail_name
                                                : get_first_name (certificate));
  exc_json_add_text (builder, "um", find_former (snapshot, server, certificate, EXC_SERVICE_UM));
  exc_json_add_text (builder,
                     "umCallRouter",
                     find_former (snapshot, server, certificate, EXC_SERVICE_UM_CALL_ROUTER));
  exc_plan_input_add_bindings (builder, snapshot, server, EXC_BIND_FRONT_END);
  json_builder_end_object (builder);
}

/* What all steps of a plan share, read from its input. */
typedef struct {
  const char *thumbprint;
  int services;
  gboolean replaces_default;
  gboolean restarts_mail;
  gboolean has_mail_name; /* the user gave one */
} Input;

static ExcStep *
make_smtp_step (const Input *input, JsonObject *server, const char *fqdn, const char *name)
{
  const char *internal = exc_plan_input_get_text (server, "internal");
  gboolean becomes_internal = input->replaces_default || internal == NULL;
  g_autoptr(ExcPipeline) pipeline =
                 becomes_internal
                     ? exc_change_enable (fqdn, input->thumbprint, "SMTP", FALSE)
                     : exc_change_enable_keeping_default (fqdn, input->thumbprint, "SMTP");
  g_autofree char *sentence = g_strdup_printf (
      becomes_internal
      ? _("Assign it to SMTP on %s and make it the default SMTP certificate")
      : _("Assign it to SMTP on %s, and answer No to replacing the default SMTP certificate"),
           name);

  return exc_step_assign_new (&(ExcAssignment){ .server = fqdn,
                                                .id = "assign-smtp",
                                                .sentence = sentence,
                                                .pipeline = pipeline,
                                                .thumbprint = input->thumbprint,
                                                .service = EXC_SERVICE_SMTP,
                                                .becomes_internal = becomes_internal,
                                                .internal = internal,
                                                .former = internal });
}

static ExcStep *
make_um_step (
    const Input *input, JsonObject *server, const char *fqdn, const char *name, gboolean is_router)
{
  const char *service = is_router ? "UMCallRouter" : "UM";
  g_autoptr(ExcPipeline) pipeline = exc_change_enable (fqdn, input->thumbprint, service, FALSE);
  g_autofree char *sentence = g_strdup_printf (
      _("Assign it to %1$s on %2$s, which uses it from its next start on"), service, name);

  return exc_step_assign_new (&(ExcAssignment){
      .server = fqdn,
      .id = is_router ? "assign-um-call-router" : "assign-um",
      .sentence = sentence,
      .pipeline = pipeline,
      .thumbprint = input->thumbprint,
      .service = is_router ? EXC_SERVICE_UM_CALL_ROUTER : EXC_SERVICE_UM,
      .internal = exc_plan_input_get_text (server, "internal"),
      .former = exc_plan_input_get_text (server, is_router ? "umCallRouter" : "um") });
}

/* A name that the user gave is set by itself; the certificate's own first name Exchange sets. */
static ExcStep *
make_mail_step (const Input *input, JsonObject *server, const char *fqdn, gboolean is_imap)
{
  g_autoptr(ExcPipeline) pipeline =
                 input->has_mail_name
                     ? NULL
                     : exc_change_enable (fqdn, input->thumbprint, is_imap ? "IMAP" : "POP", FALSE);

  return exc_step_setting_new (is_imap ? "assign-imap" : "assign-pop",
                               is_imap ? EXC_SETTING_STEP_IMAP : EXC_SETTING_STEP_POP,
                               fqdn,
                               exc_plan_input_get_text (server, is_imap ? "imap" : "pop"),
                               exc_plan_input_get_text (server, "mailName"),
                               pipeline);
}

static gboolean
add_lane (ExcPlan *self, const Input *input, JsonObject *server, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  const char *fqdn = exc_plan_input_need_text (server, "fqdn", error);
  const char *name = fqdn != NULL ? exc_plan_input_need_text (server, "name", error) : NULL;

  if (name == NULL)
    return FALSE;
  if ((input->services & EXC_SERVICE_SMTP) != 0)
    g_ptr_array_add (steps, make_smtp_step (input, server, fqdn, name));
  if ((input->services & EXC_SERVICE_POP) != 0)
    g_ptr_array_add (steps, make_mail_step (input, server, fqdn, FALSE));
  if ((input->services & EXC_SERVICE_IMAP) != 0)
    g_ptr_array_add (steps, make_mail_step (input, server, fqdn, TRUE));
  if ((input->services & EXC_SERVICE_UM) != 0)
    g_ptr_array_add (steps, make_um_step (input, server, fqdn, name, FALSE));
  if ((input->services & EXC_SERVICE_UM_CALL_ROUTER) != 0)
    g_ptr_array_add (steps, make_um_step (input, server, fqdn, name, TRUE));
  if ((input->services & EXC_SERVICE_IIS) != 0) {
    g_autoptr(ExcPipeline) pipeline = exc_change_enable (fqdn, input->thumbprint, "IIS", TRUE);
    ExcStep *step =
        exc_plan_make_bind_step (server, EXC_BIND_FRONT_END, input->thumbprint, pipeline, error);

    if (step == NULL)
      return FALSE;
    g_ptr_array_add (steps, step);
  }
  for (guint i = steps->len; i > 0; i--)
    g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, i - 1)));
  g_ptr_array_insert (steps, 0, exc_step_gate_new (name));
  if (input->restarts_mail && (input->services & MAIL) != 0)
    g_ptr_array_add (steps, exc_step_restart_mail_new (name));
  exc_plan_add_lane (self, fqdn, steps, undo_steps);
  return TRUE;
}

gboolean
exc_plan_build_assign (ExcPlan *self, JsonObject *object, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  g_autofree char *title = NULL;
  Input input = {
    .thumbprint = exc_plan_input_need_text (object, "thumbprint", error),
    .services = (int) json_object_get_int_member_with_default (object, "services", 0),
    .replaces_default = exc_plan_input_get_flag (object, "replacesDefault"),
    .restarts_mail = exc_plan_input_get_flag (object, "restartsMail"),
    .has_mail_name = exc_plan_input_get_flag (object, "hasMailName"),
  };

  if (input.thumbprint == NULL || !exc_plan_input_get_objects (object, "servers", &servers, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++)
    if (!add_lane (self, &input, g_ptr_array_index (servers, i), error))
      return FALSE;
  title = g_strdup_printf (ngettext ("Assign services to a certificate on %u server",
                                     "Assign services to a certificate on %u servers",
                                     servers->len),
                           servers->len);
  exc_plan_set_title (self, title);
  return TRUE;
}

/**
 * exc_plan_new_assign:
 * @snapshot: the organization as it was seen last
 * @thumbprint: of a certificate that is on each server with its key
 * @servers: (array zero-terminated=1): FQDNs or names, in the order of work
 * @services: bits of ExcServices: all but federation
 * @options: (nullable): %NULL for the safe defaults
 *
 * Plans which certificate services of Exchange use. The default SMTP certificate stays unless that
 * was said; "Require SSL" of the Default Web Site is left alone; a self-signed certificate takes
 * the place of an authority's on 443 only where that was said.
 *
 * Returns: (transfer full): the plan; %NULL with %EXC_ERROR_INPUT or %EXC_ERROR_NOT_FOUND
 */
ExcPlan *
exc_plan_new_assign (ExcSnapshot *snapshot,
                     const char *thumbprint,
                     const char *const *servers,
                     int services,
                     const ExcAssignOptions *options,
                     GError **error)
{
  static const ExcAssignOptions defaults = { 0 };
  g_autoptr(ExcPlan) self = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autofree char *normal = exc_thumbprint_normalize (thumbprint);

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (servers != NULL, NULL);

  if (options == NULL)
    options = &defaults;
  if (services == 0 || (services & ~ALL) != 0) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("Say which services: IIS, SMTP, IMAP, POP, UM, UMCallRouter. A federation trust gets its "
          "certificate by Set-FederationTrust."));
    return NULL;
  }
  found = exc_plan_find_servers (snapshot, servers, error);
  if (found == NULL)
    return NULL;

  self = exc_plan_new ("assign");
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "thumbprint", normal != NULL ? normal : thumbprint);
  json_builder_set_member_name (builder, "services");
  json_builder_add_int_value (builder, services);
  exc_json_add_boolean (builder, "replacesDefault", options->replaces_default);
  exc_json_add_boolean (builder, "restartsMail", options->restarts_mail);
  exc_json_add_boolean (builder, "hasMailName", options->mail_name != NULL);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++) {
    ExcServer *server = g_ptr_array_index (found, i);
    ExcCertificate *certificate = exc_plan_find_certificate (snapshot, server, thumbprint, error);

    if (certificate == NULL)
      return NULL;
    if (check_server (self, snapshot, server, certificate, services, options))
      write_server (builder, snapshot, server, certificate, options);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  if (!exc_plan_build (self, json_builder_get_root (builder), error))
    return NULL;
  return g_steal_pointer (&self);
}
