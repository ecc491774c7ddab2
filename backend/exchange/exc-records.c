/* exc-records.c — what servers answer, checked and typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-records.h"

#include <stdio.h>

#include "exc-reader-private.h"

G_DEFINE_BOXED_TYPE (ExcCertificateRecord,
                     exc_certificate_record,
                     exc_certificate_record_ref,
                     exc_certificate_record_unref)
G_DEFINE_BOXED_TYPE (ExcServerRecord,
                     exc_server_record,
                     exc_server_record_ref,
                     exc_server_record_unref)
G_DEFINE_BOXED_TYPE (ExcAuthConfigRecord,
                     exc_auth_config_record,
                     exc_auth_config_record_ref,
                     exc_auth_config_record_unref)
G_DEFINE_BOXED_TYPE (ExcWindowsRecord,
                     exc_windows_record,
                     exc_windows_record_ref,
                     exc_windows_record_unref)

ExcCertificateRecord *
exc_certificate_record_new (void)
{
  ExcCertificateRecord *self = g_new0 (ExcCertificateRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->services = EXC_SERVICES_UNKNOWN;
  self->status = EXC_STATUS_UNREAD;
  self->is_self_signed = EXC_UNKNOWN;
  self->has_private_key = EXC_UNKNOWN;
  self->private_key_exportable = EXC_UNKNOWN;
  return self;
}

ExcCertificateRecord *
exc_certificate_record_ref (ExcCertificateRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_certificate_record_unref (ExcCertificateRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->der, g_bytes_unref);
  g_free (self->thumbprint);
  g_free (self->friendly_name);
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->serial_number);
  g_free (self->root_ca_type);
  g_strfreev (self->domains);
  g_strfreev (self->iis_services);
  g_free (self->identity);
  g_free (self);
}

ExcServerRecord *
exc_server_record_new (void)
{
  ExcServerRecord *self = g_new0 (ExcServerRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

ExcServerRecord *
exc_server_record_ref (ExcServerRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_server_record_unref (ExcServerRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->fqdn);
  g_free (self->domain);
  g_free (self->site);
  g_free (self->version);
  g_free (self->role);
  g_free (self->edition);
  g_free (self);
}

/* 2019 and SE are both 15.2; SE begins with build 2562 (domain.md 2.6). */
char *
exc_server_record_dup_product (ExcServerRecord *self)
{
  int major = 0;
  int minor = 0;
  int build = 0;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->version == NULL)
    return NULL;
  if (sscanf (self->version, "Version %d.%d (Build %d", &major, &minor, &build) < 3)
    return g_strdup (self->version);
  if (major == 15 && minor == 0)
    return g_strdup ("Exchange Server 2013");
  if (major == 15 && minor == 1)
    return g_strdup ("Exchange Server 2016");
  if (major == 15 && minor == 2)
    return g_strdup (build >= 2562 ? "Exchange Server SE" : "Exchange Server 2019");
  return g_strdup (self->version);
}

ExcAuthConfigRecord *
exc_auth_config_record_new (void)
{
  ExcAuthConfigRecord *self = g_new0 (ExcAuthConfigRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

ExcAuthConfigRecord *
exc_auth_config_record_ref (ExcAuthConfigRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_auth_config_record_unref (ExcAuthConfigRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->current);
  g_free (self->previous);
  g_free (self->next);
  g_free (self);
}

static void
binding_free (ExcBindingRecord *self)
{
  g_free (self->site);
  g_free (self->info);
  g_free (self->hash);
  g_free (self->store);
  g_free (self);
}

static void
service_free (ExcServiceRecord *self)
{
  g_free (self->name);
  g_free (self->status);
  g_free (self->start_type);
  g_free (self);
}

static void
store_entry_free (ExcStoreEntry *self)
{
  g_free (self->thumbprint);
  g_free (self->subject);
  g_free (self->friendly_name);
  g_free (self->key_provider);
  g_free (self);
}

ExcWindowsRecord *
exc_windows_record_new (void)
{
  ExcWindowsRecord *self = g_new0 (ExcWindowsRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) binding_free);
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify) service_free);
  self->root = g_ptr_array_new_with_free_func ((GDestroyNotify) store_entry_free);
  self->my = g_ptr_array_new_with_free_func ((GDestroyNotify) store_entry_free);
  self->http_sys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

ExcWindowsRecord *
exc_windows_record_ref (ExcWindowsRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_windows_record_unref (ExcWindowsRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->computer);
  g_free (self->wmsvc_hash);
  g_ptr_array_unref (self->bindings);
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->root);
  g_ptr_array_unref (self->my);
  g_hash_table_unref (self->http_sys);
  g_free (self);
}

/* IIS's ADDRESS:PORT:HOST; an address may hold colons itself ("[::1]:443:"). All addresses are "*"
 * or nothing. FALSE for what has another form, and for bindings with a host name. */
static gboolean
split_info (const char *info, char **address, guint *port)
{
  g_autofree char *text = g_strdup (info);
  char *host = strrchr (text, ':');
  char *number = NULL;
  guint64 value = 0;

  if (host == NULL || host[1] != '\0')
    return FALSE;
  *host = '\0';
  number = strrchr (text, ':');
  if (number == NULL || !g_ascii_string_to_unsigned (number + 1, 10, 1, 65535, &value, NULL))
    return FALSE;
  *number = '\0';

  *address = g_strdup (*text == '\0' ? "*" : text);
  *port = value;
  return TRUE;
}

const ExcBindingRecord *
exc_windows_record_find_binding (ExcWindowsRecord *self,
                                 const char *site,
                                 const char *address,
                                 guint16 port)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (site != NULL, NULL);

  if (address == NULL || *address == '\0')
    address = "*";
  for (guint i = 0; i < self->bindings->len; i++) {
    const ExcBindingRecord *binding = g_ptr_array_index (self->bindings, i);
    g_autofree char *at = NULL;
    guint on = 0;

    if (g_ascii_strcasecmp (binding->site, site) == 0 && split_info (binding->info, &at, &on) &&
        on == port && g_ascii_strcasecmp (at, address) == 0)
      return binding;
  }
  return NULL;
}

gboolean
exc_windows_record_has_root (ExcWindowsRecord *self, const char *thumbprint)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (thumbprint != NULL, FALSE);

  for (guint i = 0; i < self->root->len; i++) {
    const ExcStoreEntry *entry = g_ptr_array_index (self->root, i);

    if (g_ascii_strcasecmp (entry->thumbprint, thumbprint) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Windows's certificate dialog shows pairs with blanks and puts an invisible U+200E in front:
 * people paste both. */
char *
exc_thumbprint_normalize (const char *text)
{
  g_autoptr(GString) digits = g_string_sized_new (40);

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c < 128 && g_ascii_isxdigit (c))
      g_string_append_c (digits, g_ascii_toupper (c));
    else if (!g_unichar_isspace (c) && c != ':' && g_unichar_type (c) != G_UNICODE_FORMAT)
      return NULL;
  }
  return digits->len == 40 ? g_strdup (digits->str) : NULL;
}
