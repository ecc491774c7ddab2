/* exc-connection-probe.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connection"

#include "config.h"

#include "exc-connection.h"

#include "exc-tls-probe.h"

#define PROBE_LIMIT_S 10

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) x509 = exc_tls_probe_finish (result, &error);

  if (x509 == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_bytes_ref (x509->der), (GDestroyNotify) g_bytes_unref);
}

static ExcProbeGreeting
greeting_of_port (guint16 port)
{
  switch (port) {
  case 25:
  case 587:
    return EXC_PROBE_SMTP;
  case 143:
    return EXC_PROBE_IMAP;
  case 110:
    return EXC_PROBE_POP3;
  default:
    return EXC_PROBE_TLS;
  }
}

/**
 * exc_connection_probe_async:
 * @self: a connection
 * @fqdn: a server
 * @port: the well-known port; a hosts file may move it
 * @cancellable: (nullable): ends it early
 * @callback: called with the result
 * @user_data: data for @callback
 *
 * Looks which certificate the server serves on a port, with the errors of exc_tls_probe_async().
 */
void
exc_connection_probe_async (ExcConnection *self,
                            const char *fqdn,
                            guint16 port,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  ExcNames *names;
  g_autoptr(GInetAddress) address = NULL;
  guint16 moved = port;

  g_return_if_fail (EXC_IS_CONNECTION (self));
  g_return_if_fail (fqdn != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_connection_probe_async);
  names = exc_connection_get_settings (self)->names;
  if (names != NULL) {
    address = exc_names_lookup (names, fqdn);
    moved = exc_names_get_port (names, fqdn, port);
  }
  exc_tls_probe_async (fqdn,
                       address,
                       moved,
                       greeting_of_port (port),
                       PROBE_LIMIT_S,
                       cancellable,
                       on_probed_cb,
                       task);
}

GBytes *
exc_connection_probe_finish (ExcConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_connection_probe_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
