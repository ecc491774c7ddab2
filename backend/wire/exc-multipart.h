/* exc-multipart.h — the body of a sealed WS-Management message
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_MULTIPART_SPNEGO   "application/HTTP-SPNEGO-session-encrypted"
#define EXC_MULTIPART_KERBEROS "application/HTTP-Kerberos-session-encrypted"

/* The HTTP Content-Type of such a body; protocol is one of the two above. */
char *exc_multipart_content_type (const char *protocol) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_multipart_is_content_type (const char *content_type); /* NULL: no */

/* header and data as the security context made them ([MS-WSMV] 2.2.9.1.1.2, protocol.md 9);
 * plain_size: bytes before sealing, plus padding. */
GBytes *exc_multipart_build (const char *protocol, gsize plain_size, GBytes *header, GBytes *data)
    G_GNUC_WARN_UNUSED_RESULT;

/* The parts of a whole body. The payload may hold anything, boundaries too. All outputs are
 * (transfer full). */
gboolean exc_multipart_parse (
    GBytes *body, gsize *plain_size, GBytes **header, GBytes **data, GError **error);

G_END_DECLS
