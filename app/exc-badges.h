/* exc-badges.h — a row of short words in frames
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EXC_TYPE_BADGES (exc_badges_get_type ())
G_DECLARE_FINAL_TYPE (ExcBadges, exc_badges, EXC, BADGES, GtkWidget)

GtkWidget *exc_badges_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_badges_set_texts (ExcBadges *self, const char *const *texts);

G_END_DECLS
