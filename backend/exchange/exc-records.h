/* exc-records.h — what servers answer, checked and typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcTristate:
 *
 * A fact that a server may have kept to itself. Unknown is never shown as no.
 */
typedef enum {
  EXC_UNKNOWN = -1,
  EXC_NO = 0,
  EXC_YES = 1,
} ExcTristate;

/* The bits of AllowedServices (domain.md 1.3). */
typedef enum {
  EXC_SERVICE_IMAP = 1,
  EXC_SERVICE_POP = 2,
  EXC_SERVICE_UM = 4,
  EXC_SERVICE_IIS = 8,
  EXC_SERVICE_SMTP = 16,
  EXC_SERVICE_FEDERATION = 32,
  EXC_SERVICE_UM_CALL_ROUTER = 64,
} ExcServices;

#define EXC_SERVICES_UNKNOWN (-1)

/* CertificateStatus (domain.md 1.4). */
typedef enum {
  EXC_STATUS_UNREAD = -1, /* the server did not tell */
  EXC_STATUS_UNKNOWN = 0,
  EXC_STATUS_VALID,
  EXC_STATUS_REVOKED,
  EXC_STATUS_DATE_INVALID,
  EXC_STATUS_UNTRUSTED,
  EXC_STATUS_INVALID,
  EXC_STATUS_REVOCATION_CHECK_FAILURE,
  EXC_STATUS_PENDING_REQUEST,
} ExcStatus;

/* How a certificate's properties were read (architecture.md 4). */
typedef enum {
  EXC_ROUTE_PROJECTED,  /* Select-Object on the server */
  EXC_ROUTE_SERIALIZED, /* SerializationData, parsed read-only */
  EXC_ROUTE_RAW,        /* RawData alone */
} ExcRoute;

/**
 * ExcCertificateRecord:
 *
 * One certificate as Get-ExchangeCertificate gave it. NULL, EXC_UNKNOWN, EXC_SERVICES_UNKNOWN and
 * EXC_STATUS_UNREAD stand for what the server did not tell. Dates are Unix seconds in UTC.
 * @der is always there and @thumbprint is always the SHA-1 of it, computed here.
 */
typedef struct {
  gatomicrefcount ref_count;
  ExcRoute route;
  GBytes *der;
  char *thumbprint; /* 40 hex digits, upper case */
  char *friendly_name;
  char *subject; /* .NET order, as <I>…<S>… wants it; from the server, else from the DER */
  char *issuer;
  char *serial_number;
  gint64 not_before;
  gint64 not_after;
  int services; /* ExcServices, or EXC_SERVICES_UNKNOWN */
  ExcStatus status;
  char *root_ca_type; /* the server's word: None, ThirdParty, Enterprise, Registry, … */
  ExcTristate is_self_signed;
  ExcTristate has_private_key;
  ExcTristate private_key_exportable;
  int key_size;       /* bits; 0 where unknown */
  GStrv domains;      /* CertificateDomains; NULL where the server did not tell */
  GStrv iis_services; /* NULL where the server did not tell */
  char *identity;     /* SERVER.fqdn\THUMBPRINT: which server answered */
} ExcCertificateRecord;

#define EXC_TYPE_CERTIFICATE_RECORD (exc_certificate_record_get_type ())
GType exc_certificate_record_get_type (void);
ExcCertificateRecord *exc_certificate_record_new (void)
    G_GNUC_WARN_UNUSED_RESULT; /* nothing told */
ExcCertificateRecord *exc_certificate_record_ref (ExcCertificateRecord *self);
void exc_certificate_record_unref (ExcCertificateRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcCertificateRecord, exc_certificate_record_unref)

/* One row of Get-ExchangeServer. */
typedef struct {
  gatomicrefcount ref_count;
  char *name;
  char *fqdn;
  char *domain;
  char *site;    /* the site's name */
  char *version; /* "Version 15.2 (Build 986.5)" as sent */
  char *role;
  char *edition;
  gboolean is_mailbox;
  gboolean is_edge;
} ExcServerRecord;

#define EXC_TYPE_SERVER_RECORD (exc_server_record_get_type ())
GType exc_server_record_get_type (void);
ExcServerRecord *exc_server_record_new (void) G_GNUC_WARN_UNUSED_RESULT; /* nothing told */
ExcServerRecord *exc_server_record_ref (ExcServerRecord *self);
void exc_server_record_unref (ExcServerRecord *self);
/* "Exchange Server 2016", "2019", "SE", or the version as sent (domain.md 2.6). (transfer full) */
char *exc_server_record_dup_product (ExcServerRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcServerRecord, exc_server_record_unref)

/* Get-AuthConfig. Thumbprints are NULL where none. */
typedef struct {
  gatomicrefcount ref_count;
  char *current;
  char *previous;
  char *next;
  gint64 next_effective; /* Unix seconds; 0 where none */
} ExcAuthConfigRecord;

#define EXC_TYPE_AUTH_CONFIG_RECORD (exc_auth_config_record_get_type ())
GType exc_auth_config_record_get_type (void);
ExcAuthConfigRecord *exc_auth_config_record_new (void) G_GNUC_WARN_UNUSED_RESULT; /* nothing told */
ExcAuthConfigRecord *exc_auth_config_record_ref (ExcAuthConfigRecord *self);
void exc_auth_config_record_unref (ExcAuthConfigRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcAuthConfigRecord, exc_auth_config_record_unref)

/* An https binding of an IIS site. */
typedef struct {
  char *site;
  char *info; /* "*:444:", "127.0.0.1:443:" */
  char *hash; /* upper case; NULL where nothing is bound */
  char *store;
  int ssl_flags;
} ExcBindingRecord;

