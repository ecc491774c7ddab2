/* exc-sidebar.c — pages and servers, beside the content
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-sidebar"

#include "config.h"

#include "exc-sidebar.h"

#include "exc-format.h"
#include "exc-sidebar-row.h"

#include <glib/gi18n.h>

struct _ExcSidebar {
  AdwBin parent_instance;

  ExcOrganization *organization;
  GtkSortListModel *servers; /* of ExcServer, by name */
  char *page;
  char *scope;
  guint n_active;
  guint n_awaiting;

  GtkListBox *page_list;
  GtkLabel *jobs_badge;
  GtkListBox *all_list;
  GtkLabel *count_label;
  GtkListBox *server_list;
};

G_DEFINE_FINAL_TYPE (ExcSidebar, exc_sidebar, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_ORGANIZATION,
  PROP_PAGE,
  PROP_SCOPE,
  PROP_N_ACTIVE,
  PROP_N_AWAITING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return exc_sidebar_row_new (item);
}

static void
select_page (ExcSidebar *self)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->page_list, i)) != NULL; i++) {
    if (g_strcmp0 (gtk_widget_get_name (GTK_WIDGET (row)), self->page) == 0)
      gtk_list_box_select_row (self->page_list, row);
  }
}

static void
select_scope (ExcSidebar *self)
{
  GtkListBoxRow *row = NULL;

  gtk_list_box_select_row (self->all_list,
                           self->scope == NULL ? gtk_list_box_get_row_at_index (self->all_list, 0)
                                               : NULL);
  gtk_list_box_select_row (self->server_list, NULL);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->server_list, i)) != NULL; i++) {
    ExcServer *server = exc_sidebar_row_get_server (EXC_SIDEBAR_ROW (row));

    if (g_strcmp0 (exc_server_get_fqdn (server), self->scope) == 0)
      gtk_list_box_select_row (self->server_list, row);
  }
}

/* Rows of a refreshed server are new ones: the chosen one is chosen again. */
static void
on_servers_changed_cb (ExcSidebar *self)
{
  guint n_servers = g_list_model_get_n_items (G_LIST_MODEL (self->servers));
  g_autofree char *count = g_strdup_printf ("%u", n_servers);

  gtk_label_set_label (self->count_label, count);
  select_scope (self);
}

static void
update_badge (ExcSidebar *self)
{
  const guint n_all = self->n_active + self->n_awaiting;
  g_autofree char *count = g_strdup_printf ("%u", n_all);
  g_autofree char *active = g_strdup_printf (
      ngettext ("%u job is running", "%u jobs are running", self->n_active), self->n_active);
  g_autofree char *awaiting =
      g_strdup_printf (ngettext ("%u job waits for you", "%u jobs wait for you", self->n_awaiting),
                       self->n_awaiting);
  g_autofree char *both = g_strjoin ("\n", active, awaiting, NULL);
  const char *tip = self->n_awaiting == 0 ? active : self->n_active == 0 ? awaiting : both;

  gtk_label_set_label (self->jobs_badge, count);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->jobs_badge), tip);
  exc_format_set_label (GTK_WIDGET (self->jobs_badge), tip);
  gtk_widget_set_visible (GTK_WIDGET (self->jobs_badge), n_all > 0);
}

static void
on_page_activated_cb (ExcSidebar *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (
      GTK_WIDGET (self), "win.show-page", "s", gtk_widget_get_name (GTK_WIDGET (row)));
}

static void
on_all_activated_cb (ExcSidebar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-scope", "s", "");
}

static void
on_server_activated_cb (ExcSidebar *self, GtkListBoxRow *row)
{
  ExcServer *server = exc_sidebar_row_get_server (EXC_SIDEBAR_ROW (row));

  gtk_widget_activate_action (
      GTK_WIDGET (self), "win.show-scope", "s", exc_server_get_fqdn (server));
}

