/* exc-lab-data.h — files of the lab: scenarios and the table of cmdlets
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* (transfer full): the path of a data file: below $EXC_DATA_DIR (a source tree), else where the
 * program was installed. EXC_ERROR_NOT_FOUND where there is none. */
char *exc_lab_data_find (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): a JSON file with an object in it */
JsonObject *exc_lab_data_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): names of the scenarios, sorted */
GStrv exc_lab_data_list_scenarios (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
