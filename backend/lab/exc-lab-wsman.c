/* exc-lab-wsman.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab-wsman.h"

#include "exc-error.h"
#include "exc-lab-port.h"
#include "exc-lab-psrp-shell.h"
#include "exc-lab-shell-private.h"
#include "exc-lab-shells-private.h"
#include "exc-lab-wsman-private.h"
#include "exc-wsman-server.h"

#include <gio/gunixsocketaddress.h>

#define IDLE_TIMEOUT_S 7200

G_DEFINE_FINAL_TYPE (ExcLabWsman, exc_lab_wsman, G_TYPE_OBJECT)

static void
endpoint_free (gpointer data)
{
  ExcLabEndpoint *endpoint = data;

  g_free (endpoint->path);
  g_free (endpoint->configuration);
  if (endpoint->destroy != NULL)
    endpoint->destroy (endpoint->data);
  g_free (endpoint);
}

/* --- Shells --- */

/* Which shells it has, without the slash at the end and in any case of letters. */
static gboolean
is_path (const char *path, const char *other)
{
  gsize length = strlen (path);
  gsize other_length = strlen (other);

  while (length > 0 && path[length - 1] == '/')
    length--;
  while (other_length > 0 && other[other_length - 1] == '/')
    other_length--;

  return length == other_length && g_ascii_strncasecmp (path, other, length) == 0;
}

ExcLabEndpoint *
exc_lab_wsman_find_endpoint (ExcLabWsman *self, const char *path)
{
  for (guint i = 0; i < self->endpoints->len; i++) {
    ExcLabEndpoint *endpoint = g_ptr_array_index (self->endpoints, i);

    if (is_path (endpoint->path, path))
      return endpoint;
  }

  return NULL;
}

ExcLabWsmanShell *
exc_lab_wsman_find_shell (ExcLabWsman *self, const char *id)
{
  for (guint i = 0; id != NULL && i < self->shells->len; i++) {
    ExcLabWsmanShell *shell = g_ptr_array_index (self->shells, i);

    if (g_ascii_strcasecmp (exc_lab_wsman_shell_get_id (shell), id) == 0 &&
        !exc_lab_wsman_shell_is_gone (shell))
      return shell;
  }

  return NULL;
}

void
exc_lab_wsman_remove_shell (ExcLabWsman *self, ExcLabWsmanShell *shell)
{
  g_autoptr(ExcLabWsmanShell) kept = exc_lab_wsman_shell_ref (shell);

  if (g_ptr_array_remove (self->shells, shell))
    exc_lab_wsman_shell_close (kept, EXC_WSMAN_FAULT_INVALID_SELECTORS);
}

static void
on_shell_idle_cb (gpointer shell, gpointer user_data)
{
  exc_lab_wsman_remove_shell (user_data, shell);
}

static guint
count_shells (ExcLabWsman *self, const char *path, const char *user)
{
  guint n_shells = 0;

  for (guint i = 0; i < self->shells->len; i++) {
    ExcLabWsmanShell *shell = g_ptr_array_index (self->shells, i);

    if (!exc_lab_wsman_shell_is_gone (shell) &&
        (path == NULL || is_path (exc_lab_wsman_shell_get_path (shell), path)) &&
        (user == NULL || g_str_equal (exc_lab_wsman_shell_get_user (shell), user)))
      n_shells++;
  }

  return n_shells;
}

gboolean
exc_lab_wsman_is_full (ExcLabWsman *self, ExcLabEndpoint *endpoint, const char *user)
{
  return endpoint->max_shells > 0 &&
         count_shells (self, endpoint->path, user) >= endpoint->max_shells;
}

/* The recorder of one shell: it knows the path that the function wants. */
typedef struct {
  ExcLabWsman *wsman; /* weak: a shell may outlive it for the length of a run */
  char *path;
} Recorder;

static void
recorder_free (gpointer data)
{
  Recorder *recorder = data;

  g_clear_weak_pointer (&recorder->wsman);
  g_free (recorder->path);
  g_free (recorder);
}

static void
on_pipeline_started (gpointer data, ExcPipeline *pipeline, GBytes *body)
{
  Recorder *recorder = data;
  ExcLabWsman *self = recorder->wsman;

  if (self != NULL && self->record != NULL)
    self->record (self->record_data, recorder->path, pipeline, body);
}

