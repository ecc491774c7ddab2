/* exc-form-delete.c — certificates that go for good
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-forms.h"

#include <glib/gi18n.h>

#define TAIL_LENGTH          4

#define EXC_TYPE_FORM_DELETE (exc_form_delete_get_type ())
G_DECLARE_FINAL_TYPE (ExcFormDelete, exc_form_delete, EXC, FORM_DELETE, ExcPlanForm)

struct _ExcFormDelete {
  ExcPlanForm parent_instance;

  GPtrArray *entries; /* (element-type GtkEditable), of what is built-in or in use */
  GtkSwitch *removes_root;
  GtkSwitch *clears_connector;
};

G_DEFINE_FINAL_TYPE (ExcFormDelete, exc_form_delete, EXC_TYPE_PLAN_FORM)

/* "In use by: Back End 444, Default SMTP"; NULL where nothing uses it. (transfer full) */
static char *
format_uses (ExcSnapshot *snapshot, ExcCertificate *certificate)
{
  g_autoptr(GPtrArray) uses = exc_certificate_uses (snapshot,
                                                     exc_certificate_get_server (certificate),
                                                     exc_certificate_get_thumbprint (certificate));
  const char *told = exc_certificate_get_uses_text (certificate);
  ExcCertificateUse *first = NULL;

  if (uses == NULL || uses->len == 0)
    return NULL;
  if (told[0] != '\0')
    /* Translators: %s lists what uses a certificate: "Back End 444, Default SMTP" */
    return g_strdup_printf (_("In use by: %s"), told);

  first = g_ptr_array_index (uses, 0);

  return g_strdup (first->text);
}

static void
exc_form_delete_list_scope (ExcPlanForm *form, GPtrArray *items)
{
  const char *const *wanted = exc_plan_form_get_wanted (form);

  for (gsize i = 0; wanted[i] != NULL; i++) {
    ExcCertificate *certificate = exc_plan_form_find_certificate (form, wanted[i]);
    g_autofree char *title = NULL;
    g_autofree char *subtitle = NULL;
    ExcScopeItem item = { .key = (char *) wanted[i], .can_choose = TRUE, .is_chosen = TRUE };

    if (certificate == NULL)
      continue;

    /* Translators: a certificate's name and its short thumbprint */
    title = g_strdup_printf (_("\u2068%1$s\u2069 · \u2068%2$s\u2069"),
                                exc_certificate_get_name (certificate),
                                exc_certificate_get_short_thumbprint (certificate));
    subtitle = format_uses (exc_plan_form_get_snapshot (form), certificate);
    if (subtitle == NULL)
      /* Translators: a server, and that nothing uses a certificate there */
      subtitle =
          g_strdup_printf (_("On %s; nothing uses it"), exc_certificate_get_server (certificate));
    item.title = title;
    item.subtitle = subtitle;
    item.health = exc_certificate_get_health (certificate);
    exc_plan_form_add_item (items, &item);
  }
}

static ExcPlan *
exc_form_delete_make_plan (ExcPlanForm *form, const char *const *keys, GError **error)
{
  ExcFormDelete *self = EXC_FORM_DELETE (form);
  const guint n_keys = g_strv_length ((char **) keys);
  g_autofree ExcCertificateRef *references = g_new0 (ExcCertificateRef, n_keys);
  g_autoptr(GPtrArray) confirmations = g_ptr_array_new ();
  ExcDeleteOptions options = { 0 };

  for (guint i = 0; i < n_keys; i++) {
    ExcCertificate *certificate = exc_plan_form_find_certificate (form, keys[i]);

    references[i].server = exc_certificate_get_server (certificate);
    references[i].thumbprint = exc_certificate_get_thumbprint (certificate);
  }
  for (guint i = 0; i < self->entries->len; i++) {
    const char *text = gtk_editable_get_text (g_ptr_array_index (self->entries, i));

    if (text[0] != '\0')
      g_ptr_array_add (confirmations, (char *) text);
  }
  g_ptr_array_add (confirmations, NULL);
  options.removes_root = gtk_switch_get_active (self->removes_root);
  options.clears_connector = gtk_switch_get_active (self->clears_connector);
  options.confirmations = (const char *const *) confirmations->pdata;

  return exc_plan_new_delete (
      exc_plan_form_get_snapshot (form), references, n_keys, &options, error);
}

