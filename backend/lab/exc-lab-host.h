/* exc-lab-host.h — the network side of one simulated server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-cmdlet.h"
#include "exc-lab-faults.h"

G_BEGIN_DECLS

/* Well-known ports lie this much higher, so that no root is needed. */
#define EXC_LAB_PORT_OFFSET 20000

/**
 * ExcLabHost:
 *
 * The listeners of one server on an address of its own: IIS (80, 443, 444), WinRM (5985, 5986),
 * WMSVC (8172) and the mail services (ExcLabMail), each plus 20000. They follow the world: which
 * certificate a port serves is what http.sys's table says at the moment of the handshake; where it
 * names one that is gone, every handshake fails; with a stopped service or a server that is down,
 * nothing listens.
 */
typedef struct _ExcLabHost ExcLabHost;

/* (transfer full) (nullable): with its key, for a listener */
GTlsCertificate *exc_lab_host_make_tls (ExcLabCertificate *certificate) G_GNUC_WARN_UNUSED_RESULT;

/* What a host needs of the lab; all of it outlives the host. */
typedef struct {
  ExcLabWorld *world;
  ExcLabTable *table;
  ExcLabFaults *faults;
  const char *user;
  ExcSecret *password;
  ExcLabRecordFunc record; /* every pipeline; path: "SERVER/endpoint" */
  gpointer record_data;
} ExcLabHostContext;

/* EXC_ERROR_BUSY where an address or port is taken: another one can be tried. */
ExcLabHost *exc_lab_host_new (const ExcLabHostContext *context,
                              ExcLabServer *server,
                              const char *address,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_host_free (ExcLabHost *self);

const char *exc_lab_host_get_address (ExcLabHost *self);
const char *exc_lab_host_get_name (ExcLabHost *self);
/* Before another world takes the place of this one: its mail services were not started yet. */
void exc_lab_host_forget (ExcLabHost *self);
/* After every change of the world or of the faults. */
void exc_lab_host_update (ExcLabHost *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabHost, exc_lab_host_free)

G_END_DECLS
