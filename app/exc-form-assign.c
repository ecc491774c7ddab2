/* exc-form-assign.c — services that use a certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_ASSIGN (exc_form_assign_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormAssign, exc_form_assign, EXC, FORM_ASSIGN, ExcPlanForm)

#define N_SERVICES 6

struct _ExcFormAssign {
  ExcPlanForm parent_instance;

  GtkSwitch *services[N_SERVICES];
  GtkSwitch *replaces_default;
  GtkSwitch *replaces_public;
  GtkSwitch *restarts_mail;
  GtkEditable *mail_name;
};

G_DEFINE_FINAL_TYPE (ExcFormAssign, exc_form_assign, EXC_TYPE_PLAN_FORM)

static const struct {
  int service;
  const char *title;
  const char *consequence;
} services[N_SERVICES] = {
  { EXC_SERVICE_SMTP, "SMTP", N_("Transport may use it beside the others, for TLS.") },
    { EXC_SERVICE_IIS, "IIS", N_("Port 443 of the Default Web Site: every web client sees it.") },
      { EXC_SERVICE_IMAP, "IMAP", N_("Clients see it when the service was restarted.") },
        { EXC_SERVICE_POP, "POP", N_("Clients see it when the service was restarted.") },
          { EXC_SERVICE_UM,
            "UM",
            N_("Unified Messaging, where the version has it, only in TLS or Dual startup mode.") },
            { EXC_SERVICE_UM_CALL_ROUTER,
              "UM call router",
              N_("Where the version has it, only in TLS or Dual startup mode.") },
          };

static void
exc_form_assign_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_holders (form, items);
}

static int
get_services (ExcFormAssign *self)
{
  int chosen = 0;

  for (guint i = 0; i < N_SERVICES; i++) {
    if (gtk_switch_get_active (self->services[i]))
      chosen |= services[i].service;
  }

  return chosen;
}

static ExcPlan *
exc_form_assign_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormAssign *self = EXC_FORM_ASSIGN (form);
  const char *name = gtk_editable_get_text (self->mail_name);
  const ExcAssignOptions options = {
    .replaces_default = gtk_switch_get_active (self->replaces_default),
    .replaces_public = gtk_switch_get_active (self->replaces_public),
    .restarts_mail = gtk_switch_get_active (self->restarts_mail),
    .mail_name = name[0] != '\0' ? name : NULL,
  };

  return exc_plan_new_assign (exc_plan_form_get_snapshot (form),
                              exc_certificate_get_thumbprint (exc_plan_form_get_certificate (form)),
                              keys,
                              get_services (self),
                              &options,
                              error);
}

static char *
exc_form_assign_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Assign on %u server", "_Assign on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_assign_class_init (ExcFormAssignClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_assign_list_scope;
  form_class->make_plan = exc_form_assign_make_plan;
  form_class->dup_verb = exc_form_assign_dup_verb;
}

static void
on_service_cb (ExcFormAssign *self)
{
  exc_plan_form_set_is_complete (EXC_PLAN_FORM (self), get_services (self) != 0);
}

static void
exc_form_assign_init (ExcFormAssign *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *which = exc_plan_form_add_group (
      form,
      _("Specify the services you want to assign this certificate to"),
         _("Services can be added. Exchange cannot take them away again: assign them to another "
        "certificate instead."));
  GtkWidget *how = exc_plan_form_add_group (form, _("What may it take the place of?"), NULL);
  GtkWidget *mail = exc_plan_form_add_group (form, _("POP and IMAP"), NULL);

  exc_plan_form_set_title (form, _("Assign services"));
  exc_plan_form_set_scope (form,
                           EXC_SCOPE_MANY,
                           _("On which servers?"),
                              _("Those that have the certificate are listed. Import it to others "
                             "first."));
  for (guint i = 0; i < N_SERVICES; i++) {
    self->services[i] =
        exc_plan_form_add_switch (which, services[i].title, _(services[i].consequence), FALSE);
    g_signal_connect_object (
        self->services[i], "notify::active", G_CALLBACK (on_service_cb), self, G_CONNECT_SWAPPED);
  }
  on_service_cb (self);
  self->replaces_default =
      exc_plan_form_add_switch (how,
                                _("SMTP: it becomes the default SMTP certificate"),
                                   _("Exchange asks “Overwrite the existing default SMTP certificate?” Off answers No: servers "
        "go on trusting each other by the present one."),
                                      FALSE);
  self->replaces_public = exc_plan_form_add_switch (
      how,
      _("IIS: a self-signed one may replace an authority’s"),
         _("Browsers and phones warn of a self-signed certificate on port 443."), FALSE);
  self->mail_name = exc_plan_form_add_entry (
      mail, _("Name by which POP and IMAP find it (needed for a wildcard)"));
  self->restarts_mail = exc_plan_form_add_switch (
      mail,
      _("Restart POP and IMAP where they run"),
         _("Their clients reconnect, for some seconds. Without it they use the certificate after "
        "their next start."),
            FALSE);
}

ExcPlanForm *
exc_form_assign_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_ASSIGN, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
