/* exc-certificate-queries.c — the certificates of a server, by three routes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-queries.h"

#include "exc-error.h"
#include "exc-reader-private.h"
#include "exc-serialized-certificate.h"
#include "exc-x509.h"

static const char *const certificate_properties[] = {
  "Thumbprint",
  "FriendlyName",
  "Subject",
  "Issuer",
  "NotBefore",
  "NotAfter",
  "Services",
  "ServicesStringForm",
  "Status",
  "RootCAType",
  "IsSelfSigned",
  "HasPrivateKey",
  "PrivateKeyExportable",
  "PublicKeySize",
  "SerialNumber",
  "CertificateDomains",
  "IisServices",
  "Identity",
  "RawData",
  NULL,
};

/* AllowedServices: names (domain.md 1.3) and the letters of ServicesStringForm in their order. */
static const struct {
  const char *name;
  char letter;
  int bit;
} services_table[] = {
  { "IMAP", 'I', EXC_SERVICE_IMAP },
  { "POP", 'P', EXC_SERVICE_POP },
  { "UM", 'U', EXC_SERVICE_UM },
  { "IIS", 'W', EXC_SERVICE_IIS },
  { "SMTP", 'S', EXC_SERVICE_SMTP },
  { "Federation", 'F', EXC_SERVICE_FEDERATION },
  { "UMCallRouter", 'C', EXC_SERVICE_UM_CALL_ROUTER },
};

#define ALL_SERVICES 127

/* CertificateStatus, by number (domain.md 1.4). */
static const char *const status_names[] = {
  "Unknown",
  "Valid",
  "Revoked",
  "DateInvalid",
  "Untrusted",
  "Invalid",
  "RevocationCheckFailure",
  "PendingRequest",
};

/* CertificateAuthorityType, by number (domain.md 1.5). */
static const char *const root_ca_names[] = {
  "None", "ThirdParty", "Enterprise", "Registry", "GroupPolicy", "Unknown",
};

/**
 * exc_query_certificates:
 * @server: FQDN
 * @thumbprint: (nullable): one certificate alone
 * @projected: with Select-Object
 *
 * steps.md 0.4. -Identity is never used: Exchange takes an unknown one for all (domain.md 1.1).
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_certificates (const char *server, const char *thumbprint, gboolean projected)
{
  ExcPipeline *pipeline = exc_pipeline_new ();
  ExcCommand *command = exc_exchange_command_new ("Get-ExchangeCertificate", server);

  exc_command_set_string (command, "Thumbprint", thumbprint);
  exc_pipeline_append (pipeline, command);
  if (projected)
    exc_pipeline_append (pipeline, exc_projection_new (certificate_properties));
  return pipeline;
}

/**
 * exc_query_who_answers:
 *
 * steps.md 0.2: one certificate of whichever server the session is on, through its service host.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_who_answers (void)
{
  static const char *const properties[] = { "Identity", NULL };
  ExcPipeline *pipeline = exc_pipeline_new_single (exc_command_new ("Get-ExchangeCertificate"));
  ExcCommand *first = exc_projection_new (properties);

  exc_command_set_int (first, "First", 1);
  exc_pipeline_append (pipeline, first);
  return pipeline;
}

/**
 * exc_query_request:
 * @server: FQDN
 * @thumbprint: of a pending request, as Get-ExchangeCertificate lists it
 *
 * domain.md 1.2: CertificateRequest is the text of the request.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_request (const char *server, const char *thumbprint)
{
  static const char *const properties[] = { "CertificateRequest", NULL };
  ExcCommand *command = exc_exchange_command_new ("Get-ExchangeCertificate", server);

  exc_command_set_string (command, "Thumbprint", thumbprint);
  return exc_query_new (command, properties, TRUE);
}

/* "IMAP, POP, IIS, SMTP"; a name we do not know makes the whole unknown. */
static int
services_from_names (const char *text)
{
  g_auto(GStrv) names = g_strsplit (text, ",", -1);
  int services = 0;

  for (guint i = 0; names[i] != NULL; i++) {
    const char *name = g_strstrip (names[i]);
    int bit = 0;

    if (*name == '\0' || g_ascii_strcasecmp (name, "None") == 0)
      continue;
    for (guint j = 0; j < G_N_ELEMENTS (services_table); j++)
      if (g_ascii_strcasecmp (name, services_table[j].name) == 0)
        bit = services_table[j].bit;
    if (bit == 0)
      return EXC_SERVICES_UNKNOWN;
    services |= bit;
  }
  return services;
}

