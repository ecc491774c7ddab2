/* exc-check.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-plan-private.h"

/**
 * ExcCheck:
 *
 * One thing that was looked at before a plan may run. Immutable.
 */
struct _ExcCheck {
  GObject parent_instance;

  char *server;
  char *text;
  ExcCheckResult result;
};

G_DEFINE_FINAL_TYPE (ExcCheck, exc_check, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_SERVER,
  PROP_TEXT,
  PROP_RESULT,
  N_PROPS,
};

static void
exc_check_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcCheck *self = EXC_CHECK (object);

  switch (prop_id) {
  case PROP_SERVER:
    g_value_set_string (value, self->server);
    break;
  case PROP_TEXT:
    g_value_set_string (value, self->text);
    break;
  case PROP_RESULT:
    g_value_set_int (value, self->result);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_check_finalize (GObject *object)
{
  ExcCheck *self = EXC_CHECK (object);

  g_free (self->server);
  g_free (self->text);

  G_OBJECT_CLASS (exc_check_parent_class)->finalize (object);
}

static void
exc_check_class_init (ExcCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_check_get_property;
  object_class->finalize = exc_check_finalize;

  g_object_class_install_property (
      object_class, PROP_SERVER, g_param_spec_string ("server", NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class, PROP_TEXT, g_param_spec_string ("text", NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class,
      PROP_RESULT,
      g_param_spec_int (
          "result", NULL, NULL, EXC_CHECK_PASSED, EXC_CHECK_BLOCKED, EXC_CHECK_PASSED, flags));
}

static void
exc_check_init (ExcCheck *self)
{
}

ExcCheck *
exc_check_new (const char *server, ExcCheckResult result, const char *text)
{
  ExcCheck *self = g_object_new (EXC_TYPE_CHECK, NULL);

  self->server = g_strdup (server);
  self->result = result;
  self->text = g_strdup (text);
  return self;
}

const char *
exc_check_get_server (ExcCheck *self)
{
  g_return_val_if_fail (EXC_IS_CHECK (self), NULL);

  return self->server;
}

const char *
exc_check_get_text (ExcCheck *self)
{
  g_return_val_if_fail (EXC_IS_CHECK (self), NULL);

  return self->text;
}

ExcCheckResult
exc_check_get_result (ExcCheck *self)
{
  g_return_val_if_fail (EXC_IS_CHECK (self), EXC_CHECK_BLOCKED);

  return self->result;
}
