/* exc-form-create.c — a new self-signed certificate on each server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-form-names.h"
#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_CREATE (exc_form_create_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormCreate, exc_form_create, EXC, FORM_CREATE, ExcPlanForm)

struct _ExcFormCreate {
  ExcPlanForm parent_instance;

  ExcNameFields names;
  GtkSwitch *with_smtp;
  GtkSwitch *with_trust;
};

G_DEFINE_FINAL_TYPE (ExcFormCreate, exc_form_create, EXC_TYPE_PLAN_FORM)

static void
exc_form_create_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_servers (form, items, EXC_KIND_OTHER, 0, NULL);
}

static ExcPlan *
exc_form_create_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormCreate *self = EXC_FORM_CREATE (form);
  ExcNewCertificate wanted = { 0 };
  g_auto(GStrv) domains = NULL;

  exc_name_fields_read (&self->names, &wanted, &domains);

  return exc_plan_new_create (exc_plan_form_get_snapshot (form),
                              keys,
                              &wanted,
                              gtk_switch_get_active (self->with_smtp),
                              gtk_switch_get_active (self->with_trust),
                              error);
}

static char *
exc_form_create_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Create on %u server", "_Create on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_create_class_init (ExcFormCreateClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_create_list_scope;
  form_class->make_plan = exc_form_create_make_plan;
  form_class->dup_verb = exc_form_create_dup_verb;
}

static void
exc_form_create_init (ExcFormCreate *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group = NULL;

  exc_plan_form_set_title (form, _("New self-signed certificate"));
  exc_plan_form_set_scope (
      form,
      EXC_SCOPE_MANY,
      _("Which servers get a new certificate?"),
         _("Each server makes its own. The default SMTP certificate stays what it is."));
  exc_name_fields_add (&self->names, form, FALSE);
  group = exc_plan_form_add_group (form, _("What may use it?"), NULL);
  self->with_smtp =
      exc_plan_form_add_switch (group,
                                _("Transport may use it"),
                                   _("SMTP is assigned to it beside the other certificates; which one is the default stays."),
                                      FALSE);
  self->with_trust = exc_plan_form_add_switch (
      group,
      _("Copy its public part to the trusted roots"),
         _("The server itself trusts it then. The private key is not copied."), FALSE);
}

ExcPlanForm *
exc_form_create_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_CREATE, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
