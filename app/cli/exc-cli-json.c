/* exc-cli-json.c — facts as JSON
 *
 * Dates are ISO 8601 in UTC. What a server did not tell is null, never guessed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli.h"

#include "exc-value.h"

#define MAX_VALUE_DEPTH 16

void
exc_cli_json_print (JsonBuilder *builder, gboolean pretty)
{
  g_autoptr(JsonGenerator) generator = json_generator_new ();
  g_autoptr(JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = NULL;

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, pretty);
  text = json_generator_to_data (generator, NULL);
  g_print ("%s\n", text);
}

void
exc_cli_json_add_time (JsonBuilder *builder, const char *name, gint64 time)
{
  g_autoptr(GDateTime) date_time = time == 0 ? NULL : g_date_time_new_from_unix_utc (time);
  g_autofree char *text =
      date_time == NULL ? NULL : g_date_time_format (date_time, "%Y-%m-%dT%H:%M:%SZ");

  exc_json_add_text (builder, name, text);
}

static void
add_texts (JsonBuilder *builder, const char *name, GStrv texts)
{
  json_builder_set_member_name (builder, name);
  if (texts == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_array (builder);
  for (guint i = 0; texts[i] != NULL; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}

static void
add_tristate (JsonBuilder *builder, const char *name, ExcTristate value)
{
  json_builder_set_member_name (builder, name);
  if (value == EXC_UNKNOWN)
    json_builder_add_null_value (builder);
  else
    json_builder_add_boolean_value (builder, value == EXC_YES);
}

/* What the bindings use is only known where the Windows endpoint answered: an empty list says
 * "unused", which nobody knows then. */
static GStrv
dup_uses (ExcCertificate *certificate, ExcServer *server)
{
  g_auto(GStrv) uses = exc_certificate_dup_use_ids (certificate);

  if (uses[0] == NULL && (server == NULL || exc_server_get_windows (server) == NULL))
    return NULL;
  return g_steal_pointer (&uses);
}

/**
 * exc_cli_json_add_certificate:
 * @builder: where
 * @certificate: a certificate
 * @server: (nullable): its server
 *
 * Adds the object that `certificates --json` documents.
 */
void
exc_cli_json_add_certificate (JsonBuilder *builder, ExcCertificate *certificate, ExcServer *server)
{
  ExcCertificateRecord *record = exc_certificate_get_record (certificate);
  g_auto(GStrv) uses = dup_uses (certificate, server);
  g_auto(GStrv) services = exc_services_to_ids (record->services);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "server", exc_certificate_get_server (certificate));
  exc_json_add_text (builder, "kind", exc_kind_to_id (exc_certificate_get_kind (certificate)));
  exc_json_add_text (builder, "friendlyName", record->friendly_name);
  exc_json_add_text (builder, "subject", record->subject);
  exc_json_add_text (builder, "issuer", record->issuer);
  exc_json_add_text (builder, "thumbprint", record->thumbprint);
  exc_cli_json_add_time (builder, "notBefore", record->not_before);
  exc_cli_json_add_time (builder, "notAfter", record->not_after);
  json_builder_set_member_name (builder, "daysLeft");
  json_builder_add_int_value (builder, exc_certificate_get_days_left (certificate));
  add_texts (builder, "services", services);
  exc_json_add_text (builder, "status", exc_status_to_id (record->status));
  exc_json_add_text (builder, "rootCAType", record->root_ca_type);
  add_tristate (builder, "isSelfSigned", record->is_self_signed);
  add_tristate (builder, "hasPrivateKey", record->has_private_key);
  add_texts (builder, "domains", record->domains);
  add_texts (builder, "usedBy", uses);
  json_builder_end_object (builder);
}

