/* exc-plan-names.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-plan-names.h"

#include "exc-error.h"

#include <glib/gi18n.h>

#define MAX_FRIENDLY_NAME 63 /* domain.md 2.1 */
#define DEFAULT_KEY_SIZE  2048

static gboolean G_GNUC_PRINTF (2, 3) fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, text);
  return FALSE;
}

/* One attribute; NULL where it is none that .NET would write in the same way. */
static char *
normalize_attribute (const char *text)
{
  static const char *const keys[] = { "CN", "OU", "O", "L", "S", "C", "E", "DC", "STREET" };
  const char *equals = strchr (text, '=');
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;

  if (equals == NULL)
    return NULL;
  key = g_strstrip (g_strndup (text, (gsize) (equals - text)));
  value = g_strstrip (g_strdup (equals + 1));
  if (value[0] == '\0' || strpbrk (value, "\"+=;<>#\\\r\n") != NULL)
    return NULL;
  if (g_ascii_strcasecmp (key, "ST") == 0)
    key[1] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_ascii_strcasecmp (keys[i], key) == 0)
      return g_strconcat (keys[i], "=", value, NULL);
  return NULL;
}

char *
exc_subject_normalize (const char *text, GError **error)
{
  g_auto(GStrv) parts = g_strsplit (text, ",", -1);
  gboolean has_name = FALSE;

  for (guint i = 0; parts[i] != NULL; i++) {
    char *part = normalize_attribute (parts[i]);

    if (part == NULL) {
      fail (
          error,
          _("“%s” is no subject that is taken here. Write it as “CN=mail.example.com, O=Example, "
               "C=US”, without quotes or special characters."),
             text);
      return NULL;
    }
    has_name |= g_str_has_prefix (part, "CN=");
    g_free (parts[i]);
    parts[i] = part;
  }
  if (!has_name) {
    fail (error, _("The subject “%s” has no common name (CN=…)."), text);
    return NULL;
  }
  return g_strjoinv (", ", parts);
}

static gboolean
is_domain (const char *name)
{
  g_auto(GStrv) labels = NULL;

  if (g_str_has_prefix (name, "*."))
    name += 2;
  if (name[0] == '\0' || strlen (name) > 253)
    return FALSE;
  labels = g_strsplit (name, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++) {
    gsize length = strlen (labels[i]);

    if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-')
      return FALSE;
    for (gsize j = 0; j < length; j++)
      if (!g_ascii_isalnum (labels[i][j]) && labels[i][j] != '-' && labels[i][j] != '_')
        return FALSE;
  }
  return TRUE;
}

gboolean
exc_new_certificate_check (const ExcNewCertificate *wanted, GError **error)
{
  if (wanted == NULL)
    return TRUE;
  for (guint i = 0; wanted->domains != NULL && wanted->domains[i] != NULL; i++)
    if (!is_domain (wanted->domains[i]))
      return fail (error, _("“%s” is no name that a server can have in DNS."), wanted->domains[i]);
  if (wanted->friendly_name != NULL &&
      g_utf8_strlen (wanted->friendly_name, -1) > MAX_FRIENDLY_NAME)
    return fail (error,
                 _("The friendly name “%s” is too long: Exchange takes 63 characters."),
                    wanted->friendly_name);
  if (wanted->key_size != 0 && wanted->key_size != 2048 && wanted->key_size != 4096)
    return fail (error, _("A key of %d bits is not made: take 2048 or 4096."), wanted->key_size);
  return TRUE;
}

/* The names that are asked for, the subject's own, or those of the server. */
static GStrv
dup_domains (const ExcNewCertificate *wanted, const char *subject, ExcServer *server)
{
  const char *const own[] = { exc_server_get_name (server), exc_server_get_fqdn (server), NULL };
  const char *name = strstr (subject, "CN=") + strlen ("CN=");
  g_autofree char *common_name = g_strndup (name, strcspn (name, ","));
  const char *const common[] = { common_name, NULL };

  if (wanted != NULL && wanted->domains != NULL && wanted->domains[0] != NULL)
    return g_strdupv ((GStrv) wanted->domains);
  return g_strdupv ((
      GStrv) (wanted != NULL && wanted->subject != NULL && is_domain (common_name) ? common : own));
}

