/* exc-lab-serialize.c — SerializationData of a certificate ([MS-NRBF], domain.md 1.6)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Record for record what a real server writes, since only what it writes can be read by others;
 * the signature around it is that of an update of November 2023 or later.
 */

#define G_LOG_DOMAIN "exc-lab-serialize"

#include "config.h"

#include <openssl/rand.h>

#include "exc-lab-cmdlet.h"

#define TASKS "Microsoft.Exchange.Management.SystemConfigurationTasks."
#define LIBRARY                                                                                    \
  "Microsoft.Exchange.Management, Version=15.0.0.0, Culture=neutral, "                             \
  "PublicKeyToken=31bf3856ad364e35"
#define SYSTEM "System, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
#define LIST   "System.Collections.Generic.List`1[[" TASKS "IisService, " LIBRARY "]]"

enum {
  RECORD_HEADER = 0,
  RECORD_CLASS_WITH_ID = 1,
  RECORD_SYSTEM_CLASS = 4,
  RECORD_CLASS = 5,
  RECORD_STRING = 6,
  RECORD_REFERENCE = 9,
  RECORD_NULL = 10,
  RECORD_END = 11,
  RECORD_LIBRARY = 12,
  RECORD_NULLS_256 = 13,
  RECORD_PRIMITIVES = 15,
  RECORD_ARRAY = 7,
};

enum { TYPE_PRIMITIVE = 0, TYPE_STRING = 1, TYPE_SYSTEM = 3, TYPE_CLASS = 4, TYPE_PRIMITIVES = 7 };
enum { PRIMITIVE_BOOLEAN = 1, PRIMITIVE_BYTE = 2, PRIMITIVE_INT32 = 8 };
enum { LIBRARY_ID = 2, SYSTEM_ID = 12 };

