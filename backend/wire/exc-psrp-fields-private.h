/* exc-psrp-fields-private.h — required fields of a message's body
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

/* Each gives FALSE or NULL with an EXC_ERROR_PROTOCOL that names the field when it is not there or
 * is of another kind. Values are (transfer none). */
gboolean exc_psrp_field_int (ExcValue *body, const char *name, gint64 *value, GError **error);
gboolean exc_psrp_field_boolean (ExcValue *body, const char *name, gboolean *value, GError **error);
const char *exc_psrp_field_text (ExcValue *body, const char *name, GError **error);
/* Any value, null too. */
ExcValue *exc_psrp_field_value (ExcValue *body, const char *name, GError **error);
/* An EXC_VALUE_OBJECT. */
ExcValue *exc_psrp_field_object (ExcValue *body, const char *name, GError **error);

G_END_DECLS
