/* exc-certificate-table.c — certificates, filtered, sorted and selected
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-certificate-table"

#include "config.h"

#include "exc-certificate-table.h"

#include "exc-badges.h"
#include "exc-cell.h"
#include "exc-format.h"

struct _ExcCertificateTable {
  AdwBin parent_instance;

  GListModel *certificates;
  char *scope;
  char *filter;
  char *search_text;
  GHashTable *selected_keys; /* (element-type utf8): survives a refresh */
  gboolean is_restoring;
  gboolean is_compact;
  ExcCertificate *selected;

  GtkColumnView *column_view;
  GtkColumnViewColumn *kind_column;
  GtkColumnViewColumn *days_column;
  GtkColumnViewColumn *services_column;
  GtkColumnViewColumn *thumbprint_column;
  GtkCustomFilter *scope_filter;
  GtkSortListModel *sorted;
  GtkMultiSelection *selection;
  GtkPopoverMenu *menu;
};

G_DEFINE_FINAL_TYPE (ExcCertificateTable, exc_certificate_table, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_CERTIFICATES,
  PROP_SCOPE,
  PROP_FILTER,
  PROP_SEARCH_TEXT,
  PROP_IS_COMPACT,
  PROP_SELECTED,
  PROP_N_SHOWN,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  ExcCertificateTable *self = user_data;
  ExcCertificate *certificate = item;

  if (self->scope != NULL &&
      g_ascii_strcasecmp (self->scope, exc_certificate_get_server (certificate)) != 0)
    return FALSE;
  if (g_str_equal (self->filter, "default"))
    return exc_certificate_get_kind (certificate) != EXC_KIND_OTHER;
  if (g_str_equal (self->filter, "expiring"))
    return exc_certificate_get_health (certificate) <= EXC_HEALTH_SOON &&
           exc_certificate_get_health (certificate) != EXC_HEALTH_PROBLEM;

  return TRUE;
}

static void
update_selected (ExcCertificateTable *self)
{
  g_autoptr(GPtrArray) selection = exc_certificate_table_dup_selection (self);
  ExcCertificate *first = selection->len > 0 ? g_ptr_array_index (selection, 0) : NULL;

  if (!self->is_restoring) {
    g_hash_table_remove_all (self->selected_keys);
    for (guint i = 0; i < selection->len; i++)
      g_hash_table_add (self->selected_keys,
                        g_strdup (exc_certificate_get_key (g_ptr_array_index (selection, i))));
  }

  if (g_set_object (&self->selected, first))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
on_selection_changed_cb (ExcCertificateTable *self)
{
  if (!self->is_restoring)
    update_selected (self);
}

/* A refresh puts new objects in place of old ones: their rows stay selected. */
static void
on_items_changed_cb (ExcCertificateTable *self, guint position, guint n_removed, guint n_added)
{
  self->is_restoring = TRUE;
  for (guint i = position; i < position + n_added; i++) {
    g_autoptr(ExcCertificate) certificate =
                   g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (g_hash_table_contains (self->selected_keys, exc_certificate_get_key (certificate)))
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), i, FALSE);
  }
  update_selected (self);
  self->is_restoring = FALSE;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_SHOWN]);
}

static void
on_row_activated_cb (ExcCertificateTable *self, guint position)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);

  /* A row may have the focus without being selected; its details are asked for. */
  if (!gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-details", NULL);
}

static void
popup_menu (ExcCertificateTable *self, double x, double y)
{
  GdkRectangle at = { (int) x, (int) y, 1, 1 };

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_right_click_cb (ExcCertificateTable *self, int n_press, double x, double y)
{
  ExcCertificate *certificate = exc_cell_pick_item (GTK_WIDGET (self->column_view), x, y);
  graphene_point_t at = GRAPHENE_POINT_INIT (0, 0);

  if (certificate == NULL)
    return;

  if (!g_hash_table_contains (self->selected_keys, exc_certificate_get_key (certificate)))
    exc_certificate_table_select (self, exc_certificate_get_key (certificate));
  if (gtk_widget_compute_point (GTK_WIDGET (self->column_view),
                                GTK_WIDGET (self),
                                &GRAPHENE_POINT_INIT ((float) x, (float) y),
                                &at))
    popup_menu (self, at.x, at.y);
}

static void
on_menu_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcCertificateTable *self = EXC_CERTIFICATE_TABLE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  graphene_point_t at = GRAPHENE_POINT_INIT (0, 0);

  if (self->selected == NULL || focus == NULL || !gtk_widget_is_ancestor (focus, widget))
    return;

  if (gtk_widget_compute_point (
          focus, widget, &GRAPHENE_POINT_INIT (24, (float) gtk_widget_get_height (focus)), &at))
    popup_menu (self, at.x, at.y);
}

