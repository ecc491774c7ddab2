/* exc-certificate.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-certificate"

#include "config.h"

#include "exc-certificate-private.h"

#include <string.h>

struct _ExcCertificate {
  GObject parent_instance;

  char *key;
  char *server;
  char *name;
  char *short_thumbprint;
  char *uses_text;
  char *services_text; /* (nullable): not told */
  char *health_text;
  ExcCertificateRecord *record;
  ExcX509 *x509; /* (nullable) */
  ExcKind kind;
  guint uses;
  gboolean is_use_told;
  ExcTristate in_root;
  ExcHealth health;
  gint64 seen;
  int days_left;
  GListModel *sections; /* made when somebody looks */
};

G_DEFINE_FINAL_TYPE (ExcCertificate, exc_certificate, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KEY,
  PROP_SERVER,
  PROP_NAME,
  PROP_THUMBPRINT,
  PROP_SHORT_THUMBPRINT,
  PROP_FRIENDLY_NAME,
  PROP_SUBJECT,
  PROP_ISSUER,
  PROP_KIND,
  PROP_KIND_TEXT,
  PROP_USES,
  PROP_USES_TEXT,
  PROP_SERVICES_TEXT,
  PROP_STATUS_TEXT,
  PROP_HEALTH,
  PROP_HEALTH_TEXT,
  PROP_NOT_BEFORE,
  PROP_NOT_AFTER,
  PROP_DAYS_LEFT,
  PROP_IS_SELF_SIGNED,
  PROP_IN_ROOT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_certificate_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcCertificate *self = EXC_CERTIFICATE (object);

  switch (prop_id) {
  case PROP_KEY:
    g_value_set_string (value, self->key);
    break;
  case PROP_SERVER:
    g_value_set_string (value, self->server);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_THUMBPRINT:
    g_value_set_string (value, self->record->thumbprint);
    break;
  case PROP_SHORT_THUMBPRINT:
    g_value_set_string (value, self->short_thumbprint);
    break;
  case PROP_FRIENDLY_NAME:
    g_value_set_string (value, self->record->friendly_name);
    break;
  case PROP_SUBJECT:
    g_value_set_string (value, self->record->subject);
    break;
  case PROP_ISSUER:
    g_value_set_string (value, self->record->issuer);
    break;
  case PROP_KIND:
    g_value_set_int (value, self->kind);
    break;
  case PROP_KIND_TEXT:
    g_value_set_string (value, exc_kind_to_text (self->kind));
    break;
  case PROP_USES:
    g_value_set_uint (value, self->uses);
    break;
  case PROP_USES_TEXT:
    g_value_set_string (value, self->uses_text);
    break;
  case PROP_SERVICES_TEXT:
    g_value_set_string (value, self->services_text);
    break;
  case PROP_STATUS_TEXT:
    g_value_set_string (value, exc_status_to_text (self->record->status));
    break;
  case PROP_HEALTH:
    g_value_set_int (value, self->health);
    break;
  case PROP_HEALTH_TEXT:
    g_value_set_string (value, self->health_text);
    break;
  case PROP_NOT_BEFORE:
    g_value_set_int64 (value, self->record->not_before);
    break;
  case PROP_NOT_AFTER:
    g_value_set_int64 (value, self->record->not_after);
    break;
  case PROP_DAYS_LEFT:
    g_value_set_int (value, self->days_left);
    break;
  case PROP_IS_SELF_SIGNED:
    g_value_set_int (value, exc_certificate_get_is_self_signed (self));
    break;
  case PROP_IN_ROOT:
    g_value_set_int (value, self->in_root);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_certificate_finalize (GObject *object)
{
  ExcCertificate *self = EXC_CERTIFICATE (object);

  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->short_thumbprint, g_free);
  g_clear_pointer (&self->uses_text, g_free);
  g_clear_pointer (&self->services_text, g_free);
  g_clear_pointer (&self->health_text, g_free);
  g_clear_pointer (&self->record, exc_certificate_record_unref);
  g_clear_pointer (&self->x509, exc_x509_unref);
  g_clear_object (&self->sections);

  G_OBJECT_CLASS (exc_certificate_parent_class)->finalize (object);
}

static void
exc_certificate_class_init (ExcCertificateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  static const struct {
    guint id;
    const char *name;
  } strings[] = {
    { PROP_KEY, "key" },
    { PROP_SERVER, "server" },
    { PROP_NAME, "name" },
    { PROP_THUMBPRINT, "thumbprint" },
    { PROP_SHORT_THUMBPRINT, "short-thumbprint" },
    { PROP_FRIENDLY_NAME, "friendly-name" },
    { PROP_SUBJECT, "subject" },
    { PROP_ISSUER, "issuer" },
    { PROP_KIND_TEXT, "kind-text" },
    { PROP_USES_TEXT, "uses-text" },
    { PROP_SERVICES_TEXT, "services-text" },
    { PROP_STATUS_TEXT, "status-text" },
    { PROP_HEALTH_TEXT, "health-text" },
  };

  object_class->get_property = exc_certificate_get_property;
  object_class->finalize = exc_certificate_finalize;

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  properties[PROP_KIND] =
      g_param_spec_int ("kind", NULL, NULL, 0, EXC_KIND_WMSVC, EXC_KIND_OTHER, flags);
  properties[PROP_USES] = g_param_spec_uint ("uses", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_HEALTH] =
      g_param_spec_int ("health", NULL, NULL, 0, EXC_HEALTH_OK, EXC_HEALTH_EXPIRED, flags);
  properties[PROP_NOT_BEFORE] =
      g_param_spec_int64 ("not-before", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_NOT_AFTER] =
      g_param_spec_int64 ("not-after", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_DAYS_LEFT] =
      g_param_spec_int ("days-left", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_IS_SELF_SIGNED] =
      g_param_spec_int ("is-self-signed", NULL, NULL, EXC_UNKNOWN, EXC_YES, EXC_UNKNOWN, flags);
  properties[PROP_IN_ROOT] =
      g_param_spec_int ("in-root", NULL, NULL, EXC_UNKNOWN, EXC_YES, EXC_UNKNOWN, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_certificate_init (ExcCertificate *self)
{
}

static const char *
choose_name (ExcCertificateRecord *record, ExcX509 *x509)
{
  if (record->friendly_name != NULL && *record->friendly_name != '\0')
    return record->friendly_name;
  if (x509 != NULL && x509->common_name != NULL && *x509->common_name != '\0')
    return x509->common_name;
  if (record->subject != NULL && *record->subject != '\0')
    return record->subject;
  return record->thumbprint;
}

static char *
shorten (const char *thumbprint)
{
  gsize length = strlen (thumbprint);

  if (length < 8)
    return g_strdup (thumbprint);
  return g_strdup_printf ("%.4s…%s", thumbprint, thumbprint + length - 4);
}

/**
 * exc_certificate_new:
 * @server: FQDN of the server that told
 * @record: what it told
 * @kind: by use
 * @uses: bits of ExcUses
 * @in_root: whether LocalMachine\Root of @server holds a copy
 * @seen: when it was read, Unix seconds
 * @now: Unix seconds, for the days and the health
 *
 * Returns: (transfer full): the certificate
 */
ExcCertificate *
exc_certificate_new (const char *server,
                     ExcCertificateRecord *record,
                     ExcKind kind,
                     guint uses,
                     ExcTristate in_root,
                     gint64 seen,
                     gint64 now)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) texts = NULL;
  ExcCertificate *self;

  g_return_val_if_fail (server != NULL, NULL);
  g_return_val_if_fail (record != NULL, NULL);

  self = g_object_new (EXC_TYPE_CERTIFICATE, NULL);
  self->server = g_strdup (server);
  self->record = exc_certificate_record_ref (record);
  self->key = g_strconcat (server, "\\", record->thumbprint, NULL);
  self->x509 = exc_x509_new_from_der (record->der, &error);
  if (self->x509 == NULL)
    g_info ("%s: %s", self->key, error->message);
  self->name = g_strdup (choose_name (record, self->x509));
  self->short_thumbprint = shorten (record->thumbprint);
  self->kind = kind;
  self->uses = uses & ~(guint) EXC_USE_UNTOLD;
  self->is_use_told = (uses & EXC_USE_UNTOLD) == 0;
  self->in_root = in_root;
  self->seen = seen;
  self->days_left = exc_count_days_left (record->not_after, now);
  self->health = exc_health_judge (record->status, record->not_before, self->days_left, now);
  self->health_text = exc_health_describe (
      self->health, record->status, record->not_before, record->not_after, self->days_left, now);
  self->services_text = exc_services_to_text (record->services);
  texts = exc_uses_to_texts (uses);
  self->uses_text = g_strjoinv (", ", texts);

  return self;
}

#define GETTER(type, name, expression, otherwise)                                                  \
  type exc_certificate_get_##name (ExcCertificate *self)                                           \
  {                                                                                                \
    g_return_val_if_fail (EXC_IS_CERTIFICATE (self), otherwise);                                   \
    return expression;                                                                             \
  }

GETTER (const char *, key, self->key, NULL)
GETTER (const char *, server, self->server, NULL)
GETTER (const char *, thumbprint, self->record->thumbprint, NULL)
GETTER (const char *, short_thumbprint, self->short_thumbprint, NULL)
GETTER (const char *, friendly_name, self->record->friendly_name, NULL)
GETTER (const char *, name, self->name, NULL)
GETTER (const char *, subject, self->record->subject, NULL)
GETTER (const char *, issuer, self->record->issuer, NULL)
GETTER (ExcKind, kind, self->kind, EXC_KIND_OTHER)
GETTER (const char *, kind_text, exc_kind_to_text (self->kind), NULL)
GETTER (guint, uses, self->uses, 0)
GETTER (const char *, uses_text, self->uses_text, NULL)
GETTER (int, services, self->record->services, EXC_SERVICES_UNKNOWN)
GETTER (const char *, services_text, self->services_text, NULL)
GETTER (const char *, status_text, exc_status_to_text (self->record->status), NULL)
GETTER (const char *, status_id, exc_status_to_id (self->record->status), NULL)
GETTER (ExcHealth, health, self->health, EXC_HEALTH_UNKNOWN)
GETTER (const char *, health_text, self->health_text, NULL)
GETTER (gint64, not_before, self->record->not_before, 0)
GETTER (gint64, not_after, self->record->not_after, 0)
GETTER (int, days_left, self->days_left, 0)
GETTER (ExcCertificateRecord *, record, self->record, NULL)
GETTER (ExcX509 *, x509, self->x509, NULL)
GETTER (ExcTristate, in_root, self->in_root, EXC_UNKNOWN)
GETTER (gint64, seen, self->seen, 0)

gboolean
exc_certificate_is_use_told (ExcCertificate *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE (self), FALSE);

  return self->is_use_told;
}

