/* exc-details-pane.h — every fact of one certificate or server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-section.h"

G_BEGIN_DECLS

#define EXC_TYPE_DETAILS_PANE (exc_details_pane_get_type ())
G_DECLARE_FINAL_TYPE (ExcDetailsPane, exc_details_pane, EXC, DETAILS_PANE, AdwBin)

/* Property `object`: an ExcCertificate, an ExcServer or NULL. */
GtkWidget *exc_details_pane_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_details_pane_set_object (ExcDetailsPane *self, GObject *object);
GObject *exc_details_pane_get_object (ExcDetailsPane *self);
/* guard: (nullable): why the certificate cannot simply be deleted */
void exc_details_pane_set_guard (ExcDetailsPane *self, const char *guard);

G_END_DECLS
