/* exc-lock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lock"

#include "config.h"

#include "exc-lock.h"

#include "exc-error.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

struct _ExcLock {
  int fd;
};

/**
 * exc_lock_take:
 * @path: the lock's file; its folder must exist
 *
 * Takes the lock without waiting. Two takes in one process exclude each other too.
 *
 * Returns: (transfer full) (nullable): the lock; %NULL with %EXC_ERROR_BUSY where another one holds
 *   it, %EXC_ERROR_STORE where the file cannot be used
 */
ExcLock *
exc_lock_take (const char *path, GError **error)
{
  ExcLock *self;
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
  return self;
}

void
exc_lock_release (ExcLock *self)
{
  if (self == NULL)
    return;
  g_close (self->fd, NULL);
  g_free (self);
}
