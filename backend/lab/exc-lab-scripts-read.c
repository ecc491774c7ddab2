/* exc-lab-scripts-read.c — what the reading scripts put out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-scripts"

#include "config.h"

#include "exc-lab-windows.h"

/* ErrorCategory */
#define OBJECT_NOT_FOUND  13
#define OPERATION_STOPPED 14

#define TIME_FORMAT       "%Y-%m-%dT%H:%M:%S.0000000Z" /* .NET's "o" of whole seconds */
#define MAX_EVENTS        20

static void
set_text (ExcValue *object, const char *name, const char *text)
{
  exc_value_set_member (
      object, name, text != NULL ? exc_value_new_string (text) : exc_value_new_null ());
}

ExcValue *
exc_lab_path_not_found_new (const char *path)
{
  g_autofree char *message =
      g_strdup_printf ("Cannot find path '%s' because it does not exist.", path);

  return exc_lab_error_record_new (message,
                                   "System.Management.Automation.ItemNotFoundException",
                                   "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand",
                                   OBJECT_NOT_FOUND,
                                   "ItemNotFoundException");
}

/* `throw "text"`: the text is the error's id too. */
ExcValue *
exc_lab_thrown_new (const char *text)
{
  return exc_lab_error_record_new (text,
                                   "System.Management.Automation.RuntimeException",
                                   text,
                                   OPERATION_STOPPED,
                                   "RuntimeException");
}

const char *
exc_lab_service_get_status (ExcLabService *service, gint64 now)
{
  if (!service->is_running)
    return "Stopped";
  return exc_lab_service_is_up (service, now) ? "Running" : "StartPending";
}

static ExcValue *
new_bindings (ExcLabServer *server)
{
  ExcValue *list = exc_value_new_list ();

  for (guint i = 0; i < server->bindings->len; i++) {
    ExcLabBinding *binding = g_ptr_array_index (server->bindings, i);
    const char *hash = exc_lab_server_get_ssl_hash (server, binding->address, binding->port);
    g_autofree char *info = g_strdup_printf ("%s:%u:", binding->address, binding->port);
    ExcValue *object = exc_value_new_psobject ();

    set_text (object, "Site", binding->site);
    set_text (object, "Info", info);
    set_text (object, "Hash", hash != NULL ? hash : "");
    set_text (object, "Store", hash != NULL ? "MY" : "");
    exc_value_set_member (object, "SslFlags", exc_value_new_int32 (binding->ssl_flags));
    exc_value_append (list, object);
  }
  return list;
}

static int
compare_services (gconstpointer a, gconstpointer b)
{
  const ExcLabService *first = *(ExcLabService *const *) a;
  const ExcLabService *second = *(ExcLabService *const *) b;

  return g_ascii_strcasecmp (first->name, second->name);
}

/* Get-Service gives those it finds, sorted by name, each once. */
static ExcValue *
new_services (ExcLabScript *script, const char *const *names)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new ();
  ExcValue *list = exc_value_new_list ();

  for (guint i = 0; names[i] != NULL; i++) {
    ExcLabService *service = exc_lab_server_find_service (script->server, names[i]);

    if (service != NULL && !g_ptr_array_find (found, service, NULL))
      g_ptr_array_add (found, service);
  }
  g_ptr_array_sort (found, compare_services);
  for (guint i = 0; i < found->len; i++) {
    ExcLabService *service = g_ptr_array_index (found, i);
    ExcValue *object = exc_value_new_psobject ();

    set_text (object, "Name", service->name);
    set_text (
        object, "Status", exc_lab_service_get_status (service, exc_lab_world_now (script->world)));
    set_text (object, "StartType", service->start_type);
    exc_value_append (list, object);
  }
  return list;
}

static ExcValue *
new_root_entry (ExcLabCertificate *certificate)
{
  g_autoptr(GDateTime) end = g_date_time_new_from_unix_utc (certificate->x509->not_after);
  ExcValue *object = exc_value_new_psobject ();

  set_text (object, "Thumbprint", certificate->x509->sha1);
  set_text (object, "Subject", certificate->x509->subject);
  exc_value_set_member (object, "NotAfter", exc_value_new_date_time (end));
  return object;
}