char *
exc_new_certificate_dup_subject (const ExcNewCertificate *wanted, ExcServer *server, GError **error)
{
  gboolean has_domains = wanted != NULL && wanted->domains != NULL && wanted->domains[0] != NULL;
  g_autofree char *by_name =
      g_strconcat ("CN=", has_domains ? wanted->domains[0] : exc_server_get_name (server), NULL);

  return exc_subject_normalize (
      wanted != NULL && wanted->subject != NULL ? wanted->subject : by_name, error);
}

gboolean
exc_new_certificate_write (const ExcNewCertificate *wanted,
                           ExcServer *server,
                           JsonBuilder *builder,
                           GError **error)
{
  g_autofree char *subject = exc_new_certificate_dup_subject (wanted, server, error);
  g_auto(GStrv) domains = NULL;

  if (subject == NULL)
    return FALSE;
  domains = dup_domains (wanted, subject, server);
  exc_json_add_text (builder, "subject", subject);
  json_builder_set_member_name (builder, "domains");
  json_builder_begin_array (builder);
  for (guint i = 0; domains[i] != NULL; i++)
    json_builder_add_string_value (builder, domains[i]);
  json_builder_end_array (builder);
  exc_json_add_text (builder, "friendlyName", wanted != NULL ? wanted->friendly_name : NULL);
  json_builder_set_member_name (builder, "keySize");
  json_builder_add_int_value (
      builder, wanted != NULL && wanted->key_size != 0 ? wanted->key_size : DEFAULT_KEY_SIZE);
  json_builder_set_member_name (builder, "exportable");
  json_builder_add_boolean_value (builder, wanted != NULL && wanted->is_exportable);
  return TRUE;
}

gboolean
exc_new_certificate_read (JsonObject *object,
                          ExcNewCertificate *wanted,
                          GStrv *domains,
                          GError **error)
{
  JsonNode *list = json_object_get_member (object, "domains");
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  JsonArray *array =
      list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;

  wanted->subject = exc_plan_input_need_text (object, "subject", error);
  if (wanted->subject == NULL)
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    const char *name = json_node_get_string (json_array_get_element (array, i));

    if (name != NULL)
      g_strv_builder_add (names, name);
  }
  *domains = g_strv_builder_end (names);
  wanted->domains = (const char *const *) *domains;
  wanted->friendly_name = exc_plan_input_get_text (object, "friendlyName");
  wanted->key_size =
      (int) json_object_get_int_member_with_default (object, "keySize", DEFAULT_KEY_SIZE);
  wanted->is_exportable = json_object_get_boolean_member_with_default (object, "exportable", FALSE);
  return TRUE;
}

void
exc_plan_check_connectors (ExcPlan *self,
                           ExcSnapshot *snapshot,
                           ExcServer *server,
                           const char *subject)
{
  GPtrArray *connectors = exc_snapshot_get_send_connectors (snapshot);
  ExcCertificateRecord record = { .issuer = (char *) subject, .subject = (char *) subject };

  for (guint i = 0; connectors != NULL && i < connectors->len; i++) {
    ExcConnectorRecord *connector = g_ptr_array_index (connectors, i);

    if (exc_tls_certificate_name_matches (connector->tls_certificate_name, &record))
      exc_plan_say (
          self,
          exc_server_get_fqdn (server),
          EXC_CHECK_WARNING,
          _("The Send connector “%1$s” names issuer and subject “%2$s”, which the new certificate "
            "of %3$s has, too. Exchange refuses to delete a certificate with these names, so an "
            "undo cannot take the new one away."),
             connector->name,
             subject,
             exc_server_get_name (server));
  }
}

char *
exc_plan_format_date (gint64 time)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, _("%-d %b %Y")) : g_strdup ("");
}