typedef struct {
  char *name;
  char *status;     /* Running, Stopped, … as Windows says it */
  char *start_type; /* NULL on PowerShell 4, which has no such property */
} ExcServiceRecord;

typedef struct {
  char *thumbprint;
  char *subject;
  char *friendly_name;         /* My only */
  ExcTristate has_private_key; /* My only */
  char *key_provider;          /* My only; NULL: CNG or unreadable */
  gint64 not_after;
} ExcStoreEntry;

/* What the inventory script saw on one server (steps.md 0.8). */
typedef struct {
  gatomicrefcount ref_count;
  char *computer;
  gint64 utc_now;      /* the server's clock, Unix seconds */
  GPtrArray *bindings; /* (element-type ExcBindingRecord) */
  GPtrArray *services; /* (element-type ExcServiceRecord) */
  GPtrArray *root;     /* (element-type ExcStoreEntry) LocalMachine\Root, ours alone */
  GPtrArray *my;       /* (element-type ExcStoreEntry) LocalMachine\My */
  char *wmsvc_hash;    /* registry; NULL where not installed */
  int wmsvc_port;
  GHashTable *http_sys; /* "0.0.0.0:444" > thumbprint, from netsh's tokens */
} ExcWindowsRecord;

#define EXC_TYPE_WINDOWS_RECORD (exc_windows_record_get_type ())
GType exc_windows_record_get_type (void);
ExcWindowsRecord *exc_windows_record_new (void) G_GNUC_WARN_UNUSED_RESULT; /* nothing told */
ExcWindowsRecord *exc_windows_record_ref (ExcWindowsRecord *self);
void exc_windows_record_unref (ExcWindowsRecord *self);
/* (nullable): the https binding of @site on @port (of all addresses where @address is NULL) */
const ExcBindingRecord *exc_windows_record_find_binding (ExcWindowsRecord *self,
                                                         const char *site,
                                                         const char *address,
                                                         guint16 port);
gboolean exc_windows_record_has_root (ExcWindowsRecord *self, const char *thumbprint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcWindowsRecord, exc_windows_record_unref)

/* A Send connector (of the organization) or a Receive connector (of a server). */
typedef struct {
  char *name;
  char *identity;             /* "SERVER\\Default SERVER" for a Receive connector */
  char *fqdn;                 /* NULL where none is set */
  char *tls_certificate_name; /* "<I>issuer<S>subject"; NULL where none is set */
  ExcTristate is_enabled;
  ExcTristate requires_tls; /* Send only */
  ExcTristate is_cloud;     /* Send only: CloudServicesMailEnabled */
  GStrv source_servers;     /* Send only: names of servers; NULL where not told */
  char *transport_role;     /* Receive only: HubTransport, FrontendTransport */
  char *auth_mechanism;     /* Receive only: Exchange's words */
} ExcConnectorRecord;

/* Get-HybridConfiguration. Lists are NULL where not told. */
typedef struct {
  gatomicrefcount ref_count;
  char *tls_certificate_name; /* as a connector's */
  GStrv domains;
  GStrv receiving_servers;
  GStrv sending_servers;
  GStrv edge_servers;
} ExcHybridRecord;

ExcHybridRecord *exc_hybrid_record_new (void) G_GNUC_WARN_UNUSED_RESULT; /* nothing told */
ExcHybridRecord *exc_hybrid_record_ref (ExcHybridRecord *self);
void exc_hybrid_record_unref (ExcHybridRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcHybridRecord, exc_hybrid_record_unref)

/* A federation trust. Thumbprints are NULL where none. */
typedef struct {
  char *name;
  char *current;
  char *next;
  char *previous;
} ExcFederationRecord;

typedef struct {
  char *name; /* of the Edge server */
  char *site; /* the site's name */
} ExcEdgeSubscriptionRecord;

/* What Test-EdgeSynchronization says of one Edge server. */
typedef struct {
  char *name;
  char *status;      /* Exchange's word; NULL where not told */
  char *failure;     /* Exchange's text; NULL where none */
  ExcTristate is_ok; /* the word is Normal */
} ExcEdgeSyncRecord;

/* A database availability group. */
typedef struct {
  char *name;
  GStrv servers; /* short names */
} ExcDagRecord;

/* A database's copy on one server. */
typedef struct {
  char *name;          /* "DB01\\EX01" */
  char *status;        /* Exchange's word: Mounted, Healthy, Failed, … */
  gint64 queue_length; /* logs not copied yet; -1 where not told */
} ExcCopyRecord;

/* What Test-ServiceHealth says of one role of a server. */
typedef struct {
  char *role;
  ExcTristate is_running; /* all services that the role requires */
  GStrv not_running;      /* their names; NULL where not told */
} ExcHealthRecord;

void exc_connector_record_free (ExcConnectorRecord *self);
void exc_federation_record_free (ExcFederationRecord *self);
void exc_edge_subscription_record_free (ExcEdgeSubscriptionRecord *self);
void exc_edge_sync_record_free (ExcEdgeSyncRecord *self);
void exc_dag_record_free (ExcDagRecord *self);
void exc_copy_record_free (ExcCopyRecord *self);
void exc_health_record_free (ExcHealthRecord *self);
/* Whether a connector or the hybrid configuration that says @tls_certificate_name (nullable) means
 * a certificate: "<I>issuer<S>subject", to the letter. */
gboolean exc_tls_certificate_name_matches (const char *tls_certificate_name,
                                           ExcCertificateRecord *record);

/* An entry of a Windows event log. */
typedef struct {
  gint64 time; /* Unix seconds */
  int id;
  char *provider;
  char *message; /* (nullable): in the server's language */
} ExcEventRecord;

/* 40 hex digits in any case and with blanks, as people paste them: upper case, or NULL. */
char *exc_thumbprint_normalize (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
