/* exc-http-transport.h — WS-Management over HTTP(S)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-endpoint.h"
#include "exc-transport.h"

G_BEGIN_DECLS

#define EXC_TYPE_HTTP_TRANSPORT (exc_http_transport_get_type ())
G_DECLARE_FINAL_TYPE (ExcHttpTransport, exc_http_transport, EXC, HTTP_TRANSPORT, GObject)

ExcHttpTransport *exc_http_transport_new (ExcEndpoint *endpoint) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
