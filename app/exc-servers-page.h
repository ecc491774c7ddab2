/* exc-servers-page.h — the table of servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-organization.h"

G_BEGIN_DECLS

#define EXC_TYPE_SERVERS_PAGE (exc_servers_page_get_type ())
G_DECLARE_FINAL_TYPE (ExcServersPage, exc_servers_page, EXC, SERVERS_PAGE, AdwBin)

/* Properties `organization` (nullable), `is-compact` (fewer columns) and `selected` (an ExcServer,
 * read-only, nullable). */
GtkWidget *exc_servers_page_new (void) G_GNUC_WARN_UNUSED_RESULT;
ExcServer *exc_servers_page_get_selected (ExcServersPage *self);
void exc_servers_page_select (ExcServersPage *self, const char *fqdn);
/* What is shown, sorted: of ExcServer. */
GtkSelectionModel *exc_servers_page_get_model (ExcServersPage *self);

G_END_DECLS
