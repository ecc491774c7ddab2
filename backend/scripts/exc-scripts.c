/* exc-scripts.c — the Windows-side PowerShell scripts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-scripts"

#include "config.h"

#include "exc-scripts.h"

#include "exc-scripts-resource.h"

#define PREFIX "/io/github/thumbprint/Thumbprint/scripts/"

/* Sorted by name. The texts come in once, from the resource. */
static ExcScript scripts[] = {
  { EXC_SCRIPT_BIND, NULL, TRUE },
  { EXC_SCRIPT_EVENTS, NULL, FALSE },
  { EXC_SCRIPT_IISRESET, NULL, TRUE },
  { EXC_SCRIPT_INVENTORY, NULL, FALSE },
  { EXC_SCRIPT_LOOK, NULL, FALSE },
  { EXC_SCRIPT_RECYCLE_POOLS, NULL, TRUE },
  { EXC_SCRIPT_REMOVE_CERTIFICATE, NULL, TRUE },
  { EXC_SCRIPT_RESTART_SERVICES, NULL, TRUE },
  { EXC_SCRIPT_TRUST_RAW, NULL, TRUE },
  { EXC_SCRIPT_TRUST, NULL, TRUE },
  { EXC_SCRIPT_UNTRUST, NULL, TRUE },
  { EXC_SCRIPT_WMSVC_BIND, NULL, TRUE },
  { EXC_SCRIPT_WMSVC_CREATE, NULL, TRUE },
};

/* (transfer full); a script that is missing from the program is our own fault. */
static char *
load_text (const char *name)
{
  g_autofree char *path = g_strconcat (PREFIX, name, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  bytes = g_resource_lookup_data (
      exc_scripts_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (bytes == NULL)
    g_error ("%s", error->message);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

const ExcScript *
exc_script_list (guint *n_scripts)
{
  static gsize is_loaded;

  if (g_once_init_enter (&is_loaded)) {
    for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
      scripts[i].text = load_text (scripts[i].name);
    g_once_init_leave (&is_loaded, 1);
  }
  if (n_scripts != NULL)
    *n_scripts = G_N_ELEMENTS (scripts);
  return scripts;
}

const ExcScript *
exc_script_lookup (const char *name)
{
  const ExcScript *all = exc_script_list (NULL);

  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (strcmp (all[i].name, name) == 0)
      return &all[i];
  return NULL;
}

const ExcScript *
exc_script_recognize (const char *text)
{
  const ExcScript *all = exc_script_list (NULL);

  g_return_val_if_fail (text != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (strcmp (all[i].text, text) == 0)
      return &all[i];
  return NULL;
}
