/* exc-connection.h — the shells of one organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-shell.h"

G_BEGIN_DECLS

/**
 * ExcConnectionSettings:
 *
 * How an organization is reached: `--url`, `--windows-url`, `--auth`, `--user`, `--ca`, `--hosts`.
 */
typedef struct {
  char *name;         /* for people: the organization */
  char *exchange_url; /* of one server's Exchange endpoint */
  char *windows_url;  /* with %s for the server's FQDN; NULL: https://%s:5986/wsman */
  ExcCredentials *credentials;
  char *ca_file;   /* (nullable) */
  ExcNames *names; /* (nullable) */
  gboolean is_demo;
} ExcConnectionSettings;

#define EXC_TYPE_CONNECTION_SETTINGS (exc_connection_settings_get_type ())
GType exc_connection_settings_get_type (void);
ExcConnectionSettings *exc_connection_settings_new (void) G_GNUC_WARN_UNUSED_RESULT;
ExcConnectionSettings *exc_connection_settings_copy (ExcConnectionSettings *self);
void exc_connection_settings_free (ExcConnectionSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcConnectionSettings, exc_connection_settings_free)

#define EXC_TYPE_CONNECTION (exc_connection_get_type ())
G_DECLARE_FINAL_TYPE (ExcConnection, exc_connection, EXC, CONNECTION, GObject)

/**
 * ExcConnection:
 *
 * Owns every shell of one organization (architecture.md 4): up to three for readings on the
 * Exchange endpoint, one for changes, one a server on the Windows endpoint. A shell that died is
 * replaced at the next run. Fails with EXC_ERROR_INPUT where the settings cannot be used.
 */
ExcConnection *exc_connection_new (ExcConnectionSettings *settings,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcConnectionSettings *exc_connection_get_settings (ExcConnection *self);

/* Servers that may answer readings when the one of the settings does not (FQDNs). */
void exc_connection_set_servers (ExcConnection *self, const char *const *fqdns);

/* A reading or, with a permit, a change on the Exchange endpoint. Readings wait for a free shell.
 */
void exc_connection_run_exchange_async (ExcConnection *self,
                                        ExcPipeline *pipeline,
                                        ExcPermit *permit,
                                        guint timeout_s,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* A reading in a session of its own with serializationLevel=Full: its bare objects carry
 * SerializationData (architecture.md 4), for servers that refuse to choose properties. */
void exc_connection_run_serialized_async (ExcConnection *self,
                                          ExcPipeline *pipeline,
                                          guint timeout_s,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/* The same on the Windows endpoint of one server. */
void exc_connection_run_windows_async (ExcConnection *self,
                                       const char *fqdn,
                                       ExcPipeline *pipeline,
                                       ExcPermit *permit,
                                       guint timeout_s,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
ExcReply *exc_connection_run_finish (ExcConnection *self,
                                     GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the Exchange endpoint of this one server answers a reading. */
void exc_connection_ask_async (ExcConnection *self,
                               const char *fqdn,
                               ExcPipeline *pipeline,
                               guint timeout_s,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
ExcReply *exc_connection_ask_finish (ExcConnection *self,
                                     GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint exc_connection_get_n_round_trips (ExcConnection *self);

/* Deletes every shell on the servers. */
void exc_connection_close_async (ExcConnection *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean exc_connection_close_finish (ExcConnection *self, GAsyncResult *result, GError **error);

/* The handshake on a port of a server, by the organization's names (exc-tls-probe.h). */
void exc_connection_probe_async (ExcConnection *self,
                                 const char *fqdn,
                                 guint16 port,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GBytes *exc_connection_probe_finish (ExcConnection *self, GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* DER of the leaf */

G_END_DECLS