static void
put_byte (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

static void
put_int32 (GByteArray *out, gint32 value)
{
  const guint32 little = GUINT32_TO_LE ((guint32) value);

  g_byte_array_append (out, (const guint8 *) &little, 4);
}

/* 2.1.1.6: the length in groups of seven bits */
static void
put_string (GByteArray *out, const char *text)
{
  gsize length = strlen (text);

  for (gsize left = length;; left >>= 7) {
    put_byte (out, (guint8) ((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
    if (left <= 0x7f)
      break;
  }
  g_byte_array_append (out, (const guint8 *) text, (guint) length);
}

static void
put_string_record (GByteArray *out, gint32 id, const char *text)
{
  put_byte (out, RECORD_STRING);
  put_int32 (out, id);
  put_string (out, text);
}

static void
put_library (GByteArray *out, gint32 id, const char *name)
{
  put_byte (out, RECORD_LIBRARY);
  put_int32 (out, id);
  put_string (out, name);
}

static void
put_class_head (GByteArray *out, gint32 id, const char *name, const char *const *members)
{
  put_byte (out, RECORD_CLASS);
  put_int32 (out, id);
  put_string (out, name);
  put_int32 (out, (gint32) g_strv_length ((GStrv) members));
  for (guint i = 0; members[i] != NULL; i++)
    put_string (out, members[i]);
}

static void
put_class_type (GByteArray *out, const char *name, gint32 library)
{
  put_string (out, name);
  put_int32 (out, library);
}

static void
put_enum (GByteArray *out, gint32 id, const char *name, gint32 library, gint32 value)
{
  static const char *const members[] = { "value__", NULL };

  put_class_head (out, id, name, members);
  put_byte (out, TYPE_PRIMITIVE);
  put_byte (out, PRIMITIVE_INT32);
  put_int32 (out, library);
  put_int32 (out, value);
}

/* A serialized certificate store: {u32 property, u32 encoding, u32 length, bytes} */
static void
put_store_property (GByteArray *out, guint32 id, gconstpointer data, gsize length)
{
  put_int32 (out, (gint32) id);
  put_int32 (out, 1);
  put_int32 (out, (gint32) length);
  g_byte_array_append (out, data, (guint) length);
}

/* CRYPT_KEY_PROV_INFO: seven words, then the container's name at 28 */
static void
put_key_info (GByteArray *out, const char *container)
{
  static const gint32 words[] = { 28, 0, 12 /* PROV_RSA_SCHANNEL */, 0x20 /* machine */, 0, 0, 1 };
  g_autoptr(GByteArray) info = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    put_int32 (info, words[i]);
  for (const char *p = container; *p != '\0'; p++) {
    put_byte (info, (guint8) *p);
    put_byte (info, 0);
  }
  put_int32 (info, 0);
  put_store_property (out, 2, info->data, info->len);
}

static GByteArray *
make_store (ExcLabCertificate *certificate)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  gconstpointer der;
  gsize der_length;

  if (certificate->friendly_name != NULL) {
    glong n_units = 0;
    g_autofree gunichar2 *name =
        g_utf8_to_utf16 (certificate->friendly_name, -1, NULL, &n_units, NULL);

    for (glong i = 0; i < n_units; i++)
      name[i] = GUINT16_TO_LE (name[i]);
    put_store_property (out, 11, name, (gsize) (n_units + 1) * 2);
  }
  der = g_bytes_get_data (certificate->x509->der, &der_length);
  g_checksum_update (checksum, der, (gssize) der_length);
  g_checksum_get_digest (checksum, digest, &length);
  if (certificate->key != NULL)
    put_key_info (out, certificate->x509->serial_number);
  put_store_property (out, 3, digest, length);
  put_store_property (out, 32, der, der_length);
  return out;
}

static gint32
get_int (ExcValue *properties, const char *name)
{
  gint64 value = 0;

  exc_value_get_int64 (exc_value_get_property (properties, name), &value);
  return (gint32) value;
}

static gboolean
get_boolean (ExcValue *properties, const char *name)
{
  gboolean value = FALSE;

  exc_value_get_boolean (exc_value_get_property (properties, name), &value);
  return value;
}

static void
put_certificate (GByteArray *out, ExcValue *properties)
{
  static const char *const members[] = {
    "CertData",    "SelfSigned",           "Status",   "RootCAType", "Services",
    "IISServices", "PrivateKeyExportable", "Identity", NULL
  };
  static const guint8 types[] = { TYPE_PRIMITIVES, TYPE_PRIMITIVE, TYPE_CLASS,     TYPE_CLASS,
                                  TYPE_CLASS,      TYPE_SYSTEM,    TYPE_PRIMITIVE, TYPE_STRING };

  put_class_head (out, 1, TASKS "ExchangeCertificate", members);
  g_byte_array_append (out, types, sizeof types);
  put_byte (out, PRIMITIVE_BYTE);
  put_byte (out, PRIMITIVE_BOOLEAN);
  put_class_type (out, TASKS "CertificateStatus", LIBRARY_ID);
  put_class_type (out, TASKS "CertificateAuthorityType", LIBRARY_ID);
  put_class_type (out, TASKS "AllowedServices", LIBRARY_ID);
  put_string (out, LIST);
  put_byte (out, PRIMITIVE_BOOLEAN);
  put_int32 (out, LIBRARY_ID);

  put_byte (out, RECORD_REFERENCE);
  put_int32 (out, 3);
  put_byte (out, get_boolean (properties, "IsSelfSigned"));
  put_enum (out, -4, TASKS "CertificateStatus", LIBRARY_ID, get_int (properties, "Status"));
  put_enum (
      out, -5, TASKS "CertificateAuthorityType", LIBRARY_ID, get_int (properties, "RootCAType"));
  put_enum (out, -6, TASKS "AllowedServices", LIBRARY_ID, get_int (properties, "Services"));
  put_byte (out, RECORD_REFERENCE);
  put_int32 (out, 7);
  put_byte (out, get_boolean (properties, "PrivateKeyExportable"));
  put_string_record (out, 8, exc_value_get_text (exc_value_get_property (properties, "Identity")));
}

/* List`1 as .NET keeps it: an array of a power of two, its size, its version */
static guint
get_capacity (guint n_items)
{
  guint capacity = n_items > 0 ? 4 : 0;

  while (capacity < n_items)
    capacity *= 2;
  return capacity;
}

static void
put_list (GByteArray *out, guint n_items)
{
  static const char *const members[] = { "_items", "_size", "_version", NULL };

  put_byte (out, RECORD_SYSTEM_CLASS);
  put_int32 (out, 7);
  put_string (out, LIST);
  put_int32 (out, 3);
  for (guint i = 0; i < 3; i++)
    put_string (out, members[i]);
  put_byte (out, TYPE_CLASS);
  put_byte (out, TYPE_PRIMITIVE);
  put_byte (out, TYPE_PRIMITIVE);
  put_class_type (out, TASKS "IisService[]", LIBRARY_ID);
  put_byte (out, PRIMITIVE_INT32);
  put_byte (out, PRIMITIVE_INT32);
  put_byte (out, RECORD_REFERENCE);
  put_int32 (out, 9);
  put_int32 (out, (gint32) n_items);
  put_int32 (out, (gint32) n_items);

  put_byte (out, RECORD_ARRAY);
  put_int32 (out, 9);
  put_byte (out, 0); /* single dimension */
  put_int32 (out, 1);
  put_int32 (out, (gint32) get_capacity (n_items));
  put_byte (out, TYPE_CLASS);
  put_class_type (out, TASKS "IisService", LIBRARY_ID);
}

/* The classes are described at the first service; later ones refer to it. */
static void
put_services (GByteArray *out, ExcValue *list)
{
  static const char *const members[] = { "serviceName", "internalUrl",      "internalUrlValid",
                                         "externalUrl", "externalUrlValid", NULL };
  static const guint8 types[] = { TYPE_STRING, TYPE_CLASS, TYPE_CLASS, TYPE_CLASS, TYPE_CLASS };
  const guint n = exc_value_get_n_items (list);
  const guint capacity = get_capacity (n);
  gint32 id = 13;

  for (guint i = 0; i < n; i++) {
    put_byte (out, RECORD_REFERENCE);
    put_int32 (out, (gint32) (100 + i));
  }
  if (capacity > n) {
    put_byte (out, RECORD_NULLS_256);
    put_byte (out, (guint8) (capacity - n));
  }
  for (guint i = 0; i < n; i++) {
    if (i == 0) {
      put_library (out, SYSTEM_ID, SYSTEM);
      put_class_head (out, 100, TASKS "IisService", members);
      g_byte_array_append (out, types, sizeof types);
      for (guint j = 0; j < 2; j++) {
        put_class_type (out, "System.Uri", SYSTEM_ID);
        put_class_type (out, TASKS "UrlValidation", LIBRARY_ID);
      }
      put_int32 (out, LIBRARY_ID);
    } else {
      put_byte (out, RECORD_CLASS_WITH_ID);
      put_int32 (out, (gint32) (100 + i));
      put_int32 (out, 100);
    }
    put_string_record (out, id++, exc_value_get_text (exc_value_get_item (list, i)));
    for (guint j = 0; j < 2; j++) {
      put_byte (out, RECORD_NULL);
      if (i == 0 && j == 0) {
        put_enum (out, -200, TASKS "UrlValidation", LIBRARY_ID, 0);
      } else {
        put_byte (out, RECORD_CLASS_WITH_ID);
        put_int32 (out, -201 - (gint32) (2 * i + j));
        put_int32 (out, -200);
        put_int32 (out, 0);
      }
    }
  }
}

/**
 * exc_lab_certificate_serialize:
 * @certificate: what to serialize
 * @properties: its properties, as exc_lab_object_new_certificate() gives them
 *
 * Returns: (transfer full): the signed stream
 */
GBytes *
exc_lab_certificate_serialize (ExcLabCertificate *certificate, ExcValue *properties)
{
  ExcValue *services = exc_value_get_property (properties, "IisServices");
  g_autoptr(GByteArray) store = make_store (certificate);
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  guint8 mac[32];

  put_byte (payload, RECORD_HEADER);
  put_int32 (payload, 1);
  put_int32 (payload, -1);
  put_int32 (payload, 1);
  put_int32 (payload, 0);
  put_library (payload, LIBRARY_ID, LIBRARY);
  put_certificate (payload, properties);
  put_byte (payload, RECORD_PRIMITIVES);
  put_int32 (payload, 3);
  put_int32 (payload, (gint32) store->len);
  put_byte (payload, PRIMITIVE_BYTE);
  g_byte_array_append (payload, store->data, store->len);
  put_list (payload, exc_value_get_n_items (services));
  put_services (payload, services);
  put_byte (payload, RECORD_END);

  /* The key is the Auth certificate's; no client can check the MAC, so any bytes do. */
  g_byte_array_append (out, (const guint8 *) "#sig#", 5);
  put_int32 (out, (gint32) payload->len);
  g_byte_array_append (out, payload->data, payload->len);
  if (RAND_bytes (mac, sizeof mac) != 1)
    memset (mac, 0, sizeof mac);
  g_byte_array_append (out, mac, sizeof mac);
  return g_byte_array_free_to_bytes (out);
}
