/* exc-form-repair.c — what is broken, put right
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define N_REPAIRS            5

#define EXC_TYPE_FORM_REPAIR (exc_form_repair_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormRepair, exc_form_repair, EXC, FORM_REPAIR, ExcPlanForm)

struct _ExcFormRepair {
  ExcPlanForm parent_instance;

  GtkCheckButton *choices[N_REPAIRS];
};

G_DEFINE_FINAL_TYPE (ExcFormRepair, exc_form_repair, EXC_TYPE_PLAN_FORM)

static const struct {
  ExcRepair repair;
  const char *title;
  const char *consequence;
} repairs[N_REPAIRS] = {
  { EXC_REPAIR_BACK_END,
    N_("Port 444 has no valid certificate"),
        N_("The default SMTP certificate is bound to Exchange Back End; new connections work at once.") },
    { EXC_REPAIR_INTERNAL_TRANSPORT,
      N_("The default SMTP certificate is missing or has expired"),
          N_("A new one is made, and the servers’ mail among each other is encrypted by it.") },
      { EXC_REPAIR_AUTH_AS_INTERNAL,
        N_("The Auth certificate is the default SMTP certificate"),
            N_("The server’s own certificate becomes the default again; the Auth certificate stays.") },
        { EXC_REPAIR_TRUST,
          N_("Self-signed certificates are not trusted"),
              N_("Their public parts are copied to the trusted roots of the server.") },
          { EXC_REPAIR_CONNECTORS,
            N_("Connectors name a certificate that no server has"),
                N_("Nothing is changed: you get the commands, and the job waits until you sent them.") },
          };

static void
exc_form_repair_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_servers (form, items, EXC_KIND_OTHER, 0, NULL);
}

static ExcPlan *
exc_form_repair_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormRepair *self = EXC_FORM_REPAIR (form);
  ExcRepair repair = repairs[0].repair;

  for (guint i = 0; i < N_REPAIRS; i++) {
    if (gtk_check_button_get_active (self->choices[i]))
      repair = repairs[i].repair;
  }

  return exc_plan_new_repair (exc_plan_form_get_snapshot (form), repair, keys, error);
}

static char *
exc_form_repair_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Repair on %u server", "_Repair on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_repair_class_init (ExcFormRepairClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_repair_list_scope;
  form_class->make_plan = exc_form_repair_make_plan;
  form_class->dup_verb = exc_form_repair_dup_verb;
}

static void
exc_form_repair_init (ExcFormRepair *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group = exc_plan_form_add_group (
      form,
      _("What is broken?"),
         _("It is looked at first: where nothing is broken, nothing is done."));

  exc_plan_form_set_title (form, _("Repair"));
  exc_plan_form_set_scope (
      form,
      EXC_SCOPE_MANY,
      _("Which servers are repaired?"),
         _("One after another, in this order. A server that cannot be reached now "
                             "cannot be chosen."));
  for (guint i = 0; i < N_REPAIRS; i++)
    self->choices[i] = exc_plan_form_add_choice (
        group, self->choices[0], _(repairs[i].title), _(repairs[i].consequence));
}

ExcPlanForm *
exc_form_repair_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_REPAIR, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
