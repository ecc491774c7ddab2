/* exc-context.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-context"

#include "config.h"

#include "exc-context.h"

#include <errno.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "exc-demo.h"
#include "exc-error.h"

#define DEFAULT_SCENARIO "small"

struct _ExcContext {
  GObject parent_instance;

  ExcClock *clock;
  ExcOrganization *organization; /* (nullable) */
  ExcJobs *jobs;                 /* (nullable) */
  ExcDemo *demo;                 /* (nullable) */
  char *scenario;                /* (nullable): of the demo */
  ExcNames *names;               /* (nullable): for settings that bring none */
};

G_DEFINE_FINAL_TYPE (ExcContext, exc_context, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_CLOCK,
  PROP_ORGANIZATION,
  PROP_JOBS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_context_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcContext *self = EXC_CONTEXT (object);

  switch (prop_id) {
  case PROP_CLOCK:
    g_value_set_object (value, self->clock);
    break;
  case PROP_ORGANIZATION:
    g_value_set_object (value, self->organization);
    break;
  case PROP_JOBS:
    g_value_set_object (value, self->jobs);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_context_dispose (GObject *object)
{
  ExcContext *self = EXC_CONTEXT (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->organization);
  g_clear_object (&self->demo);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (exc_context_parent_class)->dispose (object);
}

static void
exc_context_finalize (GObject *object)
{
  ExcContext *self = EXC_CONTEXT (object);

  g_clear_pointer (&self->scenario, g_free);
  g_clear_pointer (&self->names, exc_names_unref);

  G_OBJECT_CLASS (exc_context_parent_class)->finalize (object);
}

static void
exc_context_class_init (ExcContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_context_get_property;
  object_class->dispose = exc_context_dispose;
  object_class->finalize = exc_context_finalize;

  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, EXC_TYPE_CLOCK, flags);
  properties[PROP_ORGANIZATION] =
      g_param_spec_object ("organization", NULL, NULL, EXC_TYPE_ORGANIZATION, flags);
  properties[PROP_JOBS] = g_param_spec_object ("jobs", NULL, NULL, EXC_TYPE_JOBS, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_context_init (ExcContext *self)
{
  self->clock = exc_clock_new ();
}

ExcContext *
exc_context_new (void)
{
  return g_object_new (EXC_TYPE_CONTEXT, NULL);
}

ExcClock *
exc_context_get_clock (ExcContext *self)
{
  g_return_val_if_fail (EXC_IS_CONTEXT (self), NULL);

  return self->clock;
}

ExcOrganization *
exc_context_get_organization (ExcContext *self)
{
  g_return_val_if_fail (EXC_IS_CONTEXT (self), NULL);

  return self->organization;
}

ExcJobs *
exc_context_get_jobs (ExcContext *self)
{
  g_return_val_if_fail (EXC_IS_CONTEXT (self), NULL);

  return self->jobs;
}

/* Real data, or that of one scenario. (transfer full) */
static char *
make_data_dir (const char *scenario, GError **error)
{
  g_autofree char *folder = scenario != NULL ? g_strconcat ("demo-", scenario, NULL) : NULL;
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, folder, NULL);

  if (g_mkdir_with_parents (path, 0700) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The folder “%1$s” cannot be made: %2$s"), path, g_strerror (errno));
    return NULL;
  }
  return g_steal_pointer (&path);
}

/**
 * exc_context_dup_journal_path:
 * @scenario: (nullable): of a demo
 * @error: %EXC_ERROR_STORE, or %EXC_ERROR_INPUT for a name that is none
 *
 * Returns: (transfer full) (nullable): the path of the journal
 */
char *
exc_context_dup_journal_path (const char *scenario, GError **error)
{
  g_autofree char *folder = NULL;

  if (scenario != NULL && !exc_demo_is_scenario_name (scenario)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is not the name of a scenario; try “small” or “twelve”."), scenario);
    return NULL;
  }
  folder = make_data_dir (scenario, error);
  return folder == NULL ? NULL : g_build_filename (folder, "jobs.db", NULL);
}

static void
on_left_behind_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (!exc_connection_close_finish (EXC_CONNECTION (source), result, &error))
    g_info ("%s", error->message);
}

/* Lets the organization go; its shells are deleted behind our back. (transfer full) (nullable) */
static ExcConnection *
take_connection (ExcContext *self)
{
  ExcConnection *connection = NULL;

  if (self->organization == NULL)
    return NULL;
  connection = g_object_ref (exc_organization_get_connection (self->organization));
  exc_jobs_leave (self->jobs);
  g_clear_object (&self->jobs);
  g_clear_object (&self->organization);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOBS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORGANIZATION]);
  return connection;
}

