/* exc-banner.h — a line across the window that asks for attention
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EXC_TYPE_BANNER (exc_banner_get_type ())
G_DECLARE_FINAL_TYPE (ExcBanner, exc_banner, EXC, BANNER, AdwBin)

/**
 * ExcBanner:
 *
 * Properties: `icon-name`, `title` (NULL hides the banner), `button-label`, `action-name` and
 * its `target` (a string).
 */
GtkWidget *exc_banner_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_banner_set_title (ExcBanner *self, const char *title);
const char *exc_banner_get_title (ExcBanner *self); /* (nullable) */
void exc_banner_set_target (ExcBanner *self, const char *target);
/* Shows it with what its button does. target: (nullable): of an action that takes none */
void exc_banner_show (ExcBanner *self,
                      const char *icon_name,
                      const char *title,
                      const char *button_label,
                      const char *action_name,
                      const char *target);

G_END_DECLS
