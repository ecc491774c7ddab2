/* exc-value-names.c — values: counted names and lists of type names
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-value-private.h"

ExcName *
exc_name_new (const char *text, gsize length)
{
  ExcName *self = g_malloc (sizeof (ExcName) + length + 1);

  self->ref_count = 1;
  self->length = length;
  memcpy (self->text, text, length);
  self->text[length] = '\0';

  return self;
}

void
exc_name_free (ExcName *self)
{
  g_free (self);
}

static ExcName *
name_from_text (const char *text)
{
  return (ExcName *) (gpointer) (text - G_STRUCT_OFFSET (ExcName, text));
}

ExcTypeNames *
exc_type_names_new (ExcName *const *take, guint n_names)
{
  ExcTypeNames *self = g_malloc (sizeof (ExcTypeNames) + (n_names + 1) * sizeof (char *));

  self->ref_count = 1;
  self->n_names = n_names;
  for (guint i = 0; i < n_names; i++)
    self->texts[i] = take[i]->text;
  self->texts[n_names] = NULL;

  return self;
}

void
exc_type_names_unref (ExcTypeNames *self)
{
  if (__atomic_sub_fetch (&self->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  for (guint i = 0; i < self->n_names; i++)
    exc_name_unref (name_from_text (self->texts[i]));
  g_free (self);
}