void
exc_cli_json_add_server (JsonBuilder *builder, ExcServer *server)
{
  int days = exc_server_get_worst_days (server);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "server", exc_server_get_fqdn (server));
  exc_json_add_text (builder, "name", exc_server_get_name (server));
  exc_json_add_text (builder, "site", exc_server_get_site (server));
  exc_json_add_text (builder, "version", exc_server_get_version (server));
  exc_json_add_text (builder, "product", exc_server_get_product (server));
  exc_json_add_text (builder, "state", exc_server_state_to_id (exc_server_get_state (server)));
  exc_json_add_text (builder, "problem", exc_server_get_problem (server));
  exc_cli_json_add_time (builder, "lastSeen", exc_server_get_last_seen (server));
  json_builder_set_member_name (builder, "certificates");
  json_builder_add_int_value (builder, exc_server_get_n_certificates (server));
  json_builder_set_member_name (builder, "daysLeft");
  if (days == G_MAXINT)
    json_builder_add_null_value (builder);
  else
    json_builder_add_int_value (builder, days);
  json_builder_end_object (builder);
}

static void
add_steps (JsonBuilder *builder, GListModel *steps)
{
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "id", exc_job_step_get_id (step));
    exc_json_add_text (builder, "text", exc_job_step_get_text (step));
    exc_json_add_text (builder, "state", exc_state_to_id (exc_job_step_get_state (step)));
    exc_json_add_text (builder, "detail", exc_job_step_get_detail (step));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
exc_cli_json_add_job (JsonBuilder *builder, ExcJob *job)
{
  GListModel *servers = exc_job_get_servers (job);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "id", exc_job_get_id (job));
  exc_json_add_text (builder, "title", exc_job_get_title (job));
  exc_json_add_text (builder, "kind", exc_job_get_kind (job));
  exc_json_add_text (builder, "organization", exc_job_get_organization (job));
  exc_json_add_text (builder, "state", exc_state_to_id (exc_job_get_state (job)));
  exc_json_add_text (builder, "summary", exc_job_get_summary (job));
  exc_cli_json_add_time (builder, "started", exc_job_get_started (job));
  exc_cli_json_add_time (builder, "ended", exc_job_get_ended (job));
  exc_cli_json_add_time (builder, "waitsUntil", exc_job_get_wake_at (job));
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "server", exc_job_server_get_server (lane));
    exc_json_add_text (builder, "state", exc_state_to_id (exc_job_server_get_state (lane)));
    exc_json_add_text (builder, "detail", exc_job_server_get_detail (lane));
    add_steps (builder, exc_job_server_get_steps (lane));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static const char *
type_of (ExcValue *value)
{
  static const char *const names[] = {
    [EXC_VALUE_STRING] = "System.String",
    [EXC_VALUE_CHAR] = "System.Char",
    [EXC_VALUE_BOOLEAN] = "System.Boolean",
    [EXC_VALUE_DATE_TIME] = "System.DateTime",
    [EXC_VALUE_TIME_SPAN] = "System.TimeSpan",
    [EXC_VALUE_BYTE] = "System.Byte",
    [EXC_VALUE_SBYTE] = "System.SByte",
    [EXC_VALUE_UINT16] = "System.UInt16",
    [EXC_VALUE_INT16] = "System.Int16",
    [EXC_VALUE_UINT32] = "System.UInt32",
    [EXC_VALUE_INT32] = "System.Int32",
    [EXC_VALUE_UINT64] = "System.UInt64",
    [EXC_VALUE_INT64] = "System.Int64",
    [EXC_VALUE_SINGLE] = "System.Single",
    [EXC_VALUE_DOUBLE] = "System.Double",
    [EXC_VALUE_DECIMAL] = "System.Decimal",
    [EXC_VALUE_BYTES] = "System.Byte[]",
    [EXC_VALUE_GUID] = "System.Guid",
    [EXC_VALUE_URI] = "System.Uri",
    [EXC_VALUE_VERSION] = "System.Version",
    [EXC_VALUE_XML] = "System.Xml.XmlDocument",
    [EXC_VALUE_SCRIPT_BLOCK] = "System.Management.Automation.ScriptBlock",
    [EXC_VALUE_SECURE_STRING] = "System.Security.SecureString",
    [EXC_VALUE_OBJECT] = NULL,
  };
  const char *const *types = exc_value_get_type_names (value);

  return types != NULL ? types[0] : names[exc_value_get_kind (value)];
}

