/* exc-form-request.c — a request to a certification authority
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-form-names.h"
#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_REQUEST (exc_form_request_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormRequest, exc_form_request, EXC, FORM_REQUEST, ExcPlanForm)

struct _ExcFormRequest {
  ExcPlanForm parent_instance;

  char *old; /* (nullable): thumbprint of the certificate that is to be renewed */
  ExcNameFields names;
  GtkEditable *path;
};

G_DEFINE_FINAL_TYPE (ExcFormRequest, exc_form_request, EXC_TYPE_PLAN_FORM)

static void
exc_form_request_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_servers (form, items, EXC_KIND_OTHER, 0, NULL);
}

static ExcPlan *
exc_form_request_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormRequest *self = EXC_FORM_REQUEST (form);
  ExcNewCertificate wanted = { 0 };
  g_auto(GStrv) domains = NULL;

  if (self->old == NULL)
    exc_name_fields_read (&self->names, &wanted, &domains);

  return exc_plan_new_request (exc_plan_form_get_snapshot (form),
                               keys[0],
                               self->old == NULL ? &wanted : NULL,
                               self->old,
                               gtk_editable_get_text (self->path),
                               error);
}

static char *
exc_form_request_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup (_("_Make the request"));
}

static void
exc_form_request_finalize (GObject *object)
{
  g_free (EXC_FORM_REQUEST (object)->old);

  G_OBJECT_CLASS (exc_form_request_parent_class)->finalize (object);
}

static void
exc_form_request_class_init (ExcFormRequestClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_form_request_finalize;
  form_class->list_scope = exc_form_request_list_scope;
  form_class->make_plan = exc_form_request_make_plan;
  form_class->dup_verb = exc_form_request_dup_verb;
}

static void
exc_form_request_init (ExcFormRequest *self)
{
}

static void
build (ExcFormRequest *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group = NULL;

  exc_plan_form_set_title (form, _("Request to a certification authority"));
  exc_plan_form_set_scope (
      form,
      EXC_SCOPE_ONE,
      _("Which server keeps the private key?"),
         _("The request is made on this server, and the authority’s answer is completed there. Nothing "
        "changes for clients until a service is assigned to the certificate."));
  group = exc_plan_form_add_group (form,
                                   _("Where is the request saved?"),
                                      _("The file is sent to the authority. It holds no secret."));
  self->path = exc_plan_form_add_file (group, _("File of the request"), TRUE, "request.req");
  exc_plan_form_require_text (form, self->path);
  if (self->old == NULL)
    exc_name_fields_add (&self->names, form, TRUE);
}

ExcPlanForm *
exc_form_request_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcFormRequest *self = g_object_new (EXC_TYPE_FORM_REQUEST, NULL);

  exc_plan_form_set_up (EXC_PLAN_FORM (self), organization, wanted);
  build (self);

  return EXC_PLAN_FORM (self);
}

/* wanted: the key of the certificate that is to be renewed by its authority */
ExcPlanForm *
exc_form_request_renewal_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcFormRequest *self = g_object_new (EXC_TYPE_FORM_REQUEST, NULL);
  const char *backslash = wanted != NULL && wanted[0] != NULL ? strrchr (wanted[0], '\\') : NULL;
  g_autofree char *server =
      backslash != NULL ? g_strndup (wanted[0], (gsize) (backslash - wanted[0])) : NULL;
  const char *servers[] = { server, NULL };

  self->old = backslash != NULL ? g_strdup (backslash + 1) : NULL;
  exc_plan_form_set_up (EXC_PLAN_FORM (self), organization, servers);
  build (self);

  return EXC_PLAN_FORM (self);
}
