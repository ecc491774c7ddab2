/* exc-endpoint.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-endpoint.h"

#include "exc-error.h"
#include "exc-security-context.h"

#include <glib/gi18n.h>

struct _ExcCredentials {
  gatomicrefcount ref_count;
  ExcAuth auth;
  char *user;
  ExcSecret *password;
};

struct _ExcEndpoint {
  gatomicrefcount ref_count;
  char *url;
  char *host;
  char *configuration;
  ExcCredentials *credentials;
  char *ca_file;
  ExcNames *names;
};

G_DEFINE_BOXED_TYPE (ExcCredentials, exc_credentials, exc_credentials_ref, exc_credentials_unref)
G_DEFINE_BOXED_TYPE (ExcEndpoint, exc_endpoint, exc_endpoint_ref, exc_endpoint_unref)

/**
 * exc_credentials_new:
 * @auth: how the user is proved
 * @user: the user, in the form the server wants (DOMAIN\user, user@domain)
 * @password: (transfer none): the password
 *
 * Returns: (transfer full): the credentials
 */
ExcCredentials *
exc_credentials_new (ExcAuth auth, const char *user, ExcSecret *password)
{
  ExcCredentials *self = NULL;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (password != NULL, NULL);

  self = g_new0 (ExcCredentials, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->auth = auth;
  self->user = g_strdup (user);
  self->password = exc_secret_ref (password);

  return self;
}

ExcCredentials *
exc_credentials_ref (ExcCredentials *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_credentials_unref (ExcCredentials *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->user);
  exc_secret_unref (self->password);
  g_free (self);
}

ExcAuth
exc_credentials_get_auth (ExcCredentials *self)
{
  return self->auth;
}

const char *
exc_credentials_get_user (ExcCredentials *self)
{
  return self->user;
}

ExcSecret *
exc_credentials_get_password (ExcCredentials *self)
{
  return self->password;
}

/* Whether nothing sent to the host can leave this machine. */
static gboolean
is_loopback (const char *host, ExcNames *names)
{
  g_autoptr(GInetAddress) address = NULL;

  if (names != NULL)
    address = exc_names_lookup (names, host);
  if (address == NULL)
    address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0;
}

static gboolean
check_ca_file (const char *ca_file, GError **error)
{
  g_autolist(GTlsCertificate) certificates = NULL;
  g_autoptr(GError) reason = NULL;

  certificates = g_tls_certificate_list_new_from_file (ca_file, &reason);
  if (certificates != NULL)
    return TRUE;

  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("“%1$s” cannot be used as a file of trusted certificates: %2$s"),
                  ca_file,
                  reason != NULL ? reason->message : _("there is no certificate in it"));
  return FALSE;
}

static GUri *
parse_url (const char *url, GError **error)
{
  g_autoptr(GError) reason = NULL;
  g_autoptr(GUri) uri = NULL;
  const char *scheme = NULL;

  uri = g_uri_parse (url,
                     G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH |
                         G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_SCHEME_NORMALIZE,
                     &reason);
  scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      (!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http"))) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is not an address. Use one like https://server.example.com/PowerShell/."),
                    url);
    return NULL;
  }
  if (g_uri_get_userinfo (uri) != NULL) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("The address must not hold a user or a password. Give them apart."));
    return NULL;
  }

  return g_steal_pointer (&uri);
}

/**
 * exc_endpoint_new:
 * @url: an http or https address, with path and query
 * @configuration: EXC_CONFIGURATION_EXCHANGE or EXC_CONFIGURATION_WINDOWS
 * @credentials: (transfer none): who connects
 * @ca_file: (nullable): a PEM file to trust beside the system's certificates
 * @names: (nullable) (transfer none): a hosts file
 * @error: return location for an EXC_ERROR_INPUT
 *
 * Returns: (transfer full) (nullable): the endpoint
 */
ExcEndpoint *
exc_endpoint_new (const char *url,
                  const char *configuration,
                  ExcCredentials *credentials,
                  const char *ca_file,
                  ExcNames *names,
                  GError **error)
{
  g_autoptr(GUri) uri = NULL;
  ExcEndpoint *self = NULL;

  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (configuration != NULL, NULL);
  g_return_val_if_fail (credentials != NULL, NULL);

  uri = parse_url (url, error);
  if (uri == NULL)
    return NULL;
  if (exc_credentials_get_auth (credentials) == EXC_AUTH_NEGOTIATE &&
      !exc_security_context_is_available ()) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("This version cannot sign in with Kerberos or NTLM yet. Use Basic "
                           "authentication over https."));
    return NULL;
  }
  if (exc_credentials_get_auth (credentials) == EXC_AUTH_BASIC &&
      g_str_equal (g_uri_get_scheme (uri), "http") && !is_loopback (g_uri_get_host (uri), names)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("The password would go to %s unprotected. Use an https address."),
                    g_uri_get_host (uri));
    return NULL;
  }
  if (ca_file != NULL && !check_ca_file (ca_file, error))
    return NULL;

  self = g_new0 (ExcEndpoint, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->url = g_strdup (url);
  self->host = g_strdup (g_uri_get_host (uri));
  self->configuration = g_strdup (configuration);
  self->credentials = exc_credentials_ref (credentials);
  self->ca_file = g_strdup (ca_file);
  self->names = names != NULL ? exc_names_ref (names) : exc_names_new ();

  return self;
}

ExcEndpoint *
exc_endpoint_ref (ExcEndpoint *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_endpoint_unref (ExcEndpoint *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->url);
  g_free (self->host);
  g_free (self->configuration);
  exc_credentials_unref (self->credentials);
  g_free (self->ca_file);
  exc_names_unref (self->names);
  g_free (self);
}

const char *
exc_endpoint_get_url (ExcEndpoint *self)
{
  return self->url;
}

const char *
exc_endpoint_get_host (ExcEndpoint *self)
{
  return self->host;
}

const char *
exc_endpoint_get_configuration (ExcEndpoint *self)
{
  return self->configuration;
}

ExcCredentials *
exc_endpoint_get_credentials (ExcEndpoint *self)
{
  return self->credentials;
}

const char *
exc_endpoint_get_ca_file (ExcEndpoint *self)
{
  return self->ca_file;
}

ExcNames *
exc_endpoint_get_names (ExcEndpoint *self)
{
  return self->names;
}
