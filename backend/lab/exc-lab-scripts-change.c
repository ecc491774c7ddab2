/* exc-lab-scripts-change.c — what the changing scripts do and put out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-scripts"

#include "config.h"

#include "exc-lab-windows.h"

static void
set_text (ExcValue *object, const char *name, const char *text)
{
  exc_value_set_member (
      object, name, text != NULL ? exc_value_new_string (text) : exc_value_new_null ());
}

gboolean
exc_lab_script_commit (ExcLabScript *script)
{
  g_autoptr(GError) error = NULL;

  if (exc_lab_world_commit (script->world, &error))
    return TRUE;
  script->failure = exc_lab_thrown_new (error->message);
  return FALSE;
}

ExcLabCertificate *
exc_lab_script_get_item (ExcLabScript *script, const char *thumbprint)
{
  ExcLabCertificate *certificate = exc_lab_store_find (script->server->my, thumbprint);

  if (certificate == NULL) {
    g_autofree char *path = g_strconcat ("Cert:\\LocalMachine\\My\\", thumbprint, NULL);

    script->failure = exc_lab_path_not_found_new (path);
  }
  return certificate;
}

ExcValue *
exc_lab_script_throw (ExcLabScript *script, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  script->failure = exc_lab_thrown_new (text);
  return NULL;
}

static ExcValue *
new_trust_answer (gboolean before, gboolean after)
{
  ExcValue *answer = exc_value_new_psobject ();

  exc_value_set_member (answer, "Before", exc_value_new_boolean (before));
  exc_value_set_member (answer, "InRoot", exc_value_new_boolean (after));
  return answer;
}

ExcValue *
exc_lab_script_trust (ExcLabScript *script)
{
  const char *thumbprint = exc_lab_script_get_text (script, "Thumbprint");
  const gboolean before = exc_lab_store_find (script->server->root, thumbprint) != NULL;

  if (!before) {
    ExcLabCertificate *certificate = exc_lab_script_get_item (script, thumbprint);

    if (certificate == NULL)
      return NULL;
    g_ptr_array_add (script->server->root, exc_lab_certificate_copy_public (certificate));
    if (!exc_lab_script_commit (script))
      return NULL;
  }
  return new_trust_answer (before, TRUE);
}

ExcValue *
exc_lab_script_untrust (ExcLabScript *script)
{
  const char *thumbprint = exc_lab_script_get_text (script, "Thumbprint");
  const gboolean before = exc_lab_store_remove (script->server->root, thumbprint);

  if (before && !exc_lab_script_commit (script))
    return NULL;
  return new_trust_answer (before, FALSE);
}

ExcValue *
exc_lab_script_trust_raw (ExcLabScript *script)
{
  GBytes *raw = exc_value_get_bytes (g_hash_table_lookup (script->arguments, "Raw"));
  g_autoptr(ExcLabCertificate) certificate = exc_lab_certificate_new (raw, NULL, NULL);
  ExcValue *answer;
  gboolean before;

  if (certificate == NULL)
    return exc_lab_script_throw (script,
                                 "These bytes are not one public certificate, but of the form "
                                 "'Unknown'.");
  before = exc_lab_store_find (script->server->root, certificate->x509->sha1) != NULL;
  if (!before) {
    g_ptr_array_add (script->server->root, exc_lab_certificate_ref (certificate));
    if (!exc_lab_script_commit (script))
      return NULL;
  }
  answer = new_trust_answer (before, TRUE);
  set_text (answer, "Thumbprint", certificate->x509->sha1);
  return answer;
}

ExcValue *
exc_lab_script_remove_certificate (ExcLabScript *script)
{
  ExcLabServer *server = script->server;
  const char *thumbprint = exc_lab_script_get_text (script, "Thumbprint");
  ExcValue *answer;
  gboolean before;

  for (guint i = 0; i < server->ssl_entries->len; i++) {
    ExcLabSslEntry *entry = g_ptr_array_index (server->ssl_entries, i);

    if (g_ascii_strcasecmp (entry->hash, thumbprint) == 0)
      return exc_lab_script_throw (
          script, "The certificate %s is bound to %s:%u.", thumbprint, entry->address, entry->port);
  }
  if (server->wmsvc_hash != NULL && g_ascii_strcasecmp (server->wmsvc_hash, thumbprint) == 0)
    return exc_lab_script_throw (
        script, "The certificate %s is the one of the Web Management Service.", thumbprint);

  before = exc_lab_store_remove (server->my, thumbprint);
  if (before && !exc_lab_script_commit (script))
    return NULL;
  answer = exc_value_new_psobject ();
  exc_value_set_member (answer, "Before", exc_value_new_boolean (before));
  exc_value_set_member (answer, "InMy", exc_value_new_boolean (FALSE));
  return answer;
}

static guint
count_bindings (ExcLabServer *server, const char *site, const char *address, guint16 port)
{
  guint n = 0;

  for (guint i = 0; i < server->bindings->len; i++) {
    ExcLabBinding *binding = g_ptr_array_index (server->bindings, i);

    if (binding->port == port && g_ascii_strcasecmp (binding->site, site) == 0 &&
        (address == NULL || g_str_equal (binding->address, address)))
      n++;
  }
  return n;
}

ExcValue *
exc_lab_script_bind (ExcLabScript *script)
{
  ExcLabServer *server = script->server;
  const char *site = exc_lab_script_get_text (script, "Site");
  const char *given = exc_lab_script_get_text (script, "Address");
  const char *address = *given == '\0' ? "*" : given;
  const char *thumbprint = exc_lab_script_get_text (script, "Thumbprint");
  ExcLabCertificate *certificate = exc_lab_script_get_item (script, thumbprint);
  g_autofree char *before = NULL;
  g_autofree char *info = NULL;
  gboolean is_created = FALSE;
  gboolean is_changed;
  const char *hash;
  gint64 port = 0;
  guint n_found;
  ExcValue *answer;

  if (certificate == NULL)
    return NULL;
  if (certificate->key == NULL)
    return exc_lab_script_throw (
        script, "The certificate %s has no private key on this server.", thumbprint);
  exc_value_get_int64 (g_hash_table_lookup (script->arguments, "Port"), &port);

  n_found = count_bindings (server, site, address, (guint16) port);
  if (n_found == 0 && g_str_equal (address, "*") &&
      count_bindings (server, site, NULL, (guint16) port) == 0) {
    if (g_ascii_strcasecmp (site, EXC_LAB_FRONT_END) != 0 &&
        g_ascii_strcasecmp (site, EXC_LAB_BACK_END) != 0)
      return exc_lab_script_throw (script, "Site '%s' does not exist.", site);
    exc_lab_server_add_binding (server, site, "*", (guint16) port);
    is_created = TRUE;
    n_found = 1;
  }
  if (n_found != 1)
    return exc_lab_script_throw (script,
                                 "%u https bindings of '%s' for %s:%d where one is expected.",
                                 n_found,
                                 site,
                                 address,
                                 (int) port);

  hash = exc_lab_server_get_ssl_hash (server, address, (guint16) port);
  before = g_strdup (hash != NULL ? hash : "");
  is_changed = g_ascii_strcasecmp (before, thumbprint) != 0;
  if (is_changed)
    exc_lab_server_set_ssl_hash (
        server, address, (guint16) port, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
  if ((is_changed || is_created) && !exc_lab_script_commit (script))
    return NULL;

  info = g_strdup_printf ("%s:%d:", address, (int) port);
  answer = exc_value_new_psobject ();
  set_text (answer, "Site", site);
  set_text (answer, "Info", info);
  set_text (answer, "Before", before);
  set_text (answer, "After", exc_lab_server_get_ssl_hash (server, address, (guint16) port));
  set_text (answer, "Route", is_changed ? "iis" : "none");
  exc_value_set_member (answer, "Created", exc_value_new_boolean (is_created));
  return answer;
}

ExcValue *
exc_lab_script_recycle_pools (ExcLabScript *script)
{
  static const char *const known[] = {
    "DefaultAppPool",
    "MSExchangeAutodiscoverAppPool",
    "MSExchangeECPAppPool",
    "MSExchangeMapiFrontEndAppPool",
    "MSExchangeOABAppPool",
    "MSExchangeOWAAppPool",
    "MSExchangeOWACalendarAppPool",
    "MSExchangePowerShellAppPool",
    "MSExchangePowerShellFrontEndAppPool",
    "MSExchangeRestAppPool",
    "MSExchangeRpcProxyAppPool",
    "MSExchangeServicesAppPool",
    "MSExchangeSyncAppPool",
  };
  g_auto(GStrv) names = exc_lab_script_dup_list (script, "Pool");
  ExcValue *answer = exc_value_new_psobject ();
  ExcValue *pools = exc_value_new_list ();

  for (guint i = 0; names[i] != NULL; i++) {
    ExcValue *pool = exc_value_new_psobject ();
    gboolean is_known = FALSE;

    for (guint j = 0; j < G_N_ELEMENTS (known); j++)
      is_known = is_known || g_ascii_strcasecmp (known[j], names[i]) == 0;
    set_text (pool, "Name", names[i]);
    set_text (pool, "Before", is_known ? "Started" : NULL);
    set_text (pool, "After", is_known ? "Started" : NULL);
    if (is_known) {
      set_text (pool, "Failure", NULL);
    } else {
      g_autofree char *message = g_strdup_printf (
          "Cannot find path 'IIS:\\AppPools\\%s' because it does not exist.", names[i]);

      set_text (pool, "Failure", message);
    }
    exc_value_append (pools, pool);
  }
  exc_value_set_member (answer, "Pools", pools);
  return answer;
}
