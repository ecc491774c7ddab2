/* exc-servers-page.c — the table of servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-servers-page"

#include "config.h"

#include "exc-servers-page.h"

#include "exc-cell.h"
#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcServersPage {
  AdwBin parent_instance;

  ExcOrganization *organization;
  GSignalGroup *organization_signals;
  char *selected_fqdn; /* survives a refresh */
  gboolean is_restoring;
  gboolean is_compact;
  ExcServer *selected;

  GtkStack *stack;
  GtkColumnView *column_view;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *product_column;
  GtkColumnViewColumn *version_column;
  GtkColumnViewColumn *count_column;
  GtkColumnViewColumn *refresh_column;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  AdwStatusPage *failed_page;
  GtkLabel *count_label;
};

G_DEFINE_FINAL_TYPE (ExcServersPage, exc_servers_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_ORGANIZATION,
  PROP_IS_COMPACT,
  PROP_SELECTED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
update_state (ExcServersPage *self)
{
  guint n_servers = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  const char *page = "table";
  guint n_ok = 0;
  g_autofree char *count = NULL;

  if (n_servers > 0)
    page = "table";
  else if (self->organization == NULL || exc_organization_get_is_refreshing (self->organization))
    page = "loading";
  else if (exc_organization_get_problem (self->organization) != NULL)
    page = "failed";
  else
    page = exc_organization_get_snapshot (self->organization) != NULL ? "empty" : "loading";

  if (g_str_equal (page, "failed")) {
    g_autofree char *problem =
        g_markup_escape_text (exc_organization_get_problem (self->organization), -1);

    adw_status_page_set_description (self->failed_page, problem);
  }
  for (guint i = 0; i < n_servers; i++) {
    g_autoptr(ExcServer) server = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (exc_server_get_state (server) == EXC_SERVER_OK)
      n_ok++;
  }
  /* Translators: "2 of 3 servers connected" */
  count = g_strdup_printf (
      ngettext ("%1$u of %2$u server connected", "%1$u of %2$u servers connected", n_servers),
      n_ok,
      n_servers);
  gtk_label_set_label (self->count_label, count);
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
update_selected (ExcServersPage *self)
{
  ExcServer *server = gtk_single_selection_get_selected_item (self->selection);

  if (!self->is_restoring && server != NULL) {
    g_free (self->selected_fqdn);
    self->selected_fqdn = g_strdup (exc_server_get_fqdn (server));
  }
  if (g_set_object (&self->selected, server))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
on_selected_changed_cb (ExcServersPage *self)
{
  if (!self->is_restoring)
    update_selected (self);
}

static void
on_items_changed_cb (ExcServersPage *self)
{
  self->is_restoring = TRUE;
  if (self->selected_fqdn != NULL)
    exc_servers_page_select (self, self->selected_fqdn);
  update_selected (self);
  self->is_restoring = FALSE;
  update_state (self);
}

static void
on_row_activated_cb (ExcServersPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-details", NULL);
}

/* Taken out, not hidden: GTK 4.8 gives the rows of a table with hidden columns wrong widths. */
static void
update_columns (ExcServersPage *self)
{
  if (self->is_compact) {
    gtk_column_view_remove_column (self->column_view, self->product_column);
    gtk_column_view_remove_column (self->column_view, self->version_column);
    gtk_column_view_remove_column (self->column_view, self->count_column);
    gtk_column_view_remove_column (self->column_view, self->refresh_column);
  } else {
    gtk_column_view_insert_column (self->column_view, 2, self->product_column);
    gtk_column_view_insert_column (self->column_view, 3, self->version_column);
    gtk_column_view_insert_column (self->column_view, 5, self->count_column);
    gtk_column_view_append_column (self->column_view, self->refresh_column);
  }
}

static gboolean
exc_servers_page_grab_focus (GtkWidget *widget)
{
  return exc_cell_grab_rows (widget, GTK_WIDGET (EXC_SERVERS_PAGE (widget)->column_view));
}

static void
exc_servers_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcServersPage *self = EXC_SERVERS_PAGE (object);

  switch (prop_id) {
  case PROP_ORGANIZATION:
    g_value_set_object (value, self->organization);
    break;
  case PROP_IS_COMPACT:
    g_value_set_boolean (value, self->is_compact);
    break;
  case PROP_SELECTED:
    g_value_set_object (value, self->selected);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_servers_page_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  ExcServersPage *self = EXC_SERVERS_PAGE (object);

  switch (prop_id) {
  case PROP_ORGANIZATION:
    if (!g_set_object (&self->organization, g_value_get_object (value)))
      return;
    g_clear_pointer (&self->selected_fqdn, g_free);
    g_signal_group_set_target (self->organization_signals, self->organization);
    update_state (self);
    break;
  case PROP_IS_COMPACT:
    if (self->is_compact == g_value_get_boolean (value))
      return;
    self->is_compact = g_value_get_boolean (value);
    update_columns (self);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    return;
  }

  g_object_notify_by_pspec (object, pspec);
}

static void
exc_servers_page_dispose (GObject *object)
{
  ExcServersPage *self = EXC_SERVERS_PAGE (object);

  g_clear_object (&self->organization_signals);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_SERVERS_PAGE);
  g_clear_object (&self->organization);
  g_clear_object (&self->selected);

  G_OBJECT_CLASS (exc_servers_page_parent_class)->dispose (object);
}

static void
exc_servers_page_finalize (GObject *object)
{
  g_free (EXC_SERVERS_PAGE (object)->selected_fqdn);

  G_OBJECT_CLASS (exc_servers_page_parent_class)->finalize (object);
}

static void
exc_servers_page_class_init (ExcServersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_servers_page_get_property;
  object_class->set_property = exc_servers_page_set_property;
  object_class->dispose = exc_servers_page_dispose;
  GTK_WIDGET_CLASS (klass)->grab_focus = exc_servers_page_grab_focus;
  object_class->finalize = exc_servers_page_finalize;

  properties[PROP_ORGANIZATION] =
      g_param_spec_object ("organization",
                           NULL,
                           NULL,
                           EXC_TYPE_ORGANIZATION,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_IS_COMPACT] =
      g_param_spec_boolean ("is-compact",
                            NULL,
                            NULL,
                            FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SELECTED] = g_param_spec_object (
      "selected", NULL, NULL, EXC_TYPE_SERVER, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (EXC_TYPE_CELL);
  g_type_ensure (EXC_TYPE_SERVER);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/servers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, column_view);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, product_column);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, version_column);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, count_column);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, refresh_column);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, sorted);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, selection);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, ExcServersPage, count_label);
  gtk_widget_class_bind_template_callback (widget_class, on_selected_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_items_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated_cb);
  exc_format_bind (widget_class);
}

