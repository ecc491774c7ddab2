/* exc-job-server.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job"

#include "config.h"

#include "exc-job-private.h"

#include <glib/gi18n.h>

/**
 * ExcJobServer:
 *
 * A server's lane of a job: its steps, the facts they keep for each other, and a state that is
 * computed from the states of the steps.
 */
struct _ExcJobServer {
  GObject parent_instance;

  char *server;
  GListStore *steps;
  GHashTable *facts; /* name > value, both owned */
  ExcState state;
  char *detail;
  gboolean is_excluded;
  gint64 started;
  gint64 ended;
  gboolean can_retry;
  gboolean can_undo;
};

G_DEFINE_FINAL_TYPE (ExcJobServer, exc_job_server, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_SERVER,
  PROP_TITLE,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_STATE_ICON_NAME,
  PROP_DETAIL,
  PROP_STEPS,
  PROP_STARTED,
  PROP_ENDED,
  PROP_CAN_RETRY,
  PROP_CAN_UNDO,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_job_server_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcJobServer *self = EXC_JOB_SERVER (object);

  switch (prop_id) {
  case PROP_SERVER:
    g_value_set_string (value, self->server);
    break;
  case PROP_TITLE:
    g_value_set_string (value, exc_job_server_get_title (self));
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
  case PROP_STEPS:
    g_value_set_object (value, self->steps);
    break;
  case PROP_STARTED:
    g_value_set_int64 (value, self->started);
    break;
  case PROP_ENDED:
    g_value_set_int64 (value, self->ended);
    break;
  case PROP_CAN_RETRY:
    g_value_set_boolean (value, self->can_retry);
    break;
  case PROP_CAN_UNDO:
    g_value_set_boolean (value, self->can_undo);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_job_server_dispose (GObject *object)
{
  ExcJobServer *self = EXC_JOB_SERVER (object);

  g_clear_object (&self->steps);

  G_OBJECT_CLASS (exc_job_server_parent_class)->dispose (object);
}

static void
exc_job_server_finalize (GObject *object)
{
  ExcJobServer *self = EXC_JOB_SERVER (object);

  g_free (self->server);
  g_free (self->detail);
  g_hash_table_unref (self->facts);

  G_OBJECT_CLASS (exc_job_server_parent_class)->finalize (object);
}

static void
exc_job_server_class_init (ExcJobServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_job_server_get_property;
  object_class->dispose = exc_job_server_dispose;
  object_class->finalize = exc_job_server_finalize;

  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, 0, EXC_STATE_UNDONE, EXC_STATE_PENDING, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_STATE_ICON_NAME] =
      g_param_spec_string ("state-icon-name", NULL, NULL, NULL, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_STEPS] = g_param_spec_object ("steps", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_STARTED] =
      g_param_spec_int64 ("started", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_ENDED] =
      g_param_spec_int64 ("ended", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_CAN_RETRY] = g_param_spec_boolean ("can-retry", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_job_server_init (ExcJobServer *self)
{
  self->steps = g_list_store_new (EXC_TYPE_JOB_STEP);
  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* steps: (element-type ExcStep) */
ExcJobServer *
exc_job_server_new (const char *server, GPtrArray *steps)
{
  ExcJobServer *self = g_object_new (EXC_TYPE_JOB_SERVER, NULL);

  self->server = g_strdup (server);
  for (guint i = 0; i < steps->len; i++) {
    g_autoptr(ExcJobStep) step = exc_job_step_new (g_ptr_array_index (steps, i));

    g_list_store_append (self->steps, step);
  }
  return self;
}

static ExcJobStep *
step_at (ExcJobServer *self, guint index)
{
  g_autoptr(ExcJobStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), index);

  return step; /* the list holds it */
}

ExcJobStep *
exc_job_server_find_step (ExcJobServer *self, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    if (g_strcmp0 (exc_job_step_get_id (step_at (self, i)), id) == 0)
      return step_at (self, i);
  return NULL;
}

const char *
exc_job_server_get_fact (ExcJobServer *self, const char *name)
{
  return g_hash_table_lookup (self->facts, name);
}

static void
set_time (ExcJobServer *self, gint64 *field, gint64 time, guint prop)
{
  if (*field == time)
    return;
  *field = time;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static gboolean
is_once (gpointer name, gpointer value, gpointer user_data)
{
  return g_str_has_prefix (name, EXC_FACT_ONCE);
}

/* What cannot be undone (a restart, the last look) is to be done again after the rest was. */
void
exc_job_server_forget_unchangeable (ExcJobServer *self)
{
  g_hash_table_foreach_remove (self->facts, is_once, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++) {
    ExcJobStep *step = step_at (self, i);

    if (!exc_step_can_undo (exc_job_step_get_step (step)))
      exc_job_step_set_state (step, EXC_STATE_PENDING, NULL);
  }
}

gboolean
exc_job_server_has_changes (ExcJobServer *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    if (exc_job_step_get_needs_undo (step_at (self, i)))
      return TRUE;
  return FALSE;
}

/* Whether an undo could take back anything of that. */
static gboolean
has_way_back (ExcJobServer *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++) {
    ExcJobStep *step = step_at (self, i);

    if (exc_job_step_get_needs_undo (step) &&
        !exc_step_get_is_irreversible (exc_job_step_get_step (step)))
      return TRUE;
  }
  return FALSE;
}

void
exc_job_server_apply (ExcJobServer *self, const ExcJournalRow *row)
{
  ExcJobStep *step = exc_job_server_find_step (self, row->step);

  if (row->event == EXC_EVENT_FACT) {
    g_hash_table_replace (self->facts, g_strdup (row->text), g_strdup (row->data));
    return;
  }
  if (row->event == EXC_EVENT_EXCLUDED)
    self->is_excluded = TRUE;
  else if (row->event == EXC_EVENT_BEGUN) /* of this server alone: it is wanted again */
    self->is_excluded = FALSE;
  if (step == NULL)
    return;

  exc_job_step_apply (step, row);
  if (row->event == EXC_EVENT_UNDONE)
    exc_job_server_forget_unchangeable (self);
  if (self->started == 0)
    set_time (self, &self->started, row->time, PROP_STARTED);
  set_time (self, &self->ended, row->time, PROP_ENDED);
}

/* The worst, or the liveliest, of the steps decides. */
static ExcState
compute_state (ExcJobServer *self, gboolean has_changes, ExcRest rest)
{
  static const ExcState first_of[] = { EXC_STATE_RUNNING,     EXC_STATE_WAITING,
                                       EXC_STATE_FAILED,      EXC_STATE_UNREACHABLE,
                                       EXC_STATE_INTERRUPTED, EXC_STATE_CANCELLED };
  guint count[EXC_STATE_UNDONE + 1] = { 0 };
  guint n_steps = g_list_model_get_n_items (G_LIST_MODEL (self->steps));

  if (self->is_excluded)
    return EXC_STATE_SKIPPED;
  for (guint i = 0; i < n_steps; i++)
    count[exc_job_step_get_state (step_at (self, i))]++;
  for (guint i = 0; i < G_N_ELEMENTS (first_of); i++)
    if (count[first_of[i]] > 0)
      return first_of[i];
  if (count[EXC_STATE_PENDING] == n_steps)
    return EXC_STATE_PENDING;
  if (count[EXC_STATE_UNDONE] > 0 && !has_changes)
    return EXC_STATE_UNDONE;
  if (count[EXC_STATE_PENDING] > 0 || count[EXC_STATE_UNDONE] > 0)
    switch (rest) {
    case EXC_REST_NONE:
      return EXC_STATE_RUNNING;
    case EXC_REST_PARKED:
      return EXC_STATE_WAITING;
    case EXC_REST_INTERRUPTED:
      return EXC_STATE_INTERRUPTED;
    case EXC_REST_ENDED:
    default:
      return EXC_STATE_CANCELLED;
    }
  if (count[EXC_STATE_SKIPPED] == n_steps)
    return EXC_STATE_SKIPPED;
  return count[EXC_STATE_WARNINGS] > 0 ? EXC_STATE_WARNINGS : EXC_STATE_DONE;
}

/* What is going on, or what is the matter; of a good end, what the last look remarked. */
static char *
compute_detail (ExcJobServer *self, ExcState state)
{
  guint n_steps = g_list_model_get_n_items (G_LIST_MODEL (self->steps));

  if (self->is_excluded)
    return g_strdup (_ ("You left it out of this job."));
  if (state == EXC_STATE_PENDING || state == EXC_STATE_UNDONE || state == EXC_STATE_SKIPPED)
    return NULL;
  if (state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS)
    return g_strdup (exc_job_step_get_detail (step_at (self, n_steps - 1)));

  for (guint i = 0; i < n_steps; i++) {
    ExcJobStep *step = step_at (self, i);

    if (exc_job_step_get_state (step) != state)
      continue;
    if (exc_job_step_get_detail (step) == NULL)
      return g_strdup (exc_job_step_get_text (step));
    return g_strdup_printf (
        /* Translators: number and sentence of a step, then what is the matter with it */
        _ ("Step %1$u (%2$s): %3$s"),
           i + 1,
           exc_job_step_get_text (step),
           exc_job_step_get_detail (step));
  }
  return NULL;
}

static void
set_flag (ExcJobServer *self, gboolean *field, gboolean value, guint prop)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
exc_job_server_update (ExcJobServer *self, ExcRest rest)
{
  ExcState state;
  g_autofree char *detail = NULL;
  gboolean has_changes = exc_job_server_has_changes (self);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++) {
    ExcJobStep *step = step_at (self, i);
    ExcState step_state;

    if (rest == EXC_REST_PARKED)
      exc_job_step_set_aside (step);
    step_state = exc_job_step_get_state (step);
    if (rest == EXC_REST_NONE || (rest == EXC_REST_PARKED && step_state == EXC_STATE_WAITING))
      continue;
    if (step_state == EXC_STATE_RUNNING || step_state == EXC_STATE_WAITING ||
        step_state == EXC_STATE_INTERRUPTED)
      exc_job_step_set_state (step,
                              rest == EXC_REST_INTERRUPTED          ? EXC_STATE_INTERRUPTED
                              : exc_job_step_get_was_started (step) ? EXC_STATE_CANCELLED
                                                                    : EXC_STATE_PENDING,
                              NULL);
  }

  g_object_freeze_notify (G_OBJECT (self));
  state = compute_state (self, has_changes, rest);
  detail = compute_detail (self, state);
  if (self->state != state) {
    self->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_ICON_NAME]);
  }
  if (g_strcmp0 (self->detail, detail) != 0) {
    g_free (self->detail);
    self->detail = g_steal_pointer (&detail);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
  }
  set_flag (self,
            &self->can_retry,
            rest != EXC_REST_NONE && (self->is_excluded || !exc_job_server_is_finished (self)),
            PROP_CAN_RETRY);
  set_flag (self, &self->can_undo, rest != EXC_REST_NONE && has_way_back (self), PROP_CAN_UNDO);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
exc_job_server_is_finished (ExcJobServer *self)
{
  return self->state == EXC_STATE_DONE || self->state == EXC_STATE_WARNINGS ||
         self->state == EXC_STATE_SKIPPED;
}

char *
exc_job_server_dup_failure (ExcJobServer *self)
{
  if (self->detail == NULL ||
      (self->state != EXC_STATE_FAILED && self->state != EXC_STATE_UNREACHABLE))
    return NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++) {
    ExcJobStep *step = step_at (self, i);

    if (exc_job_step_get_state (step) != self->state)
      continue;
    return g_strdup_printf (
        /* Translators: server, number of a step, its sentence, the error */
        _ ("%1$s failed at step %2$u (%3$s): %4$s"),
           exc_job_server_get_title (self),
           i + 1,
           exc_job_step_get_text (step),
           exc_job_step_get_detail (step) != NULL ? exc_job_step_get_detail (step) : "");
  }
  return NULL;
}

