/* exc-lab.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <openssl/rand.h>
#include <unistd.h>

#include "exc-error.h"
#include "exc-lab-control.h"
#include "exc-lab-host.h"
#include "exc-lab-servicelets.h"
#include "exc-scripts.h"

#define MAX_LOG      100000
#define MAX_NETWORKS 64

struct _ExcLab {
  GObject parent_instance;

  char *scenario;
  char *state_dir;
  ExcClock *clock;
  GCancellable *wait; /* of the one wait for what comes next; NULL: nothing comes */
  guint n_waits;      /* it, and cancelled ones on their way out */
  ExcLabKeys *keys;
  ExcLabWorld *world;
  ExcLabTable *table;
  ExcLabFaults *faults;
  GPtrArray *hosts; /* (element-type ExcLabHost) */
  ExcLabControl *control;

  char *user;
  char *password;
  ExcSecret *secret;
  char *directory; /* of this process: hosts file, socket, authority */
  char *hosts_path;
  char *control_path;
  char *authority_path;

  GPtrArray *log; /* (element-type utf8) */
  char *record_dir;
  guint n_recorded;
};

G_DEFINE_FINAL_TYPE (ExcLab, exc_lab, G_TYPE_OBJECT)

static void
exc_lab_dispose (GObject *object)
{
  exc_lab_stop (EXC_LAB (object));

  G_OBJECT_CLASS (exc_lab_parent_class)->dispose (object);
}

static void
exc_lab_finalize (GObject *object)
{
  ExcLab *self = EXC_LAB (object);

  g_clear_pointer (&self->hosts, g_ptr_array_unref);
  g_clear_object (&self->world);
  g_clear_pointer (&self->table, exc_lab_table_free);
  g_clear_pointer (&self->faults, exc_lab_faults_free);
  g_clear_pointer (&self->keys, exc_lab_keys_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->wait);
  g_clear_pointer (&self->scenario, g_free);
  g_clear_pointer (&self->state_dir, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password, g_free);
  g_clear_pointer (&self->secret, exc_secret_unref);
  g_clear_pointer (&self->log, g_ptr_array_unref);
  g_clear_pointer (&self->record_dir, g_free);

  G_OBJECT_CLASS (exc_lab_parent_class)->finalize (object);
}

static void
exc_lab_class_init (ExcLabClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = exc_lab_dispose;
  object_class->finalize = exc_lab_finalize;
}

static void
exc_lab_init (ExcLab *self)
{
  self->clock = exc_clock_new ();
  self->keys = exc_lab_keys_new (NULL);
  self->world = exc_lab_world_new (self->clock, self->keys);
  self->faults = exc_lab_faults_new ();
  self->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_host_free);
  self->log = g_ptr_array_new_with_free_func (g_free);
}

ExcLab *
exc_lab_new (const char *scenario, const char *state_dir)
{
  ExcLab *self;

  g_return_val_if_fail (scenario != NULL, NULL);

  self = g_object_new (EXC_TYPE_LAB, NULL);
  self->scenario = g_strdup (scenario);
  self->state_dir = g_strdup (state_dir);
  return self;
}

ExcLabWorld *
exc_lab_get_world (ExcLab *self)
{
  return self->world;
}

ExcLabFaults *
exc_lab_get_faults (ExcLab *self)
{
  return self->faults;
}

GPtrArray *
exc_lab_get_log (ExcLab *self)
{
  return self->log;
}

const char *
exc_lab_get_user (ExcLab *self)
{
  return self->user;
}

const char *
exc_lab_get_password (ExcLab *self)
{
  return self->password;
}

const char *
exc_lab_get_hosts_path (ExcLab *self)
{
  return self->hosts_path;
}

const char *
exc_lab_get_control_path (ExcLab *self)
{
  return self->control_path;
}

/* One folder a process: its files name ports and people of this run only. */
static gboolean
make_directory (ExcLab *self, GError **error)
{
  self->directory = g_dir_make_tmp ("thumbprint-lab-XXXXXX", error);
  if (self->directory == NULL)
    return FALSE;
  self->hosts_path = g_build_filename (self->directory, "hosts", NULL);
  self->control_path = g_build_filename (self->directory, "control", NULL);
  self->authority_path = g_build_filename (self->directory, "authority.pem", NULL);
  return TRUE;
}

static void
make_account (ExcLab *self)
{
  guint8 random[18];

  if (RAND_bytes (random, sizeof random) != 1)
    g_error ("OpenSSL has no random bytes");
  self->user = g_strconcat ("admin@", exc_lab_world_get_domain (self->world), NULL);
  self->password = g_base64_encode (random, sizeof random);
  self->secret = exc_secret_new (self->password, strlen (self->password));
}

/* A script comes without its name: it is known by its text. */
static char *
describe_pipeline (ExcPipeline *pipeline)
{
  ExcCommand *command = exc_pipeline_get_command (pipeline, 0);
  const char *text = exc_command_get_script (command);
  const ExcScript *script = text != NULL ? exc_script_recognize (text) : NULL;
  const char *name = exc_command_get_name (command);
  g_autofree char *line = exc_pipeline_to_line (pipeline);

  if (script == NULL || name == NULL || !g_str_has_prefix (line, name))
    return g_steal_pointer (&line);
  return g_strconcat (script->name, line + strlen (name), NULL);
}

