/* exc-job.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job"

#include "config.h"

#include "exc-job-private.h"

#include <glib/gi18n.h>

/**
 * ExcJob:
 *
 * A plan that was started: what the rows of the journal tell of it, replayed by exc_job_apply when
 * they are read and applied in the same way when they have just been written. ExcJobs and the
 * runner own its writing side; views bind to the properties.
 */
struct _ExcJob {
  GObject parent_instance;

  char *id;
  char *organization;
  char *kind;
  ExcPlan *plan;
  GListStore *servers;
  ExcProgress *progress;
  char *title;
  char *summary;
  ExcState state;
  gint64 started;
  gint64 ended;
  gint64 last_sequence;
  gboolean is_active;
  gboolean is_open;    /* a run has begun and not ended */
  gboolean is_stopped; /* by the user, in the last run */
  gboolean is_parked;  /* nothing is to be done before wake_at */
  gint64 wake_at;
  gboolean awaits_user;
  char *undo_server; /* that the last run is to undo; NULL: it was none */
};

G_DEFINE_FINAL_TYPE (ExcJob, exc_job, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_TITLE,
  PROP_KIND,
  PROP_ORGANIZATION,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_STATE_ICON_NAME,
  PROP_SUMMARY,
  PROP_PROGRESS,
  PROP_SERVERS,
  PROP_STARTED,
  PROP_ENDED,
  PROP_IS_ACTIVE,
  PROP_WAKE_AT,
  PROP_AWAITS_USER,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_job_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcJob *self = EXC_JOB (object);

  switch (prop_id) {
  case PROP_ID:
    g_value_set_string (value, self->id);
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_KIND:
    g_value_set_string (value, self->kind);
    break;
  case PROP_ORGANIZATION:
    g_value_set_string (value, self->organization);
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
  case PROP_SUMMARY:
    g_value_set_string (value, self->summary);
    break;
  case PROP_PROGRESS:
    g_value_set_object (value, self->progress);
    break;
  case PROP_SERVERS:
    g_value_set_object (value, self->servers);
    break;
  case PROP_STARTED:
    g_value_set_int64 (value, self->started);
    break;
  case PROP_ENDED:
    g_value_set_int64 (value, self->ended);
    break;
  case PROP_IS_ACTIVE:
    g_value_set_boolean (value, self->is_active);
    break;
  case PROP_WAKE_AT:
    g_value_set_int64 (value, self->wake_at);
    break;
  case PROP_AWAITS_USER:
    g_value_set_boolean (value, self->awaits_user);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_job_dispose (GObject *object)
{
  ExcJob *self = EXC_JOB (object);

  g_clear_object (&self->plan);
  g_clear_object (&self->servers);
  g_clear_object (&self->progress);

  G_OBJECT_CLASS (exc_job_parent_class)->dispose (object);
}

static void
exc_job_finalize (GObject *object)
{
  ExcJob *self = EXC_JOB (object);

  g_free (self->id);
  g_free (self->organization);
  g_free (self->kind);
  g_free (self->title);
  g_free (self->summary);
  g_free (self->undo_server);

  G_OBJECT_CLASS (exc_job_parent_class)->finalize (object);
}

static void
exc_job_class_init (ExcJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_job_get_property;
  object_class->dispose = exc_job_dispose;
  object_class->finalize = exc_job_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, flags);
  properties[PROP_ORGANIZATION] = g_param_spec_string ("organization", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, 0, EXC_STATE_UNDONE, EXC_STATE_PENDING, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_STATE_ICON_NAME] =
      g_param_spec_string ("state-icon-name", NULL, NULL, NULL, flags);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, flags);
  properties[PROP_PROGRESS] =
      g_param_spec_object ("progress", NULL, NULL, EXC_TYPE_PROGRESS, flags);
  properties[PROP_SERVERS] = g_param_spec_object ("servers", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_STARTED] =
      g_param_spec_int64 ("started", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_ENDED] =
      g_param_spec_int64 ("ended", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_IS_ACTIVE] = g_param_spec_boolean ("is-active", NULL, NULL, FALSE, flags);
  properties[PROP_WAKE_AT] =
      g_param_spec_int64 ("wake-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_AWAITS_USER] = g_param_spec_boolean ("awaits-user", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_job_init (ExcJob *self)
{
  self->servers = g_list_store_new (EXC_TYPE_JOB_SERVER);
  self->progress = exc_progress_new ();
}

static guint
n_servers (ExcJob *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->servers));
}

static ExcJobServer *
server_at (ExcJob *self, guint index)
{
  g_autoptr(ExcJobServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), index);

  return server; /* the list holds it */
}

