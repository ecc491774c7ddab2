/* exc-psrp-session.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-session.h"

#include "exc-error.h"
#include "exc-psrp-fields-private.h"

#include <glib/gi18n.h>

/* --- Fields --- */

static gboolean
fail_field (const char *name, GError **error)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_PROTOCOL,
               /* Translators: %s is the name of a field of the protocol. */
               _("A remoting message lacks “%s” or has a wrong value there."), name);
  return FALSE;
}

gboolean
exc_psrp_field_int (ExcValue *body, const char *name, gint64 *value, GError **error)
{
  if (!exc_value_get_int64 (exc_value_get_property (body, name), value))
    return fail_field (name, error);

  return TRUE;
}

gboolean
exc_psrp_field_boolean (ExcValue *body, const char *name, gboolean *value, GError **error)
{
  if (!exc_value_get_boolean (exc_value_get_property (body, name), value))
    return fail_field (name, error);

  return TRUE;
}

const char *
exc_psrp_field_text (ExcValue *body, const char *name, GError **error)
{
  const char *text = exc_value_get_text (exc_value_get_property (body, name));

  if (text == NULL)
    fail_field (name, error);

  return text;
}

ExcValue *
exc_psrp_field_value (ExcValue *body, const char *name, GError **error)
{
  ExcValue *value = exc_value_get_property (body, name);

  if (value == NULL)
    fail_field (name, error);

  return value;
}

ExcValue *
exc_psrp_field_object (ExcValue *body, const char *name, GError **error)
{
  ExcValue *value = exc_value_get_property (body, name);

  if (value == NULL || exc_value_get_kind (value) != EXC_VALUE_OBJECT) {
    fail_field (name, error);
    return NULL;
  }

  return value;
}

/* --- SESSION_CAPABILITY --- */

gboolean
exc_psrp_version_at_least (ExcPsrpVersion self, guint major, guint minor)
{
  return self.major > major || (self.major == major && self.minor >= minor);
}

/**
 * exc_psrp_capability_new:
 * @version: the protocol version to offer
 *
 * Returns: (transfer full): the body of SESSION_CAPABILITY
 */
ExcValue *
exc_psrp_capability_new (ExcPsrpVersion version)
{
  ExcValue *body = exc_value_new_object (NULL);
  g_autofree char *text = g_strdup_printf ("%u.%u", version.major, version.minor);

  exc_value_set_member (body, "protocolversion", exc_value_new_text_kind (EXC_VALUE_VERSION, text));
  exc_value_set_member (body, "PSVersion", exc_value_new_text_kind (EXC_VALUE_VERSION, "2.0"));
  exc_value_set_member (
      body, "SerializationVersion", exc_value_new_text_kind (EXC_VALUE_VERSION, "1.1.0.1"));

  return body;
}

/**
 * exc_psrp_capability_parse:
 * @body: the body of SESSION_CAPABILITY
 * @version: (out): the protocol version in it
 * @error: return location for an error
 *
 * Returns: %FALSE with %EXC_ERROR_PROTOCOL when there is none, or one that is not 2.x
 */
gboolean
exc_psrp_capability_parse (ExcValue *body, ExcPsrpVersion *version, GError **error)
{
  const char *text = exc_psrp_field_text (body, "protocolversion", error);
  char *end = NULL;

  if (text == NULL)
    return FALSE;

  version->major = MIN (g_ascii_strtoull (text, &end, 10), G_MAXUINT);
  if (end == text || *end != '.')
    return fail_field ("protocolversion", error);
  version->minor = MIN (g_ascii_strtoull (end + 1, NULL, 10), G_MAXUINT);

  if (version->major != 2) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The server speaks version %s of PowerShell remoting; 2.1 or later is needed."),
                    text);
    return FALSE;
  }

  return TRUE;
}

/* --- HostInfo --- */

const ExcPsrpHostInfo exc_psrp_host_none = { TRUE, TRUE, TRUE, TRUE };
const ExcPsrpHostInfo exc_psrp_host_prompts = { FALSE, FALSE, TRUE, FALSE };
const ExcPsrpHostInfo exc_psrp_host_runspace = { TRUE, TRUE, TRUE, TRUE };

ExcValue *
exc_psrp_host_info_new (const ExcPsrpHostInfo *info)
{
  ExcValue *value = exc_value_new_object (NULL);

  exc_value_set_member (value, "_isHostNull", exc_value_new_boolean (info->is_host_null));
  exc_value_set_member (value, "_isHostUINull", exc_value_new_boolean (info->is_ui_null));
  exc_value_set_member (value, "_isHostRawUINull", exc_value_new_boolean (info->is_raw_ui_null));
  exc_value_set_member (value, "_useRunspaceHost", exc_value_new_boolean (info->use_runspace_host));

  return value;
}

