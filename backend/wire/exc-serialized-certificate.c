/* exc-serialized-certificate.c — an ExchangeCertificate out of its SerializationData
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-nrbf"

#include "config.h"

#include "exc-serialized-certificate.h"

#include "exc-error.h"
#include "exc-nrbf.h"

#include <string.h>

#include <glib/gi18n.h>

#define CLASS_NAME "Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate"

/* CERT_*_PROP_ID of wincrypt.h; the last is the certificate itself. */
enum {
  ELEMENT_END = 0,
  ELEMENT_KEY_PROVIDER = 2,
  ELEMENT_SHA1 = 3,
  ELEMENT_FRIENDLY_NAME = 11,
  ELEMENT_CERTIFICATE = 32,
};

#define STORE_MAGIC 0x54524543 /* "CERT", behind a version of 0: a whole store */

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_PROTOCOL,
               /* Translators: %s is a technical reason, in English */
               _("The server's serialized certificate cannot be read: %s"), what);

  return FALSE;
}

static guint32
read_u32 (const guint8 *at)
{
  return at[0] | (guint32) at[1] << 8 | (guint32) at[2] << 16 | (guint32) at[3] << 24;
}

static char *
read_utf16 (const guint8 *data, gsize length)
{
  g_autofree gunichar2 *units = g_new0 (gunichar2, length / 2 + 1);

  for (gsize i = 0; i < length / 2; i++)
    units[i] = data[i * 2] | data[i * 2 + 1] << 8;

  return g_utf16_to_utf8 (units, -1, NULL, NULL, NULL);
}

static void
take_element (ExcSerializedCertificate *self, guint32 id, const guint8 *data, gsize length)
{
  switch (id) {
  case ELEMENT_KEY_PROVIDER:
    self->has_private_key = 1;
    break;
  case ELEMENT_SHA1:
    g_clear_pointer (&self->sha1, g_bytes_unref);
    self->sha1 = g_bytes_new (data, length);
    break;
  case ELEMENT_FRIENDLY_NAME:
    g_free (self->friendly_name);
    self->friendly_name = read_utf16 (data, length);
    break;
  case ELEMENT_CERTIFICATE:
    g_clear_pointer (&self->der, g_bytes_unref);
    self->der = g_bytes_new (data, length);
    break;
  default:
    break;
  }
}

/* Elements of id, encoding, length (each a little-endian u32) and data; the properties come before
 * the certificate they belong to. */
static gboolean
read_store (ExcSerializedCertificate *self, GBytes *bytes, GError **error)
{
  gsize left;
  const guint8 *at = g_bytes_get_data (bytes, &left);

  if (left >= 8 && read_u32 (at) == 0 && read_u32 (at + 4) == STORE_MAGIC) {
    at += 8;
    left -= 8;
  }

  while (self->der == NULL && left > 0) {
    guint32 id, length;

    if (left < 12)
      return fail (error, "its store is cut off");
    id = read_u32 (at);
    length = read_u32 (at + 8);
    at += 12;
    left -= 12;
    if (id == ELEMENT_END)
      break;
    if (length > left)
      return fail (error, "its store is cut off");
    take_element (self, id, at, length);
    at += length;
    left -= length;
  }

  return self->der != NULL || fail (error, "its store holds no certificate");
}

static int
read_flag (const ExcNrbfNode *object, const char *name)
{
  gboolean value;

  return exc_nrbf_node_get_boolean (exc_nrbf_node_get_member (object, name), &value) ? value : -1;
}

static int
read_number (const ExcNrbfNode *object, const char *name)
{
  gint64 value;

  if (!exc_nrbf_node_get_int64 (exc_nrbf_node_get_member (object, name), &value) || value < 0 ||
      value > G_MAXINT)
    return -1;

  return value;
}

/* A List`1: an array with room to spare, and how much of it is used. */
static GStrv
read_iis_services (const ExcNrbfNode *list)
{
  const ExcNrbfNode *items = exc_nrbf_node_get_member (list, "_items");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gint64 n_used;

  if (items == NULL || !exc_nrbf_node_get_int64 (exc_nrbf_node_get_member (list, "_size"), &n_used))
    return NULL;

  for (guint i = 0; i < exc_nrbf_node_get_n_items (items) && (gint64) i < n_used; i++) {
    const char *name = exc_nrbf_node_get_text (
        exc_nrbf_node_get_member (exc_nrbf_node_get_item (items, i), "serviceName"));

    if (name != NULL)
      g_strv_builder_add (builder, name);
  }

  return g_strv_builder_end (builder);
}

/**
 * exc_serialized_certificate_parse:
 * @serialization_data: the property of that name
 * @error: return location
 *
 * Returns: (transfer full): what it holds; %NULL with %EXC_ERROR_PROTOCOL if it is no
 *   ExchangeCertificate, %EXC_ERROR_LIMIT if it is too large
 */
ExcSerializedCertificate *
exc_serialized_certificate_parse (GBytes *serialization_data, GError **error)
{
  g_autoptr(ExcNrbf) stream = NULL;
  g_autoptr(ExcSerializedCertificate) self = NULL;
  const ExcNrbfNode *object;
  GBytes *store;

  g_return_val_if_fail (serialization_data != NULL, NULL);

  stream = exc_nrbf_parse (serialization_data, error);
  if (stream == NULL)
    return NULL;
  object = exc_nrbf_get_root (stream);
  if (g_strcmp0 (exc_nrbf_node_get_class (object), CLASS_NAME) != 0) {
    fail (error, "it is an object of another class");
    return NULL;
  }
  store = exc_nrbf_node_get_bytes (exc_nrbf_node_get_member (object, "CertData"));
  if (store == NULL) {
    fail (error, "CertData is missing");
    return NULL;
  }

  self = g_new0 (ExcSerializedCertificate, 1);
  if (!read_store (self, store, error))
    return NULL;
  self->is_self_signed = read_flag (object, "SelfSigned");
  self->status = read_number (object, "Status");
  self->root_ca_type = read_number (object, "RootCAType");
  self->services = read_number (object, "Services");
  self->private_key_exportable = read_flag (object, "PrivateKeyExportable");
  self->iis_services = read_iis_services (exc_nrbf_node_get_member (object, "IISServices"));
  self->identity =
      g_strdup (exc_nrbf_node_get_text (exc_nrbf_node_get_member (object, "Identity")));
  self->is_signed = exc_nrbf_is_signed (stream);

  return g_steal_pointer (&self);
}

void
exc_serialized_certificate_free (ExcSerializedCertificate *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->der, g_bytes_unref);
  g_clear_pointer (&self->sha1, g_bytes_unref);
  g_strfreev (self->iis_services);
  g_free (self->friendly_name);
  g_free (self->identity);
  g_free (self);
}