static void
exc_servers_page_init (ExcServersPage *self)
{
  self->organization_signals = g_signal_group_new (EXC_TYPE_ORGANIZATION);
  g_signal_group_connect_swapped (
      self->organization_signals, "notify", G_CALLBACK (update_state), self);

  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_sort_list_model_set_sorter (self->sorted, gtk_column_view_get_sorter (self->column_view));
  gtk_column_view_sort_by_column (self->column_view, self->name_column, GTK_SORT_ASCENDING);
  exc_cell_scale_columns (self->column_view);
  update_state (self);
}

GtkWidget *
exc_servers_page_new (void)
{
  return g_object_new (EXC_TYPE_SERVERS_PAGE, NULL);
}

ExcServer *
exc_servers_page_get_selected (ExcServersPage *self)
{
  g_return_val_if_fail (EXC_IS_SERVERS_PAGE (self), NULL);

  return self->selected;
}

GtkSelectionModel *
exc_servers_page_get_model (ExcServersPage *self)
{
  g_return_val_if_fail (EXC_IS_SERVERS_PAGE (self), NULL);

  return GTK_SELECTION_MODEL (self->selection);
}

void
exc_servers_page_select (ExcServersPage *self, const char *fqdn)
{
  g_return_if_fail (EXC_IS_SERVERS_PAGE (self));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++) {
    g_autoptr(ExcServer) server = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (g_strcmp0 (exc_server_get_fqdn (server), fqdn) == 0)
      gtk_single_selection_set_selected (self->selection, i);
  }
}