static void
exc_sidebar_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcSidebar *self = EXC_SIDEBAR (object);

  switch (prop_id) {
  case PROP_ORGANIZATION:
    g_value_set_object (value, self->organization);
    break;
  case PROP_PAGE:
    g_value_set_string (value, self->page);
    break;
  case PROP_SCOPE:
    g_value_set_string (value, self->scope);
    break;
  case PROP_N_ACTIVE:
    g_value_set_uint (value, self->n_active);
    break;
  case PROP_N_AWAITING:
    g_value_set_uint (value, self->n_awaiting);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_sidebar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ExcSidebar *self = EXC_SIDEBAR (object);

  switch (prop_id) {
  case PROP_ORGANIZATION:
    if (!g_set_object (&self->organization, g_value_get_object (value)))
      return;
    gtk_sort_list_model_set_model (
        self->servers,
        self->organization != NULL ? exc_organization_get_servers (self->organization) : NULL);
    break;
  case PROP_PAGE:
    g_free (self->page);
    self->page = g_value_dup_string (value);
    select_page (self);
    break;
  case PROP_SCOPE:
    g_free (self->scope);
    self->scope = g_value_dup_string (value);
    select_scope (self);
    break;
  case PROP_N_ACTIVE:
    self->n_active = g_value_get_uint (value);
    update_badge (self);
    break;
  case PROP_N_AWAITING:
    self->n_awaiting = g_value_get_uint (value);
    update_badge (self);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    return;
  }
}

static void
exc_sidebar_dispose (GObject *object)
{
  ExcSidebar *self = EXC_SIDEBAR (object);

  if (self->server_list != NULL)
    gtk_list_box_bind_model (self->server_list, NULL, NULL, NULL, NULL);
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_SIDEBAR);
  g_clear_object (&self->servers);
  g_clear_object (&self->organization);

  G_OBJECT_CLASS (exc_sidebar_parent_class)->dispose (object);
}

static void
exc_sidebar_finalize (GObject *object)
{
  ExcSidebar *self = EXC_SIDEBAR (object);

  g_free (self->page);
  g_free (self->scope);

  G_OBJECT_CLASS (exc_sidebar_parent_class)->finalize (object);
}

static void
exc_sidebar_class_init (ExcSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_sidebar_get_property;
  object_class->set_property = exc_sidebar_set_property;
  object_class->dispose = exc_sidebar_dispose;
  object_class->finalize = exc_sidebar_finalize;

  properties[PROP_ORGANIZATION] =
      g_param_spec_object ("organization", NULL, NULL, EXC_TYPE_ORGANIZATION, flags);
  properties[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, NULL, flags);
  properties[PROP_SCOPE] = g_param_spec_string ("scope", NULL, NULL, NULL, flags);
  properties[PROP_N_ACTIVE] = g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_AWAITING] =
      g_param_spec_uint ("n-awaiting", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcSidebar, page_list);
  gtk_widget_class_bind_template_child (widget_class, ExcSidebar, jobs_badge);
  gtk_widget_class_bind_template_child (widget_class, ExcSidebar, all_list);
  gtk_widget_class_bind_template_child (widget_class, ExcSidebar, count_label);
  gtk_widget_class_bind_template_child (widget_class, ExcSidebar, server_list);
  gtk_widget_class_bind_template_callback (widget_class, on_page_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_all_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_server_activated_cb);
}

static void
exc_sidebar_init (ExcSidebar *self)
{
  GtkExpression *name = gtk_property_expression_new (EXC_TYPE_SERVER, NULL, "name");

  gtk_widget_init_template (GTK_WIDGET (self));

  self->servers = gtk_sort_list_model_new (NULL, GTK_SORTER (gtk_string_sorter_new (name)));
  gtk_list_box_bind_model (self->server_list, G_LIST_MODEL (self->servers), make_row, NULL, NULL);
  g_signal_connect_object (self->servers,
                           "items-changed",
                           G_CALLBACK (on_servers_changed_cb),
                           self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  on_servers_changed_cb (self);
}

GtkWidget *
exc_sidebar_new (void)
{
  return g_object_new (EXC_TYPE_SIDEBAR, NULL);
}
