/* exc-lab-wsman-auth.c — who asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-lab-wsman-private.h"

#include <openssl/crypto.h>
#include <string.h>

static const char *
without_domain (const char *user, gsize *length)
{
  const char *backslash = strchr (user, '\\');
  const char *at = strchr (user, '@');

  if (backslash != NULL)
    user = backslash + 1;
  *length = at != NULL && backslash == NULL ? (gsize) (at - user) : strlen (user);
  return user;
}

static gboolean
is_user (const char *wanted, const char *given)
{
  gsize wanted_length, given_length;

  wanted = without_domain (wanted, &wanted_length);
  given = without_domain (given, &given_length);
  return wanted_length == given_length && g_ascii_strncasecmp (wanted, given, given_length) == 0;
}

/* Basic: (transfer full) (nullable): the user's name, when the password is right. */
char *
exc_lab_wsman_authenticate (ExcLabWsman *self, SoupServerMessage *message)
{
  const char *header = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");
  g_autofree char *decoded = NULL;
  const char *password;
  gsize wanted_size, size;
  char *colon;
  gboolean ok;

  if (header == NULL || self->user == NULL || g_ascii_strncasecmp (header, "Basic ", 6) != 0)
    return NULL;

  decoded = (char *) g_base64_decode (header + 6, &size);
  decoded = g_realloc (decoded, size + 1);
  decoded[size] = '\0';
  colon = strchr (decoded, ':');
  if (colon == NULL)
    return NULL;

  *colon = '\0';
  password = exc_secret_peek (self->password, &wanted_size);
  ok = is_user (self->user, decoded) && strlen (colon + 1) == wanted_size &&
       CRYPTO_memcmp (colon + 1, password, wanted_size) == 0;
  OPENSSL_cleanse (colon + 1, strlen (colon + 1));

  return ok ? g_ascii_strdown (decoded, -1) : NULL;
}
