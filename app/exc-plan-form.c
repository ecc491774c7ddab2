/* exc-plan-form.c — what is asked before a plan of one kind is made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-plan-form.h"

#include <glib/gi18n.h>

typedef struct {
  ExcOrganization *organization;
  GStrv wanted;
  ExcScopeMode mode;
  char *title;
  char *scope_title;
  char *scope_description;
  gboolean is_complete;
  gboolean is_destructive;
} ExcPlanFormPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ExcPlanForm, exc_plan_form, ADW_TYPE_PREFERENCES_PAGE)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static ExcPlanFormPrivate *
get_private (ExcPlanForm *self)
{
  return exc_plan_form_get_instance_private (self);
}

static void
scope_item_free (ExcScopeItem *item)
{
  g_free (item->key);
  g_free (item->title);
  g_free (item->subtitle);
  g_free (item->problem);
  g_free (item);
}

static void
exc_plan_form_finalize (GObject *object)
{
  ExcPlanFormPrivate *priv = get_private (EXC_PLAN_FORM (object));

  g_clear_object (&priv->organization);
  g_strfreev (priv->wanted);
  g_free (priv->title);
  g_free (priv->scope_title);
  g_free (priv->scope_description);

  G_OBJECT_CLASS (exc_plan_form_parent_class)->finalize (object);
}

static void
exc_plan_form_class_init (ExcPlanFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_plan_form_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new (
      "changed", EXC_TYPE_PLAN_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
exc_plan_form_init (ExcPlanForm *self)
{
  ExcPlanFormPrivate *priv = get_private (self);

  priv->is_complete = TRUE;
  priv->wanted = g_new0 (char *, 1);
}

void
exc_plan_form_set_up (ExcPlanForm *self, ExcOrganization *organization, const char *const *wanted)
{
  ExcPlanFormPrivate *priv = get_private (self);

  g_return_if_fail (exc_organization_get_snapshot (organization) != NULL);

  priv->organization = g_object_ref (organization);
  if (wanted != NULL) {
    g_strfreev (priv->wanted);
    priv->wanted = g_strdupv ((char **) wanted);
  }
}

void
exc_plan_form_set_scope (ExcPlanForm *self,
                         ExcScopeMode mode,
                         const char *title,
                         const char *description)
{
  ExcPlanFormPrivate *priv = get_private (self);

  priv->mode = mode;
  priv->scope_title = g_strdup (title);
  priv->scope_description = g_strdup (description);
}

void
exc_plan_form_set_title (ExcPlanForm *self, const char *title)
{
  get_private (self)->title = g_strdup (title);
}

void
exc_plan_form_set_is_complete (ExcPlanForm *self, gboolean is_complete)
{
  ExcPlanFormPrivate *priv = get_private (self);

  if (priv->is_complete == is_complete)
    return;

  priv->is_complete = is_complete;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
exc_plan_form_add_item (GPtrArray *items, const ExcScopeItem *item)
{
  ExcScopeItem *copy = g_new0 (ExcScopeItem, 1);

  *copy = *item;
  copy->key = g_strdup (item->key);
  copy->title = g_strdup (item->title);
  copy->subtitle = g_strdup (item->subtitle);
  copy->problem = g_strdup (item->problem);
  g_ptr_array_add (items, copy);
}

gboolean
exc_plan_form_wants (ExcPlanForm *self, const char *key)
{
  return g_strv_contains ((const char *const *) get_private (self)->wanted, key);
}

/* The certificate of a kind that a server uses for one of these; the first one of the kind where
 * nothing is used. */
static ExcCertificate *
find_certificate (ExcSnapshot *snapshot, ExcServer *server, ExcKind kind, guint uses)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (g_ascii_strcasecmp (exc_certificate_get_server (certificate),
                            exc_server_get_fqdn (server)) == 0 &&
        exc_certificate_get_kind (certificate) == kind &&
        (exc_certificate_get_uses (certificate) & uses) != 0)
      return certificate;
  }

  return NULL;
}

void
exc_plan_form_add_servers (
    ExcPlanForm *self, GPtrArray *items, ExcKind kind, guint uses, const char *none)
{
  ExcPlanFormPrivate *priv = get_private (self);
  ExcSnapshot *snapshot = exc_plan_form_get_snapshot (self);
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  gboolean wants_urgent = priv->wanted[0] == NULL && priv->mode == EXC_SCOPE_MANY;

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcCertificate *certificate =
        kind != EXC_KIND_OTHER ? find_certificate (snapshot, server, kind, uses) : NULL;
    ExcScopeItem item = { .key = (char *) exc_server_get_fqdn (server),
                          .title = (char *) exc_server_get_name (server),
                          .problem = (char *) exc_server_get_problem (server),
                          .health = EXC_HEALTH_UNKNOWN };
    g_autofree char *subtitle = NULL;

    item.can_choose = exc_server_get_state (server) == EXC_SERVER_OK ||
                      exc_server_get_state (server) == EXC_SERVER_PARTIAL;
    if (!item.can_choose)
      subtitle = g_strdup (exc_server_get_state_text (server));
    else if (certificate != NULL)
      /* Translators: a certificate by its short thumbprint, and how it is: "Expires in 20 days" */
      subtitle = g_strdup_printf (_("Certificate \u2068%1$s\u2069: %2$s"),
                                     exc_certificate_get_short_thumbprint (certificate),
                                     exc_certificate_get_health_text (certificate));
    else
      subtitle = g_strdup (none != NULL ? none : exc_server_get_state_text (server));
    if (certificate != NULL)
      item.health = exc_certificate_get_health (certificate);
    item.subtitle = subtitle;
    item.is_chosen = item.can_choose &&
                     (exc_plan_form_wants (self, item.key) ||
                      (wants_urgent && certificate != NULL &&
                       (item.health == EXC_HEALTH_EXPIRED || item.health == EXC_HEALTH_EXPIRING)));
    exc_plan_form_add_item (items, &item);
  }
}

