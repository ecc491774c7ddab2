/* exc-details-pane.c — every fact of one certificate or server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-details-pane"

#include "config.h"

#include "exc-details-pane.h"

#include "exc-badges.h"
#include "exc-field-row.h"
#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcDetailsPane {
  AdwBin parent_instance;

  GObject *object;

  GtkStack *stack;
  GtkScrolledWindow *scrolled_window;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkImage *state_icon;
  GtkLabel *state_label;
  ExcBadges *badges;
  GtkLabel *problem;
  GtkWidget *certificate_buttons;
  GtkButton *primary_button;
  GtkWidget *delete_button;
  GtkWidget *server_buttons;
  GtkBox *sections;
};

G_DEFINE_FINAL_TYPE (ExcDetailsPane, exc_details_pane, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_OBJECT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GtkWidget *
make_field_row (gpointer item, gpointer user_data)
{
  return exc_field_row_new (item);
}

static void
show_sections (ExcDetailsPane *self, GListModel *sections)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->sections))) != NULL)
    gtk_box_remove (self->sections, child);

  for (guint i = 0; i < g_list_model_get_n_items (sections); i++) {
    g_autoptr(ExcSection) section = g_list_model_get_item (sections, i);
    GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *heading = gtk_label_new (exc_section_get_title (section));
    GtkWidget *list = gtk_list_box_new ();

    gtk_label_set_xalign (GTK_LABEL (heading), 0);
    gtk_widget_add_css_class (heading, "heading");
    gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
    gtk_widget_add_css_class (list, "boxed-list");
    exc_format_set_label (list, exc_section_get_title (section));
    gtk_list_box_bind_model (
        GTK_LIST_BOX (list), exc_section_get_fields (section), make_field_row, NULL, NULL);
    gtk_box_append (GTK_BOX (group), heading);
    gtk_box_append (GTK_BOX (group), list);
    gtk_box_append (self->sections, group);
  }
}

static void
show_state (ExcDetailsPane *self, const char *icon_name, const char *css_class, const char *text)
{
  const char *classes[] = { css_class, NULL };

  gtk_image_set_from_icon_name (self->state_icon, icon_name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_label_set_label (self->state_label, text);
}

static void
show_certificate (ExcDetailsPane *self, ExcCertificate *certificate)
{
  g_auto(GStrv) uses = exc_certificate_dup_use_texts (certificate);
  g_autofree char *server = exc_format_isolate (exc_certificate_get_server (certificate));
  ExcHealth health = exc_certificate_get_health (certificate);
  const char *label = NULL;
  const char *action = exc_format_primary_action (certificate, &label);

  gtk_button_set_label (self->primary_button, label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->primary_button), action);
  gtk_label_set_label (self->title, exc_certificate_get_name (certificate));
  gtk_label_set_label (self->subtitle, server);
  show_state (self,
              exc_format_health_icon (health),
              exc_format_health_class (health),
              exc_certificate_get_health_text (certificate));
  exc_badges_set_texts (self->badges, (const char *const *) uses);
  gtk_widget_set_visible (GTK_WIDGET (self->badges), uses != NULL && uses[0] != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_set_visible (self->certificate_buttons, TRUE);
  gtk_widget_set_visible (self->server_buttons, FALSE);
  show_sections (self, exc_certificate_get_sections (certificate));
}

static void
show_server (ExcDetailsPane *self, ExcServer *server)
{
  g_autofree char *fqdn = exc_format_isolate (exc_server_get_fqdn (server));
  const char *problem = exc_server_get_problem (server);
  ExcServerState state = exc_server_get_state (server);

  gtk_label_set_label (self->title, exc_server_get_name (server));
  gtk_label_set_label (self->subtitle, fqdn);
  show_state (self,
              exc_format_server_icon (state),
              exc_format_server_class (state),
              exc_server_get_state_text (server));
  gtk_widget_set_visible (GTK_WIDGET (self->badges), FALSE);
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_widget_set_visible (self->certificate_buttons, FALSE);
  gtk_widget_set_visible (self->server_buttons, TRUE);
  show_sections (self, exc_server_get_sections (server));
}

static void
exc_details_pane_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_OBJECT:
    g_value_set_object (value, EXC_DETAILS_PANE (object)->object);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_details_pane_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_OBJECT:
    exc_details_pane_set_object (EXC_DETAILS_PANE (object), g_value_get_object (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_details_pane_dispose (GObject *object)
{
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_DETAILS_PANE);
  g_clear_object (&EXC_DETAILS_PANE (object)->object);

  G_OBJECT_CLASS (exc_details_pane_parent_class)->dispose (object);
}

static void
exc_details_pane_class_init (ExcDetailsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_details_pane_get_property;
  object_class->set_property = exc_details_pane_set_property;
  object_class->dispose = exc_details_pane_dispose;

  properties[PROP_OBJECT] =
      g_param_spec_object ("object",
                           NULL,
                           NULL,
                           G_TYPE_OBJECT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (EXC_TYPE_BADGES);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/details-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, scrolled_window);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, title);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, subtitle);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, state_icon);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, state_label);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, badges);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, certificate_buttons);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, primary_button);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, delete_button);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, server_buttons);
  gtk_widget_class_bind_template_child (widget_class, ExcDetailsPane, sections);
}

static void
exc_details_pane_init (ExcDetailsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_details_pane_new (void)
{
  return g_object_new (EXC_TYPE_DETAILS_PANE, NULL);
}

GObject *
exc_details_pane_get_object (ExcDetailsPane *self)
{
  g_return_val_if_fail (EXC_IS_DETAILS_PANE (self), NULL);

  return self->object;
}

void
exc_details_pane_set_object (ExcDetailsPane *self, GObject *object)
{
  g_return_if_fail (EXC_IS_DETAILS_PANE (self));

  if (!g_set_object (&self->object, object))
    return;

  if (EXC_IS_CERTIFICATE (object))
    show_certificate (self, EXC_CERTIFICATE (object));
  else if (EXC_IS_SERVER (object))
    show_server (self, EXC_SERVER (object));
  gtk_stack_set_visible_child_name (self->stack, object != NULL ? "details" : "empty");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OBJECT]);
}

void
exc_details_pane_set_guard (ExcDetailsPane *self, const char *guard)
{
  g_autofree char *text = NULL;

  g_return_if_fail (EXC_IS_DETAILS_PANE (self));

  if (guard != NULL)
    /* Translators: of a button that is greyed: %s is why: "In use by: Back End 444" */
    text = g_strdup_printf (_("%s\nSolve that first. Shift+Delete asks for the end of its thumbprint, and deletes it all "
                            "the same."),
        guard);
  gtk_widget_set_tooltip_text (self->delete_button, text != NULL ? text : _("Delete… (Delete)"));
}
