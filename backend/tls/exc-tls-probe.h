/* exc-tls-probe.h — which certificate is really served
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-starttls.h"
#include "exc-x509.h"

G_BEGIN_DECLS

/* One handshake, without credentials and without trust: the leaf is what is asked for.
 * host: SNI; address and port: where to connect (a hosts file may have moved both).
 * EXC_ERROR_NOT_FOUND: nothing listens there. EXC_ERROR_UNREACHABLE: no answer in time.
 * EXC_ERROR_ENDPOINT: something answers, but shows no certificate. */
void exc_tls_probe_async (const char *host,
                          GInetAddress *address, /* (nullable): resolve host */
                          guint16 port,
                          ExcProbeGreeting greeting,
                          guint timeout_s,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
ExcX509 *exc_tls_probe_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
