/* exc-window-plans.c — the plans that the window can begin, each an action
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-window-plans"

#include "config.h"

#include "exc-window-private.h"

#include "exc-export-window.h"
#include "exc-plan-forms.h"
#include "exc-plan-window.h"

/* What a plan takes from the rows that are selected. */
typedef enum {
  TAKES_SERVERS,      /* those of the rows of its kind; it asks where nothing is selected */
  TAKES_CERTIFICATES, /* at least one row */
  TAKES_CERTIFICATE,  /* rows of one certificate, on one server or several */
} Takes;

static const struct {
  const char *action;
  ExcPlanForm *(*make_form) (ExcOrganization *organization, const char *const *wanted);
  Takes takes;
  ExcKind kind; /* of TAKES_SERVERS; EXC_KIND_OTHER: of any row */
} plans[] = {
  { "renew", exc_form_renew_new, TAKES_SERVERS, EXC_KIND_MICROSOFT_EXCHANGE },
  { "renew-wmsvc", exc_form_wmsvc_new, TAKES_SERVERS, EXC_KIND_WMSVC },
  { "rotate-auth", exc_form_rotate_auth_new, TAKES_SERVERS, EXC_KIND_AUTH },
  { "replace-auth", exc_form_replace_auth_new, TAKES_SERVERS, EXC_KIND_AUTH },
  { "distribute-auth", exc_form_distribute_auth_new, TAKES_SERVERS, EXC_KIND_AUTH },
  { "repair", exc_form_repair_new, TAKES_SERVERS, EXC_KIND_OTHER },
  { "create", exc_form_create_new, TAKES_SERVERS, EXC_KIND_OTHER },
  { "request", exc_form_request_new, TAKES_SERVERS, EXC_KIND_OTHER },
  { "complete", exc_form_complete_new, TAKES_SERVERS, EXC_KIND_OTHER },
  { "import", exc_form_import_new, TAKES_SERVERS, EXC_KIND_OTHER },
  { "request-renewal", exc_form_request_renewal_new, TAKES_CERTIFICATE, EXC_KIND_OTHER },
  { "assign", exc_form_assign_new, TAKES_CERTIFICATE, EXC_KIND_OTHER },
  { "bind", exc_form_bind_new, TAKES_CERTIFICATE, EXC_KIND_OTHER },
  { "trust", exc_form_trust_new, TAKES_CERTIFICATE, EXC_KIND_OTHER },
  { "untrust", exc_form_untrust_new, TAKES_CERTIFICATE, EXC_KIND_OTHER },
  { "delete", exc_form_delete_new, TAKES_CERTIFICATES, EXC_KIND_OTHER },
  { "delete-in-use", exc_form_delete_new, TAKES_CERTIFICATES, EXC_KIND_OTHER },
};

static GPtrArray *
dup_selection (ExcWindow *self)
{
  return exc_certificate_table_dup_selection (
      exc_certificates_page_get_table (self->certificates_page));
}

static gboolean
can_be_read (ExcServer *server)
{
  return exc_server_get_state (server) == EXC_SERVER_OK ||
         exc_server_get_state (server) == EXC_SERVER_PARTIAL;
}

/* The FQDNs of the selected rows, each once; of the scope where none is selected. */
static GStrv
dup_servers (ExcWindow *self, ExcKind kind)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) selection = dup_selection (self);
  ExcServer *server = exc_servers_page_get_selected (self->servers_page);

  if (g_str_equal (self->page, "servers") && server != NULL && can_be_read (server)) {
    g_strv_builder_add (builder, exc_server_get_fqdn (server));
    return g_strv_builder_end (builder);
  }

  for (guint i = 0; i < selection->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (selection, i);

    /* One of another kind says nothing about its server's certificate of this kind. */
    if (kind != EXC_KIND_OTHER && exc_certificate_get_kind (certificate) != kind)
      continue;
    if (g_hash_table_add (seen, (char *) exc_certificate_get_server (certificate)))
      g_strv_builder_add (builder, exc_certificate_get_server (certificate));
  }
  if (selection->len == 0 && self->scope != NULL)
    g_strv_builder_add (builder, self->scope);

  return g_strv_builder_end (builder);
}

static GStrv
dup_keys (ExcWindow *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GPtrArray) selection = dup_selection (self);

  for (guint i = 0; i < selection->len; i++)
    g_strv_builder_add (builder, exc_certificate_get_key (g_ptr_array_index (selection, i)));

  return g_strv_builder_end (builder);
}