static void
on_pipeline (gpointer data, const char *place, ExcPipeline *pipeline, GBytes *body)
{
  ExcLab *self = data;
  g_autofree char *line = describe_pipeline (pipeline);

  g_debug ("%s: %s", place, line);
  if (self->log->len < MAX_LOG)
    g_ptr_array_add (self->log, g_strconcat (place, "\t", line, NULL));
  if (self->record_dir != NULL && body != NULL) {
    g_autofree char *name = g_strdup_printf ("%04u.xml", self->n_recorded++);
    g_autofree char *path = g_build_filename (self->record_dir, name, NULL);
    g_autoptr(GError) error = NULL;

    if (!g_file_set_contents (
            path, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), &error))
      g_warning ("a pipeline cannot be recorded: %s", error->message);
  }
}

gboolean
exc_lab_set_record_directory (ExcLab *self, const char *directory, GError **error)
{
  if (directory != NULL && g_mkdir_with_parents (directory, 0700) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("The folder “%s” cannot be made: %s"), directory, g_strerror (errno));
    return FALSE;
  }
  g_free (self->record_dir);
  self->record_dir = g_strdup (directory);
  return TRUE;
}

static gboolean
make_hosts (ExcLab *self, guint network, GError **error)
{
  GPtrArray *servers = exc_lab_world_get_servers (self->world);
  const ExcLabHostContext context = { self->world,  self->table, self->faults, self->user,
                                      self->secret, on_pipeline, self };

  g_ptr_array_set_size (self->hosts, 0);
  for (guint i = 0; i < servers->len; i++) {
    g_autofree char *address =
        g_strdup_printf ("127.%u.%u.%u", 1 + network / 254 % 254, 1 + network % 254, i + 1);
    ExcLabHost *host = exc_lab_host_new (&context, g_ptr_array_index (servers, i), address, error);

    if (host == NULL)
      return FALSE;
    g_ptr_array_add (self->hosts, host);
  }
  return TRUE;
}

/* 127.x.y.n: x.y by the process, so that labs run side by side; the next one where it is taken. */
static gboolean
listen_somewhere (ExcLab *self, GError **error)
{
  const guint first = (guint) getpid () * 7;

  for (guint i = 0;; i++) {
    g_autoptr(GError) local_error = NULL;

    if (make_hosts (self, first + i, &local_error))
      return TRUE;
    if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ||
        i == MAX_NETWORKS) {
      g_propagate_prefixed_error (
          error, g_steal_pointer (&local_error), _("The lab cannot listen: "));
      return FALSE;
    }
  }
}

static gboolean
write_files (ExcLab *self, GError **error)
{
  GPtrArray *servers = exc_lab_world_get_servers (self->world);
  ExcLabCertificate *authority = exc_lab_world_get_authority (self->world);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *pem = authority != NULL ? exc_x509_dup_pem (authority->x509) : g_strdup ("");

  for (guint i = 0; i < self->hosts->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    g_string_append_printf (text,
                            "%s %s %d\n",
                            server->fqdn,
                            exc_lab_host_get_address (g_ptr_array_index (self->hosts, i)),
                            EXC_LAB_PORT_OFFSET);
  }
  return g_file_set_contents (self->hosts_path, text->str, (gssize) text->len, error) &&
         g_file_set_contents (self->authority_path, pem, -1, error);
}

void
exc_lab_update (ExcLab *self)
{
  for (guint i = 0; i < self->hosts->len; i++)
    exc_lab_host_update (g_ptr_array_index (self->hosts, i));
}

static void wait_for_next (ExcLab *self);

static void
on_due_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcLab) self = user_data;

  self->n_waits--;
  if (!exc_clock_wait_finish (EXC_CLOCK (source), result, NULL) || self->directory == NULL)
    return; /* cancelled, or stopped just then */
  exc_lab_world_catch_up (self->world);
  exc_lab_update (self);
  wait_for_next (self);
}

/* One wait for what comes next by itself: a service that restarts opens its ports again when it is
 * back, and the servicelets have their times. */
static void
wait_for_next (ExcLab *self)
{
  GPtrArray *servers = exc_lab_world_get_servers (self->world);
  const gint64 now = exc_lab_world_now (self->world);
  const gint64 planned = exc_lab_servicelets_get_next (self->world);
  gint64 next = planned != 0 ? planned : G_MAXINT64;

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    for (guint j = 0; j < server->services->len; j++) {
      ExcLabService *service = g_ptr_array_index (server->services, j);

      if (service->back_at > now)
        next = MIN (next, service->back_at);
    }
  }
  g_cancellable_cancel (self->wait);
  g_clear_object (&self->wait);
  if (next == G_MAXINT64)
    return;
  self->wait = g_cancellable_new ();
  self->n_waits++;
  exc_clock_wait_async (self->clock, next - now, self->wait, on_due_cb, g_object_ref (self));
}

