/* exc-lock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lock"

#include "config.h"

#include "exc-lock.h"

#include "exc-error.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

struct _ExcLock {
  int fd;
  GSocket *socket; /* (nullable): bound to the name */
};

/* FALSE with EXC_ERROR_BUSY where somebody has the name, whoever runs that program. */
static gboolean
take_name (ExcLock *self, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat ("io.github.thumbprint/", name, NULL);
  g_autoptr(GSocketAddress) address =
                 g_unix_socket_address_new_with_type (path, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr(GError) reason = NULL;

  self->socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &reason);
  if (self->socket != NULL && g_socket_bind (self->socket, address, FALSE, &reason))
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ? EXC_ERROR_BUSY
                                                                               : EXC_ERROR_STORE,
               _("The lock “%1$s” is not free: %2$s."), name, reason->message);
  return FALSE;
}

/**
 * exc_lock_take:
 * @path: the lock's file; its folder must exist
 * @name: (nullable): what nobody else on this machine may hold, under whatever user; of any length
 *   up to 80 bytes
 *
 * Takes the lock without waiting. Two takes in one process exclude each other too.
 *
 * Returns: (transfer full) (nullable): the lock; %NULL with %EXC_ERROR_BUSY where another one holds
 *   it, %EXC_ERROR_STORE where the file cannot be used
 */
ExcLock *
exc_lock_take (const char *path, const char *name, GError **error)
{
  g_autoptr(ExcLock) self = NULL;
  int fd;
  int rc;

  g_return_val_if_fail (path != NULL, NULL);

  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The lock “%1$s” cannot be made: %2$s."), path, g_strerror (errno));
    return NULL;
  }

  do
    rc = flock (fd, LOCK_EX | LOCK_NB);
  while (rc != 0 && errno == EINTR);
  if (rc != 0) {
    int reason = errno;

    g_close (fd, NULL);
    g_set_error (error,
                 EXC_ERROR,
                 reason == EWOULDBLOCK ? EXC_ERROR_BUSY : EXC_ERROR_STORE,
                 _("The lock “%1$s” is not free: %2$s."), path, g_strerror (reason));
    return NULL;
  }

  self = g_new0 (ExcLock, 1);
  self->fd = fd;
  if (name != NULL && !take_name (self, name, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
exc_lock_release (ExcLock *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->socket);
  g_close (self->fd, NULL);
  g_free (self);
}
