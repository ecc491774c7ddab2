/* exc-form-import.c — a certificate with its key, brought to many servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-certificates.h"
#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_IMPORT (exc_form_import_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormImport, exc_form_import, EXC, FORM_IMPORT, ExcPlanForm)

struct _ExcFormImport {
  ExcPlanForm parent_instance;

  GtkEditable *path;
  GtkEditable *password;
  GtkEditable *friendly_name;
  GtkSwitch *is_exportable;
};

G_DEFINE_FINAL_TYPE (ExcFormImport, exc_form_import, EXC_TYPE_PLAN_FORM)

static void
exc_form_import_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  exc_plan_form_add_servers (form, items, EXC_KIND_OTHER, 0, NULL);
}

static ExcPlan *
exc_form_import_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormImport *self = EXC_FORM_IMPORT (form);
  const char *text = gtk_editable_get_text (self->password);
  const char *friendly_name = gtk_editable_get_text (self->friendly_name);
  g_autoptr(ExcSecret) password = exc_secret_new (text, strlen (text));
  g_autoptr(ExcSecret) pfx = exc_plan_form_read_secret (gtk_editable_get_text (self->path), error);

  if (pfx == NULL)
    return NULL;

  return exc_plan_new_import (exc_plan_form_get_snapshot (form),
                              keys,
                              pfx,
                              password,
                              friendly_name[0] != '\0' ? friendly_name : NULL,
                              gtk_switch_get_active (self->is_exportable),
                              error);
}

static char *
exc_form_import_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Import on %u server", "_Import on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_import_class_init (ExcFormImportClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_import_list_scope;
  form_class->make_plan = exc_form_import_make_plan;
  form_class->dup_verb = exc_form_import_dup_verb;
}

static void
exc_form_import_init (ExcFormImport *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group = NULL;

  exc_plan_form_set_title (form, _("Import a certificate"));
  exc_plan_form_set_scope (form,
                           EXC_SCOPE_MANY,
                           _("Which servers get the certificate?"),
                              _("It is imported with its private key on each of them. No service uses it before you assign "
        "it."));
  group = exc_plan_form_add_group (
      form,
      _("Which file?"),
         _("A PFX file. Its password is kept in memory only, as long as the job runs here; a job that "
        "is resumed by another start of the program asks for a new import."));
  self->path = exc_plan_form_add_file (group, _("PFX file"), FALSE, NULL);
  self->password = exc_plan_form_add_password (group, _("Password of the file"));
  self->friendly_name =
      exc_plan_form_add_entry (group, _("Friendly name (that of the file, if empty)"));
  self->is_exportable = exc_plan_form_add_switch (
      group,
      _("The private key can be exported"),
         _("Who is administrator of the server can then take the key away."), FALSE);
  exc_plan_form_require_text (form, self->path);
}

ExcPlanForm *
exc_form_import_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_IMPORT, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
