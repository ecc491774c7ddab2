/* exc-form-auth.c — the Auth certificate: rotate, replace or distribute it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-format.h"
#include "exc-plan-auth.h"
#include "exc-plan-forms.h"
#include "exc-preferences.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_AUTH (exc_form_auth_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormAuth, exc_form_auth, EXC, FORM_AUTH, ExcPlanForm)

struct _ExcFormAuth {
  ExcPlanForm parent_instance;

  ExcAuthMode mode;
  ExcAuthLimits limits;

  GtkSpinButton *effective_days;
  GtkSpinButton *soak_days;
  GtkSwitch *continues; /* (nullable): nothing is staged */
  GtkSwitch *removes_old;
  GtkSwitch *ignores_unreachable;
};

G_DEFINE_FINAL_TYPE (ExcFormAuth, exc_form_auth, EXC_TYPE_PLAN_FORM)

/* What a server has of the certificates in use. */
static char *
format_holding (ExcSnapshot *snapshot, ExcServer *server)
{
  ExcAuthConfigRecord *config = exc_snapshot_get_auth_config (snapshot);
  const char *fqdn = exc_server_get_fqdn (server);
  gboolean has_current = FALSE;
  gboolean has_next = FALSE;

  if (config == NULL)
    return g_strdup (_("What it has is not told"));

  has_current = config->current != NULL &&
                exc_snapshot_find_certificate (snapshot, fqdn, config->current) != NULL;
  has_next =
      config->next != NULL && exc_snapshot_find_certificate (snapshot, fqdn, config->next) != NULL;
  if (has_current && has_next)
    return g_strdup (_("Has the current and the next Auth certificate"));
  if (has_current)
    return g_strdup (_("Has the current Auth certificate"));
  if (has_next)
    return g_strdup (_("Has the next Auth certificate, and lacks the current one"));

  return g_strdup (_("Lacks the current Auth certificate"));
}

static void
exc_form_auth_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  ExcSnapshot *snapshot = exc_plan_form_get_snapshot (form);
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  gboolean has_chosen = FALSE;

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcServerRecord *record = exc_server_get_record (server);
    ExcScopeItem item = { .key = (char *) exc_server_get_fqdn (server),
                          .title = (char *) exc_server_get_name (server),
                          .problem = (char *) exc_server_get_problem (server),
                          .health = EXC_HEALTH_UNKNOWN };
    g_autofree char *holding = format_holding (snapshot, server);

    if (record == NULL || !record->is_mailbox || record->is_edge)
      continue;
    item.can_choose = exc_server_get_state (server) == EXC_SERVER_OK ||
                      exc_server_get_state (server) == EXC_SERVER_PARTIAL;
    item.subtitle = item.can_choose ? holding : (char *) exc_server_get_state_text (server);
    item.is_chosen = item.can_choose && !has_chosen;
    has_chosen = has_chosen || item.is_chosen;
    exc_plan_form_add_item (items, &item);
  }
}

static gboolean
is_on (GtkSwitch *widget)
{
  return widget != NULL && gtk_switch_get_active (widget);
}

static ExcPlan *
exc_form_auth_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormAuth *self = EXC_FORM_AUTH (form);
  ExcSnapshot *snapshot = exc_plan_form_get_snapshot (form);
  ExcAuthOptions options = EXC_AUTH_OPTIONS_INIT;

  options.server = keys[0];
  options.limits = self->limits;
  options.ignores_unreachable = is_on (self->ignores_unreachable);
  options.removes_old = is_on (self->removes_old);
  options.continues = is_on (self->continues);
  if (self->effective_days != NULL)
    options.effective_days = gtk_spin_button_get_value_as_int (self->effective_days);
  if (self->soak_days != NULL)
    options.soak_days = gtk_spin_button_get_value_as_int (self->soak_days);

  switch (self->mode) {
  case EXC_AUTH_REPLACE:
    return exc_plan_new_replace_auth (snapshot, &options, error);
  case EXC_AUTH_DISTRIBUTE:
    options.server = NULL;
    return exc_plan_new_distribute_auth (snapshot, &options, error);
  case EXC_AUTH_ROTATE:
  case EXC_AUTH_NOTHING:
  default:
    return exc_plan_new_rotate_auth (snapshot, &options, error);
  }
}

static char *
exc_form_auth_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  switch (EXC_FORM_AUTH (form)->mode) {
  case EXC_AUTH_REPLACE:
    return g_strdup (_("_Replace now"));
  case EXC_AUTH_DISTRIBUTE:
    return g_strdup (_("_Distribute"));
  case EXC_AUTH_ROTATE:
  case EXC_AUTH_NOTHING:
  default:
    return g_strdup (_("_Rotate"));
  }
}

static void
exc_form_auth_class_init (ExcFormAuthClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_auth_list_scope;
  form_class->make_plan = exc_form_auth_make_plan;
  form_class->dup_verb = exc_form_auth_dup_verb;
}

static void
exc_form_auth_init (ExcFormAuth *self)
{
}