/* Taken out, not hidden: GTK 4.8 gives the rows of a table with hidden columns wrong widths. */
static void
update_columns (ExcCertificateTable *self)
{
  if (self->is_compact) {
    gtk_column_view_remove_column (self->column_view, self->kind_column);
    gtk_column_view_remove_column (self->column_view, self->services_column);
    gtk_column_view_remove_column (self->column_view, self->thumbprint_column);
  } else {
    gtk_column_view_insert_column (self->column_view, 0, self->kind_column);
    gtk_column_view_append_column (self->column_view, self->services_column);
    gtk_column_view_append_column (self->column_view, self->thumbprint_column);
  }
}

static gboolean
set_string (char **field, const GValue *value)
{
  if (g_strcmp0 (*field, g_value_get_string (value)) == 0)
    return FALSE;

  g_free (*field);
  *field = g_value_dup_string (value);

  return TRUE;
}

static void
exc_certificate_table_get_property (GObject *object,
                                    guint prop_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  ExcCertificateTable *self = EXC_CERTIFICATE_TABLE (object);

  switch (prop_id) {
  case PROP_CERTIFICATES:
    g_value_set_object (value, self->certificates);
    break;
  case PROP_SCOPE:
    g_value_set_string (value, self->scope);
    break;
  case PROP_FILTER:
    g_value_set_string (value, self->filter);
    break;
  case PROP_SEARCH_TEXT:
    g_value_set_string (value, self->search_text);
    break;
  case PROP_IS_COMPACT:
    g_value_set_boolean (value, self->is_compact);
    break;
  case PROP_SELECTED:
    g_value_set_object (value, self->selected);
    break;
  case PROP_N_SHOWN:
    g_value_set_uint (value, g_list_model_get_n_items (G_LIST_MODEL (self->selection)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_certificate_table_set_property (GObject *object,
                                    guint prop_id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  ExcCertificateTable *self = EXC_CERTIFICATE_TABLE (object);

  switch (prop_id) {
  case PROP_CERTIFICATES:
    if (!g_set_object (&self->certificates, g_value_get_object (value)))
      return;
    g_hash_table_remove_all (self->selected_keys);
    break;
  case PROP_SCOPE:
    if (!set_string (&self->scope, value))
      return;
    gtk_filter_changed (GTK_FILTER (self->scope_filter), GTK_FILTER_CHANGE_DIFFERENT);
    break;
  case PROP_FILTER:
    if (!set_string (&self->filter, value))
      return;
    gtk_filter_changed (GTK_FILTER (self->scope_filter), GTK_FILTER_CHANGE_DIFFERENT);
    break;
  case PROP_SEARCH_TEXT:
    if (!set_string (&self->search_text, value))
      return;
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
exc_certificate_table_dispose (GObject *object)
{
  ExcCertificateTable *self = EXC_CERTIFICATE_TABLE (object);

  if (self->scope_filter != NULL)
    gtk_custom_filter_set_filter_func (self->scope_filter, NULL, NULL, NULL);
  if (self->menu != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->menu));
  self->menu = NULL;
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_CERTIFICATE_TABLE);
  g_clear_object (&self->certificates);
  g_clear_object (&self->selected);

  G_OBJECT_CLASS (exc_certificate_table_parent_class)->dispose (object);
}

static void
exc_certificate_table_finalize (GObject *object)
{
  ExcCertificateTable *self = EXC_CERTIFICATE_TABLE (object);

  g_free (self->scope);
  g_free (self->filter);
  g_free (self->search_text);
  g_hash_table_unref (self->selected_keys);

  G_OBJECT_CLASS (exc_certificate_table_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags read_write =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  properties[PROP_CERTIFICATES] =
      g_param_spec_object ("certificates", NULL, NULL, G_TYPE_LIST_MODEL, read_write);
  properties[PROP_SCOPE] = g_param_spec_string ("scope", NULL, NULL, NULL, read_write);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "default", read_write);
  properties[PROP_SEARCH_TEXT] = g_param_spec_string ("search-text", NULL, NULL, "", read_write);
  properties[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE, read_write);
  properties[PROP_SELECTED] =
      g_param_spec_object ("selected", NULL, NULL, EXC_TYPE_CERTIFICATE, read_only);
  properties[PROP_N_SHOWN] = g_param_spec_uint ("n-shown", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_certificate_table_class_init (ExcCertificateTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_certificate_table_get_property;
  object_class->set_property = exc_certificate_table_set_property;
  object_class->dispose = exc_certificate_table_dispose;
  object_class->finalize = exc_certificate_table_finalize;
  install_properties (object_class);

  g_type_ensure (EXC_TYPE_BADGES);
  g_type_ensure (EXC_TYPE_CELL);
  g_type_ensure (EXC_TYPE_CERTIFICATE);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/certificate-table.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, column_view);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, kind_column);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, services_column);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, thumbprint_column);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, days_column);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, scope_filter);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, sorted);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, selection);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificateTable, menu);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_items_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_right_click_cb);
  exc_format_bind (widget_class);

  gtk_widget_class_install_action (widget_class, "certificates.menu", NULL, on_menu_action);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "win.copy-thumbprint", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.delete", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_Delete, GDK_SHIFT_MASK, "win.delete-in-use", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "certificates.menu", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "certificates.menu", NULL);
}