static void
on_world_changed_cb (ExcLabWorld *world, gpointer user_data)
{
  ExcLab *self = user_data;

  exc_lab_update (self);
  wait_for_next (self);
}

/* The folder of one scenario is no other's. */
static gboolean
check_scenario (ExcLab *self, GError **error)
{
  g_autofree char *name = g_path_get_basename (self->scenario);
  const char *saved = exc_lab_world_get_scenario (self->world);

  if (g_str_has_suffix (name, ".json"))
    name[strlen (name) - strlen (".json")] = '\0';
  if (g_strcmp0 (name, saved) == 0)
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("The folder “%1$s” holds the organization “%2$s”, not “%3$s”; choose another "
                 "folder."),
                  self->state_dir,
                  saved,
                  name);
  return FALSE;
}

static gboolean
make_world (ExcLab *self, gint64 clock_offset_s, GError **error)
{
  g_autoptr(GError) local_error = NULL;

  if (self->state_dir != NULL &&
      exc_lab_world_open_state (self->world, self->state_dir, &local_error)) {
    if (clock_offset_s != 0)
      exc_clock_set_offset (self->clock, clock_offset_s);
    return check_scenario (self, error);
  }
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  exc_clock_set_offset (self->clock, clock_offset_s);
  return exc_lab_world_load_scenario (self->world, self->scenario, error) &&
         exc_lab_world_commit (self->world, error);
}

gboolean
exc_lab_start (ExcLab *self, gint64 clock_offset_s, GError **error)
{
  g_return_val_if_fail (EXC_IS_LAB (self), FALSE);
  g_return_val_if_fail (self->directory == NULL, FALSE);

  self->table = exc_lab_table_load (error);
  if (self->table == NULL || !make_world (self, clock_offset_s, error) ||
      !make_directory (self, error))
    return FALSE;
  make_account (self);
  if (!listen_somewhere (self, error) || !write_files (self, error))
    return FALSE;
  self->control = exc_lab_control_new (self, self->control_path, error);
  if (self->control == NULL)
    return FALSE;
  exc_lab_world_catch_up (self->world); /* what became due while it was closed */
  g_signal_connect_object (self->world, "changed", G_CALLBACK (on_world_changed_cb), self, 0);
  wait_for_next (self);
  return TRUE;
}

gboolean
exc_lab_reset (ExcLab *self, GError **error)
{
  exc_lab_faults_clear (self->faults, 0);
  g_ptr_array_set_size (self->log, 0);
  exc_clock_set_offset (self->clock, 0);
  for (guint i = 0; i < self->hosts->len; i++)
    exc_lab_host_forget (g_ptr_array_index (self->hosts, i));
  return exc_lab_world_load_scenario (self->world, self->scenario, error) &&
         exc_lab_world_commit (self->world, error);
}

void
exc_lab_stop (ExcLab *self)
{
  g_return_if_fail (EXC_IS_LAB (self));

  g_signal_handlers_disconnect_by_func (self->world, on_world_changed_cb, self);
  g_cancellable_cancel (self->wait);
  g_clear_pointer (&self->control, exc_lab_control_free);
  g_ptr_array_set_size (self->hosts, 0);
  if (self->directory != NULL) {
    g_unlink (self->hosts_path);
    g_unlink (self->authority_path);
    g_unlink (self->control_path);
    g_rmdir (self->directory);
  }
  g_clear_pointer (&self->hosts_path, g_free);
  g_clear_pointer (&self->control_path, g_free);
  g_clear_pointer (&self->authority_path, g_free);
  g_clear_pointer (&self->directory, g_free);
  /* what still waits holds the lab, and the clock it waits on */
  while (self->n_waits > 0)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

/**
 * exc_lab_describe:
 * @self: a lab that was started
 *
 * Returns: (transfer full): {"servers":[{"fqdn","exchange","windows"}],"windows":…,"user",
 *   "password","control","hosts"}
 */
char *
exc_lab_describe (ExcLab *self)
{
  GPtrArray *servers = exc_lab_world_get_servers (self->world);
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    g_autofree char *exchange = g_strdup_printf ("http://%s:20080/PowerShell/", server->fqdn);
    g_autofree char *windows = g_strdup_printf ("http://%s:25985/wsman", server->fqdn);

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "fqdn");
    json_builder_add_string_value (builder, server->fqdn);
    json_builder_set_member_name (builder, "exchange");
    json_builder_add_string_value (builder, exchange);
    json_builder_set_member_name (builder, "windows");
    json_builder_add_string_value (builder, windows);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "windows");
  json_builder_add_string_value (builder, "http://%s:25985/wsman");
  json_builder_set_member_name (builder, "user");
  json_builder_add_string_value (builder, self->user);
  json_builder_set_member_name (builder, "password");
  json_builder_add_string_value (builder, self->password);
  json_builder_set_member_name (builder, "control");
  json_builder_add_string_value (builder, self->control_path);
  json_builder_set_member_name (builder, "hosts");
  json_builder_add_string_value (builder, self->hosts_path);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}
