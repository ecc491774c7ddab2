/* exc-report-private.h — what both forms of a report are made of
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-report.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* ISO 8601 in UTC; NULL for 0. (transfer full) */
char *exc_report_time (gint64 time);
/* What the plan knew before it began: all of it; (nullable): where the kind is not known. */
JsonNode *exc_report_read_input (ExcJob *job) G_GNUC_WARN_UNUSED_RESULT;
/* What it knew of a lane; (nullable) (transfer none) */
JsonNode *exc_report_find_before (JsonNode *input, const char *lane);
/* The facts that a lane ended with, by name: (element-type utf8 utf8), borrowed from the rows. */
GHashTable *exc_report_collect_facts (GPtrArray *rows, const char *lane) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the row is of that lane and step; NULL: of none. */
gboolean exc_report_is_of (const ExcJournalRow *row, const char *lane, const char *step);

G_END_DECLS
