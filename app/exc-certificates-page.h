/* exc-certificates-page.h — the table of certificates and what stands around it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-banner.h"
#include "exc-certificate-table.h"
#include "exc-organization.h"

G_BEGIN_DECLS

#define EXC_TYPE_CERTIFICATES_PAGE (exc_certificates_page_get_type ())
G_DECLARE_FINAL_TYPE (ExcCertificatesPage, exc_certificates_page, EXC, CERTIFICATES_PAGE, AdwBin)

/**
 * ExcCertificatesPage:
 *
 * Properties: `organization` (nullable), `scope` (FQDN of the one server to show; nullable: all),
 * `filter` ("default", "expiring", "all"), `is-searching`, `search-text`, `is-compact`, `selected`
 * (read-only: the first selected certificate, nullable), `n-shown` (read-only).
 */
GtkWidget *exc_certificates_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

ExcCertificateTable *exc_certificates_page_get_table (ExcCertificatesPage *self);
/* What the organization's Auth certificate needs: for the window to say. (transfer none) */
ExcBanner *exc_certificates_page_get_auth_banner (ExcCertificatesPage *self);

G_END_DECLS
