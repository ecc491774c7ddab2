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

/* Members of a JSON object that people wrote or that was saved. What has another type counts as
 * not there. */
const char *exc_lab_json_get_string (JsonObject *object, const char *name); /* (nullable) */
JsonObject *exc_lab_json_get_object (JsonObject *object, const char *name); /* (nullable) */
/* (transfer full) (element-type JsonObject): the objects of an array; never NULL */
GPtrArray *exc_lab_json_get_objects (JsonObject *object,
                                     const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): the strings of an array; never NULL */
GStrv exc_lab_json_dup_strings (JsonObject *object, const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
