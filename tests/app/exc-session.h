/* exc-session.h — the real window on a simulated organization, driven as a user does it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan-window.h"
#include "exc-window.h"

G_BEGIN_DECLS

#define EXC_OPEN_SECONDS 150
#define EXC_JOB_SECONDS  300

typedef struct {
  ExcContext *context;
  GtkWidget *window;
} ExcTestSession;

/* Stands for the desktop, which shows notifications; and the text of the last one. */
void exc_session_start_desktop (void);
const char *exc_session_get_notified (void); /* (nullable) */

/* From the welcome page to the demo organization, read. */
void exc_session_start (ExcTestSession *session, GtkApplication *application);
/* The same of another scenario. */
void exc_session_start_scenario (ExcTestSession *session,
                                 GtkApplication *application,
                                 const char *scenario);
/* The same of an organization that these lead to. */
void exc_session_start_settings (ExcTestSession *session,
                                 GtkApplication *application,
                                 ExcConnectionSettings *settings);
/* Closes the window, and waits until everything has gone. */
void exc_session_end (ExcTestSession *session);

/* The thumbprint of what a port of a server really serves, asked by a handshake. */
char *exc_session_probe (ExcTestSession *session, const char *server, guint16 port);
/* server: (nullable): any. (nullable) (transfer none) */
ExcCertificate *exc_session_find (ExcTestSession *session,
                                  const char *server,
                                  ExcKind kind,
                                  guint uses);
/* How many certificates of a server were made since yesterday. */
guint exc_session_count_new (ExcTestSession *session, const char *server);
/* By an action of the window ("rotate-auth") to the scope page. */
ExcPlanWindow *exc_session_open_plan (ExcTestSession *session, const char *action);
/* From the scope or the options page on. */
void exc_session_go_to_checks (ExcPlanWindow *plan);
/* The same, every warning ticked, to a job that the last button (its label) began. */
ExcJob *exc_session_run_plan (ExcPlanWindow *plan, const char *verb);
/* Closes the window of the job, and waits until what it changed was read. */
void exc_session_close_job (ExcTestSession *session);
void exc_session_close_plan (ExcPlanWindow *plan);
/* The only row that is selected, of all certificates. */
void exc_session_select (ExcTestSession *session, ExcCertificate *certificate);
/* Types into the row, or switches the row on, whose title begins so. */
void exc_session_type (GtkWidget *window, const char *title, const char *text);
void exc_session_switch_on (GtkWidget *window, const char *title);
/* Through the plan window, for the two servers that are chosen, to a job that runs. */
ExcJob *exc_session_start_renewal (ExcTestSession *session);

G_END_DECLS
