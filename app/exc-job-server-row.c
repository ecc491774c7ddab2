/* exc-job-server-row.c — one server of a job, with its steps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job-server-row"

#include "config.h"

#include "exc-job-server-row.h"

#include "exc-format.h"
#include "exc-job-step-row.h"

#include <glib/gi18n.h>

struct _ExcJobServerRow {
  AdwExpanderRow parent_instance;

  ExcJobServer *server;
  ExcState state;       /* that is shown */
  gboolean was_told;    /* at length */
  GPtrArray *step_rows; /* (element-type GtkWidget), owned by the row */
  gint64 now;

  GtkImage *state_icon;
  GtkSpinner *spinner;
  GtkActionable *retry_button;
  GtkActionable *exclude_button;
  GtkActionable *undo_button;
  GtkLabel *elapsed_label;
};

G_DEFINE_FINAL_TYPE (ExcJobServerRow, exc_job_server_row, ADW_TYPE_EXPANDER_ROW)

/* The step that tells best how the server is: the one that runs, else the last that was touched. */
static ExcJobStep *
dup_current_step (ExcJobServerRow *self)
{
  GListModel *steps = exc_job_server_get_steps (self->server);
  g_autoptr(ExcJobStep) current = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);
    ExcState state = exc_job_step_get_state (step);

    if (state == EXC_STATE_RUNNING || state == EXC_STATE_WAITING || state == EXC_STATE_FAILED)
      return g_steal_pointer (&step);
    if (state != EXC_STATE_PENDING)
      g_set_object (&current, step);
  }

  return g_steal_pointer (&current);
}

static void
update_elapsed (ExcJobServerRow *self)
{
  gint64 started = 0;
  gint64 ended = 0;
  g_autofree char *elapsed = NULL;

  g_object_get (self->server, "started", &started, "ended", &ended, NULL);
  if (ended == 0)
    ended = self->now;
  if (started != 0 && ended >= started)
    elapsed = exc_format_duration (ended - started);
  gtk_label_set_label (self->elapsed_label, elapsed != NULL ? elapsed : "");
}

/* The step of a lane that waits: NULL where the lane waits for other lanes alone. */
static ExcJobStep *
dup_waiting_step (ExcJobServer *server)
{
  GListModel *steps = exc_job_server_get_steps (server);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);

    if (exc_job_step_get_state (step) == EXC_STATE_WAITING)
      return g_steal_pointer (&step);
  }

  return NULL;
}

/* What runs, wants the user or went wrong is worth its steps; what waits for others or went well
 * is one line. */
static gboolean
is_told_at_length (ExcJobServer *server)
{
  ExcState state = exc_job_server_get_state (server);
  g_autoptr(ExcJobStep) waiting = dup_waiting_step (server);

  if (state == EXC_STATE_WAITING)
    return waiting != NULL;

  return state != EXC_STATE_PENDING && state != EXC_STATE_DONE && state != EXC_STATE_SKIPPED &&
         state != EXC_STATE_UNDONE;
}

/* What the lane is at, in a line or two. */
static char *
format_subtitle (ExcJobServerRow *self)
{
  ExcState state = exc_job_server_get_state (self->server);
  const char *detail = exc_job_server_get_detail (self->server);
  const char *word = exc_state_to_text (state);
  g_autoptr(ExcJobStep) step = dup_current_step (self);
  g_autoptr(ExcJobStep) waiting = dup_waiting_step (self->server);
  g_autofree char *wait = NULL;

  if (state == EXC_STATE_WAITING && waiting == NULL)
    return g_strdup (_("Waiting until the other lanes are as far as this one"));
  if (state == EXC_STATE_WAITING && exc_job_step_get_awaits_user (waiting))
    /* Translators: %s is the sentence of a step */
    return g_strdup_printf (_("Waits for you: %s"), exc_job_step_get_text (waiting));
  if (state == EXC_STATE_WAITING && exc_job_step_get_wake_at (waiting) != 0) {
    wait = exc_format_wait (exc_job_step_get_wake_at (waiting), self->now);
    if (exc_job_step_get_detail (waiting) != NULL)
      /* Translators: until when is waited, then for what */
      return g_strdup_printf (_("%1$s · %2$s"), wait, exc_job_step_get_detail (waiting));

    return g_steal_pointer (&wait);
  }
  if (detail != NULL && detail[0] != '\0')
    /* Translators: the state of a server and why: "Failed: access denied" */
    return g_strdup_printf (_("%1$s: %2$s"), word, detail);
  if (step != NULL && (state == EXC_STATE_RUNNING || state == EXC_STATE_WAITING))
    /* Translators: the state of a server and the step it is at */
    return g_strdup_printf (_("%1$s · %2$s"), word, exc_job_step_get_text (step));

  return g_strdup (word);
}

