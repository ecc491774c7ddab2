/* exc-sidebar-row.c — a server in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-sidebar-row"

#include "config.h"

#include "exc-sidebar-row.h"

#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcSidebarRow {
  GtkListBoxRow parent_instance;

  ExcServer *server; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (ExcSidebarRow, exc_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

enum {
  PROP_0,
  PROP_SERVER,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* "Expired", "20 d": what the sidebar says of the worst certificate in use; NULL: nothing to say.
 */
static char *
format_worst (gpointer unused, ExcServer *server)
{
  int days = server != NULL ? exc_server_get_worst_days (server) : G_MAXINT;

  if (server == NULL || exc_server_get_last_seen (server) == 0 || days >= 60)
    return NULL;
  if (days < 0)
    return g_strdup (_("Expired"));

  /* Translators: a short badge: days left of the certificate that expires first */
  return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) days), days);
}

static void
exc_sidebar_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_SERVER:
    g_value_set_object (value, EXC_SIDEBAR_ROW (object)->server);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_sidebar_row_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_SERVER:
    EXC_SIDEBAR_ROW (object)->server = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_sidebar_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_SIDEBAR_ROW);
  g_clear_object (&EXC_SIDEBAR_ROW (object)->server);

  G_OBJECT_CLASS (exc_sidebar_row_parent_class)->dispose (object);
}

static void
exc_sidebar_row_class_init (ExcSidebarRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_sidebar_row_get_property;
  object_class->set_property = exc_sidebar_row_set_property;
  object_class->dispose = exc_sidebar_row_dispose;

  properties[PROP_SERVER] =
      g_param_spec_object ("server",
                           NULL,
                           NULL,
                           EXC_TYPE_SERVER,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/sidebar-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, format_worst);
  exc_format_bind (widget_class);
}

static void
exc_sidebar_row_init (ExcSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_sidebar_row_new (ExcServer *server)
{
  g_return_val_if_fail (EXC_IS_SERVER (server), NULL);

  return g_object_new (EXC_TYPE_SIDEBAR_ROW, "server", server, NULL);
}

ExcServer *
exc_sidebar_row_get_server (ExcSidebarRow *self)
{
  g_return_val_if_fail (EXC_IS_SIDEBAR_ROW (self), NULL);

  return self->server;
}