ExcCertificate *
exc_plan_form_find_certificate (ExcPlanForm *self, const char *key)
{
  const char *backslash = strrchr (key, '\\');
  g_autofree char *server = backslash != NULL ? g_strndup (key, (gsize) (backslash - key)) : NULL;

  return server != NULL ? exc_snapshot_find_certificate (
                              exc_plan_form_get_snapshot (self), server, backslash + 1)
                        : NULL;
}

ExcCertificate *
exc_plan_form_get_certificate (ExcPlanForm *self)
{
  const char *first = get_private (self)->wanted[0];

  return first != NULL ? exc_plan_form_find_certificate (self, first) : NULL;
}

void
exc_plan_form_add_holders (ExcPlanForm *self, GPtrArray *items)
{
  ExcSnapshot *snapshot = exc_plan_form_get_snapshot (self);
  ExcCertificate *certificate = exc_plan_form_get_certificate (self);
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);

  for (guint i = 0; i < servers->len && certificate != NULL; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    const char *fqdn = exc_server_get_fqdn (server);
    ExcCertificate *held = exc_snapshot_find_certificate (
        snapshot, fqdn, exc_certificate_get_thumbprint (certificate));
    ExcScopeItem item = { .key = (char *) fqdn,
                          .title = (char *) exc_server_get_name (server),
                          .problem = (char *) exc_server_get_problem (server) };
    g_autofree char *subtitle = NULL;

    if (held == NULL)
      continue;
    item.can_choose = exc_server_get_state (server) == EXC_SERVER_OK ||
                      exc_server_get_state (server) == EXC_SERVER_PARTIAL;
    subtitle = g_strdup_printf (_("Certificate \u2068%1$s\u2069: %2$s"),
                                   exc_certificate_get_short_thumbprint (held),
                                   exc_certificate_get_health_text (held));
    item.subtitle = item.can_choose ? subtitle : (char *) exc_server_get_state_text (server);
    item.is_chosen = item.can_choose && exc_plan_form_wants (self, exc_certificate_get_key (held));
    item.health = exc_certificate_get_health (held);
    exc_plan_form_add_item (items, &item);
  }
}

ExcOrganization *
exc_plan_form_get_organization (ExcPlanForm *self)
{
  return get_private (self)->organization;
}

ExcSnapshot *
exc_plan_form_get_snapshot (ExcPlanForm *self)
{
  return exc_organization_get_snapshot (get_private (self)->organization);
}

const char *const *
exc_plan_form_get_wanted (ExcPlanForm *self)
{
  return (const char *const *) get_private (self)->wanted;
}

const char *
exc_plan_form_get_title (ExcPlanForm *self)
{
  return get_private (self)->title;
}

const char *
exc_plan_form_get_scope_title (ExcPlanForm *self)
{
  return get_private (self)->scope_title;
}

const char *
exc_plan_form_get_scope_description (ExcPlanForm *self)
{
  return get_private (self)->scope_description;
}

ExcScopeMode
exc_plan_form_get_scope_mode (ExcPlanForm *self)
{
  return get_private (self)->mode;
}

void
exc_plan_form_set_is_destructive (ExcPlanForm *self, gboolean is_destructive)
{
  get_private (self)->is_destructive = is_destructive;
}

gboolean
exc_plan_form_get_is_destructive (ExcPlanForm *self)
{
  return get_private (self)->is_destructive;
}

gboolean
exc_plan_form_get_is_complete (ExcPlanForm *self)
{
  return get_private (self)->is_complete;
}

GPtrArray *
exc_plan_form_dup_scope (ExcPlanForm *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) scope_item_free);

  EXC_PLAN_FORM_GET_CLASS (self)->list_scope (self, items);

  return items;
}

char *
exc_plan_form_dup_verb (ExcPlanForm *self, guint n_chosen)
{
  return EXC_PLAN_FORM_GET_CLASS (self)->dup_verb (self, n_chosen);
}

ExcPlan *
exc_plan_form_make_plan (ExcPlanForm *self, const char *const *keys, GError **error)
{
  return EXC_PLAN_FORM_GET_CLASS (self)->make_plan (self, keys, error);
}
