/* exc-lab-server.h — one simulated server and all that lies on it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-certificate.h"

G_BEGIN_DECLS

#define EXC_LAB_FRONT_END    "Default Web Site"
#define EXC_LAB_BACK_END     "Exchange Back End"
#define EXC_LAB_IIS_APP_ID   "{4dc3e181-e14b-4a21-b022-59fc669b0914}"
#define EXC_LAB_WMSVC_APP_ID "{d7d72267-fcf9-4424-9eec-7e1d8dcec9a9}"

/* An https binding of an IIS site. Which certificate it has is written in http.sys's table. */
typedef struct {
  char *site;
  char *address; /* "*" or an address */
  guint16 port;
  int ssl_flags;
} ExcLabBinding;

/* A row of `netsh http show sslcert`: what is really served. */
typedef struct {
  char *address; /* "0.0.0.0" or an address */
  guint16 port;
  char *hash; /* upper case; may name a certificate that is gone */
  char *app_id;
} ExcLabSslEntry;

typedef struct {
  char *name;
  gboolean is_running; /* what it was told to be */
  char *start_type;
  guint restart_s; /* how long it takes to come back */
  gint64 back_at;  /* Unix seconds of the lab's clock; 0: it is back */
} ExcLabService;

/* An entry of an event log. */
typedef struct {
  gint64 time;  /* Unix seconds of the lab's clock */
  char *log;    /* "Application", "System" */
  char *source; /* "MSExchange AuthAdmin" */
  guint id;
  char *message;
} ExcLabEvent;

/* A receive connector; also a send connector where transport servers are named. */
typedef struct {
  char *name;
  char *fqdn;                 /* NULL: none */
  char *tls_certificate_name; /* "<I>…<S>…"; NULL: none */
  char *auth_mechanism;
  int auth_flags;
  char *transport_role;
  gboolean is_enabled;
  gboolean requires_tls;
  gboolean is_cloud;
  GStrv transport_servers;
} ExcLabConnector;

/**
 * ExcLabServer:
 *
 * Owned by the world. Thumbprints are upper case hex.
 */
typedef struct {
  char *name; /* EXCH01 */
  char *fqdn; /* exch01.contoso.lab */
  char *domain;
  char *site;
  char *version; /* "Version 15.2 (Build 1544.4)" */
  char *edition;
  gboolean is_edge;
  gboolean is_up;
  gboolean requires_ssl; /* on the root of the Default Web Site */

  GPtrArray *my;      /* (element-type ExcLabCertificate) with private keys */
  GPtrArray *root;    /* (element-type ExcLabCertificate) */
  GPtrArray *request; /* (element-type ExcLabCertificate) pending requests */

  GPtrArray *bindings;    /* (element-type ExcLabBinding) */
  GPtrArray *ssl_entries; /* (element-type ExcLabSslEntry) */
  GPtrArray *services;    /* (element-type ExcLabService) */
  GPtrArray *connectors;  /* (element-type ExcLabConnector) receive connectors */
  GPtrArray *databases;   /* (element-type utf8) copies on this server */
  GPtrArray *failed;      /* (element-type utf8) of these, the failed copies */
  GPtrArray *events;      /* (element-type ExcLabEvent) oldest first; capped */
  GPtrArray *without_tls; /* (element-type utf8) connectors that found no certificate so far */

  char *internal_transport; /* thumbprint; NULL: none */
  char *pop_name;           /* X509CertificateName; NULL: none */
  char *imap_name;
  char *wmsvc_hash; /* of the registry; NULL: not installed */
  guint16 wmsvc_port;
  gboolean wmsvc_remote;
  char *um_mode; /* UMStartupMode: "TCP", "TLS", "Dual"; NULL: a version without UM */
  char *um_hash; /* thumbprints in the UM configuration; NULL: none */
  char *um_call_router_mode;
  char *um_call_router_hash;
  char *edge_credentials; /* thumbprint of the certificate whose key the EdgeSync credentials are
                           * encrypted with; NULL: no subscription */

  /* Which run of MSExchangeServiceHost the servicelets know: its back_at, -1 while it is down. */
  gint64 host_run;
  gint64 next_servicelets; /* when they run again; 0: not planned yet */
} ExcLabServer;

ExcLabServer *exc_lab_server_new (const char *name, const char *domain) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_server_free (ExcLabServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabServer, exc_lab_server_free)

/* (nullable) (transfer none), case ignored */
ExcLabCertificate *exc_lab_store_find (GPtrArray *store, const char *thumbprint);
gboolean exc_lab_store_remove (GPtrArray *store, const char *thumbprint);

ExcLabBinding *exc_lab_server_add_binding (ExcLabServer *self,
                                           const char *site,
                                           const char *address,
                                           guint16 port);
/* (nullable): "*" finds the binding of all addresses only; NULL any */
ExcLabBinding *exc_lab_server_find_binding (ExcLabServer *self,
                                            const char *site,
                                            const char *address,
                                            guint16 port);
/* http.sys: address as in a binding ("*" is 0.0.0.0) */
const char *exc_lab_server_get_ssl_hash (ExcLabServer *self, const char *address, guint16 port);
void exc_lab_server_set_ssl_hash (ExcLabServer *self,
                                  const char *address,
                                  guint16 port,
                                  const char *hash, /* NULL: removes the row */
                                  const char *app_id);
/* (nullable): what a handshake on that address and port is answered with at this moment: the most
 * exact row of http.sys, if its certificate lies in My with its key */
ExcLabCertificate *exc_lab_server_find_served (ExcLabServer *self,
                                               const char *address,
                                               guint16 port);

ExcLabService *exc_lab_server_add_service (ExcLabServer *self,
                                           const char *name,
                                           gboolean is_running,
                                           const char *start_type,
                                           guint restart_s);
ExcLabService *exc_lab_server_find_service (ExcLabServer *self, const char *name);
/* now: the lab's clock */
gboolean exc_lab_service_is_up (ExcLabService *self, gint64 now);

/* What the server object's msExchServerInternalTLSCert becomes. The EdgeSync credentials are then
 * encrypted anew, which takes the key they were encrypted with: without it they are lost. */
void exc_lab_server_set_internal_transport (ExcLabServer *self, ExcLabCertificate *certificate);
/* Writes an entry into an event log of @self; the oldest goes where there are too many. */
void exc_lab_server_add_event (ExcLabServer *self,
                               gint64 time,
                               const char *log,
                               const char *source,
                               guint id,
                               const char *message);

ExcLabConnector *exc_lab_connector_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_connector_free (ExcLabConnector *self);

G_END_DECLS
