/* exc-padlock.c — says whether changes are allowed, and lets the user say so
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-padlock"

#include "config.h"

#include "exc-padlock.h"

#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcPadlock {
  GtkToggleButton parent_instance;

  AdwButtonContent *content; /* of a wide window */
  GtkImage *icon;            /* of a narrow one */
};

G_DEFINE_FINAL_TYPE (ExcPadlock, exc_padlock, GTK_TYPE_TOGGLE_BUTTON)

static void
update (ExcPadlock *self)
{
  gboolean is_open = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self));
  const char *icon_name = is_open ? "changes-allow-symbolic" : "changes-prevent-symbolic";
  const char *label = is_open ? _("Changes allowed") : _("Read-only");

  adw_button_content_set_icon_name (self->content, icon_name);
  adw_button_content_set_label (self->content, label);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  exc_format_set_label (GTK_WIDGET (self), label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               is_open
                               ? _("Plans may change servers. Press to lock (Ctrl+L)")
                               : _("Nothing can be changed. Press to allow changes (Ctrl+L)"));
}

static void
exc_padlock_class_init (ExcPadlockClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "button");
}

static void
exc_padlock_init (ExcPadlock *self)
{
  GtkWidget *squeezer = adw_squeezer_new ();

  self->content = ADW_BUTTON_CONTENT (adw_button_content_new ());
  self->icon = GTK_IMAGE (gtk_image_new ());
  adw_squeezer_set_homogeneous (ADW_SQUEEZER (squeezer), FALSE);
  adw_squeezer_add (ADW_SQUEEZER (squeezer), GTK_WIDGET (self->content));
  adw_squeezer_add (ADW_SQUEEZER (squeezer), GTK_WIDGET (self->icon));
  gtk_button_set_child (GTK_BUTTON (self), squeezer);
  gtk_widget_add_css_class (GTK_WIDGET (self), "padlock");
  g_signal_connect (self, "notify::active", G_CALLBACK (update), NULL);
  update (self);
}

GtkWidget *
exc_padlock_new (void)
{
  return g_object_new (EXC_TYPE_PADLOCK, NULL);
}
