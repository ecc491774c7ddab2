/* exc-badges.c — a row of short words in frames
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-badges"

#include "config.h"

#include "exc-badges.h"

/* As many as a column holds; the tooltip, and who reads the screen aloud, have all. */
#define MAX_SHOWN 3

struct _ExcBadges {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (ExcBadges, exc_badges, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_TEXTS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_badges_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_TEXTS:
    exc_badges_set_texts (EXC_BADGES (object), g_value_get_boxed (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_badges_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (exc_badges_parent_class)->dispose (object);
}

static void
exc_badges_class_init (ExcBadgesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = exc_badges_set_property;
  object_class->dispose = exc_badges_dispose;

  properties[PROP_TEXTS] = g_param_spec_boxed (
      "texts", NULL, NULL, G_TYPE_STRV, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "excbadges");
}

static void
exc_badges_init (ExcBadges *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
exc_badges_new (void)
{
  return g_object_new (EXC_TYPE_BADGES, NULL);
}

/* Gives the label behind it. label: (nullable): one of the last item, which is used again: a table
 * binds its cells at every scroll. */
static GtkWidget *
show_badge (ExcBadges *self, GtkWidget *label, const char *text)
{
  if (label == NULL) {
    label = gtk_label_new (NULL);
    gtk_widget_add_css_class (label, "badge");
    gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
    gtk_widget_set_parent (label, GTK_WIDGET (self));
  }
  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, TRUE);
  return gtk_widget_get_next_sibling (label);
}

void
exc_badges_set_texts (ExcBadges *self, const char *const *texts)
{
  GtkWidget *label = NULL;
  g_autofree char *all = NULL;
  guint n_texts = texts != NULL ? g_strv_length ((char **) texts) : 0;

  g_return_if_fail (EXC_IS_BADGES (self));

  label = gtk_widget_get_first_child (GTK_WIDGET (self));
  for (guint i = 0; i < MIN (n_texts, MAX_SHOWN); i++)
    label = show_badge (self, label, texts[i]);
  if (n_texts > MAX_SHOWN) {
    g_autofree char *more = g_strdup_printf ("\u2068+%u\u2069", n_texts - MAX_SHOWN);

    label = show_badge (self, label, more);
  }
  for (; label != NULL; label = gtk_widget_get_next_sibling (label))
    gtk_widget_set_visible (label, FALSE);

  all = texts != NULL ? g_strjoinv (", ", (char **) texts) : NULL;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), all);
}
