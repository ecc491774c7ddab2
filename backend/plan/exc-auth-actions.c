/* exc-auth-actions.c — what each simple step about the Auth certificate looks at and sends
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-recovery.h"
#include "exc-renew-target.h"
#include "exc-step-auth-private.h"
#include "exc-step-change.h"

#include <glib/gi18n.h>

#define HOUR_S ((gint64) 3600)
/* AuthAdmin runs every twelve hours (domain.md 2.5). */
#define AUTH_ADMIN_S  (13 * HOUR_S)

#define is_same(a, b) (g_strcmp0 (a, b) == 0)

static const char *const host[] = { "MSExchangeServiceHost", NULL };

static const char *
or_none (const char *thumbprint)
{
  return thumbprint != NULL ? thumbprint : _ ("none");
}

static gint64
get_now (ExcStepContext *context)
{
  return exc_clock_now (exc_step_context_get_clock (context));
}

static gboolean
refuse_config (ExcReading *reading, GError **error)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_REFUSED,
               _("The Auth configuration is not as this job left it: current %1$s, next %2$s. "
                 "Somebody else changed it: look at it, then plan anew."),
                  or_none (reading->auth->current),
                  or_none (reading->auth->next));
  return FALSE;
}

static char *
describe_allow (ExcStepAuth *self)
{
  return g_strdup_printf (_ ("Let Exchange’s services on %s read its key"), self->target->name);
}

static gboolean
judge_allow (ExcStepAuth *self,
             ExcStepContext *context,
             ExcReading *reading,
             ExcSight *sight,
             GError **error)
{
  const char *thumbprint = exc_renew_get_new (context);
  ExcCertificateRecord *found = exc_reading_find_certificate (reading, thumbprint);
  g_autofree char *fact = exc_step_auth_dup_fact (self);

  if (found == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The certificate %1$s is not on %2$s any more. Plan anew."),
                    thumbprint,
                    self->target->server);
    return FALSE;
  }
  if (found->services == EXC_SERVICES_UNKNOWN ? exc_auth_get_time (context, fact) != 0
                                              : exc_auth_is_ready (found))
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  return TRUE;
}

static ExcPipeline *
build_allow (ExcStepAuth *self, ExcStepContext *context)
{
  return exc_change_allow_network_service (self->target->server, exc_renew_get_new (context));
}

static char *
describe_publish (ExcStepAuth *self)
{
  return g_strdup (_ ("Make it the current Auth certificate at once"));
}

static gboolean
judge_publish (ExcStepAuth *self,
               ExcStepContext *context,
               ExcReading *reading,
               ExcSight *sight,
               GError **error)
{
  const char *thumbprint = exc_renew_get_new (context);

  if (is_same (reading->auth->current, thumbprint)) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
    return exc_auth_get_time (context, EXC_FACT_PUBLISHED) != 0 ||
           exc_auth_set_time (context, EXC_FACT_PUBLISHED, get_now (context), error);
  }
  return is_same (reading->auth->next, thumbprint) || refuse_config (reading, error);
}

static ExcPipeline *
build_publish (ExcStepAuth *self, ExcStepContext *context)
{
  return exc_change_publish_auth ();
}

static char *
describe_await (ExcStepAuth *self)
{
  return g_strdup (_ ("Wait until the date has come and Exchange has made it the current one"));
}

static gboolean
judge_await (ExcStepAuth *self,
             ExcStepContext *context,
             ExcReading *reading,
             ExcSight *sight,
             GError **error)
{
  const char *thumbprint = exc_renew_get_new (context);
  const gint64 now = reading->windows->utc_now != 0 ? reading->windows->utc_now : get_now (context);
  const gint64 date = reading->auth->next_effective;
  g_autofree char *text = NULL;

  if (is_same (reading->auth->current, thumbprint)) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
    return TRUE;
  }
  if (!is_same (reading->auth->next, thumbprint))
    return refuse_config (reading, error);

  if (now >= date + AUTH_ADMIN_S) {
    exc_sight_set (sight,
                   EXC_EFFECT_WARNED,
                   g_strdup (_ ("The date has passed by 13 hours, and Exchange has not made it the "
                                "current one.")));
    return TRUE;
  }
  text = exc_auth_format_time (date);
  exc_sight_set (
      sight,
      EXC_EFFECT_WAITING,
      now < date
      ? g_strdup_printf (_ ("It takes effect on %s."), text)
      : g_strdup_printf (_ ("Its date (%s) has come. Exchange looks every 12 hours."), text));
  sight->wake =
      get_now (context) + (now < date ? date - now + 60 : MIN (HOUR_S, date + AUTH_ADMIN_S - now));
  return TRUE;
}

