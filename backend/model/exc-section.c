/* exc-section.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-section"

#include "config.h"

#include "exc-section.h"

#include <glib/gi18n.h>

/**
 * ExcField:
 *
 * One fact with its label. Immutable; whoever describes a thing makes it.
 */
struct _ExcField {
  GObject parent_instance;

  char *label;
  char *value;
  char *tooltip; /* (nullable) */
  gboolean is_monospace;
};

G_DEFINE_FINAL_TYPE (ExcField, exc_field, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_LABEL,
  PROP_VALUE,
  PROP_TOOLTIP,
  PROP_IS_MONOSPACE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_field_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcField *self = EXC_FIELD (object);

  switch (prop_id) {
  case PROP_LABEL:
    g_value_set_string (value, self->label);
    break;
  case PROP_VALUE:
    g_value_set_string (value, self->value);
    break;
  case PROP_TOOLTIP:
    g_value_set_string (value, self->tooltip);
    break;
  case PROP_IS_MONOSPACE:
    g_value_set_boolean (value, self->is_monospace);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_field_finalize (GObject *object)
{
  ExcField *self = EXC_FIELD (object);

  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->value, g_free);
  g_clear_pointer (&self->tooltip, g_free);

  G_OBJECT_CLASS (exc_field_parent_class)->finalize (object);
}

static void
exc_field_class_init (ExcFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_field_get_property;
  object_class->finalize = exc_field_finalize;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, flags);
  properties[PROP_TOOLTIP] = g_param_spec_string ("tooltip", NULL, NULL, NULL, flags);
  properties[PROP_IS_MONOSPACE] = g_param_spec_boolean ("is-monospace", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_field_init (ExcField *self)
{
}

/**
 * exc_field_new:
 * @label: what it is, translated
 * @value: (nullable): the fact for people; %NULL: the server did not tell
 *
 * Returns: (transfer full): the field
 */
ExcField *
exc_field_new (const char *label, const char *value)
{
  ExcField *self;

  g_return_val_if_fail (label != NULL, NULL);

  self = g_object_new (EXC_TYPE_FIELD, NULL);
  self->label = g_strdup (label);
  self->value = g_strdup (value != NULL ? value : _("Not told by the server"));
  return self;
}

/**
 * exc_field_new_monospace:
 * @label: what it is, translated
 * @value: (nullable): a thumbprint, PEM or the like
 *
 * Returns: (transfer full): the field
 */
ExcField *
exc_field_new_monospace (const char *label, const char *value)
{
  ExcField *self = exc_field_new (label, value);

  self->is_monospace = value != NULL;
  return self;
}

/**
 * exc_field_new_time:
 * @label: what it is, translated
 * @time: Unix seconds; 0: not known
 *
 * Returns: (transfer full): the local time, with UTC in the tooltip
 */
ExcField *
exc_field_new_time (const char *label, gint64 time)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) local = NULL;
  g_autofree char *value = NULL;
  ExcField *self;

  if (time == 0)
    return exc_field_new (label, NULL);

  utc = g_date_time_new_from_unix_utc (time);
  local = g_date_time_to_local (utc);
  /* TRANSLATORS: a date and a time, for g_date_time_format() */
  value = g_date_time_format (local, _("%-d %B %Y, %H:%M"));
  self = exc_field_new (label, value);
  /* TRANSLATORS: the same in UTC, for g_date_time_format() */
  self->tooltip = g_date_time_format (utc, _("%Y-%m-%d %H:%M:%S UTC"));
  return self;
}

const char *
exc_field_get_label (ExcField *self)
{
  g_return_val_if_fail (EXC_IS_FIELD (self), NULL);

  return self->label;
}

const char *
exc_field_get_value (ExcField *self)
{
  g_return_val_if_fail (EXC_IS_FIELD (self), NULL);

  return self->value;
}

const char *
exc_field_get_tooltip (ExcField *self)
{
  g_return_val_if_fail (EXC_IS_FIELD (self), NULL);

  return self->tooltip;
}

gboolean
exc_field_get_is_monospace (ExcField *self)
{
  g_return_val_if_fail (EXC_IS_FIELD (self), FALSE);

  return self->is_monospace;
}

/**
 * ExcSection:
 *
 * Fields that belong together, under a title. It is filled by whoever
 * describes a thing and not changed any more once it has been handed on.
 */
struct _ExcSection {
  GObject parent_instance;

  char *title;
  GListStore *fields; /* (element-type ExcField) */
};

G_DEFINE_FINAL_TYPE (ExcSection, exc_section, G_TYPE_OBJECT)

enum {
  PROP_SECTION_0,
  PROP_SECTION_TITLE,
  PROP_SECTION_FIELDS,
  N_SECTION_PROPS,
};

static GParamSpec *section_properties[N_SECTION_PROPS];

static void
exc_section_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcSection *self = EXC_SECTION (object);

  switch (prop_id) {
  case PROP_SECTION_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_SECTION_FIELDS:
    g_value_set_object (value, self->fields);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_section_finalize (GObject *object)
{
  ExcSection *self = EXC_SECTION (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_object (&self->fields);

  G_OBJECT_CLASS (exc_section_parent_class)->finalize (object);
}

static void
exc_section_class_init (ExcSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_section_get_property;
  object_class->finalize = exc_section_finalize;

  section_properties[PROP_SECTION_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  section_properties[PROP_SECTION_FIELDS] =
      g_param_spec_object ("fields", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  g_object_class_install_properties (object_class, N_SECTION_PROPS, section_properties);
}

static void
exc_section_init (ExcSection *self)
{
  self->fields = g_list_store_new (EXC_TYPE_FIELD);
}

ExcSection *
exc_section_new (const char *title)
{
  ExcSection *self;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_object_new (EXC_TYPE_SECTION, NULL);
  self->title = g_strdup (title);
  return self;
}

/**
 * exc_section_add:
 * @self: a section that has not been handed on
 * @label: what it is, translated
 * @value: (nullable): the fact; %NULL: the server did not tell
 *
 * Adds a field.
 */
void
exc_section_add (ExcSection *self, const char *label, const char *value)
{
  exc_section_add_field (self, exc_field_new (label, value));
}

/**
 * exc_section_add_field:
 * @self: a section that has not been handed on
 * @take: (transfer full): a field
 *
 * Adds a field that was made elsewhere.
 */
void
exc_section_add_field (ExcSection *self, ExcField *take)
{
  g_autoptr(ExcField) field = take;

  g_return_if_fail (EXC_IS_SECTION (self));
  g_return_if_fail (EXC_IS_FIELD (field));

  g_list_store_append (self->fields, field);
}

const char *
exc_section_get_title (ExcSection *self)
{
  g_return_val_if_fail (EXC_IS_SECTION (self), NULL);

  return self->title;
}

GListModel *
exc_section_get_fields (ExcSection *self)
{
  g_return_val_if_fail (EXC_IS_SECTION (self), NULL);

  return G_LIST_MODEL (self->fields);
}
