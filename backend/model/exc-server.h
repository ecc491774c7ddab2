/* exc-server.h — one Exchange server, as it was seen last
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-records.h"

G_BEGIN_DECLS

typedef enum {
  EXC_SERVER_LOADING, /* being read for the first time */
  EXC_SERVER_OK,
  EXC_SERVER_PARTIAL,     /* certificates read, something else not (the Windows endpoint) */
  EXC_SERVER_UNREACHABLE, /* nothing read this time; old facts stay, with their age */
  EXC_SERVER_UNSUPPORTED, /* Edge: shown, never asked */
} ExcServerState;

#define EXC_TYPE_SERVER (exc_server_get_type ())
G_DECLARE_FINAL_TYPE (ExcServer, exc_server, EXC, SERVER, GObject)

/**
 * ExcServer:
 *
 * Immutable. Properties as the getters: fqdn, name, site, version, product, state, state-text,
 * problem, last-seen, worst-days, n-certificates, worst-health (ExcHealth as int).
 */
const char *exc_server_get_fqdn (ExcServer *self);
const char *exc_server_get_name (ExcServer *self);
const char *exc_server_get_site (ExcServer *self);    /* (nullable) */
const char *exc_server_get_version (ExcServer *self); /* (nullable) */
const char *exc_server_get_product (ExcServer *self); /* (nullable) "Exchange Server 2019" */
ExcServerState exc_server_get_state (ExcServer *self);
/* For people: "Connected", "Unreachable, last seen 10:32", "Certificates only: …". */
const char *exc_server_get_state_text (ExcServer *self);
const char *exc_server_get_problem (
    ExcServer *self); /* (nullable) the error in full, with what to do */
gint64 exc_server_get_last_seen (ExcServer *self); /* Unix seconds; 0: never */
ExcServerRecord *exc_server_get_record (ExcServer *self);
int exc_server_get_worst_days (ExcServer *self); /* of its certificates in use; G_MAXINT: none */
guint exc_server_get_n_certificates (ExcServer *self);
const char *exc_server_get_internal_transport (ExcServer *self); /* (nullable) thumbprint */
ExcWindowsRecord *exc_server_get_windows (ExcServer *self);      /* (nullable) */
/* (nullable) (element-type ExcConnectorRecord): its own; NULL: not told, or none */
GPtrArray *exc_server_get_receive_connectors (ExcServer *self);
/* X509CertificateName; "": none is set; (nullable): NULL: not told */
const char *exc_server_get_pop_name (ExcServer *self);
const char *exc_server_get_imap_name (ExcServer *self);
/* (nullable): UMStartupMode: TCP, TLS or Dual; NULL: not told, or a version without UM */
const char *exc_server_get_um_mode (ExcServer *self);
const char *exc_server_get_settings_problem (ExcServer *self); /* (nullable) why one is not told */
ExcRoute exc_server_get_route (ExcServer *self);               /* how its certificates were read */
GListModel *exc_server_get_sections (ExcServer *self);         /* of ExcSection */
/* Shows the same: everything but when it was seen, which counts only while it is unreachable. */
gboolean exc_server_equal (ExcServer *self, ExcServer *other);
const char *exc_server_state_to_id (
    ExcServerState state); /* loading, ok, partial, unreachable, unsupported */

G_END_DECLS
