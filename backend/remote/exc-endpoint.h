/* exc-endpoint.h — where a shell is opened, and as whom
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "exc-secret.h"

G_BEGIN_DECLS

#define EXC_CONFIGURATION_EXCHANGE "http://schemas.microsoft.com/powershell/Microsoft.Exchange"
#define EXC_CONFIGURATION_WINDOWS  "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"

typedef enum {
  EXC_AUTH_BASIC,
  EXC_AUTH_NEGOTIATE, /* needs a security context; not in this version: EXC_ERROR_INPUT says so */
} ExcAuth;

/**
 * ExcCredentials:
 *
 * User and password, counted. The password is a secret that wipes itself.
 */
typedef struct _ExcCredentials ExcCredentials;

#define EXC_TYPE_CREDENTIALS (exc_credentials_get_type ())
GType exc_credentials_get_type (void);

ExcCredentials *exc_credentials_new (ExcAuth auth,
                                     const char *user,
                                     ExcSecret *password) G_GNUC_WARN_UNUSED_RESULT;
ExcCredentials *exc_credentials_ref (ExcCredentials *self);
void exc_credentials_unref (ExcCredentials *self);
ExcAuth exc_credentials_get_auth (ExcCredentials *self);
const char *exc_credentials_get_user (ExcCredentials *self);
ExcSecret *exc_credentials_get_password (ExcCredentials *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcCredentials, exc_credentials_unref)

/**
 * ExcNames:
 *
 * How names become addresses: a hosts file (lines `FQDN ADDRESS OFFSET`) in front of the system's
 * resolver. OFFSET is added to well-known ports, so that a lab needs no root. Immutable.
 */
typedef struct _ExcNames ExcNames;

#define EXC_TYPE_NAMES (exc_names_get_type ())
GType exc_names_get_type (void);

ExcNames *exc_names_new (void) G_GNUC_WARN_UNUSED_RESULT; /* the system's names, offset 0 */
ExcNames *exc_names_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcNames *exc_names_ref (ExcNames *self);
void exc_names_unref (ExcNames *self);
/* (nullable) (transfer full): the address the file gives for host, whatever its case */
GInetAddress *exc_names_lookup (ExcNames *self, const char *host);
guint16 exc_names_get_port (ExcNames *self, const char *host, guint16 port); /* port + its offset */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcNames, exc_names_unref)

/**
 * ExcEndpoint:
 *
 * A WS-Management address with all that is needed to use it. Immutable and counted.
 * Basic goes over https only, or over http to a loopback address: anything else is refused with
 * EXC_ERROR_INPUT when the endpoint is made.
 */
typedef struct _ExcEndpoint ExcEndpoint;

#define EXC_TYPE_ENDPOINT (exc_endpoint_get_type ())
GType exc_endpoint_get_type (void);

/* ca_file: (nullable): a PEM file to trust beside the system's; names: (nullable) */
ExcEndpoint *exc_endpoint_new (const char *url,
                               const char *configuration,
                               ExcCredentials *credentials,
                               const char *ca_file,
                               ExcNames *names,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcEndpoint *exc_endpoint_ref (ExcEndpoint *self);
void exc_endpoint_unref (ExcEndpoint *self);

const char *exc_endpoint_get_url (ExcEndpoint *self);
const char *exc_endpoint_get_host (ExcEndpoint *self);
const char *exc_endpoint_get_configuration (ExcEndpoint *self);
ExcCredentials *exc_endpoint_get_credentials (ExcEndpoint *self);
const char *exc_endpoint_get_ca_file (ExcEndpoint *self);
ExcNames *exc_endpoint_get_names (ExcEndpoint *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcEndpoint, exc_endpoint_unref)

G_END_DECLS
