/* exc-job-step.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job"

#include "config.h"

#include "exc-job-private.h"
#include "exc-step-confirm.h"

#include <glib/gi18n.h>

/* What is kept in memory and shown of one step's log. */
#define MAX_LOG (256 * 1024)

/**
 * ExcJobStep:
 *
 * One step of one server in a job, as the journal's rows tell it.
 */
struct _ExcJobStep {
  GObject parent_instance;

  ExcStep *step;
  char *text;
  ExcState state;
  char *detail;
  GString *log;
  gint64 started;
  gint64 ended;
  gint64 wake_at;
  gboolean was_started;
  gboolean is_set_aside; /* by its last row */
  char *waits_for;       /* (nullable): of that row */
};

G_DEFINE_FINAL_TYPE (ExcJobStep, exc_job_step, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_TEXT,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_STATE_ICON_NAME,
  PROP_DETAIL,
  PROP_LOG,
  PROP_STARTED,
  PROP_ENDED,
  PROP_WAKE_AT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
set_time (ExcJobStep *self, gint64 *field, gint64 time, guint prop)
{
  if (*field == time)
    return;
  *field = time;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
add_log (ExcJobStep *self, gint64 time, const char *text)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autoptr(GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *stamp = g_date_time_format (local, "%H:%M:%S");

  if (text == NULL || self->log->len > MAX_LOG)
    return;
  g_string_append_printf (self->log, "%s  %s\n", stamp, text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOG]);
}

static void
exc_job_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcJobStep *self = EXC_JOB_STEP (object);

  switch (prop_id) {
  case PROP_ID:
    g_value_set_string (value, exc_job_step_get_id (self));
    break;
  case PROP_TEXT:
    g_value_set_string (value, self->text);
    break;
  case PROP_STATE:
    g_value_set_int (value, self->state);
    break;
  case PROP_STATE_TEXT:
    g_value_set_string (value, exc_state_to_text (self->state));
    break;
  case PROP_STATE_ICON_NAME:
    g_value_set_string (value, exc_state_to_icon_name (self->state));
    break;
  case PROP_DETAIL:
    g_value_set_string (value, self->detail);
    break;
  case PROP_LOG:
    g_value_set_string (value, self->log->str);
    break;
  case PROP_STARTED:
    g_value_set_int64 (value, self->started);
    break;
  case PROP_ENDED:
    g_value_set_int64 (value, self->ended);
    break;
  case PROP_WAKE_AT:
    g_value_set_int64 (value, self->wake_at);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_job_step_dispose (GObject *object)
{
  ExcJobStep *self = EXC_JOB_STEP (object);

  g_clear_object (&self->step);

  G_OBJECT_CLASS (exc_job_step_parent_class)->dispose (object);
}

static void
exc_job_step_finalize (GObject *object)
{
  ExcJobStep *self = EXC_JOB_STEP (object);

  g_free (self->text);
  g_free (self->detail);
  g_free (self->waits_for);
  g_string_free (self->log, TRUE);

  G_OBJECT_CLASS (exc_job_step_parent_class)->finalize (object);
}

static void
exc_job_step_class_init (ExcJobStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_job_step_get_property;
  object_class->dispose = exc_job_step_dispose;
  object_class->finalize = exc_job_step_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, 0, EXC_STATE_UNDONE, EXC_STATE_PENDING, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_STATE_ICON_NAME] =
      g_param_spec_string ("state-icon-name", NULL, NULL, NULL, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_LOG] = g_param_spec_string ("log", NULL, NULL, NULL, flags);
  properties[PROP_STARTED] =
      g_param_spec_int64 ("started", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_ENDED] =
      g_param_spec_int64 ("ended", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_WAKE_AT] =
      g_param_spec_int64 ("wake-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_job_step_init (ExcJobStep *self)
{
  self->log = g_string_new (NULL);
}

ExcJobStep *
exc_job_step_new (ExcStep *step)
{
  ExcJobStep *self = g_object_new (EXC_TYPE_JOB_STEP, NULL);

  self->step = g_object_ref (step);
  self->text = exc_step_describe (step);
  return self;
}

ExcStep *
exc_job_step_get_step (ExcJobStep *self)
{
  return self->step;
}

gboolean
exc_job_step_get_was_started (ExcJobStep *self)
{
  return self->was_started;
}

/* After a replay, which saw the wait while the run had not ended yet. */
void
exc_job_step_set_aside (ExcJobStep *self)
{
  if (self->is_set_aside)
    exc_job_step_set_state (self, EXC_STATE_WAITING, self->waits_for);
}

gboolean
exc_job_step_get_needs_undo (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), FALSE);

  return self->was_started && exc_step_can_undo (self->step);
}

void
exc_job_step_set_state (ExcJobStep *self, ExcState state, const char *detail)
{
  /* Whoever hears of the state reads the detail that belongs to it. */
  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state) {
    self->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_ICON_NAME]);
  }
  if (g_strcmp0 (self->detail, detail) != 0) {
    g_free (self->detail);
    self->detail = g_strdup (detail);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
end (ExcJobStep *self, const ExcJournalRow *row, ExcState state)
{
  exc_job_step_set_state (self, state, row->text);
  set_time (self, &self->ended, row->time, PROP_ENDED);
  add_log (self, row->time, row->text);
}

/* The step itself may be done: it is the way back that failed. */
static void
end_undo (ExcJobStep *self, const ExcJournalRow *row)
{
  g_autofree char *text =
      row->text != NULL ? g_strdup_printf (_ ("It could not be undone. %s"), row->text)
                        : g_strdup (_ ("It could not be undone."));
  ExcJournalRow told = *row;

  told.text = text;
  end (self, &told, EXC_STATE_FAILED);
}

void
exc_job_step_apply (ExcJobStep *self, const ExcJournalRow *row)
{
  if (row->event != EXC_EVENT_LOG) {
    self->is_set_aside = row->event == EXC_EVENT_WAITING;
    g_clear_pointer (&self->waits_for, g_free);
    if (self->is_set_aside)
      self->waits_for = g_strdup (row->text);
  }
  switch (row->event) {
  case EXC_EVENT_STARTED:
    self->was_started = TRUE;
    exc_job_step_set_state (self, EXC_STATE_RUNNING, NULL);
    set_time (self, &self->started, row->time, PROP_STARTED);
    set_time (self, &self->ended, 0, PROP_ENDED);
    break;
  case EXC_EVENT_RETURNED:
    exc_job_step_set_state (self, EXC_STATE_RUNNING, NULL);
    add_log (self, row->time, row->text);
    break;
  case EXC_EVENT_SEEN:
    end (self, row, EXC_STATE_DONE);
    break;
  case EXC_EVENT_WARNED:
    end (self, row, EXC_STATE_WARNINGS);
    break;
  case EXC_EVENT_SKIPPED:
    end (self, row, EXC_STATE_SKIPPED);
    break;
  case EXC_EVENT_WAITING:
    set_time (self,
              &self->wake_at,
              row->data != NULL ? g_ascii_strtoll (row->data, NULL, 10) : 0,
              PROP_WAKE_AT);
    exc_job_step_set_state (self, EXC_STATE_WAITING, row->text);
    add_log (self, row->time, row->text);
    break;
  case EXC_EVENT_FAILED:
    end (self, row, EXC_STATE_FAILED);
    break;
  case EXC_EVENT_UNDO_FAILED:
    end_undo (self, row);
    break;
  case EXC_EVENT_UNREACHABLE:
    end (self, row, EXC_STATE_UNREACHABLE);
    break;
  case EXC_EVENT_UNDO_STARTED:
    exc_job_step_set_state (self, EXC_STATE_RUNNING, _ ("Being undone"));
    add_log (self, row->time, _ ("Undo"));
    set_time (self, &self->ended, 0, PROP_ENDED);
    break;
  case EXC_EVENT_UNDONE:
    self->was_started = FALSE;
    end (self, row, EXC_STATE_UNDONE);
    break;
  case EXC_EVENT_LOG:
    add_log (self, row->time, row->text);
    break;
  case EXC_EVENT_UNKNOWN:
  case EXC_EVENT_BEGUN:
  case EXC_EVENT_STOPPED:
  case EXC_EVENT_PARKED:
  case EXC_EVENT_ENDED:
  case EXC_EVENT_EXCLUDED:
  case EXC_EVENT_FACT:
    break;
  default:
    g_assert_not_reached ();
  }
}

const char *
exc_job_step_get_id (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), NULL);

  return exc_step_get_id (self->step);
}

const char *
exc_job_step_get_text (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), NULL);

  return self->text;
}

ExcState
exc_job_step_get_state (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), EXC_STATE_PENDING);

  return self->state;
}

const char *
exc_job_step_get_detail (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), NULL);

  return self->detail;
}

const char *
exc_job_step_get_log (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), NULL);

  return self->log->str;
}

gint64
exc_job_step_get_wake_at (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), 0);

  return self->wake_at;
}

gboolean
exc_job_step_get_awaits_user (ExcJobStep *self)
{
  g_return_val_if_fail (EXC_IS_JOB_STEP (self), FALSE);

  return self->state == EXC_STATE_WAITING && EXC_IS_STEP_CONFIRM (self->step);
}
