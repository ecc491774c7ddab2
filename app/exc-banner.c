/* exc-banner.c — a line across the window that asks for attention
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-banner"

#include "config.h"

#include "exc-banner.h"

struct _ExcBanner {
  AdwBin parent_instance;

  char *title;

  GtkRevealer *revealer;
  GtkImage *image;
  GtkLabel *label;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (ExcBanner, exc_banner, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_ICON_NAME,
  PROP_TITLE,
  PROP_BUTTON_LABEL,
  PROP_ACTION_NAME,
  PROP_TARGET,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_banner_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcBanner *self = EXC_BANNER (object);

  switch (prop_id) {
  case PROP_ICON_NAME:
    g_value_set_string (value, gtk_image_get_icon_name (self->image));
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_BUTTON_LABEL:
    g_value_set_string (value, gtk_button_get_label (self->button));
    break;
  case PROP_ACTION_NAME:
    g_value_set_string (value, gtk_actionable_get_action_name (GTK_ACTIONABLE (self->button)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_banner_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ExcBanner *self = EXC_BANNER (object);

  switch (prop_id) {
  case PROP_ICON_NAME:
    gtk_image_set_from_icon_name (self->image, g_value_get_string (value));
    break;
  case PROP_TITLE:
    exc_banner_set_title (self, g_value_get_string (value));
    break;
  case PROP_BUTTON_LABEL:
    gtk_button_set_label (self->button, g_value_get_string (value));
    gtk_widget_set_visible (GTK_WIDGET (self->button), g_value_get_string (value) != NULL);
    break;
  case PROP_ACTION_NAME:
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), g_value_get_string (value));
    break;
  case PROP_TARGET:
    if (g_value_get_string (value) != NULL)
      exc_banner_set_target (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_banner_dispose (GObject *object)
{
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_BANNER);

  G_OBJECT_CLASS (exc_banner_parent_class)->dispose (object);
}

static void
exc_banner_finalize (GObject *object)
{
  g_free (EXC_BANNER (object)->title);

  G_OBJECT_CLASS (exc_banner_parent_class)->finalize (object);
}

static void
exc_banner_class_init (ExcBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_banner_get_property;
  object_class->set_property = exc_banner_set_property;
  object_class->dispose = exc_banner_dispose;
  object_class->finalize = exc_banner_finalize;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL, flags);
  properties[PROP_ACTION_NAME] = g_param_spec_string ("action-name", NULL, NULL, NULL, flags);
  properties[PROP_TARGET] =
      g_param_spec_string ("target", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/banner.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, ExcBanner, image);
  gtk_widget_class_bind_template_child (widget_class, ExcBanner, label);
  gtk_widget_class_bind_template_child (widget_class, ExcBanner, button);
  gtk_widget_class_set_css_name (widget_class, "excbanner");
}

static void
exc_banner_init (ExcBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_banner_new (void)
{
  return g_object_new (EXC_TYPE_BANNER, NULL);
}

const char *
exc_banner_get_title (ExcBanner *self)
{
  g_return_val_if_fail (EXC_IS_BANNER (self), NULL);

  return self->title;
}

void
exc_banner_set_title (ExcBanner *self, const char *title)
{
  g_return_if_fail (EXC_IS_BANNER (self));

  if (g_strcmp0 (self->title, title) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (title);
  /* The old text stays while the banner slides away. */
  if (title != NULL)
    gtk_label_set_label (self->label, title);
  gtk_revealer_set_reveal_child (self->revealer, title != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
exc_banner_set_target (ExcBanner *self, const char *target)
{
  g_return_if_fail (EXC_IS_BANNER (self));

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", target);
}

void
exc_banner_show (ExcBanner *self,
                 const char *icon_name,
                 const char *title,
                 const char *button_label,
                 const char *action_name,
                 const char *target)
{
  g_return_if_fail (EXC_IS_BANNER (self));

  /* Without an action between the two, neither ever has the other's target. */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->button), NULL);
  if (target != NULL)
    exc_banner_set_target (self, target);
  g_object_set (
      self, "icon-name", icon_name, "button-label", button_label, "action-name", action_name, NULL);
  exc_banner_set_title (self, title);
}
