/* exc-json.h — members of a JSON object that is being written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void exc_json_add_text (JsonBuilder *builder, const char *name, const char *text); /* or null */
void exc_json_add_int (JsonBuilder *builder, const char *name, gint64 value);
void exc_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value);

G_END_DECLS
