/* exc-security-context.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-security-context.h"

#include "exc-error.h"
#include "exc-multipart.h"

#include <glib/gi18n.h>

typedef struct {
  char *scheme;
} ExcSecurityContextPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ExcSecurityContext, exc_security_context, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_SCHEME,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_security_context_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  ExcSecurityContext *self = EXC_SECURITY_CONTEXT (object);

  switch (id) {
  case PROP_SCHEME:
    g_value_set_string (value, exc_security_context_get_scheme (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
exc_security_context_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  ExcSecurityContextPrivate *priv =
      exc_security_context_get_instance_private (EXC_SECURITY_CONTEXT (object));

  switch (id) {
  case PROP_SCHEME:
    priv->scheme = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
exc_security_context_finalize (GObject *object)
{
  ExcSecurityContextPrivate *priv =
      exc_security_context_get_instance_private (EXC_SECURITY_CONTEXT (object));

  g_free (priv->scheme);
  G_OBJECT_CLASS (exc_security_context_parent_class)->finalize (object);
}

static void
exc_security_context_class_init (ExcSecurityContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = exc_security_context_get_property;
  object_class->set_property = exc_security_context_set_property;
  object_class->finalize = exc_security_context_finalize;

  /**
   * ExcSecurityContext:scheme:
   *
   * The word in the Authorization header: "Negotiate" or "Kerberos".
   */
  properties[PROP_SCHEME] =
      g_param_spec_string ("scheme",
                           NULL,
                           NULL,
                           "Negotiate",
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_security_context_init (ExcSecurityContext *self)
{
}

gboolean
exc_security_context_is_available (void)
{
  return FALSE;
}

const char *
exc_security_context_get_scheme (ExcSecurityContext *self)
{
  ExcSecurityContextPrivate *priv = NULL;

  g_return_val_if_fail (EXC_IS_SECURITY_CONTEXT (self), NULL);

  priv = exc_security_context_get_instance_private (self);
  return priv->scheme;
}

const char *
exc_security_context_get_protocol (ExcSecurityContext *self)
{
  return g_strcmp0 (exc_security_context_get_scheme (self), "Kerberos") == 0
             ? EXC_MULTIPART_KERBEROS
             : EXC_MULTIPART_SPNEGO;
}

/**
 * exc_security_context_step:
 * @self: a context
 * @token_in: (nullable): what the server sent, or %NULL at first
 * @token_out: (out) (nullable) (transfer full): what it gets
 * @is_complete: (out): whether the context can seal now
 * @error: return location for an error
 *
 * Returns: %FALSE when the handshake failed
 */
gboolean
exc_security_context_step (ExcSecurityContext *self,
                           GBytes *token_in,
                           GBytes **token_out,
                           gboolean *is_complete,
                           GError **error)
{
  g_return_val_if_fail (EXC_IS_SECURITY_CONTEXT (self), FALSE);

  return EXC_SECURITY_CONTEXT_GET_CLASS (self)->step (
      self, token_in, token_out, is_complete, error);
}

/**
 * exc_security_context_wrap:
 * @self: a complete context
 * @plain: what is to be sealed
 * @header: (out) (transfer full): what the seal puts in front
 * @data: (out) (transfer full): the sealed bytes
 * @padding: (out): bytes that the seal added to @plain
 * @error: return location for an error
 *
 * Returns: %FALSE when it cannot be sealed
 */
gboolean
exc_security_context_wrap (ExcSecurityContext *self,
                           GBytes *plain,
                           GBytes **header,
                           GBytes **data,
                           gsize *padding,
                           GError **error)
{
  g_return_val_if_fail (EXC_IS_SECURITY_CONTEXT (self), FALSE);

  return EXC_SECURITY_CONTEXT_GET_CLASS (self)->wrap (self, plain, header, data, padding, error);
}

GBytes *
exc_security_context_unwrap (ExcSecurityContext *self, GBytes *header, GBytes *data, GError **error)
{
  g_return_val_if_fail (EXC_IS_SECURITY_CONTEXT (self), NULL);

  return EXC_SECURITY_CONTEXT_GET_CLASS (self)->unwrap (self, header, data, error);
}

/**
 * exc_security_context_seal_body:
 * @self: a complete context
 * @plain: an envelope
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a multipart/encrypted body
 */
GBytes *
exc_security_context_seal_body (ExcSecurityContext *self, GBytes *plain, GError **error)
{
  g_autoptr(GBytes) header = NULL;
  g_autoptr(GBytes) data = NULL;
  gsize padding = 0;

  if (!exc_security_context_wrap (self, plain, &header, &data, &padding, error))
    return NULL;

  return exc_multipart_build (
      exc_security_context_get_protocol (self), g_bytes_get_size (plain) + padding, header, data);
}

/**
 * exc_security_context_unseal_body:
 * @self: a complete context
 * @body: a multipart/encrypted body
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the envelope in it
 */
GBytes *
exc_security_context_unseal_body (ExcSecurityContext *self, GBytes *body, GError **error)
{
  g_autoptr(GBytes) header = NULL;
  g_autoptr(GBytes) data = NULL;
  g_autoptr(GBytes) plain = NULL;
  gsize size = 0;

  if (!exc_multipart_parse (body, &size, &header, &data, error))
    return NULL;
  plain = exc_security_context_unwrap (self, header, data, error);
  if (plain == NULL)
    return NULL;
  if (g_bytes_get_size (plain) > size) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("The sealed message is larger than it says."));
    return NULL;
  }

  return g_steal_pointer (&plain);
}
