/* exc-json.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-json.h"

/**
 * exc_json_add_text:
 * @builder: in an object
 * @name: of the member
 * @text: (nullable): %NULL for null: what was not told
 */
void
exc_json_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

/**
 * exc_json_add_int:
 * @builder: in an object
 * @name: of the member
 * @value: a number
 */
void
exc_json_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/**
 * exc_json_add_boolean:
 * @builder: in an object
 * @name: of the member
 * @value: true or false
 */
void
exc_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}