/**
 * exc_certificate_dup_use_ids:
 * @self: a certificate
 *
 * Returns: (transfer full): untranslated words for what uses it, in a fixed order
 */
GStrv
exc_certificate_dup_use_ids (ExcCertificate *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE (self), NULL);

  return exc_uses_to_ids (self->uses);
}

GStrv
exc_certificate_dup_use_texts (ExcCertificate *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE (self), NULL);

  return exc_uses_to_texts (self->uses);
}

GStrv
exc_certificate_dup_service_ids (ExcCertificate *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE (self), NULL);

  return exc_services_to_ids (self->record->services);
}

/**
 * exc_certificate_get_is_self_signed:
 * @self: a certificate
 *
 * Returns: the server's word, else what the certificate's own signature says
 */
ExcTristate
exc_certificate_get_is_self_signed (ExcCertificate *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE (self), EXC_UNKNOWN);

  if (self->record->is_self_signed != EXC_UNKNOWN)
    return self->record->is_self_signed;
  if (self->x509 == NULL)
    return EXC_UNKNOWN;
  return self->x509->is_self_signed ? EXC_YES : EXC_NO;
}

/**
 * exc_certificate_get_sections:
 * @self: a certificate
 *
 * Returns: (transfer none): the certificate described for people, in sections
 */
