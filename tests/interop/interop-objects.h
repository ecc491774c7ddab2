/* interop-objects.h — recorded objects of real servers, for the engine to put out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Puts a recording where Get-X finds it; FALSE after g_test_skip where there is none. */
gboolean interop_place (const char *directory, const char *recording, const char *cmdlet);
/* The certificates as a file of them tells. (element-type ExcCertificateRecord) */
GPtrArray *interop_read_recorded (const char *recording) G_GNUC_WARN_UNUSED_RESULT;
/* Live certificates with the properties that Exchange adds; recordings have them only inside
 * SerializationData. */
void interop_place_certificates (const char *directory, GPtrArray *records);

G_END_DECLS
