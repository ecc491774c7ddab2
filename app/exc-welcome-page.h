/* exc-welcome-page.h — what is seen while no organization is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EXC_TYPE_WELCOME_PAGE (exc_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (ExcWelcomePage, exc_welcome_page, EXC, WELCOME_PAGE, AdwBin)

GtkWidget *exc_welcome_page_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_welcome_page_show_welcome (ExcWelcomePage *self);
void exc_welcome_page_show_opening (ExcWelcomePage *self);
void exc_welcome_page_show_failed (ExcWelcomePage *self, const char *problem);

G_END_DECLS
