/* exc-reading.h — a fresh look at the server that a step is about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-records.h"
#include "exc-step-context.h"

G_BEGIN_DECLS

/* They are read in this order. */
typedef enum {
  EXC_READ_WINDOWS = 1 << 0,      /* bindings, Root and services, on the Windows endpoint */
  EXC_READ_INTERNAL = 1 << 1,     /* the internal transport certificate */
  EXC_READ_CERTIFICATES = 1 << 2, /* all certificates of the server */
  EXC_READ_AUTH = 1 << 3,         /* the organization's Auth configuration */
  EXC_READ_HEALTH = 1 << 4,       /* services that the server's roles require */
  EXC_READ_COPIES = 1 << 5,       /* its database copies */
  EXC_READ_SEND_CONNECTORS = 1 << 6,
  EXC_READ_POP = 1 << 7,       /* the name by which POP finds its certificate */
  EXC_READ_IMAP = 1 << 8,      /* and IMAP */
  EXC_READ_EDGE_SYNC = 1 << 9, /* Test-EdgeSynchronization */
  EXC_READ_ENDPOINT = 1 << 10, /* whether the server's own Exchange endpoint answers */
  EXC_READ_SERVED = 1 << 11,   /* the handshake on a port */
  EXC_READ_PORTS = 1 << 12,    /* which ports answer with a handshake */
} ExcReadParts;

/* What is to be read. */
typedef struct {
  ExcReadParts parts;
  const char *server;          /* (nullable): FQDN; NULL: the lane's */
  const char *thumbprint;      /* (nullable): a certificate to look for in the stores */
  const char *const *services; /* (nullable) */
  guint16 port;                /* of EXC_READ_SERVED; 0: 444 */
  const guint16 *ports;        /* of EXC_READ_PORTS: static, 0 at the end, not empty */
} ExcReadRequest;

/* What was asked for; the rest is NULL. */
typedef struct {
  ExcWindowsRecord *windows;
  char *internal;          /* NULL: none is set */
  GPtrArray *certificates; /* (element-type ExcCertificateRecord) */
  ExcAuthConfigRecord *auth;
  GPtrArray *health;          /* (element-type ExcHealthRecord) */
  GPtrArray *copies;          /* (element-type ExcCopyRecord) */
  GPtrArray *send_connectors; /* (element-type ExcConnectorRecord) */
  char *pop_name;             /* "": none is set */
  char *imap_name;
  GPtrArray *edge_sync; /* (element-type ExcEdgeSyncRecord) */
  char *served;         /* thumbprint on the port */
  gboolean is_probed;   /* FALSE: nothing listens for us there, which says nothing */
  char *probe_problem;  /* why there is no handshake, or why it failed */
  gboolean is_endpoint_asked;
  char *endpoint_problem; /* NULL: it answers */
  GArray *answering;      /* (element-type guint16): ports with a handshake, of those asked */
  char *silence;          /* NULL: all of them; why the first of the others has none */
} ExcReading;

void exc_reading_free (ExcReading *self);

/* The Windows endpoint is asked first: it is the lifeline that has to be there before anything is
 * changed. A port that does not listen is no failure. */
void exc_reading_async (ExcStepContext *context,
                        const ExcReadRequest *request,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
ExcReading *exc_reading_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcCertificateRecord *exc_reading_find_certificate (ExcReading *self, const char *thumbprint);
/* The hash on a binding of a site; FALSE where there is no such binding. hash: (nullable) */
gboolean exc_reading_find_binding (ExcReading *self,
                                   const char *site,
                                   const char *info,
                                   const char **hash);
/* The binding of the back end on 444; NULL where there is none, or more than one. */
const ExcBindingRecord *exc_reading_get_back_end (ExcReading *self);
/* Whether nothing of what was read uses the certificate, so that it may be removed; else
 * EXC_ERROR_REFUSED and what does. Exchange itself does not look there (domain.md 2.3). name: of
 * the server, for people; with_internal: as the internal transport certificate, too */
gboolean exc_reading_check_unused (ExcReading *self,
                                   const char *name,
                                   const char *thumbprint, /* (nullable) */
                                   gboolean with_internal,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcReading, exc_reading_free)

G_END_DECLS
