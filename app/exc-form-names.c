/* exc-form-names.c — fields of a new certificate or request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-form-names.h"

#include <glib/gi18n.h>

void
exc_name_fields_add (ExcNameFields *self, ExcPlanForm *form, gboolean is_exportable)
{
  GtkWidget *names = exc_plan_form_add_group (
      form,
      _("For which names?"),
         _("What is left empty follows from the server: its name and its full name. Separate several "
        "domains by commas; the subject is written as CN=mail.example.com, O=Example."));
  GtkWidget *key = exc_plan_form_add_group (form, _("Its key"), NULL);

  self->domains = exc_plan_form_add_entry (names, _("Domains"));
  self->subject = exc_plan_form_add_entry (names, _("Subject"));
  self->friendly_name = exc_plan_form_add_entry (names, _("Friendly name"));
  self->size_2048 = exc_plan_form_add_choice (
      key, NULL, _("2048 bits"), _("What Exchange uses by itself. Every client can use it."));
  self->size_4096 = exc_plan_form_add_choice (
      key, self->size_2048, _("4096 bits"), _("Stronger, and slower at each connection."));
  self->is_exportable =
      exc_plan_form_add_switch (key,
                                _("The private key can be exported"),
                                   _("Needed to bring the certificate to other servers. Who is administrator of the server can "
        "then take the key away."),
                                      is_exportable);
}

static const char *
get_text (GtkEditable *editable)
{
  const char *text = gtk_editable_get_text (editable);

  return text[0] != '\0' ? text : NULL;
}

static GStrv
split_domains (const char *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, ",; \t", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; parts[i] != NULL; i++) {
    if (parts[i][0] != '\0')
      g_strv_builder_add (builder, parts[i]);
  }

  return g_strv_builder_end (builder);
}

void
exc_name_fields_read (ExcNameFields *self, ExcNewCertificate *wanted, GStrv *domains)
{
  *domains = split_domains (gtk_editable_get_text (self->domains));
  wanted->subject = get_text (self->subject);
  wanted->friendly_name = get_text (self->friendly_name);
  wanted->domains = (*domains)[0] != NULL ? (const char *const *) *domains : NULL;
  wanted->is_exportable = gtk_switch_get_active (self->is_exportable);
  wanted->key_size = gtk_check_button_get_active (self->size_4096) ? 4096 : 2048;
}