static char *
describe_hasten (ExcStepAuth *self)
{
  return g_strdup_printf (
      _ ("Restart Exchange’s service host on %s where it did not do so within 13 hours"),
         self->target->name);
}

/* That it was restarted is a fact; that all is back, and that it runs, is seen. */
static gboolean
judge_restarted (ExcStepAuth *self,
                 ExcStepContext *context,
                 ExcReading *reading,
                 ExcSight *sight,
                 GError **error)
{
  const char *id = self->action->id;
  const char *name = self->server != NULL ? self->server->name : self->target->name;
  g_autofree char *fact = exc_step_auth_dup_fact (self);

  if (exc_auth_get_time (context, fact) == 0)
    return exc_recovery_note (context, id, reading, error);
  if (!exc_recovery_check (context, id, name, reading, error))
    return FALSE;
  for (guint i = 0; i < reading->windows->services->len; i++) {
    ExcServiceRecord *service = g_ptr_array_index (reading->windows->services, i);

    if (is_same (service->status, "Running"))
      continue;
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup_printf (_ ("The service %1$s does not run: %2$s."),
                                       service->name,
                                       service->status != NULL ? service->status : ""));
    return TRUE;
  }
  exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  return TRUE;
}

static gboolean
judge_hasten (ExcStepAuth *self,
              ExcStepContext *context,
              ExcReading *reading,
              ExcSight *sight,
              GError **error)
{
  g_autofree char *fact = exc_step_auth_dup_fact (self);

  if (is_same (reading->auth->current, exc_renew_get_new (context)) &&
      exc_auth_get_time (context, fact) == 0)
    exc_sight_set (sight,
                   EXC_EFFECT_NEEDLESS,
                   g_strdup (_ ("Exchange has made it the current one by itself.")));
  else
    return judge_restarted (self, context, reading, sight, error);
  return TRUE;
}

static ExcPipeline *
build_host (ExcStepAuth *self, ExcStepContext *context)
{
  return exc_change_restart_services (host);
}

static char *
describe_published (ExcStepAuth *self)
{
  return g_strdup (_ ("Check that it is the current Auth certificate"));
}

static gboolean
judge_published (ExcStepAuth *self,
                 ExcStepContext *context,
                 ExcReading *reading,
                 ExcSight *sight,
                 GError **error)
{
  const char *thumbprint = exc_renew_get_new (context);
  const gint64 hastened = exc_auth_get_time (context, "ran-hasten");
  const gint64 now = get_now (context);

  if (!is_same (reading->auth->current, thumbprint)) {
    if (!is_same (reading->auth->next, thumbprint))
      return refuse_config (reading, error);
    if (now >= hastened + HOUR_S) {
      g_set_error_literal (
          error,
          EXC_ERROR,
          EXC_ERROR_UNVERIFIED,
          _("Exchange has not made it the current one, not even after its service host was "
            "restarted. Look at the logs of AuthAdmin."));
      return FALSE;
    }
    exc_sight_set (
        sight, EXC_EFFECT_WAITING, g_strdup (_ ("Exchange’s service host was restarted.")));
    sight->wake = now + 60;
    return TRUE;
  }
  if (exc_auth_get_time (context, EXC_FACT_PUBLISHED) == 0 &&
      !exc_auth_set_time (context, EXC_FACT_PUBLISHED, now, error))
    return FALSE;
  if (self->target->is_useless || reading->auth->previous == NULL ||
      is_same (reading->auth->previous, self->target->current))
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  else
    exc_sight_set (sight,
                   EXC_EFFECT_WARNED,
                   g_strdup_printf (_ ("The previous Auth certificate is %1$s, not %2$s."),
                                       or_none (reading->auth->previous),
                                       or_none (self->target->current)));
  return TRUE;
}