static gboolean
open_organization (ExcContext *self,
                   ExcConnectionSettings *settings,
                   const char *scenario,
                   GError **error)
{
  g_autoptr(ExcConnection) old = NULL;
  g_autoptr(ExcConnection) connection = NULL;
  g_autoptr(ExcJobs) jobs = NULL;
  g_autofree char *database = NULL;

  connection = exc_connection_new (settings, error);
  if (connection == NULL)
    return FALSE;
  database = exc_context_dup_journal_path (scenario, error);
  if (database == NULL)
    return FALSE;
  /* Two organizations can share a journal, but not two openings of it. */
  old = take_connection (self);
  if (old != NULL)
    exc_connection_close_async (old, NULL, on_left_behind_closed_cb, NULL);
  jobs = exc_jobs_new (database, self->clock, error);
  if (jobs == NULL)
    return FALSE;

  self->jobs = g_steal_pointer (&jobs);
  self->organization = exc_organization_new (connection, self->clock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOBS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORGANIZATION]);
  return TRUE;
}

/**
 * exc_context_set_names:
 * @self: a context
 * @names: how to resolve the names of organizations whose settings do not say it (`--hosts`)
 *
 * The demo brings its own.
 */
void
exc_context_set_names (ExcContext *self, ExcNames *names)
{
  g_return_if_fail (EXC_IS_CONTEXT (self));
  g_return_if_fail (names != NULL);

  exc_names_ref (names);
  g_clear_pointer (&self->names, exc_names_unref);
  self->names = names;
}

/**
 * exc_context_open:
 * @self: a context
 * @settings: how the organization is reached
 * @error: EXC_ERROR_INPUT for settings that cannot be used, EXC_ERROR_STORE for the journal
 *
 * Opens an organization in place of the one that is open. Nothing is read yet.
 *
 * Returns: %FALSE on error
 */
gboolean
exc_context_open (ExcContext *self, ExcConnectionSettings *settings, GError **error)
{
  g_autoptr(ExcConnectionSettings) named = NULL;

  g_return_val_if_fail (EXC_IS_CONTEXT (self), FALSE);
  g_return_val_if_fail (settings != NULL, FALSE);

  if (settings->names == NULL && self->names != NULL) {
    named = exc_connection_settings_copy (settings);
    named->names = exc_names_ref (self->names);
    settings = named;
  }
  if (!open_organization (self, settings, NULL, error))
    return FALSE;
  g_clear_object (&self->demo);
  g_clear_pointer (&self->scenario, g_free);
  return TRUE;
}

/**
 * exc_context_load_settings:
 * @profile: a saved organization, or one made of options
 * @password: of its user
 * @error: EXC_ERROR_INPUT for a way to sign in or a file that cannot be used
 *
 * Returns: (transfer full) (nullable): what exc_context_open() takes
 */
ExcConnectionSettings *
exc_context_load_settings (ExcProfile *profile, ExcSecret *password, GError **error)
{
  g_autoptr(ExcConnectionSettings) settings = NULL;
  ExcAuth auth;

  g_return_val_if_fail (profile != NULL, NULL);
  g_return_val_if_fail (password != NULL, NULL);

  if (g_strcmp0 (profile->auth, "basic") == 0) {
    auth = EXC_AUTH_BASIC;
  } else if (g_strcmp0 (profile->auth, "negotiate") == 0) {
    auth = EXC_AUTH_NEGOTIATE;
  } else {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no way to sign in; use “basic” or “negotiate”."),
                    profile->auth != NULL ? profile->auth : "");
    return NULL;
  }
  settings = exc_connection_settings_new ();
  settings->name = g_strdup (profile->name);
  settings->exchange_url = g_strdup (profile->exchange_url);
  settings->windows_url = g_strdup (profile->windows_url);
  settings->credentials =
      exc_credentials_new (auth, profile->user != NULL ? profile->user : "", password);
  settings->ca_file = g_strdup (profile->ca_file);
  if (profile->hosts_file != NULL) {
    settings->names = exc_names_load (profile->hosts_file, error);
    if (settings->names == NULL)
      return NULL;
  }
  return g_steal_pointer (&settings);
}

/* ---- closing ---- */

static void
on_demo_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_demo_stop_finish (EXC_DEMO (source), result, &error))
    g_info ("%s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
stop_demo (GTask *take)
{
  g_autoptr(GTask) task = take;
  ExcContext *self = g_task_get_source_object (task);
  g_autoptr(ExcDemo) demo = g_steal_pointer (&self->demo);

  if (demo == NULL)
    g_task_return_boolean (task, TRUE);
  else
    exc_demo_stop_async (demo, NULL, on_demo_stopped_cb, g_steal_pointer (&task));
}

static void
on_connection_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_connection_close_finish (EXC_CONNECTION (source), result, &error))
    g_info ("%s", error->message);
  stop_demo (g_steal_pointer (&task));
}

