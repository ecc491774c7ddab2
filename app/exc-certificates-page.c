/* exc-certificates-page.c — the table of certificates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-certificates-page"

#include "config.h"

#include "exc-certificates-page.h"

#include "exc-cell.h"
#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcCertificatesPage {
  AdwBin parent_instance;

  ExcOrganization *organization;
  GSignalGroup *organization_signals;
  GSignalGroup *certificates_signals;
  GSignalGroup *servers_signals;
  char *scope;
  char *filter;
  gboolean is_searching;
  gboolean awaits_rows; /* the first of an organization take the focus */
  gboolean is_compact;

  GtkStack *stack;
  ExcCertificateTable *table;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  AdwStatusPage *failed_page;
  GtkLabel *count_label;
  GtkButton *primary_button;
  ExcBanner *auth_banner;
  ExcBanner *facts_banner;
  ExcBanner *partial_banner;
};

G_DEFINE_FINAL_TYPE (ExcCertificatesPage, exc_certificates_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_ORGANIZATION,
  PROP_SCOPE,
  PROP_FILTER,
  PROP_IS_SEARCHING,
  PROP_IS_COMPACT,
  PROP_SEARCH_TEXT,
  PROP_SELECTED,
  PROP_N_SHOWN,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static guint
count_unread_servers (ExcCertificatesPage *self)
{
  GListModel *servers = exc_organization_get_servers (self->organization);
  guint n_unread = 0;

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcServer) server = g_list_model_get_item (servers, i);
    ExcServerState state = exc_server_get_state (server);

    if (state == EXC_SERVER_UNREACHABLE || state == EXC_SERVER_PARTIAL)
      n_unread++;
  }

  return n_unread;
}

/* What of the organization as a whole could not be read, and so which roles are not told. */
static char *
format_facts_problem (ExcCertificatesPage *self)
{
  ExcSnapshot *snapshot =
      self->organization != NULL ? exc_organization_get_snapshot (self->organization) : NULL;
  const char *problem = snapshot != NULL ? exc_snapshot_get_auth_problem (snapshot) : NULL;

  if (snapshot == NULL || exc_organization_get_is_refreshing (self->organization))
    return NULL;
  if (problem != NULL)
    /* Translators: %s is a sentence that says what went wrong */
    return g_strdup_printf (_("Which certificate is the Auth certificate could not be read. %s"),
                               problem);

  for (guint i = 0; i < EXC_N_FACTS && problem == NULL; i++)
    problem = exc_snapshot_get_fact_problem (snapshot, i);
  if (problem == NULL)
    return NULL;

  /* Translators: %s is a sentence that says what went wrong */
  return g_strdup_printf (_("Not everything that may use a certificate could be read. %s"),
                             problem);
}

/* At the next frame: a list of GTK 4.8 must have made its rows before one takes the focus. */
static gboolean
on_first_rows_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
  gtk_widget_grab_focus (widget);

  return G_SOURCE_REMOVE;
}

/* Loading, failed, empty, nothing found, or the table; the table may be partial. */
static void
update_state (ExcCertificatesPage *self)
{
  guint n_shown =
      g_list_model_get_n_items (G_LIST_MODEL (exc_certificate_table_get_model (self->table)));
  const char *page = "table";
  guint n_all = 0;
  guint n_unread = 0;
  g_autofree char *count = NULL;
  g_autofree char *partial = NULL;
  g_autofree char *facts = format_facts_problem (self);

  if (self->organization == NULL) {
    page = "loading";
  } else {
    n_all = g_list_model_get_n_items (exc_organization_get_certificates (self->organization));
    n_unread = count_unread_servers (self);
    if (n_all == 0 && exc_organization_get_is_refreshing (self->organization))
      page = "loading";
    else if (n_all == 0 && exc_organization_get_problem (self->organization) != NULL)
      page = "failed";
    else if (n_all == 0 && n_unread > 0)
      page = "unread";
    else if (n_all == 0)
      page = exc_organization_get_snapshot (self->organization) != NULL ? "empty" : "loading";
    else if (n_shown == 0)
      page = "no-match";
    if (g_str_equal (page, "failed")) {
      g_autofree char *problem =
          g_markup_escape_text (exc_organization_get_problem (self->organization), -1);

      adw_status_page_set_description (self->failed_page, problem);
    }
  }

  gtk_stack_set_visible_child_name (self->stack, page);
  if (self->awaits_rows && g_str_equal (page, "table")) {
    self->awaits_rows = FALSE;
    gtk_widget_add_tick_callback (GTK_WIDGET (self), on_first_rows_cb, NULL, NULL);
  }
  /* Translators: how many rows the table shows: "3 of 12 certificates" */
  count = g_strdup_printf (
      ngettext ("%1$u of %2$u certificate", "%1$u of %2$u certificates", n_all), n_shown, n_all);
  gtk_label_set_label (self->count_label, count);

  if (n_all > 0 && n_unread > 0)
    partial = g_strdup_printf (
        ngettext ("%u server could not be read in full: what is shown of it may be old.",
                  "%u servers could not be read in full: what is shown of them may be old.",
                  n_unread),
        n_unread);
  exc_banner_set_title (self->partial_banner, partial);
  exc_banner_set_title (self->facts_banner, facts);
}