ExcLabWsmanShell *
exc_lab_wsman_add_shell (ExcLabWsman *self,
                         ExcLabEndpoint *endpoint,
                         const char *id,
                         const char *query,
                         const char *user,
                         GError **error)
{
  g_autoptr(ExcLabShell) far = NULL;
  ExcLabWsmanShell *shell;

  if (endpoint->shells != NULL) {
    far = endpoint->shells (endpoint->data, endpoint->configuration, query, user, error);
  } else {
    g_autoptr(ExcLabSession) session =
                   endpoint->sessions (endpoint->data, endpoint->configuration, query, user, error);

    if (session != NULL) {
      ExcLabPsrpShell *psrp = exc_lab_psrp_shell_new (session);
      Recorder *recorder = g_new0 (Recorder, 1);

      g_set_weak_pointer (&recorder->wsman, self);
      recorder->path = g_strdup (endpoint->path);
      exc_lab_psrp_shell_set_recorder (psrp, on_pipeline_started, recorder, recorder_free);
      far = EXC_LAB_SHELL (psrp);
    }
  }
  if (far == NULL)
    return NULL;

  shell = exc_lab_wsman_shell_new (
      id, endpoint->path, user, far, self->idle_timeout_s, on_shell_idle_cb, self);
  g_ptr_array_add (self->shells, shell);
  return shell;
}

/* --- Ports --- */

static ExcLabPort *
find_port (ExcLabWsman *self, guint16 number)
{
  for (guint i = 0; i < self->ports->len; i++) {
    ExcLabPort *port = g_ptr_array_index (self->ports, i);

    if (exc_lab_port_get_number (port) == number)
      return port;
  }

  return NULL;
}

GSocket *
exc_lab_wsman_find_socket (ExcLabWsman *self, SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GSocket *socket = NULL;

  for (guint i = 0; remote != NULL && socket == NULL && i < self->ports->len; i++)
    socket = exc_lab_port_find_socket (g_ptr_array_index (self->ports, i), remote);

  return socket;
}

/**
 * exc_lab_wsman_listen:
 * @self: a server
 * @address: where to listen
 * @port: the port; 0 for any free one
 * @certificate: (nullable): with its private key for https, %NULL for http
 * @error: return location for an error
 *
 * Returns: the port, or 0
 */
guint16
exc_lab_wsman_listen (ExcLabWsman *self,
                      GInetAddress *address,
                      guint16 port,
                      GTlsCertificate *certificate,
                      GError **error)
{
  ExcLabPort *opened;

  g_return_val_if_fail (EXC_IS_LAB_WSMAN (self), 0);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), 0);

  opened = exc_lab_port_new (self->server, address, port, certificate, error);
  if (opened == NULL)
    return 0;

  g_ptr_array_add (self->ports, opened);
  return exc_lab_port_get_number (opened);
}

void
exc_lab_wsman_set_certificate (ExcLabWsman *self, guint16 port, GTlsCertificate *certificate)
{
  ExcLabPort *found;

  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  found = find_port (self, port);
  if (found != NULL)
    exc_lab_port_set_certificate (found, certificate);
}

void
exc_lab_wsman_set_broken (ExcLabWsman *self, guint16 port, gboolean broken)
{
  ExcLabPort *found;

  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  found = find_port (self, port);
  if (found != NULL)
    exc_lab_port_set_broken (found, broken);
}

gboolean
exc_lab_wsman_set_listening (ExcLabWsman *self, guint16 port, gboolean listening, GError **error)
{
  ExcLabPort *found;

  g_return_val_if_fail (EXC_IS_LAB_WSMAN (self), FALSE);

  found = find_port (self, port);
  g_return_val_if_fail (found != NULL, FALSE);

  return exc_lab_port_set_open (found, listening, error);
}

void
exc_lab_wsman_drop_shells (ExcLabWsman *self, const char *path)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  for (guint i = self->shells->len; i > 0; i--) {
    ExcLabWsmanShell *shell = g_ptr_array_index (self->shells, i - 1);

    if (path == NULL || is_path (exc_lab_wsman_shell_get_path (shell), path))
      exc_lab_wsman_remove_shell (self, shell);
  }
}

guint
exc_lab_wsman_get_n_shells (ExcLabWsman *self, const char *path)
{
  g_return_val_if_fail (EXC_IS_LAB_WSMAN (self), 0);

  return count_shells (self, path, NULL);
}

void
exc_lab_wsman_stop (ExcLabWsman *self)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  exc_lab_wsman_drop_shells (self, NULL);
  g_ptr_array_set_size (self->ports, 0);
  soup_server_disconnect (self->server);
}

/* --- Settings --- */

void
exc_lab_wsman_set_account (ExcLabWsman *self, const char *user, ExcSecret *password)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));
  g_return_if_fail (user != NULL && password != NULL);

  g_free (self->user);
  self->user = g_strdup (user);
  g_clear_pointer (&self->password, exc_secret_unref);
  self->password = exc_secret_ref (password);
}

static ExcLabEndpoint *
add_endpoint (ExcLabWsman *self,
              const char *path,
              const char *configuration,
              guint max_shells,
              gpointer data,
              GDestroyNotify destroy)
{
  ExcLabEndpoint *endpoint = g_new0 (ExcLabEndpoint, 1);

  endpoint->path = g_strdup (path);
  endpoint->configuration = g_strdup (configuration);
  endpoint->max_shells = max_shells;
  endpoint->data = data;
  endpoint->destroy = destroy;
  g_ptr_array_add (self->endpoints, endpoint);
  return endpoint;
}