/* What is staged already is gone on with, unless the user wants another one. */
static void
add_staged (ExcFormAuth *self, GtkWidget *group)
{
  ExcAuthConfigRecord *config =
      exc_snapshot_get_auth_config (exc_plan_form_get_snapshot (EXC_PLAN_FORM (self)));
  g_autofree char *date = NULL;
  g_autofree char *text = NULL;

  if (config == NULL || config->next == NULL || config->next[0] == '\0')
    return;

  date = exc_format_date_time (config->next_effective);
  text = g_strdup_printf (_("Certificate %1$s is staged as the next one, for %2$s. It is brought "
                             "to every server and watched until it is published."),
                             config->next,
                             date);
  self->continues =
      exc_plan_form_add_switch (group, _("Go on with the staged certificate"), text, TRUE);
}

static void
add_dates (ExcFormAuth *self, GtkWidget *group)
{
  const ExcAuthOptions defaults = EXC_AUTH_OPTIONS_INIT;

  self->effective_days =
      exc_plan_form_add_number (group,
                                _("Takes effect in so many days"),
                                   _("Until then every server has to have it; at least 3 days (Exchange asks for 48 hours). The "
         "date is taken from the server’s clock."),
                                      3,
                                      365,
                                      defaults.effective_days);
  self->soak_days = exc_plan_form_add_number (
      group,
      _("Days until the previous certificate is cleared"),
         _("Tokens that were signed with it are accepted until then. It cannot be put back "
         "afterwards."),
            1,
            60,
            defaults.soak_days);
  self->removes_old = exc_plan_form_add_switch (
      group,
      _("Delete the old certificate at the end"),
         _("It is taken off every server when nothing uses it any more. This cannot be undone."),
            FALSE);
}

/* What the organization needs by the limits of the preferences; where these cannot be read, by the
 * defaults, and it says so. */
static char *
dup_reason (ExcFormAuth *self)
{
  ExcPreferences preferences;
  g_auto(ExcAuthDecision) decision = { 0 };
  g_autoptr(GError) error = NULL;
  gboolean is_read = exc_preferences_load (&preferences, &error);

  self->limits.current_days = preferences.auth_current_days;
  self->limits.next_days = preferences.auth_next_days;
  exc_plan_decide_auth (
      exc_plan_form_get_snapshot (EXC_PLAN_FORM (self)), &self->limits, &decision);

  return is_read ? g_steal_pointer (&decision.reason)
                 : g_strconcat (decision.reason, "\n", error->message, NULL);
}

static void
build (ExcFormAuth *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  g_autofree char *reason = dup_reason (self);
  GtkWidget *group = exc_plan_form_add_group (form, _("How is it done?"), reason);

  switch (self->mode) {
  case EXC_AUTH_REPLACE:
    exc_plan_form_set_title (form, _("Replace the Auth certificate now"));
    exc_plan_form_set_scope (
        form,
        EXC_SCOPE_ONE,
        _("Where is the new Auth certificate made?"),
           _("It becomes the current one at once, for the whole organization, and is brought to every "
           "Mailbox server. Users may have to sign in again, and it can take an hour or more until "
           "all is well. Use it when the current one has expired, is missing or wrong."));
    break;
  case EXC_AUTH_DISTRIBUTE:
    exc_plan_form_set_title (form, _("Distribute the Auth certificate"));
    exc_plan_form_set_scope (
        form,
        EXC_SCOPE_ALL,
        _("Which servers lack it?"),
           _("The current and the next Auth certificate are brought to every Mailbox server that "
           "lacks them. Nothing else changes."));
    break;
  case EXC_AUTH_ROTATE:
  case EXC_AUTH_NOTHING:
  default:
    exc_plan_form_set_title (form, _("Rotate the Auth certificate"));
    exc_plan_form_set_scope (
        form,
        EXC_SCOPE_ONE,
        _("Where is the new Auth certificate made?"),
           _("It is staged as the next one for the whole organization, brought to every Mailbox "
           "server, and takes effect at its date. The job lives until then: it looks by itself "
           "while Thumbprint is open."));
    add_staged (self, group);
    add_dates (self, group);
    break;
  }
  self->ignores_unreachable = exc_plan_form_add_switch (
      group,
      _("Leave out servers that do not answer"),
         _("They may lack the certificate when it takes effect: signing in to Outlook on the web "
         "fails there until they get it."),
            FALSE);
}

static ExcPlanForm *
form_new (ExcOrganization *organization, const char *const *wanted, ExcAuthMode mode)
{
  ExcFormAuth *self = g_object_new (EXC_TYPE_FORM_AUTH, NULL);

  self->mode = mode;
  exc_plan_form_set_up (EXC_PLAN_FORM (self), organization, wanted);
  build (self);

  return EXC_PLAN_FORM (self);
}

ExcPlanForm *
exc_form_rotate_auth_new (ExcOrganization *organization, const char *const *wanted)
{
  return form_new (organization, wanted, EXC_AUTH_ROTATE);
}

ExcPlanForm *
exc_form_replace_auth_new (ExcOrganization *organization, const char *const *wanted)
{
  return form_new (organization, wanted, EXC_AUTH_REPLACE);
}

ExcPlanForm *
exc_form_distribute_auth_new (ExcOrganization *organization, const char *const *wanted)
{
  return form_new (organization, wanted, EXC_AUTH_DISTRIBUTE);
}