static void add_value (JsonBuilder *builder, ExcValue *value, guint depth);

static void
add_members (JsonBuilder *builder, ExcValue *value, guint depth)
{
  json_builder_begin_object (builder);
  for (guint i = 0; i < exc_value_get_n_properties (value); i++) {
    json_builder_set_member_name (builder, exc_value_get_property_name (value, i));
    add_value (builder, exc_value_get_property_at (value, i), depth + 1);
  }
  json_builder_end_object (builder);
}

static void
add_object (JsonBuilder *builder, ExcValue *value, guint depth)
{
  g_autofree char *text = exc_value_dup_text (value);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "type", type_of (value));
  exc_json_add_text (builder, "text", text);
  json_builder_set_member_name (builder, "properties");
  add_members (builder, value, depth);
  json_builder_end_object (builder);
}

static void
add_container (JsonBuilder *builder, ExcValue *value, guint depth)
{
  gboolean is_dictionary = exc_value_get_container (value) == EXC_CONTAINER_DICTIONARY;

  if (is_dictionary)
    json_builder_begin_object (builder);
  else
    json_builder_begin_array (builder);
  for (guint i = 0; i < exc_value_get_n_items (value); i++) {
    if (is_dictionary) {
      g_autofree char *key = exc_value_dup_text (exc_value_get_key (value, i));

      json_builder_set_member_name (builder, key != NULL ? key : "");
    }
    add_value (builder, exc_value_get_item (value, i), depth + 1);
  }
  if (is_dictionary)
    json_builder_end_object (builder);
  else
    json_builder_end_array (builder);
}

static void
add_text (JsonBuilder *builder, const char *text)
{
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static char *
encode_bytes (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return g_base64_encode (data, size);
}

/* A property: scalars as themselves, enums and plain objects by their words. */
static void
add_value (JsonBuilder *builder, ExcValue *value, guint depth)
{
  g_autofree char *text = NULL;
  gboolean flag;
  gint64 number;

  switch (exc_value_get_kind (value)) {
  case EXC_VALUE_NULL:
  case EXC_VALUE_SECURE_STRING:
    json_builder_add_null_value (builder);
    return;
  case EXC_VALUE_BOOLEAN:
    exc_value_get_boolean (value, &flag);
    json_builder_add_boolean_value (builder, flag);
    return;
  case EXC_VALUE_BYTES:
    text = encode_bytes (exc_value_get_bytes (value));
    add_text (builder, text);
    return;
  case EXC_VALUE_BYTE:
  case EXC_VALUE_SBYTE:
  case EXC_VALUE_UINT16:
  case EXC_VALUE_INT16:
  case EXC_VALUE_UINT32:
  case EXC_VALUE_INT32:
  case EXC_VALUE_UINT64:
  case EXC_VALUE_INT64:
    if (exc_value_get_int64 (value, &number)) {
      json_builder_add_int_value (builder, number);
      return;
    }
    break;
  case EXC_VALUE_OBJECT:
    if (depth >= MAX_VALUE_DEPTH)
      break;
    if (exc_value_get_container (value) != EXC_CONTAINER_NONE) {
      add_container (builder, value, depth);
      return;
    }
    if (exc_value_get_base (value) == NULL && exc_value_get_n_properties (value) > 0) {
      add_object (builder, value, depth);
      return;
    }
    break;
  default:
    break;
  }
  text = exc_value_dup_text (value);
  add_text (builder, text);
}

/**
 * exc_cli_json_add_value:
 * @builder: where
 * @value: an object of a pipeline's output
 *
 * Adds an object of `type`, `text` and `properties`; byte arrays are base64.
 */
void
exc_cli_json_add_value (JsonBuilder *builder, ExcValue *value)
{
  add_object (builder, value, 0);
}
