/* exc-cell.c — a table cell that knows its item
 *
 * GTK 4.8 cannot tell which row lies under a pointer: cells that know their item can.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cell"

#include "config.h"

#include "exc-cell.h"

/* As GtkSettings has it: dots per inch, times 1024. */
#define USUAL_DPI (96 * 1024)

struct _ExcCell {
  GtkWidget parent_instance;

  GObject *item;
};

static void exc_cell_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcCell,
                               exc_cell,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, exc_cell_buildable_init))

enum {
  PROP_0,
  PROP_ITEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static GtkBuildableIface *parent_buildable;

static void
exc_cell_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
exc_cell_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = exc_cell_add_child;
}

static void
exc_cell_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcCell *self = EXC_CELL (object);

  switch (prop_id) {
  case PROP_ITEM:
    g_value_set_object (value, self->item);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_cell_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ExcCell *self = EXC_CELL (object);

  switch (prop_id) {
  case PROP_ITEM:
    if (g_set_object (&self->item, g_value_get_object (value)))
      g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_cell_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&EXC_CELL (object)->item);

  G_OBJECT_CLASS (exc_cell_parent_class)->dispose (object);
}

static void
exc_cell_class_init (ExcCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_cell_get_property;
  object_class->set_property = exc_cell_set_property;
  object_class->dispose = exc_cell_dispose;

  properties[PROP_ITEM] =
      g_param_spec_object ("item",
                           NULL,
                           NULL,
                           G_TYPE_OBJECT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "exccell");
}

static void
exc_cell_init (ExcCell *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
}

gpointer
exc_cell_get_item (ExcCell *self)
{
  g_return_val_if_fail (EXC_IS_CELL (self), NULL);

  return self->item;
}

static ExcCell *
find_cell (GtkWidget *widget)
{
  if (EXC_IS_CELL (widget))
    return EXC_CELL (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    ExcCell *cell = find_cell (child);

    if (cell != NULL)
      return cell;
  }

  return NULL;
}

gpointer
exc_cell_pick_item (GtkWidget *table, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (table, x, y, GTK_PICK_DEFAULT);

  /* Up to the cell, or down from the row when the pointer is between two cells. */
  for (; widget != NULL && widget != table; widget = gtk_widget_get_parent (widget)) {
    if (EXC_IS_CELL (widget))
      return EXC_CELL (widget)->item;
    if (g_strcmp0 (gtk_widget_get_css_name (widget), "row") == 0) {
      ExcCell *cell = find_cell (widget);

      return cell != NULL ? cell->item : NULL;
    }
  }

  return NULL;
}

gboolean
exc_cell_grab_rows (GtkWidget *page, GtkWidget *rows)
{
  /* A list of GTK 4.8 in which no row had the focus yet lets it in by the Tab key only. */
  if (gtk_widget_get_mapped (rows))
    return gtk_widget_grab_focus (rows) || gtk_widget_child_focus (rows, GTK_DIR_TAB_FORWARD);

  /* Of its child: the page itself would ask for its rows again. */
  return gtk_widget_child_focus (gtk_widget_get_first_child (page), GTK_DIR_TAB_FORWARD);
}

void
exc_cell_scale_columns (GtkColumnView *table)
{
  GListModel *columns = gtk_column_view_get_columns (table);
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (table)), "gtk-xft-dpi", &dpi, NULL);
  for (guint i = 0; dpi > USUAL_DPI && i < g_list_model_get_n_items (columns); i++) {
    g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
    int width = gtk_column_view_column_get_fixed_width (column);

    if (width > 0)
      gtk_column_view_column_set_fixed_width (column, (int) ((gint64) width * dpi / USUAL_DPI));
  }
}
