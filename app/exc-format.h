/* exc-format.h — pure functions from values to what people read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-job.h"

G_BEGIN_DECLS

/* Wraps text in U+2068 and U+2069, so that names and thumbprints keep their order in any sentence.
 */
char *exc_format_isolate (const char *text);
/* The name without its domain: "ex01" of "ex01.example.com". */
char *exc_format_short_host (const char *fqdn);
/* A date for people, in local time; "" for 0. */
char *exc_format_date (gint64 unix_time);
char *exc_format_date_time (gint64 unix_time);
/* "3 min 12 s" */
char *exc_format_duration (gint64 seconds);
/* "Waits until 3 Dec 2026, 10:15, in 2 days 4 h" */
char *exc_format_wait (gint64 wake_at, gint64 now);

const char *exc_format_health_word (ExcCertificate *certificate);
const char *exc_format_health_icon (ExcHealth health);
const char *exc_format_health_class (ExcHealth health);
const char *exc_format_server_icon (ExcServerState state);
const char *exc_format_server_class (ExcServerState state);
const char *exc_format_state_class (ExcState state);

/* What is done with a certificate of that kind: the action, and the label of its button. NULL: none
 * is selected. */
const char *exc_format_primary_action (ExcCertificate *certificate, const char **label);

/* What people type to find it: every text of the certificate in one string. */
char *exc_format_haystack (ExcCertificate *certificate);

/* Makes every function that templates name in <closure> known to the class. */
void exc_format_bind (GtkWidgetClass *widget_class);

/* Announces a state or an action to assistive technology by its label and description. */
void exc_format_set_label (GtkWidget *widget, const char *label);

G_END_DECLS
