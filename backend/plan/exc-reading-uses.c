/* exc-reading-uses.c — what uses a certificate that is about to be removed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-error.h"
#include "exc-reading.h"

#include <glib/gi18n.h>

#define is_same(a, b) (g_strcmp0 (a, b) == 0)

/* (transfer full) (nullable): what of Windows serves it */
static char *
find_windows_use (ExcWindowsRecord *windows, const char *thumbprint)
{
  GHashTableIter iter;
  gpointer endpoint, hash;

  for (guint i = 0; i < windows->bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (windows->bindings, i);

    if (is_same (binding->hash, thumbprint))
      return g_strdup_printf (_("the binding %1$s of “%2$s”"), binding->info, binding->site);
  }
  if (is_same (windows->wmsvc_hash, thumbprint))
    return g_strdup (_("the Web Management Service"));
  g_hash_table_iter_init (&iter, windows->http_sys);
  while (g_hash_table_iter_next (&iter, &endpoint, &hash))
    if (is_same (hash, thumbprint))
      return g_strdup_printf (_("http.sys on %s"), (char *) endpoint);
  return NULL;
}

/* (nullable) */
static const char *
find_auth_use (ExcAuthConfigRecord *auth, const char *thumbprint)
{
  return is_same (auth->current, thumbprint) || is_same (auth->next, thumbprint) ||
         is_same (auth->previous, thumbprint)
      ? _("the Auth configuration of the organization")
      : NULL;
}

gboolean
exc_reading_check_unused (ExcReading *self,
                          const char *name,
                          const char *thumbprint,
                          gboolean with_internal,
                          GError **error)
{
  g_autofree char *use = NULL;

  if (thumbprint == NULL)
    return TRUE;
  if (self->windows != NULL)
    use = find_windows_use (self->windows, thumbprint);
  if (use == NULL && with_internal && is_same (self->internal, thumbprint))
    use = g_strdup (_("transport, as the internal transport certificate"));
  if (use == NULL && self->auth != NULL)
    use = g_strdup (find_auth_use (self->auth, thumbprint));
  if (use == NULL)
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_REFUSED,
               /* Translators: thumbprint, server, what uses the certificate there */
               _("The certificate %1$s on %2$s is used by %3$s, so it is not removed."),
                  thumbprint,
                  name,
                  use);
  return FALSE;
}
