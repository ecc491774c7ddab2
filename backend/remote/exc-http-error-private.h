/* exc-http-error-private.h — what went wrong below WS-Management, said for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* NULL for a status that carries an envelope: 200 and 500. location, offered: (nullable) */
GError *exc_http_error_from_status (guint status,
                                    const char *server,
                                    const char *location,
                                    const char *offered) G_GNUC_WARN_UNUSED_RESULT;
/* certificate: (nullable): the one that was refused */
GError *exc_http_error_from_connection (const GError *reason,
                                        const char *server,
                                        GTlsCertificate *certificate,
                                        GTlsCertificateFlags flags) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
