/* exc-form-trust.c — copies among the trusted roots
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define EXC_TYPE_FORM_TRUST (exc_form_trust_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormTrust, exc_form_trust, EXC, FORM_TRUST, ExcPlanForm)

struct _ExcFormTrust {
  ExcPlanForm parent_instance;

  gboolean is_wanted; /* FALSE: the copies are removed */
};

G_DEFINE_FINAL_TYPE (ExcFormTrust, exc_form_trust, EXC_TYPE_PLAN_FORM)

static void
exc_form_trust_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  ExcCertificate *certificate = exc_plan_form_get_certificate (form);

  exc_plan_form_add_servers (form, items, EXC_KIND_OTHER, 0, NULL);
  for (guint i = 0; i < items->len && certificate != NULL; i++) {
    ExcScopeItem *item = g_ptr_array_index (items, i);

    if (item->can_choose)
      item->is_chosen =
          g_ascii_strcasecmp (item->key, exc_certificate_get_server (certificate)) == 0;
  }
}

static ExcPlan *
exc_form_trust_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcCertificate *certificate = exc_plan_form_get_certificate (form);
  const char *thumbprint = exc_certificate_get_thumbprint (certificate);

  if (EXC_FORM_TRUST (form)->is_wanted)
    return exc_plan_new_trust (exc_plan_form_get_snapshot (form),
                               exc_certificate_get_server (certificate),
                               thumbprint,
                               keys,
                               error);

  return exc_plan_new_untrust (exc_plan_form_get_snapshot (form), thumbprint, keys, error);
}

static char *
exc_form_trust_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  if (EXC_FORM_TRUST (form)->is_wanted)
    return g_strdup_printf (ngettext ("_Copy to %u server", "_Copy to %u servers", n_chosen),
                            n_chosen);

  return g_strdup_printf (ngettext ("_Remove on %u server", "_Remove on %u servers", n_chosen),
                          n_chosen);
}

static void
exc_form_trust_class_init (ExcFormTrustClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  form_class->list_scope = exc_form_trust_list_scope;
  form_class->make_plan = exc_form_trust_make_plan;
  form_class->dup_verb = exc_form_trust_dup_verb;
}

static void
exc_form_trust_init (ExcFormTrust *self)
{
}

static ExcPlanForm *
form_new (ExcOrganization *organization, const char *const *wanted, gboolean is_wanted)
{
  ExcFormTrust *self = g_object_new (EXC_TYPE_FORM_TRUST, NULL);
  ExcPlanForm *form = EXC_PLAN_FORM (self);

  self->is_wanted = is_wanted;
  exc_plan_form_set_up (form, organization, wanted);
  exc_plan_form_set_title (
      form, is_wanted ? _("Copy to Trusted Root") : _("Remove from the trusted roots"));
  exc_plan_form_set_scope (
      form,
      EXC_SCOPE_MANY,
      is_wanted
      ? _("Which servers trust it?")
      : _("Which servers no longer trust it?"),
           is_wanted
           ? _("The public part is copied to the Trusted Root Certification Authorities of "
                    "the computer. The private key stays where it is.")
           : _("Its copy is taken out of the Trusted Root Certification Authorities of the "
                    "computer. Undo puts it back."));
  exc_plan_form_add_group (
      form,
      _("Nothing to choose"),
         is_wanted
         ? _("Nothing restarts. Connections that the server makes trust the certificate from "
                    "then on.")
         : _("Nothing restarts. A server that still serves this certificate is told as "
                    "untrusted from then on."));

  return form;
}

ExcPlanForm *
exc_form_trust_new (ExcOrganization *organization, const char *const *wanted)
{
  return form_new (organization, wanted, TRUE);
}

ExcPlanForm *
exc_form_untrust_new (ExcOrganization *organization, const char *const *wanted)
{
  return form_new (organization, wanted, FALSE);
}