const char *
exc_job_server_get_server (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), NULL);

  return self->server;
}

gboolean
exc_job_server_is_organization (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), FALSE);

  return g_strcmp0 (self->server, EXC_LANE_ORGANIZATION) == 0;
}

const char *
exc_job_server_get_title (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), NULL);

  return exc_job_server_is_organization (self) ? _ ("Whole organization") : self->server;
}

ExcState
exc_job_server_get_state (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), EXC_STATE_PENDING);

  return self->state;
}

const char *
exc_job_server_get_detail (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), NULL);

  return self->detail;
}

GListModel *
exc_job_server_get_steps (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), NULL);

  return G_LIST_MODEL (self->steps);
}

gboolean
exc_job_server_get_can_retry (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), FALSE);

  return self->can_retry;
}

gboolean
exc_job_server_get_can_undo (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), FALSE);

  return self->can_undo;
}

gboolean
exc_job_server_get_can_exclude (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), FALSE);

  return self->can_retry && !self->is_excluded && !exc_job_server_is_organization (self);
}

ExcJobStep *
exc_job_server_get_user_step (ExcJobServer *self)
{
  g_return_val_if_fail (EXC_IS_JOB_SERVER (self), NULL);

  for (guint i = 0; !self->is_excluded && i < g_list_model_get_n_items (G_LIST_MODEL (self->steps));
       i++)
    if (exc_job_step_get_awaits_user (step_at (self, i)))
      return step_at (self, i);
  return NULL;
}