void
exc_lab_wsman_add_endpoint (ExcLabWsman *self,
                            const char *path,
                            const char *configuration,
                            guint max_shells,
                            ExcLabSessionFactory factory,
                            gpointer data,
                            GDestroyNotify destroy)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));
  g_return_if_fail (path != NULL && configuration != NULL && factory != NULL);

  add_endpoint (self, path, configuration, max_shells, data, destroy)->sessions = factory;
}

void
exc_lab_wsman_add_shells (ExcLabWsman *self,
                          const char *path,
                          const char *configuration,
                          guint max_shells,
                          ExcLabShellFactory factory,
                          gpointer data,
                          GDestroyNotify destroy)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));
  g_return_if_fail (path != NULL && configuration != NULL && factory != NULL);

  add_endpoint (self, path, configuration, max_shells, data, destroy)->shells = factory;
}

void
exc_lab_wsman_set_idle_timeout (ExcLabWsman *self, guint seconds)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  self->idle_timeout_s = seconds;
}

static void
clear_hook (ExcLabWsman *self)
{
  if (self->hook_destroy != NULL)
    self->hook_destroy (self->hook_data);
  self->hook = NULL;
  self->hook_destroy = NULL;
}

void
exc_lab_wsman_set_fault_hook (ExcLabWsman *self,
                              ExcLabFaultHook hook,
                              gpointer data,
                              GDestroyNotify destroy)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  clear_hook (self);
  self->hook = hook;
  self->hook_data = data;
  self->hook_destroy = destroy;
}

static void
clear_recorder (ExcLabWsman *self)
{
  if (self->record_destroy != NULL)
    self->record_destroy (self->record_data);
  self->record = NULL;
  self->record_destroy = NULL;
}

void
exc_lab_wsman_set_recorder (ExcLabWsman *self,
                            ExcLabRecordFunc func,
                            gpointer data,
                            GDestroyNotify destroy)
{
  g_return_if_fail (EXC_IS_LAB_WSMAN (self));

  clear_recorder (self);
  self->record = func;
  self->record_data = data;
  self->record_destroy = destroy;
}

/* --- The object --- */

static void
exc_lab_wsman_dispose (GObject *object)
{
  ExcLabWsman *self = EXC_LAB_WSMAN (object);

  if (self->server != NULL)
    exc_lab_wsman_stop (self);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (exc_lab_wsman_parent_class)->dispose (object);
}

static void
exc_lab_wsman_finalize (GObject *object)
{
  ExcLabWsman *self = EXC_LAB_WSMAN (object);

  clear_hook (self);
  clear_recorder (self);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->endpoints, g_ptr_array_unref);
  g_clear_pointer (&self->shells, g_ptr_array_unref);
  g_clear_pointer (&self->ports, g_ptr_array_unref);
  g_free (self->user);
  g_clear_pointer (&self->password, exc_secret_unref);

  G_OBJECT_CLASS (exc_lab_wsman_parent_class)->finalize (object);
}

static void
exc_lab_wsman_class_init (ExcLabWsmanClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = exc_lab_wsman_dispose;
  G_OBJECT_CLASS (klass)->finalize = exc_lab_wsman_finalize;
}

/* A SoupServer keeps connections alive only while it has a listener of its own; ours are the
 * ports. This one has no name that anybody could connect to. */
static void
keep_connections_alive (SoupServer *server)
{
  g_autofree char *name = g_uuid_string_random ();
  g_autoptr(GSocketAddress) address =
                 g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, &error) ||
      !g_socket_listen (socket, &error) || !soup_server_listen_socket (server, socket, 0, &error))
    g_warning ("connections will not be kept alive: %s", error->message);
}

static void
exc_lab_wsman_init (ExcLabWsman *self)
{
  self->endpoints = g_ptr_array_new_with_free_func (endpoint_free);
  self->shells = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_wsman_shell_unref);
  self->ports = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_port_free);
  self->idle_timeout_s = IDLE_TIMEOUT_S;
  self->server = soup_server_new ("server-header", "Microsoft-HTTPAPI/2.0", NULL);
  keep_connections_alive (self->server);
  soup_server_add_handler (self->server, NULL, exc_lab_wsman_handle, self, NULL);
}

/**
 * exc_lab_wsman_new:
 * @clock: (nullable): what the Date header says
 *
 * Returns: (transfer full): a server without ports and endpoints
 */
ExcLabWsman *
exc_lab_wsman_new (ExcClock *clock)
{
  ExcLabWsman *self = g_object_new (EXC_TYPE_LAB_WSMAN, NULL);

  g_set_object (&self->clock, clock);
  return self;
}
