/* exc-form-renew.c — the renewal of "Microsoft Exchange"
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_RENEW (exc_form_renew_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormRenew, exc_form_renew, EXC, FORM_RENEW, ExcPlanForm)

struct _ExcFormRenew {
  ExcPlanForm parent_instance;

  GtkCheckButton *restart_none;
  GtkCheckButton *restart_pools;
  GtkCheckButton *restart_transport;
  GtkCheckButton *restart_iis;
  GtkSwitch *restarts_mail;
  GtkSwitch *removes_old;
  GtkSpinButton *soak_hours;
};

G_DEFINE_FINAL_TYPE (ExcFormRenew, exc_form_renew, EXC_TYPE_PLAN_FORM)

static void
exc_form_renew_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_servers (form,
                             items,
                             EXC_KIND_MICROSOFT_EXCHANGE,
                             EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END,
                             _("No default certificate was found: a new one is made"));
}

static ExcPlan *
exc_form_renew_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormRenew *self = EXC_FORM_RENEW (form);
  ExcRenewOptions options = {
    .restart = EXC_RESTART_NONE,
    .restarts_mail = gtk_switch_get_active (self->restarts_mail),
    .removes_old = gtk_switch_get_active (self->removes_old),
    .soak_hours = gtk_spin_button_get_value_as_int (self->soak_hours),
  };

  if (gtk_check_button_get_active (self->restart_pools))
    options.restart = EXC_RESTART_POOLS;
  else if (gtk_check_button_get_active (self->restart_transport))
    options.restart = EXC_RESTART_TRANSPORT;
  else if (gtk_check_button_get_active (self->restart_iis))
    options.restart = EXC_RESTART_IIS;

  return exc_plan_new_renew_microsoft_exchange (
      exc_plan_form_get_snapshot (form), keys, &options, error);
}

static char *
exc_form_renew_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Renew on %u server", "_Renew on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_renew_class_init (ExcFormRenewClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_renew_list_scope;
  form_class->make_plan = exc_form_renew_make_plan;
  form_class->dup_verb = exc_form_renew_dup_verb;
}

static void
exc_form_renew_init (ExcFormRenew *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group =
      exc_plan_form_add_group (form,
                               _("What is restarted on each server?"),
                                  _("The new private key cannot be exported. A certificate from a public authority on port 443 is left alone."));

  exc_plan_form_set_title (form, _("Renew Microsoft Exchange"));
  exc_plan_form_set_scope (
      form,
      EXC_SCOPE_MANY,
      _("Which servers get a new certificate?"),
         _("Servers are renewed one after another, in this order. A server that cannot be reached "
         "now cannot be chosen."));
  self->restart_none = exc_plan_form_add_choice (
      group,
      NULL,
      _("Restart nothing"),
         _("New connections get the new certificate at once. Services keep running."));
  self->restart_pools = exc_plan_form_add_choice (
      group,
      self->restart_none,
      _("Recycle the OWA and ECP application pools"),
         _("Signed-in users of Outlook on the web may have to sign in again."));
  self->restart_transport = exc_plan_form_add_choice (
      group,
      self->restart_none,
      _("Restart the transport services"),
         _("Mail waits in its queues for about a minute. Best done in off-peak hours."));
  self->restart_iis = exc_plan_form_add_choice (
      group,
      self->restart_none,
      _("Restart IIS"),
         _("Every HTTP client of the server reconnects. Best done in off-peak hours."));
  self->restarts_mail = exc_plan_form_add_switch (
      group,
      _("Restart POP and IMAP where they run"),
         _("Their clients reconnect, for some seconds. Without it they use the certificate after "
        "their next start."),
            FALSE);
  group = exc_plan_form_add_group (form, _("What becomes of the old one?"), NULL);
  self->removes_old =
      exc_plan_form_add_switch (group,
                                _("Delete the old certificate"),
                                   _("At the end, after a time in which all went well, and only if nothing uses it. This cannot "
        "be undone."),
                                      FALSE);
  self->soak_hours = exc_plan_form_add_number (
      group,
      _("Hours until it is deleted"),
         _("The job waits so long, and looks again before it deletes."), 1, 24 * 30, 24);
  g_object_bind_property (
      self->removes_old, "active", self->soak_hours, "sensitive", G_BINDING_SYNC_CREATE);
}

ExcPlanForm *
exc_form_renew_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_RENEW, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