/* Whether the rows that are selected are of one certificate. */
static gboolean
is_one_certificate (GPtrArray *selection)
{
  for (guint i = 1; i < selection->len; i++) {
    if (!g_str_equal (exc_certificate_get_thumbprint (g_ptr_array_index (selection, 0)),
                      exc_certificate_get_thumbprint (g_ptr_array_index (selection, i))))
      return FALSE;
  }

  return selection->len > 0;
}

static gboolean
has_kind (GPtrArray *selection, ExcKind kind)
{
  for (guint i = 0; i < selection->len; i++) {
    if (exc_certificate_get_kind (g_ptr_array_index (selection, i)) == kind)
      return TRUE;
  }

  return FALSE;
}

static void
on_plan_started_cb (ExcWindow *self, ExcJob *job)
{
  exc_window_show_job (self, job);
}

static void
on_plan_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  ExcOrganization *organization = exc_context_get_organization (self->context);

  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_auto(GStrv) wanted = NULL;
    GtkWidget *window = NULL;

    if (!g_str_equal (plans[i].action, g_action_get_name (G_ACTION (action))))
      continue;
    wanted = plans[i].takes == TAKES_SERVERS ? dup_servers (self, plans[i].kind) : dup_keys (self);
    window = exc_plan_window_new (GTK_WINDOW (self),
                                  organization,
                                  exc_context_get_jobs (self->context),
                                  plans[i].make_form (organization, (const char *const *) wanted));
    g_signal_connect_object (
        window, "started", G_CALLBACK (on_plan_started_cb), self, G_CONNECT_SWAPPED);
    gtk_window_present (GTK_WINDOW (window));
  }
}

/* Not a plan: nothing changes on a server. */
static void
on_export_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *self = user_data;
  g_autoptr(GPtrArray) selection = dup_selection (self);

  if (selection->len > 0)
    gtk_window_present (
        GTK_WINDOW (exc_export_window_new (GTK_WINDOW (self),
                                           exc_context_get_organization (self->context),
                                           g_ptr_array_index (selection, 0))));
}

void
exc_window_install_plans (ExcWindow *self)
{
  GSimpleAction *export = g_simple_action_new ("export", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autoptr(GSimpleAction) action = g_simple_action_new (plans[i].action, NULL);

    g_signal_connect (action, "activate", G_CALLBACK (on_plan_action), self);
    g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
  }
  g_signal_connect (export, "activate", G_CALLBACK (on_export_action), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (export));
  g_object_unref (export);
}

/* Why the selection is not deleted without more ado; NULL: nothing speaks against it. */
static char *
dup_guard (ExcOrganization *organization, GPtrArray *selection)
{
  ExcSnapshot *snapshot = exc_organization_get_snapshot (organization);
  char *guard = NULL;

  for (guint i = 0; i < selection->len && guard == NULL; i++)
    guard = exc_form_delete_dup_guard (snapshot, g_ptr_array_index (selection, i));

  return guard;
}

/* What is built-in or in use is deleted by an action of its own, which asks for more. */
static void
update_delete (ExcWindow *self, const char *guard, gboolean may)
{
  GActionMap *map = G_ACTION_MAP (self);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "delete")),
                               may && guard == NULL);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "delete-in-use")),
                               may && guard != NULL);
  exc_details_pane_set_guard (self->details_pane, guard);
}

void
exc_window_update_plans (ExcWindow *self)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  gboolean has_facts = organization != NULL &&
                       exc_organization_get_snapshot (organization) != NULL &&
                       exc_context_get_jobs (self->context) != NULL;
  gboolean is_table = g_str_equal (self->page, "certificates");
  g_autoptr(GPtrArray) selection = dup_selection (self);
  g_autofree char *guard = has_facts ? dup_guard (organization, selection) : NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++) {
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), plans[i].action);
    gboolean may = TRUE;

    if (plans[i].takes == TAKES_CERTIFICATES)
      may = is_table && selection->len > 0;
    else if (plans[i].takes == TAKES_CERTIFICATE)
      may = is_table && is_one_certificate (selection);
    /* The Auth certificate is no matter of a row. */
    else if (plans[i].kind != EXC_KIND_OTHER && plans[i].kind != EXC_KIND_AUTH && is_table)
      may = selection->len == 0 || has_kind (selection, plans[i].kind);
    /* A self-signed one has no authority to ask. */
    if (plans[i].make_form == exc_form_request_renewal_new)
      may = may && exc_certificate_get_is_self_signed (g_ptr_array_index (selection, 0)) != EXC_YES;
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), has_facts && may);
  }
  update_delete (self, guard, has_facts && is_table && selection->len > 0);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "export")),
      has_facts && is_table && selection->len == 1);
}