static char *
exc_form_delete_dup_verb (ExcPlanForm *form, guint n_chosen)
{
  return g_strdup_printf (ngettext ("_Delete %u certificate", "_Delete %u certificates", n_chosen),
                          n_chosen);
}

static void
exc_form_delete_finalize (GObject *object)
{
  g_ptr_array_unref (EXC_FORM_DELETE (object)->entries);

  G_OBJECT_CLASS (exc_form_delete_parent_class)->finalize (object);
}

static void
exc_form_delete_class_init (ExcFormDeleteClass *klass)
{
  ExcPlanFormClass *form_class = EXC_PLAN_FORM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_form_delete_finalize;
  form_class->list_scope = exc_form_delete_list_scope;
  form_class->make_plan = exc_form_delete_make_plan;
  form_class->dup_verb = exc_form_delete_dup_verb;
}

static void
exc_form_delete_init (ExcFormDelete *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);

  self->entries = g_ptr_array_new ();
  exc_plan_form_set_title (form, _("Delete certificates"));
  exc_plan_form_set_is_destructive (form, TRUE);
  exc_plan_form_set_scope (form,
                           EXC_SCOPE_MANY,
                           _("Which certificates are deleted?"),
                              _("A certificate goes with its private key, for good. What is in use is refused; everything "
        "that could use it is read again before the command is sent."));
}

/* What is built-in or in use goes only when its end was typed: it cannot be a slip. */
static void
add_confirmations (ExcFormDelete *self)
{
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  const char *const *wanted = exc_plan_form_get_wanted (form);
  GtkWidget *group = NULL;

  for (gsize i = 0; wanted[i] != NULL; i++) {
    ExcCertificate *certificate = exc_plan_form_find_certificate (form, wanted[i]);
    g_autofree char *guard = NULL;
    g_autofree char *title = NULL;

    if (certificate == NULL)
      continue;
    guard = exc_form_delete_dup_guard (exc_plan_form_get_snapshot (form), certificate);
    if (guard == NULL)
      continue;
    if (group == NULL)
      group = exc_plan_form_add_group (form,
                                       _("Built-in, or in use"),
                                          _("Leave this empty, and solve what uses it first. To delete it nevertheless, type the "
            "last four characters of its thumbprint. What mail depends on is refused even then."));
    title = g_strdup_printf (_("Last four characters of %1$s on %2$s"),
                                exc_certificate_get_short_thumbprint (certificate),
                                exc_certificate_get_server (certificate));
    g_ptr_array_add (self->entries, exc_plan_form_add_entry (group, title));
    gtk_editable_set_max_width_chars (g_ptr_array_index (self->entries, self->entries->len - 1),
                                      TAIL_LENGTH);
  }
}

ExcPlanForm *
exc_form_delete_new (ExcOrganization *organization, const char *const *wanted)
{
  ExcFormDelete *self = g_object_new (EXC_TYPE_FORM_DELETE, NULL);
  ExcPlanForm *form = EXC_PLAN_FORM (self);
  GtkWidget *group = NULL;

  exc_plan_form_set_up (form, organization, wanted);
  group = exc_plan_form_add_group (form, _("What else is done?"), NULL);
  self->removes_root = exc_plan_form_add_switch (
      group,
      _("Remove its copy from the trusted roots"),
         _("Nothing trusts it any more on that server. The copy can be put back."), FALSE);
  self->clears_connector = exc_plan_form_add_switch (
      group,
      _("Clear and set again the names of Send connectors"),
         _("Exchange refuses to delete a certificate with the same names as one that a connector "
        "names. Mail that is sent meanwhile goes without that certificate."),
            FALSE);
  add_confirmations (self);

  return form;
}

char *
exc_form_delete_dup_guard (ExcSnapshot *snapshot, ExcCertificate *certificate)
{
  char *uses = format_uses (snapshot, certificate);

  if (uses == NULL && exc_certificate_get_kind (certificate) != EXC_KIND_OTHER)
    return g_strdup (_("Built-in: Exchange or IIS made it for its own use."));

  return uses;
}