/* "IP.WS.."; older servers leave the last places out. */
static int
services_from_form (const char *text)
{
  gsize length = strlen (text);
  int services = 0;

  if (length == 0 || length > G_N_ELEMENTS (services_table))
    return EXC_SERVICES_UNKNOWN;
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_toupper (text[i]) == services_table[i].letter)
      services |= services_table[i].bit;
    else if (text[i] != '.')
      return EXC_SERVICES_UNKNOWN;
  }
  return services;
}

/* An enum comes as a number with its names, or as the names alone (protocol.md 6). */
static int
read_services (ExcValue *object)
{
  ExcValue *value = exc_value_get_property (object, "Services");
  g_autofree char *form = NULL;
  int services = EXC_SERVICES_UNKNOWN;
  gint64 number = 0;

  if (exc_value_get_int64 (value, &number))
    services = number >= 0 && number <= ALL_SERVICES ? (int) number : EXC_SERVICES_UNKNOWN;
  else if (!exc_value_is_null (value)) {
    g_autofree char *names = exc_value_dup_text (value);

    if (names != NULL && *names != '\0')
      services = services_from_names (names);
  }
  if (services != EXC_SERVICES_UNKNOWN)
    return services;

  form = exc_read_text (object, "ServicesStringForm");
  return form != NULL ? services_from_form (form) : EXC_SERVICES_UNKNOWN;
}

static ExcStatus
status_from_number (gint64 number)
{
  return number >= 0 && number < (gint64) G_N_ELEMENTS (status_names) ? (ExcStatus) number
                                                                      : EXC_STATUS_UNREAD;
}

static ExcStatus
read_status (ExcValue *object)
{
  ExcValue *value = exc_value_get_property (object, "Status");
  g_autofree char *name = NULL;
  gint64 number = 0;

  if (exc_value_get_int64 (value, &number))
    return status_from_number (number);
  name = exc_read_text (object, "Status");
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (status_names); i++)
    if (g_ascii_strcasecmp (name, status_names[i]) == 0)
      return (ExcStatus) i;
  return EXC_STATUS_UNREAD;
}

static char *
root_ca_from_number (gint64 number)
{
  return number >= 0 && number < (gint64) G_N_ELEMENTS (root_ca_names)
             ? g_strdup (root_ca_names[number])
             : NULL;
}

static char *
read_root_ca_type (ExcValue *object)
{
  ExcValue *value = exc_value_get_property (object, "RootCAType");
  const char *text = exc_value_get_text (value);
  gint64 number = 0;

  if (text != NULL && *text != '\0' && !g_ascii_isdigit (*text))
    return g_strdup (text);
  return exc_value_get_int64 (value, &number) ? root_ca_from_number (number) : NULL;
}

static GStrv
read_list (ExcValue *object, const char *name)
{
  ExcValue *value = exc_value_get_property (object, name);

  return exc_value_is_null (value) ? NULL : exc_value_dup_string_list (value);
}

/* Select-Object's properties. */
static void
read_projected (ExcValue *object, ExcCertificateRecord *record)
{
  gint64 key_size = 0;

  record->route = EXC_ROUTE_PROJECTED;
  record->friendly_name = exc_read_text (object, "FriendlyName");
  record->subject = exc_read_text (object, "Subject");
  record->issuer = exc_read_text (object, "Issuer");
  record->serial_number = exc_read_text (object, "SerialNumber");
  record->not_before = exc_read_time (object, "NotBefore");
  record->not_after = exc_read_time (object, "NotAfter");
  record->services = read_services (object);
  record->status = read_status (object);
  record->root_ca_type = read_root_ca_type (object);
  record->is_self_signed = exc_read_tristate (object, "IsSelfSigned");
  record->has_private_key = exc_read_tristate (object, "HasPrivateKey");
  record->private_key_exportable = exc_read_tristate (object, "PrivateKeyExportable");
  record->domains = read_list (object, "CertificateDomains");
  record->iis_services = read_list (object, "IisServices");
  record->identity = exc_read_text (object, "Identity");
  if (exc_value_get_int64 (exc_value_get_property (object, "PublicKeySize"), &key_size) &&
      key_size > 0 && key_size <= 65536)
    record->key_size = (int) key_size;
}