/* As the user sorts it; what is equal then, by server. */
static GtkSorter *
make_sorter (ExcCertificateTable *self)
{
  GtkMultiSorter *sorter = gtk_multi_sorter_new ();

  gtk_multi_sorter_append (sorter, g_object_ref (gtk_column_view_get_sorter (self->column_view)));
  gtk_multi_sorter_append (sorter,
                           GTK_SORTER (gtk_string_sorter_new (gtk_property_expression_new (
                               EXC_TYPE_CERTIFICATE, NULL, "server"))));

  return GTK_SORTER (sorter);
}

static void
exc_certificate_table_init (ExcCertificateTable *self)
{
  g_autoptr(GtkSorter) sorter = NULL;
  g_autoptr(GtkBuilder) menus = NULL;

  self->filter = g_strdup ("default");
  self->selected_keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  menus = gtk_builder_new_from_resource ("/io/github/thumbprint/Thumbprint/ui/menus.ui");
  gtk_popover_menu_set_menu_model (self->menu,
                                   G_MENU_MODEL (gtk_builder_get_object (menus, "row_menu")));

  gtk_widget_set_parent (GTK_WIDGET (self->menu), GTK_WIDGET (self));
  gtk_custom_filter_set_filter_func (self->scope_filter, is_shown, self, NULL);
  sorter = make_sorter (self);
  gtk_sort_list_model_set_sorter (self->sorted, sorter);
  gtk_column_view_sort_by_column (self->column_view, self->days_column, GTK_SORT_ASCENDING);
  exc_cell_scale_columns (self->column_view);
}

GtkWidget *
exc_certificate_table_new (void)
{
  return g_object_new (EXC_TYPE_CERTIFICATE_TABLE, NULL);
}

ExcCertificate *
exc_certificate_table_get_selected (ExcCertificateTable *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE_TABLE (self), NULL);

  return self->selected;
}

GPtrArray *
exc_certificate_table_dup_selection (ExcCertificateTable *self)
{
  g_autoptr(GPtrArray) certificates = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GtkBitset) bits = NULL;
  GtkBitsetIter iter;
  guint position = 0;

  g_return_val_if_fail (EXC_IS_CERTIFICATE_TABLE (self), NULL);

  bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, bits, &position); more;
       more = gtk_bitset_iter_next (&iter, &position)) {
    ExcCertificate *certificate = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

    if (certificate != NULL)
      g_ptr_array_add (certificates, certificate);
  }

  return g_steal_pointer (&certificates);
}

GtkSelectionModel *
exc_certificate_table_get_model (ExcCertificateTable *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE_TABLE (self), NULL);

  return GTK_SELECTION_MODEL (self->selection);
}

void
exc_certificate_table_select (ExcCertificateTable *self, const char *key)
{
  g_return_if_fail (EXC_IS_CERTIFICATE_TABLE (self));
  g_return_if_fail (key != NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++) {
    g_autoptr(ExcCertificate) certificate =
                   g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (g_str_equal (key, exc_certificate_get_key (certificate))) {
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), i, TRUE);
      return;
    }
  }
}