static ExcState
compute_state (ExcJob *self)
{
  static const ExcState worst_first[] = { EXC_STATE_FAILED,    EXC_STATE_UNREACHABLE,
                                          EXC_STATE_CANCELLED, EXC_STATE_PENDING,
                                          EXC_STATE_UNDONE,    EXC_STATE_WARNINGS,
                                          EXC_STATE_DONE,      EXC_STATE_SKIPPED };
  ExcJobServer *organization = exc_job_find_server (self, EXC_LANE_ORGANIZATION);
  guint count[EXC_STATE_UNDONE + 1] = { 0 };

  for (guint i = 0; i < n_servers (self); i++)
    count[exc_job_server_get_state (server_at (self, i))]++;

  if (self->is_active)
    return count[EXC_STATE_WAITING] > 0 && count[EXC_STATE_RUNNING] == 0 ? EXC_STATE_WAITING
                                                                         : EXC_STATE_RUNNING;
  if (self->is_parked)
    return EXC_STATE_WAITING;
  if (self->is_open)
    return EXC_STATE_INTERRUPTED;
  if (self->started == 0)
    return EXC_STATE_PENDING;
  /* What its servers would have done rested on the organization's part. */
  if (organization != NULL && exc_job_server_get_state (organization) == EXC_STATE_UNDONE &&
      count[EXC_STATE_FAILED] == 0 && count[EXC_STATE_UNREACHABLE] == 0)
    return EXC_STATE_UNDONE;
  for (guint i = 0; i < G_N_ELEMENTS (worst_first); i++)
    if (count[worst_first[i]] > 0)
      return worst_first[i] == EXC_STATE_PENDING ? EXC_STATE_CANCELLED : worst_first[i];
  return EXC_STATE_DONE;
}

static ExcRest
get_rest (ExcJob *self)
{
  return self->is_active   ? EXC_REST_NONE
         : self->is_parked ? EXC_REST_PARKED
         : self->is_open   ? EXC_REST_INTERRUPTED
                           : EXC_REST_ENDED;
}

static void
update (ExcJob *self)
{
  ExcState state;
  g_autofree char *summary = NULL;
  gboolean awaits_user = FALSE;

  for (guint i = 0; i < n_servers (self); i++) {
    exc_job_server_update (server_at (self, i), get_rest (self));
    awaits_user = awaits_user || exc_job_server_get_user_step (server_at (self, i)) != NULL;
  }

  g_object_freeze_notify (G_OBJECT (self));
  state = compute_state (self);
  if (self->state != state) {
    self->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_ICON_NAME]);
  }
  summary = exc_job_dup_summary (self);
  if (g_strcmp0 (self->summary, summary) != 0) {
    g_free (self->summary);
    self->summary = g_steal_pointer (&summary);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUMMARY]);
  }
  if (self->awaits_user != awaits_user) {
    self->awaits_user = awaits_user;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AWAITS_USER]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

ExcJob *
exc_job_new (const ExcJournalJob *made, ExcPlan *plan)
{
  ExcJob *self = g_object_new (EXC_TYPE_JOB, NULL);

  self->id = g_strdup (made->id);
  self->organization = g_strdup (made->organization);
  self->kind = g_strdup (made->kind);
  self->title = g_strdup (plan != NULL ? exc_plan_get_title (plan) : made->kind);
  if (plan != NULL) {
    const char *const *servers = exc_plan_get_servers (plan);

    self->plan = g_object_ref (plan);
    for (guint i = 0; servers[i] != NULL; i++) {
      g_autoptr(ExcJobServer) server =
                     exc_job_server_new (servers[i], exc_plan_get_steps (plan, servers[i]));

      g_list_store_append (self->servers, server);
    }
  }
  update (self);
  return self;
}

ExcPlan *
exc_job_get_plan (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->plan;
}

gint64
exc_job_get_last_sequence (ExcJob *self)
{
  return self->last_sequence;
}

ExcJobServer *
exc_job_find_server (ExcJob *self, const char *server)
{
  for (guint i = 0; i < n_servers (self); i++)
    if (server != NULL &&
        g_ascii_strcasecmp (exc_job_server_get_server (server_at (self, i)), server) == 0)
      return server_at (self, i);
  return NULL;
}

const char *
exc_job_get_interrupted_undo (ExcJob *self)
{
  ExcJobServer *lane = exc_job_find_server (self, self->undo_server);

  if (lane == NULL || !(self->is_open || exc_job_server_has_changes (lane)))
    return NULL;
  return exc_job_server_get_server (lane);
}