static ExcTristate
tristate_from_number (int number)
{
  return number < 0 ? EXC_UNKNOWN : number > 0 ? EXC_YES : EXC_NO;
}

/* SerializationData, as a session with serializationLevel=Full adds it to the bare object. What
 * cannot be read leaves RawData. A certificate other than RawData's is no answer at all. */
static gboolean
read_serialized (GBytes *bytes, ExcCertificateRecord *record, GError **error)
{
  g_autoptr(GError) parse_error = NULL;
  g_autoptr(ExcSerializedCertificate) serialized = NULL;

  serialized = exc_serialized_certificate_parse (bytes, &parse_error);
  if (serialized == NULL) {
    g_info ("SerializationData of %s: %s", record->thumbprint, parse_error->message);
    return TRUE;
  }
  if (!g_bytes_equal (serialized->der, record->der)) {
    g_autofree char *other = exc_thumbprint_of (serialized->der);

    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The server calls a certificate %1$s whose thumbprint is %2$s."),
                    other,
                    record->thumbprint);
    return FALSE;
  }
  record->route = EXC_ROUTE_SERIALIZED;
  record->friendly_name = g_strdup (serialized->friendly_name);
  if (serialized->services >= 0 && serialized->services <= ALL_SERVICES)
    record->services = serialized->services;
  record->status = status_from_number (serialized->status);
  record->root_ca_type = root_ca_from_number (serialized->root_ca_type);
  record->is_self_signed = tristate_from_number (serialized->is_self_signed);
  /* Where the store names a key's place there is one; where it does not, nobody knows. */
  record->has_private_key = serialized->has_private_key > 0 ? EXC_YES : EXC_UNKNOWN;
  record->private_key_exportable = tristate_from_number (serialized->private_key_exportable);
  record->iis_services = g_strdupv (serialized->iis_services);
  record->identity = g_strdup (serialized->identity);
  return TRUE;
}

/* What the certificate itself says. Its dates are exact, where projected ones come in the server's
 * local time; names and numbers only fill what the server kept to itself. */
static void
fill_from_der (ExcCertificateRecord *record)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (record->der, &error);

  if (x509 == NULL) {
    g_info ("certificate %s cannot be read: %s", record->thumbprint, error->message);
    return;
  }
  record->not_before = x509->not_before;
  record->not_after = x509->not_after;
  if (record->subject == NULL)
    record->subject = g_strdup (x509->subject);
  if (record->issuer == NULL)
    record->issuer = g_strdup (x509->issuer);
  if (record->serial_number == NULL)
    record->serial_number = g_strdup (x509->serial_number);
  if (record->key_size == 0)
    record->key_size = x509->key_size;
  if (record->is_self_signed == EXC_UNKNOWN)
    record->is_self_signed = x509->is_self_signed ? EXC_YES : EXC_NO;
}

/* Whether two names of a server can be one: "EX01" and "ex01.contoso.com". */
static gboolean
is_same_server (const char *one, const char *other)
{
  gsize one_length = strlen (one);
  gsize other_length = strlen (other);
  gsize shorter = MIN (one_length, other_length);

  if (g_ascii_strncasecmp (one, other, shorter) != 0)
    return FALSE;
  if (one_length == other_length)
    return TRUE;
  return memchr (one, '.', shorter) == NULL &&
         (one_length > other_length ? one[shorter] == '.' : other[shorter] == '.');
}

/* Identity is SERVER.fqdn\THUMBPRINT: a session that was proxied elsewhere shows here
 * (domain.md 5.3). */
