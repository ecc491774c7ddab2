/* exc-jobs-page.c — the jobs that run, and those of the journal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-jobs-page"

#include "config.h"

#include "exc-jobs-page.h"

#include "exc-cell.h"
#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcJobsPage {
  AdwBin parent_instance;

  ExcJobs *jobs;

  GtkStack *stack;
  GtkListView *list_view;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (ExcJobsPage, exc_jobs_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_JOBS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* Of one job's row: what can be taken up again. */
static gboolean
can_resume (gpointer unused, int state, gboolean is_active)
{
  return !is_active && (state == EXC_STATE_INTERRUPTED || state == EXC_STATE_CANCELLED);
}

/* Of one job's row: whom or what it waits for, else when it began. */
static char *
format_when (gpointer unused, gint64 started, gint64 wake_at, gboolean awaits_user)
{
  g_autofree char *date = exc_format_date_time (wake_at != 0 ? wake_at : started);

  if (awaits_user)
    return g_strdup (_("for you"));
  if (wake_at != 0)
    /* Translators: %s is a date with its time; beside it stands "Waiting" */
    return g_strdup_printf (_("until %s"), date);

  return exc_format_isolate (date);
}

static void
update_state (ExcJobsPage *self)
{
  guint n_jobs = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  gtk_stack_set_visible_child_name (self->stack,
                                    self->jobs == NULL ? "loading"
                                    : n_jobs == 0      ? "empty"
                                                       : "list");
}

static void
on_row_activated_cb (ExcJobsPage *self, guint position)
{
  g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (job != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-job", "s", exc_job_get_id (job));
}

static gboolean
exc_jobs_page_grab_focus (GtkWidget *widget)
{
  return exc_cell_grab_rows (widget, GTK_WIDGET (EXC_JOBS_PAGE (widget)->list_view));
}

static void
exc_jobs_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_JOBS:
    g_value_set_object (value, EXC_JOBS_PAGE (object)->jobs);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_jobs_page_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ExcJobsPage *self = EXC_JOBS_PAGE (object);

  switch (prop_id) {
  case PROP_JOBS:
    if (!g_set_object (&self->jobs, g_value_get_object (value)))
      return;
    gtk_single_selection_set_model (self->selection, (GListModel *) self->jobs);
    update_state (self);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_jobs_page_dispose (GObject *object)
{
  ExcJobsPage *self = EXC_JOBS_PAGE (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_JOBS_PAGE);
  g_clear_object (&self->jobs);

  G_OBJECT_CLASS (exc_jobs_page_parent_class)->dispose (object);
}

static void
exc_jobs_page_class_init (ExcJobsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_jobs_page_get_property;
  object_class->set_property = exc_jobs_page_set_property;
  object_class->dispose = exc_jobs_page_dispose;
  GTK_WIDGET_CLASS (klass)->grab_focus = exc_jobs_page_grab_focus;

  properties[PROP_JOBS] =
      g_param_spec_object ("jobs",
                           NULL,
                           NULL,
                           EXC_TYPE_JOBS,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (EXC_TYPE_JOB);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/jobs-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcJobsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcJobsPage, list_view);
  gtk_widget_class_bind_template_child (widget_class, ExcJobsPage, selection);
  gtk_widget_class_bind_template_callback (widget_class, can_resume);
  gtk_widget_class_bind_template_callback (widget_class, format_when);
  gtk_widget_class_bind_template_callback (widget_class, update_state);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated_cb);
  exc_format_bind (widget_class);
}

static void
exc_jobs_page_init (ExcJobsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_state (self);
}

GtkWidget *
exc_jobs_page_new (void)
{
  return g_object_new (EXC_TYPE_JOBS_PAGE, NULL);
}

ExcJob *
exc_jobs_page_get_selected (ExcJobsPage *self)
{
  g_return_val_if_fail (EXC_IS_JOBS_PAGE (self), NULL);

  return gtk_single_selection_get_selected_item (self->selection);
}