static void
set_time (ExcJob *self, gint64 *field, gint64 time, guint prop)
{
  if (*field == time)
    return;
  *field = time;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
exc_job_apply (ExcJob *self, const ExcJournalRow *row)
{
  ExcJobServer *server = exc_job_find_server (self, row->server);
  g_autofree char *was_undone = NULL;

  self->last_sequence = MAX (self->last_sequence, row->sequence);
  if (server != NULL)
    exc_job_server_apply (server, row);
  if (server != NULL && row->event == EXC_EVENT_UNDONE && exc_job_server_is_organization (server))
    exc_job_forget_servers (self);

  switch (row->event) {
  case EXC_EVENT_BEGUN:
    self->is_open = TRUE;
    self->is_stopped = FALSE;
    self->is_parked = FALSE;
    set_time (self, &self->wake_at, 0, PROP_WAKE_AT);
    /* The row may name what we hold: an undo that is taken up again. */
    was_undone = g_steal_pointer (&self->undo_server);
    self->undo_server = g_strcmp0 (row->text, "undo") == 0 ? g_strdup (row->server) : NULL;
    if (self->started == 0)
      set_time (self, &self->started, row->time, PROP_STARTED);
    set_time (self, &self->ended, 0, PROP_ENDED);
    break;
  case EXC_EVENT_STOPPED:
    self->is_stopped = TRUE;
    break;
  case EXC_EVENT_PARKED:
    self->is_open = FALSE;
    self->is_parked = TRUE;
    set_time (self, &self->wake_at, g_ascii_strtoll (row->data, NULL, 10), PROP_WAKE_AT);
    break;
  case EXC_EVENT_ENDED:
    self->is_open = FALSE;
    set_time (self, &self->ended, row->time, PROP_ENDED);
    break;
  default:
    break;
  }
  if (row->event != EXC_EVENT_LOG && row->event != EXC_EVENT_FACT)
    update (self);
}

void
exc_job_set_is_active (ExcJob *self, gboolean is_active)
{
  if (self->is_active == is_active)
    return;
  self->is_active = is_active;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_ACTIVE]);
}

void
exc_job_show_step (ExcJob *self, const char *server, const char *step)
{
  ExcJobServer *lane = exc_job_find_server (self, server);
  ExcJobStep *job_step = lane != NULL ? exc_job_server_find_step (lane, step) : NULL;

  g_return_if_fail (job_step != NULL);

  exc_job_step_set_state (job_step, EXC_STATE_RUNNING, NULL);
  update (self);
}

void
exc_job_begin_progress (ExcJob *self)
{
  g_clear_object (&self->progress);
  self->progress = exc_progress_new ();
  exc_job_update_progress (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

/* Real steps done of steps planned, over all servers. */
void
exc_job_update_progress (ExcJob *self)
{
  guint n_steps = 0;
  guint n_done = 0;

  for (guint i = 0; i < n_servers (self); i++) {
    GListModel *steps = exc_job_server_get_steps (server_at (self, i));

    for (guint j = 0; j < g_list_model_get_n_items (steps); j++) {
      g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, j);
      ExcState state = exc_job_step_get_state (step);

      n_steps++;
      n_done += state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS ||
                state == EXC_STATE_SKIPPED || state == EXC_STATE_UNDONE;
      if (state == EXC_STATE_RUNNING || state == EXC_STATE_WAITING) {
        g_autofree char *text = g_strdup_printf (
            /* Translators: number of the step, of how many, its sentence, the server */
            _ ("Step %1$u of %2$u – %3$s – %4$s"),
               j + 1,
               g_list_model_get_n_items (steps),
               exc_job_step_get_text (step),
               exc_job_server_get_title (server_at (self, i)));

        exc_progress_set_text (self->progress, text);
      }
    }
  }
  if (n_steps > 0)
    exc_progress_set_fraction (self->progress, (double) n_done / n_steps);
}

const char *
exc_job_get_id (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->id;
}

const char *
exc_job_get_title (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->title;
}

const char *
exc_job_get_kind (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->kind;
}

const char *
exc_job_get_organization (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->organization;
}

ExcState
exc_job_get_state (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), EXC_STATE_PENDING);

  return self->state;
}

const char *
exc_job_get_summary (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->summary;
}

ExcProgress *
exc_job_get_progress (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return self->progress;
}

GListModel *
exc_job_get_servers (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), NULL);

  return G_LIST_MODEL (self->servers);
}

gint64
exc_job_get_started (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), 0);

  return self->started;
}

gint64
exc_job_get_ended (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), 0);

  return self->ended;
}

gboolean
exc_job_get_is_active (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), FALSE);

  return self->is_active;
}

gint64
exc_job_get_wake_at (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), 0);

  return self->wake_at;
}

gboolean
exc_job_get_is_parked (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), FALSE);

  return self->is_parked;
}

gboolean
exc_job_get_is_stopped (ExcJob *self)
{
  return self->is_stopped;
}

gboolean
exc_job_get_awaits_user (ExcJob *self)
{
  g_return_val_if_fail (EXC_IS_JOB (self), FALSE);

  return self->awaits_user;
}