/**
 * exc_context_close_async:
 * @self: a context
 * @cancellable: (nullable): gives up waiting for shells to be deleted
 * @callback: called when the program may end
 * @user_data: data for @callback
 *
 * Closes the organization, its shells and the demo.
 */
void
exc_context_close_async (ExcContext *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(ExcConnection) connection = NULL;

  g_return_if_fail (EXC_IS_CONTEXT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, exc_context_close_async);
  connection = take_connection (self);
  if (connection == NULL)
    stop_demo (g_steal_pointer (&task));
  else
    exc_connection_close_async (
        connection, cancellable, on_connection_closed_cb, g_steal_pointer (&task));
}

gboolean
exc_context_close_finish (ExcContext *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_context_close_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the demo ---- */

typedef struct {
  char *scenario;
  gboolean anew; /* delete what was saved first */
} Opening;

static void
opening_free (Opening *opening)
{
  g_free (opening->scenario);
  g_free (opening);
}

/* Deletes the files of one demo's folder; it has no folders in it but those of the lab. */
static gboolean
delete_tree (const char *path, GError **error)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    dir = g_dir_open (path, 0, error);
    if (dir == NULL)
      return FALSE;
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!delete_tree (child, error))
        return FALSE;
    }
  }
  if (g_remove (path) != 0 && errno != ENOENT) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("“%1$s” cannot be deleted: %2$s"), path, g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static void
on_demo_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcContext *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  g_autoptr(ExcDemo) demo = exc_demo_start_finish (result, &error);

  if (demo == NULL ||
      !open_organization (self, exc_demo_get_settings (demo), opening->scenario, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_clear_object (&self->demo);
  self->demo = g_steal_pointer (&demo);
  g_free (self->scenario);
  self->scenario = g_strdup (opening->scenario);
  g_task_return_boolean (task, TRUE);
}

static void
on_room_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = NULL;
  ExcContext *self = EXC_CONTEXT (source);
  Opening *opening = g_task_get_task_data (task);

  if (!exc_context_close_finish (self, result, &error) ||
      (folder = make_data_dir (opening->scenario, &error)) == NULL ||
      (opening->anew &&
       (!delete_tree (folder, &error) || g_mkdir_with_parents (folder, 0700) != 0))) {
    if (error == NULL)
      g_set_error (
          &error, EXC_ERROR, EXC_ERROR_STORE, _("The folder “%s” cannot be made."), folder);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  exc_demo_start_async (opening->scenario,
                        folder,
                        g_task_get_cancellable (task),
                        on_demo_started_cb,
                        g_object_ref (task));
}

static void
open_demo (ExcContext *self,
           const char *scenario,
           gboolean anew,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_source_tag (task, exc_context_open_demo_async);
  opening->scenario = g_strdup (scenario);
  opening->anew = anew;
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  if (!exc_demo_is_scenario_name (scenario)) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_INPUT,
                             _("“%s” is not the name of a scenario; try “small” or “twelve”."),
                                scenario);
    g_object_unref (task);
    return;
  }
  exc_context_close_async (self, cancellable, on_room_made_cb, task);
}

/**
 * exc_context_open_demo_async:
 * @self: a context
 * @scenario: (nullable): name of a scenario; %NULL: "small"
 * @cancellable: (nullable): ends it
 * @callback: called when the demo is open; nothing of it is read yet
 * @user_data: data for @callback
 *
 * Closes what is open and opens the simulated organization with its saved world.
 */
void
exc_context_open_demo_async (ExcContext *self,
                             const char *scenario,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (EXC_IS_CONTEXT (self));

  open_demo (self, scenario ? scenario : DEFAULT_SCENARIO, FALSE, cancellable, callback, user_data);
}

/**
 * exc_context_reset_demo_async:
 * @self: a context
 * @cancellable: (nullable): ends it
 * @callback: called when the demo is open again
 * @user_data: data for @callback
 *
 * Deletes what the open demo has saved, its world and its jobs, and begins it anew.
 */
void
exc_context_reset_demo_async (ExcContext *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (EXC_IS_CONTEXT (self));

  open_demo (self,
             self->scenario ? self->scenario : DEFAULT_SCENARIO,
             TRUE,
             cancellable,
             callback,
             user_data);
}

gboolean
exc_context_open_finish (ExcContext *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_context_open_demo_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