static ExcValue *
new_my_entry (ExcLabCertificate *certificate, gboolean with_provider)
{
  ExcValue *object = exc_value_new_psobject ();

  set_text (object, "Thumbprint", certificate->x509->sha1);
  set_text (
      object, "FriendlyName", certificate->friendly_name != NULL ? certificate->friendly_name : "");
  exc_value_set_member (object, "HasPrivateKey", exc_value_new_boolean (certificate->key != NULL));
  if (with_provider)
    set_text (object, "Csp", certificate->provider);
  exc_value_set_member (object, "Raw", exc_value_new_bytes (certificate->x509->der));
  return object;
}

/* '^CN=(WMSvc-|NAME$|Microsoft Exchange Server Auth)', without case as -match */
static gboolean
has_default_name (ExcLabServer *server, const char *subject)
{
  if (g_ascii_strncasecmp (subject, "CN=", 3) != 0)
    return FALSE;
  subject += 3;
  return g_ascii_strncasecmp (subject, "WMSvc-", 6) == 0 ||
         g_ascii_strcasecmp (subject, server->name) == 0 ||
         g_ascii_strncasecmp (subject, "Microsoft Exchange Server Auth", 30) == 0;
}

/* What `netsh http show sslcert` prints on an English server. */
static char *
make_netsh_text (ExcLabServer *server)
{
  g_autoptr(GString) text =
                 g_string_new ("\nSSL Certificate bindings: \n------------------------- \n");

  for (guint i = 0; i < server->ssl_entries->len; i++) {
    ExcLabSslEntry *entry = g_ptr_array_index (server->ssl_entries, i);
    g_autofree char *hash = g_ascii_strdown (entry->hash, -1);

    g_string_append_printf (
        text,
        "\n    IP:port                      : %s:%u\n"
        "    Certificate Hash             : %s\n"
        "    Application ID               : %s\n"
        "    Certificate Store Name       : MY\n"
        "    Verify Client Certificate Revocation : Enabled\n"
        "    Verify Revocation Using Cached Client Certificate Only : Disabled\n"
        "    Usage Check                  : Enabled\n"
        "    Revocation Freshness Time    : 0\n"
        "    URL Retrieval Timeout        : 0\n"
        "    Ctl Identifier               : (null)\n"
        "    Ctl Store Name               : (null)\n"
        "    DS Mapper Usage              : Disabled\n"
        "    Negotiate Client Certificate : Disabled\n",
        entry->address,
        entry->port,
        hash,
        entry->app_id);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
format_now (ExcLabWorld *world)
{
  g_autoptr(GDateTime) now = exc_clock_now_utc (exc_lab_world_get_clock (world));

  return g_date_time_format (now, TIME_FORMAT);
}

static ExcValue *
begin_answer (ExcLabScript *script)
{
  ExcLabServer *server = script->server;
  const gboolean has_wmsvc = server->wmsvc_hash != NULL;
  g_autofree char *now = format_now (script->world);
  g_autofree char *netsh = make_netsh_text (server);
  ExcValue *answer = exc_value_new_psobject ();

  set_text (answer, "Computer", server->name);
  set_text (answer, "UtcNow", now);
  exc_value_set_member (answer, "Bindings", new_bindings (server));
  set_text (answer, "WmsvcHash", server->wmsvc_hash);
  exc_value_set_member (answer,
                        "WmsvcPort",
                        has_wmsvc ? exc_value_new_int32 (server->wmsvc_port)
                                  : exc_value_new_null ());
  exc_value_set_member (answer,
                        "WmsvcEnabled",
                        has_wmsvc ? exc_value_new_int32 (server->wmsvc_remote)
                                  : exc_value_new_null ());
  set_text (answer, "NetshText", netsh);
  return answer;
}

ExcValue *
exc_lab_script_inventory (ExcLabScript *script)
{
  static const char *const services[] = {
    "WMSVC", "MSExchangeServiceHost", "MSExchangeTransport", "MSExchangeFrontEndTransport", "W3SVC",
    NULL
  };
  ExcLabServer *server = script->server;
  ExcValue *answer = begin_answer (script);
  ExcValue *root = exc_value_new_list ();
  ExcValue *my = exc_value_new_list ();

  exc_value_set_member (answer, "Services", new_services (script, services));
  for (guint i = 0; i < server->root->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->root, i);

    if (exc_lab_store_find (server->my, certificate->x509->sha1) != NULL ||
        has_default_name (server, certificate->x509->subject))
      exc_value_append (root, new_root_entry (certificate));
  }
  for (guint i = 0; i < server->my->len; i++)
    exc_value_append (my, new_my_entry (g_ptr_array_index (server->my, i), TRUE));
  exc_value_set_member (answer, "Root", root);
  exc_value_set_member (answer, "My", my);
  return answer;
}

ExcValue *
exc_lab_script_look (ExcLabScript *script)
{
  static const char *const none[] = { NULL };
  ExcLabServer *server = script->server;
  const char *thumbprint = exc_lab_script_get_text (script, "Thumbprint");
  g_auto(GStrv) services = exc_lab_script_dup_list (script, "Service");
  ExcLabCertificate *root = exc_lab_store_find (server->root, thumbprint);
  ExcLabCertificate *my = exc_lab_store_find (server->my, thumbprint);
  ExcValue *answer = begin_answer (script);
  ExcValue *roots = exc_value_new_list ();
  ExcValue *mine = exc_value_new_list ();

  exc_value_set_member (
      answer,
      "Services",
      new_services (script, services != NULL ? (const char *const *) services : none));
  if (root != NULL)
    exc_value_append (roots, new_root_entry (root));
  if (my != NULL)
    exc_value_append (mine, new_my_entry (my, FALSE));
  exc_value_set_member (answer, "Root", roots);
  exc_value_set_member (answer, "My", mine);
  return answer;
}

/* Whether an event is asked for; empty texts and 0 ask for any. */
static gboolean
is_wanted (const ExcLabEvent *event, const char *log, const char *provider, gint64 id, gint64 since)
{
  return g_ascii_strcasecmp (event->log, log) == 0 &&
         (*provider == '\0' || g_ascii_strcasecmp (event->source, provider) == 0) &&
         (id == 0 || event->id == id) && event->time >= since;
}

static ExcValue *
new_event (const ExcLabEvent *event)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (event->time);
  g_autofree char *text = g_date_time_format (time, TIME_FORMAT);
  ExcValue *object = exc_value_new_psobject ();

  set_text (object, "TimeUtc", text);
  exc_value_set_member (object, "Id", exc_value_new_int32 ((gint32) event->id));
  set_text (object, "Provider", event->source);
  set_text (object, "Message", event->message);
  return object;
}

