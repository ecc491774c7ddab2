/* exc-form-wmsvc.c — the renewal of the Web Management Service's certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_WMSVC (exc_form_wmsvc_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormWmsvc, exc_form_wmsvc, EXC, FORM_WMSVC, ExcPlanForm)

struct _ExcFormWmsvc {
  ExcPlanForm parent_instance;

  GtkCheckButton *by_exchange;
  GtkCheckButton *by_windows;
  GtkSwitch *removes_old;
};

G_DEFINE_FINAL_TYPE (ExcFormWmsvc, exc_form_wmsvc, EXC_TYPE_PLAN_FORM)

static void
exc_form_wmsvc_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_servers (form,
                             items,
                             EXC_KIND_WMSVC,
                             EXC_USE_WMSVC,
                             _("No certificate of the Web Management Service was found"));
}

static ExcPlan *
exc_form_wmsvc_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormWmsvc *self = EXC_FORM_WMSVC (form);
  const ExcWmsvcOptions options = {
    .by_windows = gtk_check_button_get_active (self->by_windows),
    .removes_old = gtk_switch_get_active (self->removes_old),
  };

  return exc_plan_new_renew_wmsvc (exc_plan_form_get_snapshot (form), keys, &options, error);
}

static char *
exc_form_wmsvc_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Renew on %u server", "_Renew on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_wmsvc_class_init (ExcFormWmsvcClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_wmsvc_list_scope;
  form_class->make_plan = exc_form_wmsvc_make_plan;
  form_class->dup_verb = exc_form_wmsvc_dup_verb;
}

static void
exc_form_wmsvc_init (ExcFormWmsvc *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *maker = exc_plan_form_add_group (
      form,
      _("Who makes the new certificate?"),
         _("Only the remote management of IIS is interrupted, for some seconds. A service that is "
        "stopped stays stopped."));
  GtkWidget *old = exc_plan_form_add_group (form, _("What becomes of the old one?"), NULL);

  exc_plan_form_set_title (form, _("Renew WMSVC"));
  exc_plan_form_set_scope (form,
                           EXC_SCOPE_MANY,
                           _("Which servers get a new certificate?"),
                              _("Servers are renewed one after another, in this order. A server that cannot be reached now "
        "cannot be chosen."));
  self->by_exchange =
      exc_plan_form_add_choice (maker,
                                NULL,
                                _("Exchange, for 5 years"),
                                   _("It is made as Exchange makes its own certificates, and no service is assigned to it."));
  self->by_windows = exc_plan_form_add_choice (
      maker,
      self->by_exchange,
      _("Windows, for 10 years"),
         _("As the installation of the Web Management Service does it."));
  self->removes_old = exc_plan_form_add_switch (
      old,
      _("Delete the old certificate"),
         _("Only after the handshake on port 8172 showed the new one. This cannot be undone."),
            FALSE);
}

ExcPlanForm *
exc_form_wmsvc_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_WMSVC, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