GListModel *
exc_certificate_get_sections (ExcCertificate *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATE (self), NULL);

  if (self->sections == NULL)
    self->sections = exc_certificate_describe (self);
  return self->sections;
}

static gboolean
strv_equal (GStrv left, GStrv right)
{
  if (left == NULL || right == NULL)
    return left == right;
  return g_strv_equal ((const char *const *) left, (const char *const *) right);
}

/**
 * exc_certificate_equal:
 * @self: a certificate
 * @other: another
 *
 * Returns: whether both show the same, whenever they were seen
 */
gboolean
exc_certificate_equal (ExcCertificate *self, ExcCertificate *other)
{
  ExcCertificateRecord *a, *b;

  g_return_val_if_fail (EXC_IS_CERTIFICATE (self) && EXC_IS_CERTIFICATE (other), FALSE);

  a = self->record;
  b = other->record;
  return g_str_equal (self->key, other->key) && self->kind == other->kind &&
         self->uses == other->uses && self->is_use_told == other->is_use_told &&
         self->in_root == other->in_root && self->days_left == other->days_left &&
         self->health == other->health && g_str_equal (self->health_text, other->health_text) &&
         a->route == b->route && a->services == b->services && a->status == b->status &&
         a->is_self_signed == b->is_self_signed && a->has_private_key == b->has_private_key &&
         a->private_key_exportable == b->private_key_exportable &&
         g_strcmp0 (a->friendly_name, b->friendly_name) == 0 &&
         g_strcmp0 (a->root_ca_type, b->root_ca_type) == 0 &&
         g_strcmp0 (a->identity, b->identity) == 0 && strv_equal (a->domains, b->domains) &&
         strv_equal (a->iis_services, b->iis_services) && g_bytes_equal (a->der, b->der);
}
