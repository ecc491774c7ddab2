/* exc-lab-certificate.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-certificate"

#include "config.h"

#include "exc-lab-certificate.h"

#include <openssl/x509.h>

#include "exc-error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)

/**
 * exc_lab_certificate_new:
 * @der: the certificate
 * @key: (nullable): its private key
 *
 * Returns: (transfer full): the certificate, without friendly name and key rights
 */
ExcLabCertificate *
exc_lab_certificate_new (GBytes *der, EVP_PKEY *key, GError **error)
{
  ExcX509 *x509 = exc_x509_new_from_der (der, error);
  ExcLabCertificate *self;

  if (x509 == NULL)
    return NULL;
  self = g_new0 (ExcLabCertificate, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->x509 = x509;
  if (key != NULL) {
    EVP_PKEY_up_ref (key);
    self->key = key;
    self->provider = g_strdup (EXC_LAB_PROVIDER);
  }
  return self;
}

ExcLabCertificate *
exc_lab_certificate_ref (ExcLabCertificate *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_lab_certificate_unref (ExcLabCertificate *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  exc_x509_unref (self->x509);
  EVP_PKEY_free (self->key);
  g_free (self->friendly_name);
  g_free (self->provider);
  g_free (self->request);
  g_free (self);
}

ExcLabCertificate *
exc_lab_certificate_copy_public (ExcLabCertificate *self)
{
  ExcLabCertificate *copy = g_new0 (ExcLabCertificate, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->x509 = exc_x509_ref (self->x509);
  return copy;
}

/* SmtpDomainWithSubdomains.TryParse: a host or domain name, or one under a leading "*.". */
gboolean
exc_lab_name_is_domain (const char *name)
{
  gboolean label_has_begun = FALSE;

  if (g_str_has_prefix (name, "*."))
    name += 2;
  if (*name == '\0' || strlen (name) > 255)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '.') {
      if (!label_has_begun)
        return FALSE;
      label_has_begun = FALSE;
    } else if (g_ascii_isalnum (*p) || *p == '-' || *p == '_') {
      label_has_begun = TRUE;
    } else {
      return FALSE;
    }
  }
  return label_has_begun;
}

static gboolean
holds (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++) {
    if (g_ascii_strcasecmp (g_ptr_array_index (names, i), name) == 0)
      return TRUE;
  }
  return FALSE;
}

GStrv
exc_lab_certificate_dup_domains (ExcLabCertificate *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (self->x509->common_name != NULL && exc_lab_name_is_domain (self->x509->common_name))
    g_ptr_array_add (names, g_strdup (self->x509->common_name));
  for (guint i = 0; self->x509->dns_names[i] != NULL; i++) {
    const char *name = self->x509->dns_names[i];

    if (exc_lab_name_is_domain (name) && !holds (names, name))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_add (names, NULL);
  g_ptr_array_set_free_func (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
exc_lab_certificate_has_name (ExcLabCertificate *self, const char *name)
{
  g_auto(GStrv) domains = exc_lab_certificate_dup_domains (self);

  for (guint i = 0; domains[i] != NULL; i++) {
    if (g_ascii_strcasecmp (domains[i], name) == 0)
      return TRUE;
  }
  return FALSE;
}

static X509 *
read_x509 (ExcX509 *facts)
{
  gsize length;
  const unsigned char *data = g_bytes_get_data (facts->der, &length);

  return d2i_X509 (NULL, &data, (long) length);
}

gboolean
exc_lab_certificate_is_signed_by (ExcLabCertificate *self, ExcLabCertificate *issuer)
{
  g_autoptr(X509) leaf = NULL;
  g_autoptr(X509) ca = NULL;

  if (g_strcmp0 (self->x509->issuer, issuer->x509->subject) != 0)
    return FALSE;
  leaf = read_x509 (self->x509);
  ca = read_x509 (issuer->x509);
  return leaf != NULL && ca != NULL && X509_verify (leaf, X509_get0_pubkey (ca)) == 1;
}
