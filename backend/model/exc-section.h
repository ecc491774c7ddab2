/* exc-section.h — a thing's facts, in order, for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_TYPE_FIELD (exc_field_get_type ())
G_DECLARE_FINAL_TYPE (ExcField, exc_field, EXC, FIELD, GObject)

/**
 * ExcField:
 *
 * One line: a translated `label`, a `value` ("not told" where the server kept it to itself), and a
 * `tooltip` or NULL. `is-monospace` marks thumbprints, PEM and the like. Properties, read-only.
 */
ExcField *exc_field_new (const char *label, const char *value) G_GNUC_WARN_UNUSED_RESULT;
ExcField *exc_field_new_monospace (const char *label, const char *value) G_GNUC_WARN_UNUSED_RESULT;
ExcField *exc_field_new_time (const char *label,
                              gint64 time) G_GNUC_WARN_UNUSED_RESULT; /* UTC as tooltip */
const char *exc_field_get_label (ExcField *self);
const char *exc_field_get_value (ExcField *self);
const char *exc_field_get_tooltip (ExcField *self);
gboolean exc_field_get_is_monospace (ExcField *self);

#define EXC_TYPE_SECTION (exc_section_get_type ())
G_DECLARE_FINAL_TYPE (ExcSection, exc_section, EXC, SECTION, GObject)

/* Properties `title` and `fields` (GListModel of ExcField). */
ExcSection *exc_section_new (const char *title) G_GNUC_WARN_UNUSED_RESULT;
void exc_section_add (ExcSection *self, const char *label, const char *value); /* NULL: not told */
void exc_section_add_field (ExcSection *self, ExcField *take);
const char *exc_section_get_title (ExcSection *self);
GListModel *exc_section_get_fields (ExcSection *self);

G_END_DECLS
