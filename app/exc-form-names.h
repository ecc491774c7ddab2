/* exc-form-names.h — fields of a new certificate or request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan-certificates.h"
#include "exc-plan-form.h"

G_BEGIN_DECLS

typedef struct {
  GtkEditable *subject;
  GtkEditable *domains;
  GtkEditable *friendly_name;
  GtkCheckButton *size_2048;
  GtkCheckButton *size_4096;
  GtkSwitch *is_exportable;
} ExcNameFields;

/* Adds the fields to an options page; the page owns them. */
void exc_name_fields_add (ExcNameFields *self, ExcPlanForm *form, gboolean is_exportable);
/* What was entered; wanted points into the fields and to the domains. */
void exc_name_fields_read (ExcNameFields *self, ExcNewCertificate *wanted, GStrv *domains);

G_END_DECLS
