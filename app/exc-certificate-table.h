/* exc-certificate-table.h — certificates, filtered, sorted and selected
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-certificate.h"

G_BEGIN_DECLS

#define EXC_TYPE_CERTIFICATE_TABLE (exc_certificate_table_get_type ())
G_DECLARE_FINAL_TYPE (ExcCertificateTable, exc_certificate_table, EXC, CERTIFICATE_TABLE, AdwBin)

/**
 * ExcCertificateTable:
 *
 * Properties: `certificates` (a list of ExcCertificate, nullable), `scope` (FQDN of the one server
 * to show; nullable: all), `filter` ("default", "expiring", "all"), `search-text`, `is-compact`
 * (without the columns that the details pane shows too), `selected`
 * (read-only: the first selected certificate, nullable), `n-shown` (read-only).
 */
GtkWidget *exc_certificate_table_new (void) G_GNUC_WARN_UNUSED_RESULT;

ExcCertificate *exc_certificate_table_get_selected (ExcCertificateTable *self);
/* Every selected certificate, in the order of the table. (element-type ExcCertificate) */
GPtrArray *exc_certificate_table_dup_selection (ExcCertificateTable *self);
/* What is shown, filtered and sorted: of ExcCertificate. */
GtkSelectionModel *exc_certificate_table_get_model (ExcCertificateTable *self);
void exc_certificate_table_select (ExcCertificateTable *self, const char *key);

G_END_DECLS
