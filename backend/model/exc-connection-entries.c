/* exc-connection-entries.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connection"

#include "config.h"

#include "exc-connection-private.h"

#include <string.h>

/* The settings' address with another host in it. */
static char *
replace_host (const char *url, const char *host)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  if (uri == NULL)
    return NULL;
  return g_uri_join (G_URI_FLAGS_ENCODED,
                     g_uri_get_scheme (uri),
                     NULL,
                     host,
                     g_uri_get_port (uri),
                     g_uri_get_path (uri),
                     g_uri_get_query (uri),
                     NULL);
}

static ExcEndpoint *
make_endpoint (ExcConnection *self, const char *url, GError **error)
{
  ExcConnectionSettings *settings = self->settings;

  return exc_endpoint_new (url,
                           EXC_CONFIGURATION_EXCHANGE,
                           settings->credentials,
                           settings->ca_file,
                           settings->names,
                           error);
}

gboolean
exc_connection_add_entry (ExcConnection *self, const char *url, GError **error)
{
  ExcEndpoint *endpoint = make_endpoint (self, url, error);

  if (endpoint == NULL)
    return FALSE;
  g_ptr_array_add (self->entries, endpoint);
  return TRUE;
}

ExcEndpoint *
exc_connection_get_entry (ExcConnection *self)
{
  return g_ptr_array_index (self->entries, self->entry);
}

ExcEndpoint *
exc_connection_make_entry (ExcConnection *self, const char *fqdn, GError **error)
{
  g_autofree char *url = NULL;

  for (guint i = 0; i < self->entries->len; i++) {
    ExcEndpoint *entry = g_ptr_array_index (self->entries, i);

    if (g_ascii_strcasecmp (exc_endpoint_get_host (entry), fqdn) == 0)
      return exc_endpoint_ref (entry);
  }
  /* It was an address when the connection was made. */
  url = replace_host (self->settings->exchange_url, fqdn);
  return make_endpoint (self, url, error);
}

/* The same with serializationLevel=Full. */
ExcEndpoint *
exc_connection_make_serialized_entry (ExcConnection *self, GError **error)
{
  const char *url = exc_endpoint_get_url (exc_connection_get_entry (self));
  g_autofree char *full =
      g_strconcat (url, strchr (url, '?') != NULL ? ";" : "?", "serializationLevel=Full", NULL);

  return make_endpoint (self, full, error);
}

/* Somebody else may have left it already; FALSE where there is no other. */
gboolean
exc_connection_leave_entry (ExcConnection *self, ExcEndpoint *failed)
{
  if (self->entries->len < 2)
    return FALSE;
  if (exc_connection_get_entry (self) == failed) {
    self->entry = (self->entry + 1) % self->entries->len;
    g_info ("%s does not answer; reading through %s",
            exc_endpoint_get_host (failed),
            exc_endpoint_get_host (exc_connection_get_entry (self)));
  }
  return TRUE;
}

/**
 * exc_connection_set_servers:
 * @self: a connection
 * @fqdns: servers with an Exchange endpoint
 *
 * Tells who can answer readings for the organization when the server that was named in the settings
 * does not. Changes go through that one alone.
 */
void
exc_connection_set_servers (ExcConnection *self, const char *const *fqdns)
{
  g_return_if_fail (EXC_IS_CONNECTION (self));

  for (guint i = 0; fqdns[i] != NULL; i++) {
    g_autofree char *url = NULL;
    gboolean is_known = FALSE;

    for (guint j = 0; j < self->entries->len; j++)
      is_known |=
          g_ascii_strcasecmp (exc_endpoint_get_host (self->entries->pdata[j]), fqdns[i]) == 0;
    if (is_known)
      continue;
    url = replace_host (self->settings->exchange_url, fqdns[i]);
    if (url != NULL)
      exc_connection_add_entry (self, url, NULL);
  }
}
