/* exc-export-window.h — a certificate to a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-organization.h"

G_BEGIN_DECLS

#define EXC_TYPE_EXPORT_WINDOW (exc_export_window_get_type ())
G_DECLARE_FINAL_TYPE (ExcExportWindow, exc_export_window, EXC, EXPORT_WINDOW, AdwWindow)

/**
 * ExcExportWindow:
 *
 * The public part, or a PFX file with the private key under a password. Nothing on the server
 * changes. Action: export.save.
 */
GtkWidget *exc_export_window_new (GtkWindow *parent, /* (nullable) */
                                  ExcOrganization *organization,
                                  ExcCertificate *certificate) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
