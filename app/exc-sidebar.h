/* exc-sidebar.h — pages and servers, beside the content
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-organization.h"

G_BEGIN_DECLS

#define EXC_TYPE_SIDEBAR (exc_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (ExcSidebar, exc_sidebar, EXC, SIDEBAR, AdwBin)

/**
 * ExcSidebar:
 *
 * Properties: `organization` (nullable), `page` (certificates, servers, jobs), `scope` (FQDN,
 * nullable: all servers), `n-active` (jobs that run). A choice is told by win.show-page and
 * win.show-scope.
 */
GtkWidget *exc_sidebar_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
