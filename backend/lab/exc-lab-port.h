/* exc-lab-port.h — one listening port that can be closed, cut and given another certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ExcLabPort:
 *
 * Accepts connections on an address and hands them to a SoupServer, over TLS where it has a
 * certificate. A connection keeps the certificate that it began with.
 */
typedef struct _ExcLabPort ExcLabPort;

/* server: (transfer none): is given the connections; port 0: any free one */
ExcLabPort *exc_lab_port_new (SoupServer *server,
                              GInetAddress *address,
                              guint16 port,
                              GTlsCertificate *certificate,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_port_free (ExcLabPort *self);

guint16 exc_lab_port_get_number (ExcLabPort *self);
GInetAddress *exc_lab_port_get_address (ExcLabPort *self);
void exc_lab_port_set_certificate (ExcLabPort *self, GTlsCertificate *certificate);
/* TRUE: new connections are accepted and cut before a handshake, as http.sys does for an entry
 * whose certificate it cannot use; those that stand are left alone. */
void exc_lab_port_set_broken (ExcLabPort *self, gboolean broken);
/* FALSE: refuses connections, cuts those that stand. */
gboolean exc_lab_port_set_open (ExcLabPort *self, gboolean open, GError **error);
/* (nullable): the socket of the connection that comes from there */
GSocket *exc_lab_port_find_socket (ExcLabPort *self, GSocketAddress *remote);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabPort, exc_lab_port_free)

G_END_DECLS