gboolean
exc_psrp_host_info_parse (ExcValue *value, ExcPsrpHostInfo *info, GError **error)
{
  return exc_psrp_field_boolean (value, "_isHostNull", &info->is_host_null, error) &&
         exc_psrp_field_boolean (value, "_isHostUINull", &info->is_ui_null, error) &&
         exc_psrp_field_boolean (value, "_isHostRawUINull", &info->is_raw_ui_null, error) &&
         exc_psrp_field_boolean (value, "_useRunspaceHost", &info->use_runspace_host, error);
}

/* --- INIT_RUNSPACEPOOL --- */

/**
 * exc_psrp_init_new:
 * @min_runspaces: pipelines that can always run side by side
 * @max_runspaces: most of them
 * @host: what can be asked of the client
 *
 * Returns: (transfer full): the body of INIT_RUNSPACEPOOL
 */
ExcValue *
exc_psrp_init_new (int min_runspaces, int max_runspaces, const ExcPsrpHostInfo *host)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "MinRunspaces", exc_value_new_int32 (min_runspaces));
  exc_value_set_member (body, "MaxRunspaces", exc_value_new_int32 (max_runspaces));
  exc_value_set_member (
      body,
      "PSThreadOptions",
      exc_value_new_enum ("System.Management.Automation.Runspaces.PSThreadOptions", "Default", 0));
  exc_value_set_member (
      body,
      "ApartmentState",
      exc_value_new_enum ("System.Management.Automation.Runspaces.ApartmentState", "UNKNOWN", 2));
  exc_value_set_member (body, "HostInfo", exc_psrp_host_info_new (host));
  exc_value_set_member (body, "ApplicationArguments", exc_value_new_null ());

  return body;
}

gboolean
exc_psrp_init_parse (
    ExcValue *body, int *min_runspaces, int *max_runspaces, ExcPsrpHostInfo *host, GError **error)
{
  gint64 min, max;

  if (!exc_psrp_field_int (body, "MinRunspaces", &min, error) ||
      !exc_psrp_field_int (body, "MaxRunspaces", &max, error) ||
      !exc_psrp_field_value (body, "PSThreadOptions", error) ||
      !exc_psrp_field_value (body, "ApartmentState", error) ||
      !exc_psrp_host_info_parse (exc_psrp_field_object (body, "HostInfo", NULL), host, error) ||
      !exc_psrp_field_value (body, "ApplicationArguments", error))
    return FALSE;
  if (min < 1 || max < min || max > G_MAXINT)
    return fail_field ("MinRunspaces", error);

  *min_runspaces = min;
  *max_runspaces = max;
  return TRUE;
}

/* --- Keys --- */

ExcValue *
exc_psrp_public_key_new (const char *key)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "PublicKey", exc_value_new_string (key));
  return body;
}

const char *
exc_psrp_public_key_parse (ExcValue *body, GError **error)
{
  return exc_psrp_field_text (body, "PublicKey", error);
}

ExcValue *
exc_psrp_encrypted_session_key_new (const char *key)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "EncryptedSessionKey", exc_value_new_string (key));
  return body;
}

const char *
exc_psrp_encrypted_session_key_parse (ExcValue *body, GError **error)
{
  return exc_psrp_field_text (body, "EncryptedSessionKey", error);
}

ExcValue *
exc_psrp_public_key_request_new (void)
{
  return exc_value_new_string ("");
}

/* --- Numbers of runspaces --- */

static ExcValue *
runspaces_new (const char *name, int count, gint64 ci)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, name, exc_value_new_int32 (count));
  exc_value_set_member (body, "CI", exc_value_new_int64 (ci));
  return body;
}

static gboolean
runspaces_parse (ExcValue *body, const char *name, int *count, gint64 *ci, GError **error)
{
  gint64 value;

  if (!exc_psrp_field_int (body, name, &value, error) ||
      !exc_psrp_field_int (body, "CI", ci, error))
    return FALSE;
  if (value < G_MININT || value > G_MAXINT)
    return fail_field (name, error);

  *count = value;
  return TRUE;
}

ExcValue *
exc_psrp_set_max_runspaces_new (int max_runspaces, gint64 ci)
{
  return runspaces_new ("MaxRunspaces", max_runspaces, ci);
}

gboolean
exc_psrp_set_max_runspaces_parse (ExcValue *body, int *max_runspaces, gint64 *ci, GError **error)
{
  return runspaces_parse (body, "MaxRunspaces", max_runspaces, ci, error);
}

ExcValue *
exc_psrp_set_min_runspaces_new (int min_runspaces, gint64 ci)
{
  return runspaces_new ("MinRunspaces", min_runspaces, ci);
}