/* A provider that is not registered has written nothing, and is no error. */
ExcValue *
exc_lab_script_events (ExcLabScript *script)
{
  static const char *const logs[] = { "Application", "Security", "System" };
  GPtrArray *events = script->server->events;
  const char *log = exc_lab_script_get_text (script, "Log");
  const char *provider = exc_lab_script_get_text (script, "Provider");
  const char *since = exc_lab_script_get_text (script, "Since");
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GDateTime) from = g_date_time_new_from_iso8601 (since, utc);
  ExcValue *answer;
  ExcValue *list;
  gboolean is_log = FALSE;
  gint64 id = 0;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    is_log = is_log || g_ascii_strcasecmp (logs[i], log) == 0;
  if (!is_log)
    return exc_lab_script_throw (
        script, "There is not an event log on the localhost computer that matches \"%s\".", log);
  if (*since != '\0' && from == NULL)
    return exc_lab_script_throw (
        script, "String '%s' was not recognized as a valid DateTime.", since);

  exc_value_get_int64 (g_hash_table_lookup (script->arguments, "Id"), &id);
  list = exc_value_new_list ();
  for (guint i = events->len; i > 0 && n < MAX_EVENTS; i--) {
    const ExcLabEvent *event = g_ptr_array_index (events, i - 1);

    if (is_wanted (event, log, provider, id, from != NULL ? g_date_time_to_unix (from) : 0)) {
      exc_value_append (list, new_event (event));
      n++;
    }
  }
  answer = exc_value_new_psobject ();
  exc_value_set_member (answer, "Events", list);
  return answer;
}
