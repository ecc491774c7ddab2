/* exc-form-bind.c — ports that a certificate is bound to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_BIND (exc_form_bind_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormBind, exc_form_bind, EXC, FORM_BIND, ExcPlanForm)

#define N_PLACES 4

struct _ExcFormBind {
  ExcPlanForm parent_instance;

  GtkSwitch *places[N_PLACES];
  GtkSwitch *replaces_public;
};

G_DEFINE_FINAL_TYPE (ExcFormBind, exc_form_bind, EXC_TYPE_PLAN_FORM)

static const struct {
  guint place;
  const char *title;
  const char *consequence;
} places[N_PLACES] = {
  { EXC_BIND_BACK_END,
    N_("Exchange Back End, port 444"),
        N_("The front end speaks to it: a wrong certificate here stops mail clients and management.") },
    { EXC_BIND_FRONT_END,
      N_("Default Web Site, port 443"),
          N_("Every web client sees it. Bindings with a host name are left alone.") },
      { EXC_BIND_LOOPBACK,
        N_("Default Web Site, 127.0.0.1:443"), N_("Exchange’s own monitoring uses it.") },
        { EXC_BIND_WMSVC,
          N_("Web Management Service, port 8172"),
              N_("The service restarts; only the remote management of IIS is interrupted.") },
        };

static void
exc_form_bind_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_holders (form, items);
}

static guint
get_places (ExcFormBind *self)
{
  guint chosen = 0;

  for (guint i = 0; i < N_PLACES; i++) {
    if (gtk_switch_get_active (self->places[i]))
      chosen |= places[i].place;
  }

  return chosen;
}

static ExcPlan *
exc_form_bind_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormBind *self = EXC_FORM_BIND (form);
  const ExcBindOptions options = {
    .places = get_places (self),
    .replaces_public = gtk_switch_get_active (self->replaces_public),
  };

  return exc_plan_new_bind (exc_plan_form_get_snapshot (form),
                            exc_certificate_get_thumbprint (exc_plan_form_get_certificate (form)),
                            keys,
                            &options,
                            error);
}

static char *
exc_form_bind_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Bind on %u server", "_Bind on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_bind_class_init (ExcFormBindClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_bind_list_scope;
  form_class->make_plan = exc_form_bind_make_plan;
  form_class->dup_verb = exc_form_bind_dup_verb;
}

static void
on_place_cb (ExcFormBind *self)
{
  exc_plan_form_set_is_complete (EXC_PLAN_FORM (self), get_places (self) != 0);
}

static void
exc_form_bind_init (ExcFormBind *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *which = exc_plan_form_add_group (form,
                                              _("Which ports serve it?"),
                                                 _("New connections get the certificate at once; those that are open stay. The former one is "
        "bound again by Undo."));
  GtkWidget *how = exc_plan_form_add_group (form, _("What may it take the place of?"), NULL);

  exc_plan_form_set_title (form, _("Rebind a certificate"));
  exc_plan_form_set_scope (form,
                           EXC_SCOPE_MANY,
                           _("On which servers?"),
                              _("Those that have the certificate are listed. Import it to others "
                             "first."));
  for (guint i = 0; i < N_PLACES; i++) {
    self->places[i] =
        exc_plan_form_add_switch (which, _(places[i].title), _(places[i].consequence), FALSE);
    g_signal_connect_object (
        self->places[i], "notify::active", G_CALLBACK (on_place_cb), self, G_CONNECT_SWAPPED);
  }
  on_place_cb (self);
  self->replaces_public = exc_plan_form_add_switch (
      how,
      _("A self-signed one may replace an authority’s on port 443"),
         _("Browsers and phones warn of a self-signed certificate on port 443."), FALSE);
}

ExcPlanForm *
exc_form_bind_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_BIND, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