gboolean
exc_psrp_set_min_runspaces_parse (ExcValue *body, int *min_runspaces, gint64 *ci, GError **error)
{
  return runspaces_parse (body, "MinRunspaces", min_runspaces, ci, error);
}

ExcValue *
exc_psrp_call_new (gint64 ci)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "ci", exc_value_new_int64 (ci));
  return body;
}

gboolean
exc_psrp_call_parse (ExcValue *body, gint64 *ci, GError **error)
{
  return exc_psrp_field_int (body, "ci", ci, error);
}

static ExcValue *
availability_new (ExcValue *take_response, gint64 ci)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "SetMinMaxRunspacesResponse", take_response);
  exc_value_set_member (body, "ci", exc_value_new_int64 (ci));
  return body;
}

ExcValue *
exc_psrp_availability_new_done (gboolean done, gint64 ci)
{
  return availability_new (exc_value_new_boolean (done), ci);
}

ExcValue *
exc_psrp_availability_new_count (int n_runspaces, gint64 ci)
{
  return availability_new (exc_value_new_int32 (n_runspaces), ci);
}

gboolean
exc_psrp_availability_parse (ExcValue *body, ExcValue **response, gint64 *ci, GError **error)
{
  *response = exc_psrp_field_value (body, "SetMinMaxRunspacesResponse", error);

  return *response != NULL && exc_psrp_field_int (body, "ci", ci, error);
}

/* --- RUNSPACEPOOL_STATE --- */

ExcValue *
exc_psrp_runspace_state_new (ExcPsrpRunspaceState state, ExcValue *take_failure)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "RunspaceState", exc_value_new_int32 (state));
  if (take_failure != NULL)
    exc_value_set_member (body, "ExceptionAsErrorRecord", take_failure);
  return body;
}

gboolean
exc_psrp_runspace_state_parse (ExcValue *body, int *state, ExcValue **failure, GError **error)
{
  gint64 value;

  if (!exc_psrp_field_int (body, "RunspaceState", &value, error))
    return FALSE;

  *state = CLAMP (value, G_MININT, G_MAXINT);
  if (failure != NULL)
    *failure = exc_value_get_property (body, "ExceptionAsErrorRecord");
  return TRUE;
}

/* --- APPLICATION_PRIVATE_DATA --- */

static ExcValue *
dictionary_new (void)
{
  static const char *const type[] = { "System.Management.Automation.PSPrimitiveDictionary",
                                      "System.Collections.Hashtable",
                                      "System.Object",
                                      NULL };
  ExcValue *dictionary = exc_value_new_object (type);

  exc_value_set_container (dictionary, EXC_CONTAINER_DICTIONARY);
  return dictionary;
}

ExcValue *
exc_psrp_private_data_new (ExcValue *take_dictionary)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "ApplicationPrivateData", take_dictionary);
  return body;
}

/**
 * exc_psrp_private_data_new_windows:
 *
 * Returns: (transfer full): the body of APPLICATION_PRIVATE_DATA as Windows PowerShell 5.1 on
 * Server 2016 sends it
 */
ExcValue *
exc_psrp_private_data_new_windows (void)
{
  static const struct {
    const char *name;
    ExcValueKind kind;
    const char *text;
  } entries[] = {
    { "PSVersion", EXC_VALUE_VERSION, "5.1.14393.2248" },
    { "PSEdition", EXC_VALUE_STRING, "Desktop" },
    { "CLRVersion", EXC_VALUE_VERSION, "4.0.30319.42000" },
    { "BuildVersion", EXC_VALUE_VERSION, "10.0.14393.2248" },
    { "WSManStackVersion", EXC_VALUE_VERSION, "3.0" },
    { "PSRemotingProtocolVersion", EXC_VALUE_VERSION, "2.3" },
    { "SerializationVersion", EXC_VALUE_VERSION, "1.1.0.1" },
  };
  ExcValue *table = dictionary_new ();
  ExcValue *dictionary = dictionary_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++) {
    ExcValue *value = entries[i].kind == EXC_VALUE_STRING
                          ? exc_value_new_string (entries[i].text)
                          : exc_value_new_text_kind (entries[i].kind, entries[i].text);

    exc_value_insert (table, exc_value_new_string (entries[i].name), value);
  }
  exc_value_insert (dictionary, exc_value_new_string ("PSVersionTable"), table);

  return exc_psrp_private_data_new (dictionary);
}

gboolean
exc_psrp_private_data_parse (ExcValue *body, ExcValue **dictionary, GError **error)
{
  ExcValue *value = exc_psrp_field_value (body, "ApplicationPrivateData", error);

  if (value == NULL)
    return FALSE;

  *dictionary = exc_value_is_null (value) ? NULL : value;
  return TRUE;
}