static void
update_subtitle (ExcJobServerRow *self)
{
  g_autofree char *text = format_subtitle (self);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  /* The subtitle of a row is markup. */
  if (g_strcmp0 (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (self)), markup) != 0)
    adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), markup);
}

static void
update (ExcJobServerRow *self)
{
  ExcState state = exc_job_server_get_state (self->server);
  const char *classes[] = { exc_format_state_class (state), NULL };
  gboolean is_told = is_told_at_length (self->server);

  update_subtitle (self);
  gtk_image_set_from_icon_name (self->state_icon, exc_state_to_icon_name (state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), state != EXC_STATE_RUNNING);
  gtk_spinner_set_spinning (self->spinner, state == EXC_STATE_RUNNING);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), state == EXC_STATE_RUNNING);
  /* What only waits is looked at by resuming the whole job. */
  gtk_widget_set_visible (GTK_WIDGET (self->retry_button),
                          exc_job_server_get_can_retry (self->server) &&
                              state != EXC_STATE_WAITING && state != EXC_STATE_PENDING);
  gtk_widget_set_visible (GTK_WIDGET (self->exclude_button),
                          exc_job_server_get_can_exclude (self->server));
  gtk_widget_set_visible (GTK_WIDGET (self->undo_button),
                          exc_job_server_get_can_undo (self->server));
  update_elapsed (self);

  if (self->state != state || (is_told && !self->was_told)) {
    self->state = state;
    self->was_told = is_told;
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), is_told);
  }
}

static void
on_steps_changed_cb (ExcJobServerRow *self)
{
  GListModel *steps = exc_job_server_get_steps (self->server);

  for (guint i = 0; i < self->step_rows->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->step_rows, i));
  g_ptr_array_set_size (self->step_rows, 0);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);
    GtkWidget *row = exc_job_step_row_new (step, exc_job_server_get_server (self->server));

    g_signal_connect_object (step, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
    g_ptr_array_add (self->step_rows, row);
  }
}

static void
exc_job_server_row_dispose (GObject *object)
{
  ExcJobServerRow *self = EXC_JOB_SERVER_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_JOB_SERVER_ROW);
  g_clear_pointer (&self->step_rows, g_ptr_array_unref);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (exc_job_server_row_parent_class)->dispose (object);
}

static void
exc_job_server_row_class_init (ExcJobServerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_job_server_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/job-server-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcJobServerRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, ExcJobServerRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, ExcJobServerRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobServerRow, exclude_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobServerRow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobServerRow, elapsed_label);
}

static void
exc_job_server_row_init (ExcJobServerRow *self)
{
  self->step_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_job_server_row_new (ExcJobServer *server)
{
  ExcJobServerRow *self = g_object_new (EXC_TYPE_JOB_SERVER_ROW, NULL);
  const char *fqdn = exc_job_server_get_server (server);
  const char *title = exc_job_server_get_title (server);
  g_autofree char *retry = g_strdup_printf (_("Retry on %s"), title);
  g_autofree char *exclude = g_strdup_printf (_("Leave out %s"), title);
  g_autofree char *undo = g_strdup_printf (_("Undo on %s"), title);

  self->server = g_object_ref (server);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_actionable_set_action_target (self->retry_button, "s", fqdn);
  gtk_actionable_set_action_target (self->exclude_button, "s", fqdn);
  gtk_actionable_set_action_target (self->undo_button, "s", fqdn);
  exc_format_set_label (GTK_WIDGET (self->retry_button), retry);
  exc_format_set_label (GTK_WIDGET (self->exclude_button), exclude);
  exc_format_set_label (GTK_WIDGET (self->undo_button), undo);

  g_signal_connect_object (server, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (exc_job_server_get_steps (server),
                           "items-changed",
                           G_CALLBACK (on_steps_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  on_steps_changed_cb (self);
  update (self);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), is_told_at_length (server));

  return GTK_WIDGET (self);
}

ExcJobServer *
exc_job_server_row_get_server (ExcJobServerRow *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER_ROW (self), NULL);

  return self->server;
}

void
exc_job_server_row_set_now (ExcJobServerRow *self, gint64 now)
{
  g_return_if_fail (EXC_IS_JOB_SERVER_ROW (self));

  self->now = now;
  update_elapsed (self);
  update_subtitle (self);
}

char *
exc_job_server_row_format_log (ExcJobServer *server)
{
  g_autoptr(GString) text = g_string_new (exc_job_server_get_title (server));
  GListModel *steps = exc_job_server_get_steps (server);

  g_string_append_printf (text, ": %s\n", exc_state_to_text (exc_job_server_get_state (server)));
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);
    g_autofree char *log = exc_job_step_row_format_log (step);

    g_string_append_printf (text, "%u. %s", i + 1, log);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