static char *
describe_clear (ExcStepAuth *self)
{
  const int days = (int) (self->target->soak_s / (24 * HOUR_S));

  return days == 0 ? g_strdup (_ ("Forget the previous Auth certificate; this cannot be undone"))
                   : g_strdup_printf (ngettext ("Forget the previous Auth certificate %d day after "
                                                "the change; this cannot be undone",
                                                "Forget the previous Auth certificate %d days "
                                                "after the change; this cannot be undone",
                                                days),
                                      days);
}

static gboolean
judge_clear (ExcStepAuth *self,
             ExcStepContext *context,
             ExcReading *reading,
             ExcSight *sight,
             GError **error)
{
  const gint64 due = exc_auth_get_time (context, EXC_FACT_PUBLISHED) + self->target->soak_s;
  g_autofree char *text = NULL;

  if (!is_same (reading->auth->current, exc_renew_get_new (context)))
    return refuse_config (reading, error);
  if (reading->auth->previous == NULL) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  } else if (!is_same (reading->auth->previous, self->target->current)) {
    exc_sight_set (
        sight,
        EXC_EFFECT_WARNED,
        g_strdup_printf (_ ("The previous Auth certificate is %1$s, not %2$s: it is left alone."),
                            reading->auth->previous,
                            or_none (self->target->current)));
  } else if (get_now (context) < due) {
    text = exc_auth_format_time (due);
    exc_sight_set (
        sight,
        EXC_EFFECT_WAITING,
        g_strdup_printf (_ ("Tokens signed with the previous one stay valid until %s."), text));
    sight->wake = due;
  }
  return TRUE;
}

static ExcPipeline *
build_clear (ExcStepAuth *self, ExcStepContext *context)
{
  return exc_change_clear_previous_auth ();
}

static char *
describe_host (ExcStepAuth *self)
{
  return g_strdup_printf (
      _ ("Restart Exchange’s service host on %s; its certificates cannot be read for some seconds"),
         self->server->name);
}

static char *
describe_smtp (ExcStepAuth *self)
{
  return g_strdup_printf (_ ("Check that the default SMTP certificate of %s is what it was, and give it back where it is not"),
                             self->server->name);
}

static gboolean
judge_smtp (ExcStepAuth *self,
            ExcStepContext *context,
            ExcReading *reading,
            ExcSight *sight,
            GError **error)
{
  const char *thumbprint = exc_renew_get_new (context);
  const char *internal = self->server->internal;

  if (is_same (reading->internal, internal))
    exc_sight_set (
        sight,
        EXC_EFFECT_SEEN,
        g_strdup_printf (_ ("The default SMTP certificate is still %s."), or_none (internal)));
  else if (is_same (reading->internal, thumbprint) && internal != NULL &&
           exc_reading_find_certificate (reading, internal) != NULL)
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup (_ ("The Auth certificate has become the default SMTP certificate.")));
  else
    exc_sight_set (
        sight,
        EXC_EFFECT_WARNED,
        g_strdup_printf (
            _ ("The default SMTP certificate is %1$s; it was %2$s when this job was planned."),
               or_none (reading->internal),
               or_none (internal)));
  return TRUE;
}

static ExcPipeline *
build_smtp (ExcStepAuth *self, ExcStepContext *context)
{
  return self->server->internal != NULL
             ? exc_change_enable (self->server->fqdn, self->server->internal, "SMTP", FALSE)
             : NULL;
}

static char *
describe_remove (ExcStepAuth *self)
{
  return g_strdup_printf (
      _ ("Remove the old Auth certificate from %s, where nothing uses it; this cannot be undone"),
         self->server->name);
}

