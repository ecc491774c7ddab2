/* exc-http-error.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-error.h"
#include "exc-http-error-private.h"

#include <glib/gi18n.h>

/* The status codes of protocol.md 1. %s is the server with its port. */
static const struct {
  guint status;
  ExcError error;
  const char *sentence;
} statuses[] = {
  { 400,
    EXC_ERROR_ENDPOINT,
    N_("%s does not understand the request (HTTP 400). Check the address: https and http have "
       "different ports.") },
    { 403, EXC_ERROR_AUTH, N_("%s denied access (HTTP 403). Check the user’s rights.") },
      { 404,
        EXC_ERROR_ENDPOINT,
        N_("%s has no PowerShell endpoint at this address (HTTP 404). Check the path.") },
        { 405,
          EXC_ERROR_ENDPOINT,
          N_("%s has no PowerShell endpoint at this address (HTTP 405). Check the path.") },
          { 407,
            EXC_ERROR_UNREACHABLE,
            N_("A proxy in front of %s wants a password (HTTP 407).") },
            { 408,
              EXC_ERROR_UNREACHABLE,
              N_("%s waited too long for the request (HTTP 408). Try again.") },
              { 413, EXC_ERROR_LIMIT, N_("%s does not take a request of this size (HTTP 413).") },
                { 415,
                  EXC_ERROR_ENDPOINT,
                  N_("%s does not speak WS-Management at this address (HTTP 415). Check the path.") },
                  { 429,
                    EXC_ERROR_BUSY,
                    N_("%s gets too many requests (HTTP 429). Wait, then try again.") },
                    { 502,
                      EXC_ERROR_UNREACHABLE,
                      N_("A proxy cannot reach %s (HTTP 502). Try again later.") },
                      { 503,
                        EXC_ERROR_BUSY,
                        N_("%s is busy or starting (HTTP 503). Wait, then try again.") },
                        { 504,
                          EXC_ERROR_UNREACHABLE,
                          N_("A proxy cannot reach %s (HTTP 504). Try again later.") },
                      };

static gboolean
offers_basic (const char *offered)
{
  g_autofree char *lower = offered != NULL ? g_ascii_strdown (offered, -1) : NULL;

  /* Without a list we cannot tell, and take the password to be wrong. */
  return lower == NULL || strstr (lower, "basic") != NULL;
}

static GError *
new_redirect (guint status, const char *server, const char *location)
{
  if (location == NULL)
    return g_error_new (
        EXC_ERROR,
        EXC_ERROR_ENDPOINT,
        _("%1$s asks to use another address (HTTP %2$u), but does not name it."), server, status);

  return g_error_new (EXC_ERROR,
                      EXC_ERROR_ENDPOINT,
                      _("%1$s asks to use another address (HTTP %2$u): %3$s. Enter that address "
                        "if you trust it."),
                         server,
                         status,
                         location);
}

GError *
exc_http_error_from_status (guint status,
                            const char *server,
                            const char *location,
                            const char *offered)
{
  if (status == 200 || status == 500)
    return NULL;
  if (status >= 300 && status < 400)
    return new_redirect (status, server, location);
  if (status == 401 && offers_basic (offered))
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_AUTH,
                        _("%s refused the user name or the password (HTTP 401)."), server);
  if (status == 401)
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_AUTH,
                        _("%1$s does not accept Basic authentication (HTTP 401). It offers: %2$s"),
                           server,
                           offered);

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++) {
    if (statuses[i].status == status) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      return g_error_new (EXC_ERROR, statuses[i].error, _(statuses[i].sentence), server);
#pragma GCC diagnostic pop
    }
  }

  return g_error_new (
      EXC_ERROR,
      EXC_ERROR_ENDPOINT,
      _("%1$s answers, but not as a PowerShell endpoint (HTTP %2$u)."), server, status);
}

static char *
dup_fingerprint (GByteArray *der, GChecksumType type)
{
  g_autofree char *lower = g_compute_checksum_for_data (type, der->data, der->len);

  return g_ascii_strup (lower, -1);
}

static const char *
get_reason (GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_REVOKED)
    return _("it was revoked");
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _("it is self-signed or its issuer is not trusted");
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _("it is for another name");
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return _("it has expired");
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return _("it is not valid yet");
  if (flags & G_TLS_CERTIFICATE_INSECURE)
    return _("its algorithm is insecure");

  return _("it could not be verified");
}

static GError *
new_untrusted (const char *server, GTlsCertificate *certificate, GTlsCertificateFlags flags)
{
  g_autoptr(GByteArray) der = NULL;
  g_autofree char *sha1 = NULL;
  g_autofree char *sha256 = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  sha1 = dup_fingerprint (der, G_CHECKSUM_SHA1);
  sha256 = dup_fingerprint (der, G_CHECKSUM_SHA256);

  /* Translators: 3 and 4 are hexadecimal numbers. */
  return g_error_new (EXC_ERROR,
                      EXC_ERROR_UNTRUSTED,
                      _("The certificate of %1$s is not trusted: %2$s. SHA-1: %3$s, SHA-256: "
                        "%4$s"),
                         server,
                         get_reason (flags),
                         sha1,
                         sha256);
}

GError *
exc_http_error_from_connection (const GError *reason,
                                const char *server,
                                GTlsCertificate *certificate,
                                GTlsCertificateFlags flags)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED) || reason->domain == EXC_ERROR)
    return g_error_copy (reason);
  if (reason->domain == G_TLS_ERROR && certificate != NULL && flags != 0)
    return new_untrusted (server, certificate, flags);
  if (reason->domain == G_TLS_ERROR && reason->code != G_TLS_ERROR_EOF)
    return g_error_new (
        EXC_ERROR,
        EXC_ERROR_ENDPOINT,
        _("No protected connection to %1$s could be made: %2$s"), server, reason->message);
  if (reason->domain == G_RESOLVER_ERROR)
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_UNREACHABLE,
                        _("The name of %1$s cannot be resolved: %2$s"), server, reason->message);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_UNREACHABLE,
                        _("%s refused the connection. Is the service running?"), server);
  if (reason->domain == SOUP_SESSION_ERROR)
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_ENDPOINT,
                        _("%1$s does not answer as a web server: %2$s"), server, reason->message);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_UNREACHABLE,
                        _("%1$s cannot be reached: %2$s"), server, reason->message);

  return g_error_new (EXC_ERROR,
                      EXC_ERROR_UNREACHABLE,
                      _("The connection to %1$s was lost: %2$s"), server, reason->message);
}