static void
watch_organization (ExcCertificatesPage *self)
{
  ExcOrganization *organization = self->organization;

  g_signal_group_set_target (self->organization_signals, organization);
  g_signal_group_set_target (self->certificates_signals,
                             organization != NULL ? exc_organization_get_certificates (organization)
                                                  : NULL);
  g_signal_group_set_target (self->servers_signals,
                             organization != NULL ? exc_organization_get_servers (organization)
                                                  : NULL);
}

static void
on_shown_changed_cb (ExcCertificatesPage *self)
{
  update_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_SHOWN]);
}

static void
on_selected_changed_cb (ExcCertificatesPage *self)
{
  const char *label = NULL;
  const char *action =
      exc_format_primary_action (exc_certificate_table_get_selected (self->table), &label);

  gtk_button_set_label (self->primary_button, label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->primary_button), action);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
on_search_changed_cb (ExcCertificatesPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCH_TEXT]);
}

static void
on_clear_search_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_object_set (widget, "search-text", "", "filter", "all", "is-searching", FALSE, NULL);
}

static gboolean
exc_certificates_page_grab_focus (GtkWidget *widget)
{
  return exc_cell_grab_rows (widget, GTK_WIDGET (EXC_CERTIFICATES_PAGE (widget)->table));
}

static void
exc_certificates_page_get_property (GObject *object,
                                    guint prop_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  ExcCertificatesPage *self = EXC_CERTIFICATES_PAGE (object);

  switch (prop_id) {
  case PROP_ORGANIZATION:
    g_value_set_object (value, self->organization);
    break;
  case PROP_SCOPE:
    g_value_set_string (value, self->scope);
    break;
  case PROP_FILTER:
    g_value_set_string (value, self->filter);
    break;
  case PROP_IS_SEARCHING:
    g_value_set_boolean (value, self->is_searching);
    break;
  case PROP_IS_COMPACT:
    g_value_set_boolean (value, self->is_compact);
    break;
  case PROP_SEARCH_TEXT:
    /* The template binds to it before the entry is there. */
    g_value_set_string (value,
                        self->search_entry != NULL
                            ? gtk_editable_get_text (GTK_EDITABLE (self->search_entry))
                            : "");
    break;
  case PROP_SELECTED:
    g_value_set_object (value, exc_certificate_table_get_selected (self->table));
    break;
  case PROP_N_SHOWN:
    g_value_set_uint (
        value,
        g_list_model_get_n_items (G_LIST_MODEL (exc_certificate_table_get_model (self->table))));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_certificates_page_set_property (GObject *object,
                                    guint prop_id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  ExcCertificatesPage *self = EXC_CERTIFICATES_PAGE (object);

  switch (prop_id) {
  case PROP_ORGANIZATION:
    if (!g_set_object (&self->organization, g_value_get_object (value)))
      return;
    self->awaits_rows = self->organization != NULL;
    watch_organization (self);
    update_state (self);
    break;
  case PROP_SCOPE:
    if (g_strcmp0 (self->scope, g_value_get_string (value)) == 0)
      return;
    g_free (self->scope);
    self->scope = g_value_dup_string (value);
    break;
  case PROP_FILTER:
    if (g_value_get_string (value) == NULL ||
        g_str_equal (self->filter, g_value_get_string (value)))
      return;
    g_free (self->filter);
    self->filter = g_value_dup_string (value);
    break;
  case PROP_IS_SEARCHING:
    if (self->is_searching == g_value_get_boolean (value))
      return;
    self->is_searching = g_value_get_boolean (value);
    if (self->is_searching)
      gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
    break;
  case PROP_IS_COMPACT:
    if (self->is_compact == g_value_get_boolean (value))
      return;
    self->is_compact = g_value_get_boolean (value);
    break;
  case PROP_SEARCH_TEXT:
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry),
                           g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
    return;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    return;
  }

  g_object_notify_by_pspec (object, pspec);
}

static void
exc_certificates_page_dispose (GObject *object)
{
  ExcCertificatesPage *self = EXC_CERTIFICATES_PAGE (object);

  g_clear_object (&self->organization_signals);
  g_clear_object (&self->certificates_signals);
  g_clear_object (&self->servers_signals);
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_CERTIFICATES_PAGE);
  g_clear_object (&self->organization);

  G_OBJECT_CLASS (exc_certificates_page_parent_class)->dispose (object);
}