/* (nullable) (transfer full): what uses it */
static char *
find_use (ExcReading *reading, const char *thumbprint)
{
  GHashTableIter iter;
  gpointer address;
  gpointer hash;

  if (is_same (reading->auth->current, thumbprint) || is_same (reading->auth->next, thumbprint) ||
      is_same (reading->auth->previous, thumbprint))
    return g_strdup (_ ("the Auth configuration"));
  if (is_same (reading->internal, thumbprint))
    return g_strdup (_ ("mail between servers"));
  if (is_same (reading->windows->wmsvc_hash, thumbprint))
    return g_strdup ("WMSVC");
  for (guint i = 0; i < reading->windows->bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (reading->windows->bindings, i);

    if (is_same (binding->hash, thumbprint))
      return g_strdup_printf ("%s %s", binding->site, binding->info);
  }
  if (reading->windows->http_sys != NULL) {
    g_hash_table_iter_init (&iter, reading->windows->http_sys);
    while (g_hash_table_iter_next (&iter, &address, &hash))
      if (is_same (hash, thumbprint))
        return g_strdup (address);
  }
  return NULL;
}

static gboolean
judge_remove (ExcStepAuth *self,
              ExcStepContext *context,
              ExcReading *reading,
              ExcSight *sight,
              GError **error)
{
  const char *old = self->target->current;
  g_autofree char *fact = exc_step_auth_dup_fact (self);
  g_autofree char *use = NULL;

  if (exc_reading_find_certificate (reading, old) == NULL) {
    const gboolean has_run = exc_auth_get_time (context, fact) != 0;

    exc_sight_set (sight,
                   has_run ? EXC_EFFECT_SEEN : EXC_EFFECT_NEEDLESS,
                   has_run ? NULL : g_strdup (_ ("It is not there.")));
    return TRUE;
  }
  use = find_use (reading, old);
  if (use != NULL)
    exc_sight_set (
        sight, EXC_EFFECT_WARNED, g_strdup_printf (_ ("It stays, as it is used by: %s."), use));
  return TRUE;
}

static ExcPipeline *
build_remove (ExcStepAuth *self, ExcStepContext *context)
{
  return exc_change_remove (self->server->fqdn, self->target->current);
}

static const ExcAuthAction actions[] = {
  [EXC_AUTH_STEP_ALLOW] = { "allow",
                            EXC_READ_CERTIFICATES,
                            NULL,
                            FALSE,
                            describe_allow,
                            judge_allow,
                            build_allow },
  [EXC_AUTH_STEP_PUBLISH] = { "publish",
                              EXC_READ_AUTH,
                              NULL,
                              FALSE,
                              describe_publish,
                              judge_publish,
                              build_publish },
  [EXC_AUTH_STEP_AWAIT] = { "await",
                            EXC_READ_WINDOWS | EXC_READ_AUTH,
                            NULL,
                            TRUE,
                            describe_await,
                            judge_await,
                            NULL },
  [EXC_AUTH_STEP_HASTEN] = { "hasten",
                             EXC_READ_WINDOWS | EXC_READ_AUTH | EXC_READ_ENDPOINT,
                             host,
                             FALSE,
                             describe_hasten,
                             judge_hasten,
                             build_host },
  [EXC_AUTH_STEP_PUBLISHED] = { "published",
                                EXC_READ_AUTH,
                                NULL,
                                TRUE,
                                describe_published,
                                judge_published,
                                NULL },
  [EXC_AUTH_STEP_CLEAR] = { "clear-previous",
                            EXC_READ_AUTH,
                            NULL,
                            TRUE,
                            describe_clear,
                            judge_clear,
                            build_clear },
  [EXC_AUTH_STEP_HOST] = { "restart-host",
                           EXC_READ_WINDOWS | EXC_READ_ENDPOINT,
                           host,
                           FALSE,
                           describe_host,
                           judge_restarted,
                           build_host },
  [EXC_AUTH_STEP_SMTP] = { "default-smtp",
                           EXC_READ_INTERNAL | EXC_READ_CERTIFICATES,
                           NULL,
                           FALSE,
                           describe_smtp,
                           judge_smtp,
                           build_smtp },
  [EXC_AUTH_STEP_REMOVE] = { "remove-old",
                             EXC_READ_WINDOWS | EXC_READ_INTERNAL | EXC_READ_CERTIFICATES |
                                 EXC_READ_AUTH,
                             NULL,
                             FALSE,
                             describe_remove,
                             judge_remove,
                             build_remove },
};

const ExcAuthAction *
exc_auth_action_get (ExcAuthStepKind kind)
{
  g_assert ((guint) kind < G_N_ELEMENTS (actions));

  return &actions[kind];
}
