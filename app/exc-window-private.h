/* exc-window-private.h — shared by the window's files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-banner.h"
#include "exc-certificates-page.h"
#include "exc-details-pane.h"
#include "exc-jobs-page.h"
#include "exc-servers-page.h"
#include "exc-welcome-page.h"
#include "exc-window.h"

G_BEGIN_DECLS

struct _ExcWindow {
  AdwApplicationWindow parent_instance;

  ExcContext *context;
  GSignalGroup *organization_signals;
  GSignalGroup *jobs_signals;
  GCancellable *cancellable; /* of readings: cancelled with the window */
  char *page;
  char *scope;    /* (nullable): every server */
  char *scenario; /* (nullable): of the demo opened last */
  guint n_active;
  guint n_awaiting; /* jobs that wait for the user */
  gboolean details_shown;
  gboolean is_opening; /* a demo */
  gboolean is_closing;

  GtkMenuButton *welcome_menu_button;
  GtkMenuButton *main_menu_button;
  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  ExcWelcomePage *welcome_page;
  AdwLeaflet *leaflet;
  GtkStack *pages;
  ExcCertificatesPage *certificates_page;
  ExcServersPage *servers_page;
  ExcJobsPage *jobs_page;
  ExcDetailsPane *details_pane;
  AdwWindowTitle *title;
  GtkStack *refresh_stack;
  ExcBanner *demo_banner;
  ExcBanner *problem_banner;
  ExcBanner *resume_banner;
  ExcBanner *notice_banner;
};

/* exc-window-actions.c */
void exc_window_install_actions (ExcWindow *self);
void exc_window_update_actions (ExcWindow *self);
void exc_window_refresh (ExcWindow *self, const char *only);
void exc_window_toast (ExcWindow *self, const char *text);
void exc_window_show_job (ExcWindow *self, ExcJob *job);

/* exc-window-plans.c */
void exc_window_install_plans (ExcWindow *self);
void exc_window_update_plans (ExcWindow *self);

/* exc-window.c */
void exc_window_set_page (ExcWindow *self, const char *page);
void exc_window_set_scope (ExcWindow *self, const char *scope);
void exc_window_set_details_shown (ExcWindow *self, gboolean shown);
/* Of exc_context_open_demo_async() and exc_context_reset_demo_async(); holds the window. */
void exc_window_on_demo_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data);

G_END_DECLS