static void
exc_certificates_page_finalize (GObject *object)
{
  ExcCertificatesPage *self = EXC_CERTIFICATES_PAGE (object);

  g_free (self->scope);
  g_free (self->filter);

  G_OBJECT_CLASS (exc_certificates_page_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags read_write =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  properties[PROP_ORGANIZATION] =
      g_param_spec_object ("organization", NULL, NULL, EXC_TYPE_ORGANIZATION, read_write);
  properties[PROP_SCOPE] = g_param_spec_string ("scope", NULL, NULL, NULL, read_write);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "default", read_write);
  properties[PROP_IS_SEARCHING] =
      g_param_spec_boolean ("is-searching", NULL, NULL, FALSE, read_write);
  properties[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE, read_write);
  properties[PROP_SEARCH_TEXT] = g_param_spec_string ("search-text", NULL, NULL, "", read_write);
  properties[PROP_SELECTED] =
      g_param_spec_object ("selected", NULL, NULL, EXC_TYPE_CERTIFICATE, read_only);
  properties[PROP_N_SHOWN] = g_param_spec_uint ("n-shown", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_certificates_page_class_init (ExcCertificatesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_certificates_page_get_property;
  object_class->set_property = exc_certificates_page_set_property;
  object_class->dispose = exc_certificates_page_dispose;
  GTK_WIDGET_CLASS (klass)->grab_focus = exc_certificates_page_grab_focus;
  object_class->finalize = exc_certificates_page_finalize;
  install_properties (object_class);

  g_type_ensure (EXC_TYPE_BANNER);
  g_type_ensure (EXC_TYPE_CERTIFICATE_TABLE);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/certificates-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, table);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, count_label);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, primary_button);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, auth_banner);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, facts_banner);
  gtk_widget_class_bind_template_child (widget_class, ExcCertificatesPage, partial_banner);
  gtk_widget_class_bind_template_callback (widget_class, on_shown_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_selected_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed_cb);

  gtk_widget_class_install_property_action (widget_class, "certificates.filter", "filter");
  gtk_widget_class_install_action (
      widget_class, "certificates.clear-search", NULL, on_clear_search_action);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_1, GDK_CONTROL_MASK, "certificates.filter", "s", "default");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_2, GDK_CONTROL_MASK, "certificates.filter", "s", "expiring");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_3, GDK_CONTROL_MASK, "certificates.filter", "s", "all");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_0, GDK_CONTROL_MASK, "certificates.clear-search", NULL);
}

static void
exc_certificates_page_init (ExcCertificatesPage *self)
{
  self->filter = g_strdup ("default");
  self->organization_signals = g_signal_group_new (EXC_TYPE_ORGANIZATION);
  g_signal_group_connect_swapped (
      self->organization_signals, "notify", G_CALLBACK (update_state), self);
  self->certificates_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (
      self->certificates_signals, "items-changed", G_CALLBACK (update_state), self);
  self->servers_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (
      self->servers_signals, "items-changed", G_CALLBACK (update_state), self);

  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  on_selected_changed_cb (self);
  update_state (self);
}

GtkWidget *
exc_certificates_page_new (void)
{
  return g_object_new (EXC_TYPE_CERTIFICATES_PAGE, NULL);
}

ExcCertificateTable *
exc_certificates_page_get_table (ExcCertificatesPage *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATES_PAGE (self), NULL);

  return self->table;
}

ExcBanner *
exc_certificates_page_get_auth_banner (ExcCertificatesPage *self)
{
  g_return_val_if_fail (EXC_IS_CERTIFICATES_PAGE (self), NULL);

  return self->auth_banner;
}
