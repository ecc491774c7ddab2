/* exc-form-complete.c — the answer of a certification authority
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-certificates.h"
#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_COMPLETE (exc_form_complete_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormComplete, exc_form_complete, EXC, FORM_COMPLETE, ExcPlanForm)

struct _ExcFormComplete {
  ExcPlanForm parent_instance;

  GtkEditable *path;
};

G_DEFINE_FINAL_TYPE (ExcFormComplete, exc_form_complete, EXC_TYPE_PLAN_FORM)

static guint
count_pending (ExcSnapshot *snapshot, const char *server)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);
  guint n_pending = 0;

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    n_pending += g_str_equal (exc_certificate_get_server (certificate), server) &&
                 exc_certificate_get_record (certificate)->status == EXC_STATUS_PENDING_REQUEST;
  }

  return n_pending;
}

static void
exc_form_complete_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  ExcSnapshot *snapshot = exc_plan_form_get_snapshot (form);

  exc_plan_form_add_servers (form, items, EXC_KIND_OTHER, 0, NULL);
  for (guint i = 0; i < items->len; i++) {
    ExcScopeItem *item = g_ptr_array_index (items, i);
    guint n_pending = count_pending (snapshot, item->key);

    if (!item->can_choose)
      continue;
    g_free (item->subtitle);
    item->can_choose = n_pending > 0;
    item->is_chosen = item->is_chosen && n_pending > 0;
    item->subtitle =
        n_pending > 0 ? g_strdup_printf (
                            ngettext ("%u request waits", "%u requests wait", n_pending), n_pending)
                      : g_strdup (_("No request waits for an answer"));
  }
}

static ExcPlan *
exc_form_complete_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormComplete *self = EXC_FORM_COMPLETE (form);
  g_autoptr(GBytes) answer = exc_plan_form_read_file (gtk_editable_get_text (self->path), error);

  if (answer == NULL)
    return NULL;

  return exc_plan_new_complete (exc_plan_form_get_snapshot (form), keys[0], answer, error);
}

static char *
exc_form_complete_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup (_("_Complete"));
}

static void
exc_form_complete_class_init (ExcFormCompleteClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_complete_list_scope;
  form_class->make_plan = exc_form_complete_make_plan;
  form_class->dup_verb = exc_form_complete_dup_verb;
}

static void
exc_form_complete_init (ExcFormComplete *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group = NULL;

  exc_plan_form_set_title (form, _("Complete a pending request"));
  exc_plan_form_set_scope (
      form,
      EXC_SCOPE_ONE,
      _("Which server made the request?"),
         _("The answer fits one request only: the key stayed on the server that made it."));
  group = exc_plan_form_add_group (
      form,
      _("What did the authority send?"),
         _("A certificate or a PKCS #7 file, with its chain if there is one. No service uses the "
        "certificate before you assign it."));
  self->path = exc_plan_form_add_file (group, _("File of the answer"), FALSE, NULL);
  exc_plan_form_require_text (form, self->path);
}

ExcPlanForm *
exc_form_complete_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanForm *form = g_object_new (EXC_TYPE_FORM_COMPLETE, NULL);

  exc_plan_form_set_up (form, organization, wanted);

  return form;
}