static gboolean
check_identity (ExcCertificateRecord *record, const char *server, GError **error)
{
  const char *tail = record->identity != NULL ? strrchr (record->identity, '\\') : NULL;
  g_autofree char *answered = NULL;

  if (tail == NULL)
    return TRUE;
  if (g_ascii_strcasecmp (tail + 1, record->thumbprint) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The server calls a certificate %1$s whose thumbprint is %2$s."),
                    tail + 1,
                    record->thumbprint);
    return FALSE;
  }
  answered = g_strndup (record->identity, tail - record->identity);
  if (server != NULL && !is_same_server (answered, server)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 /* Translators: both are names of servers. */
                 _("%1$s was asked, but the certificates of %2$s came back; nothing was taken."),
                    server,
                    answered);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_thumbprint (ExcValue *object, ExcCertificateRecord *record, GError **error)
{
  g_autofree char *told = NULL;

  if (!exc_read_thumbprint (object, "Thumbprint", &told, error))
    return FALSE;
  if (told == NULL || strcmp (told, record->thumbprint) == 0)
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_PROTOCOL,
               _("The server calls a certificate %1$s whose thumbprint is %2$s."),
                  told,
                  record->thumbprint);
  return FALSE;
}

/* Bare objects bear RawData alone; a projection has at least one of these, told or not. */
static gboolean
is_projected (ExcValue *object)
{
  return exc_value_get_property (object, "Services") != NULL ||
         exc_value_get_property (object, "Status") != NULL ||
         exc_value_get_property (object, "FriendlyName") != NULL ||
         exc_value_get_property (object, "Thumbprint") != NULL;
}

static ExcCertificateRecord *
read_certificate (ExcValue *object, const char *server, GError **error)
{
  g_autoptr(ExcCertificateRecord) record = exc_certificate_record_new ();
  GBytes *raw = exc_value_get_bytes (exc_value_get_property (object, "RawData"));
  GBytes *serialized = exc_value_get_bytes (exc_value_get_property (object, "SerializationData"));

  if (raw == NULL || g_bytes_get_size (raw) == 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 /* Translators: %s is the name of a property and is not translated. */
                 _("The server’s answer lacks “%s”; it cannot be used."), "RawData");
    return NULL;
  }
  record->der = g_bytes_ref (raw);
  record->thumbprint = exc_thumbprint_of (raw);

  record->route = EXC_ROUTE_RAW;
  if (is_projected (object))
    read_projected (object, record);
  else if (serialized != NULL && !read_serialized (serialized, record, error))
    return NULL;
  fill_from_der (record);

  if (!check_thumbprint (object, record, error) || !check_identity (record, server, error))
    return NULL;
  return g_steal_pointer (&record);
}

/**
 * exc_read_certificates:
 * @reply: of exc_query_certificates()
 * @server: (nullable): who was asked
 *
 * Reads whatever came: projected properties, else SerializationData, else RawData alone; each
 * record tells its route.
 *
 * Returns: (transfer full) (element-type ExcCertificateRecord): %NULL with @error
 */
GPtrArray *
exc_read_certificates (ExcReply *reply, const char *server, GError **error)
{
  g_autoptr(GPtrArray) certificates = NULL;
  GPtrArray *output = NULL;

  if (!exc_reply_check (reply, error))
    return NULL;

  certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_certificate_record_unref);
  output = exc_reply_get_output (reply);
  for (guint i = 0; i < output->len; i++) {
    ExcCertificateRecord *record = read_certificate (g_ptr_array_index (output, i), server, error);

    if (record == NULL)
      return NULL;
    g_ptr_array_add (certificates, record);
  }
  return g_steal_pointer (&certificates);
}

/**
 * exc_reply_refuses_projection:
 * @reply: of a projected reading
 *
 * PowerShell's own restricted sessions offer a Select-Object that takes a few names alone, and a
 * session may have none at all (protocol.md 7). Told by the error's id, never by its text.
 */
gboolean
exc_reply_refuses_projection (ExcReply *reply)
{
  ExcErrorRecord *error = exc_reply_get_first_error (reply);

  if (error == NULL || error->error_id == NULL)
    return FALSE;
  if (g_str_has_prefix (error->error_id, "ParameterArgumentValidationError"))
    return strstr (error->error_id, "Select") != NULL;
  return g_str_has_prefix (error->error_id, "CommandNotFoundException") &&
         g_strcmp0 (error->target, "Select-Object") == 0;
}

gboolean
exc_certificates_lack_properties (GPtrArray *certificates)
{
  for (guint i = 0; i < certificates->len; i++) {
    const ExcCertificateRecord *record = g_ptr_array_index (certificates, i);

    if (record->services == EXC_SERVICES_UNKNOWN || record->status == EXC_STATUS_UNREAD)
      return TRUE;
  }
  return FALSE;
}
