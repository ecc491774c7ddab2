/* exc-window.c — the window of an organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-window"

#include "config.h"

#include "exc-window-private.h"

#include "exc-format.h"
#include "exc-padlock.h"
#include "exc-sidebar.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (ExcWindow, exc_window, ADW_TYPE_APPLICATION_WINDOW)

enum {
  PROP_0,
  PROP_CONTEXT,
  PROP_PAGE,
  PROP_SCOPE,
  PROP_N_ACTIVE,
  PROP_N_AWAITING,
  PROP_DETAILS_SHOWN,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static const char *
get_page_title (const char *page)
{
  if (g_str_equal (page, "servers"))
    return _("Servers");
  if (g_str_equal (page, "jobs"))
    return _("Jobs");

  return _("Certificates");
}

static void
update_title (ExcWindow *self)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  const char *name = organization != NULL ? exc_organization_get_name (organization) : NULL;
  g_autofree char *host = exc_format_short_host (self->scope);
  g_autofree char *subtitle = NULL;

  if (self->scope != NULL && g_str_equal (self->page, "certificates"))
    /* Translators: the organization, and the one server whose certificates are shown */
    subtitle = g_strdup_printf (_("\u2068%1$s\u2069 · \u2068%2$s\u2069"), name, host);
  else
    subtitle = g_strdup (name);

  adw_window_title_set_title (self->title, get_page_title (self->page));
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
}

static void
update_details (ExcWindow *self)
{
  GObject *object = NULL;

  if (g_str_equal (self->page, "certificates"))
    object = G_OBJECT (exc_certificate_table_get_selected (
        exc_certificates_page_get_table (self->certificates_page)));
  else if (g_str_equal (self->page, "servers"))
    object = G_OBJECT (exc_servers_page_get_selected (self->servers_page));

  exc_details_pane_set_object (self->details_pane, object);
  exc_window_update_actions (self);
}

/* The organization as a whole: opened or not, being read or not, why the last reading failed. */
static void
update_organization (ExcWindow *self)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  const char *problem = organization != NULL ? exc_organization_get_problem (organization) : NULL;
  gboolean has_facts = organization != NULL && exc_organization_get_snapshot (organization) != NULL;
  gboolean is_refreshing =
      organization != NULL && exc_organization_get_is_refreshing (organization);
  gboolean is_demo = organization != NULL && exc_organization_get_is_demo (organization);
  g_autofree char *text = NULL;

  gtk_stack_set_visible_child_name (self->stack, organization != NULL ? "organization" : "welcome");
  gtk_stack_set_visible_child_name (self->refresh_stack, is_refreshing ? "refreshing" : "idle");
  exc_banner_set_title (
      self->demo_banner,
      is_demo
      ? _("Demo data: simulated servers on this computer. Nothing real can be changed.")
      : NULL);
  if (problem != NULL && has_facts && !is_refreshing)
    /* Translators: %s is a sentence that says what went wrong */
    text = g_strdup_printf (_("The last refresh failed, so older facts are shown. %s"), problem);
  exc_banner_set_title (self->problem_banner, text);
  update_title (self);
  exc_window_update_auth (self);
  exc_window_update_actions (self);
}

/* A narrow window, or one that shows the details, has no room for every column. */
static void
update_compact (ExcWindow *self)
{
  gboolean is_compact = self->details_shown || adw_leaflet_get_folded (self->leaflet);

  g_object_set (self->certificates_page, "is-compact", is_compact, NULL);
  g_object_set (self->servers_page, "is-compact", is_compact, NULL);
}

static void on_job_active_cb (ExcJob *job, GParamSpec *pspec, ExcWindow *self);

/* How many jobs run, and whether one waits to be taken up again. */
static void
update_jobs (ExcWindow *self)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  const char *notice = jobs != NULL ? exc_jobs_get_notice (jobs) : NULL;
  g_autofree char *text = NULL;
  guint n_active = 0;
  guint n_awaiting = 0;

  for (guint i = 0; jobs != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (jobs)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (jobs), i);

    if (exc_job_get_is_active (job))
      n_active++;
    if (exc_job_get_awaits_user (job) && !exc_job_get_is_active (job)) {
      n_awaiting++;
      if (text == NULL) {
        /* Translators: %s is the title of a job */
        text = g_strdup_printf (_("“%s” waits for you."), exc_job_get_title (job));
        exc_banner_set_target (self->resume_banner, exc_job_get_id (job));
      }
    }
    if (exc_job_get_state (job) == EXC_STATE_INTERRUPTED && text == NULL) {
      /* Translators: %s is the title of a job */
      text = g_strdup_printf (_("“%s” was interrupted. Resuming looks at the servers first."),
                                 exc_job_get_title (job));
      exc_banner_set_target (self->resume_banner, exc_job_get_id (job));
    }
  }
  exc_banner_set_title (self->resume_banner, text);
  exc_banner_set_title (self->notice_banner, notice);

  if (self->n_active != n_active) {
    self->n_active = n_active;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ACTIVE]);
  }
  if (self->n_awaiting != n_awaiting) {
    self->n_awaiting = n_awaiting;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_AWAITING]);
  }
  exc_window_update_auth (self);
  exc_window_update_actions (self);
}

/* A toast in the window, and a notification when the window is not the one that is looked at. */
static void
tell_end_of_job (ExcWindow *self, ExcJob *job)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr(GNotification) notification = NULL;

  exc_window_toast (self, exc_job_get_summary (job));
  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)))
    return;

  notification = g_notification_new (exc_job_get_title (job));
  g_notification_set_body (notification, exc_job_get_summary (job));
  g_application_send_notification (G_APPLICATION (application), exc_job_get_id (job), notification);
}

/* What a job changed is read again, so that the tables show it. */
static void
on_job_active_cb (ExcJob *job, GParamSpec *pspec, ExcWindow *self)
{
  update_jobs (self);
  if (!exc_job_get_is_active (job) && !self->is_closing) {
    tell_end_of_job (self, job);
    exc_window_refresh (self, NULL);
  }
}

static void
on_jobs_changed_cb (ExcWindow *self, guint position, guint n_removed, guint n_added, ExcJobs *jobs)
{
  for (guint i = position; i < position + n_added; i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (jobs), i);

    g_signal_handlers_disconnect_by_func (job, on_job_active_cb, self);
    g_signal_connect_object (
        job, "notify::is-active", G_CALLBACK (on_job_active_cb), self, G_CONNECT_DEFAULT);
    g_signal_handlers_disconnect_by_func (job, update_jobs, self);
    g_signal_connect_object (
        job, "notify::state", G_CALLBACK (update_jobs), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (
        job, "notify::awaits-user", G_CALLBACK (update_jobs), self, G_CONNECT_SWAPPED);
  }
  update_jobs (self);
}

static void
on_jobs_replaced_cb (ExcWindow *self)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);

  g_signal_group_set_target (self->jobs_signals, jobs);
  if (jobs != NULL)
    on_jobs_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (jobs)), jobs);
  else
    update_jobs (self);
}

static void
on_organization_replaced_cb (ExcWindow *self)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  ExcJobs *jobs = exc_context_get_jobs (self->context);

  g_signal_group_set_target (self->organization_signals, organization);
  /* Jobs that wait for a time are taken up while their organization is open. */
  if (jobs != NULL)
    exc_jobs_watch (jobs, organization);
  exc_window_set_scope (self, NULL);
  update_organization (self);
  if (organization != NULL)
    exc_window_refresh (self, NULL);
  else
    exc_welcome_page_show_welcome (self->welcome_page);
}

void
exc_window_on_demo_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  self->is_opening = FALSE;
  if (!exc_context_open_finish (EXC_CONTEXT (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    exc_welcome_page_show_failed (self->welcome_page, error->message);
    gtk_stack_set_visible_child_name (self->stack, "welcome");
  }
  exc_window_update_actions (self);
}

static void
on_context_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  /* The servers drop a shell by themselves after its idle time: closing is a courtesy. */
  if (!exc_context_close_finish (EXC_CONTEXT (source), result, &error))
    g_info ("closing: %s", error->message);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
close_for_good (ExcWindow *self)
{
  self->is_closing = TRUE;
  g_cancellable_cancel (self->cancellable);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (self->n_active > 0) {
    /* As after a crash: a shell that was closed under a step would make it a failed one, while a
     * step that only broke off is looked at first when the job is resumed. */
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  exc_context_close_async (self->context, NULL, on_context_closed_cb, g_object_ref (self));
}

static void
on_quit_response_cb (ExcWindow *self, const char *response)
{
  if (g_str_equal (response, "quit"))
    close_for_good (self);
}

static gboolean
exc_window_close_request (GtkWindow *window)
{
  ExcWindow *self = EXC_WINDOW (window);
  GtkWidget *dialog = NULL;

  if (self->is_closing)
    return TRUE;
  if (self->n_active == 0) {
    close_for_good (self);
    return TRUE;
  }

  dialog = adw_message_dialog_new (window, _("Quit while a job is running?"), NULL);
  adw_message_dialog_set_body (
      ADW_MESSAGE_DIALOG (dialog),
      _("The job stops where it is. At the next start it can be resumed: it looks at the servers "
        "first and does only what is still missing. Until then a server may stay between two "
        "steps."));
  adw_message_dialog_add_responses (
      ADW_MESSAGE_DIALOG (dialog),
      "cancel",
      _("_Keep running"), "quit", _("_Quit and resume later"), NULL);
  adw_message_dialog_set_response_appearance (
      ADW_MESSAGE_DIALOG (dialog), "quit", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (
      dialog, "response", G_CALLBACK (on_quit_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));

  return TRUE;
}

static void
exc_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcWindow *self = EXC_WINDOW (object);

  switch (prop_id) {
  case PROP_CONTEXT:
    g_value_set_object (value, self->context);
    break;
  case PROP_PAGE:
    g_value_set_string (value, self->page);
    break;
  case PROP_SCOPE:
    g_value_set_string (value, self->scope);
    break;
  case PROP_N_ACTIVE:
    g_value_set_uint (value, self->n_active);
    break;
  case PROP_N_AWAITING:
    g_value_set_uint (value, self->n_awaiting);
    break;
  case PROP_DETAILS_SHOWN:
    g_value_set_boolean (value, self->details_shown);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_window_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ExcWindow *self = EXC_WINDOW (object);

  switch (prop_id) {
  case PROP_CONTEXT:
    self->context = g_value_dup_object (value);
    break;
  case PROP_PAGE:
    exc_window_set_page (self, g_value_get_string (value));
    break;
  case PROP_SCOPE:
    exc_window_set_scope (self, g_value_get_string (value));
    break;
  case PROP_DETAILS_SHOWN:
    exc_window_set_details_shown (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_window_constructed (GObject *object)
{
  ExcWindow *self = EXC_WINDOW (object);

  G_OBJECT_CLASS (exc_window_parent_class)->constructed (object);

  g_signal_connect_object (self->context,
                           "notify::organization",
                           G_CALLBACK (on_organization_replaced_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (
      self->context, "notify::jobs", G_CALLBACK (on_jobs_replaced_cb), self, G_CONNECT_SWAPPED);
  on_jobs_replaced_cb (self);
  on_organization_replaced_cb (self);
  update_details (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->welcome_page));
}

static void
exc_window_dispose (GObject *object)
{
  ExcWindow *self = EXC_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->organization_signals);
  g_clear_object (&self->jobs_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_WINDOW);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (exc_window_parent_class)->dispose (object);
}

static void
exc_window_finalize (GObject *object)
{
  ExcWindow *self = EXC_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->page);
  g_free (self->scope);
  g_free (self->scenario);

  G_OBJECT_CLASS (exc_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, welcome_menu_button);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, main_menu_button);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, welcome_page);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, certificates_page);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, servers_page);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, jobs_page);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, details_pane);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, title);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, refresh_stack);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, demo_banner);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, problem_banner);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, resume_banner);
  gtk_widget_class_bind_template_child (widget_class, ExcWindow, notice_banner);
  gtk_widget_class_bind_template_callback (widget_class, update_compact);
  gtk_widget_class_bind_template_callback (widget_class, update_details);
}

static void
exc_window_class_init (ExcWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_window_get_property;
  object_class->set_property = exc_window_set_property;
  object_class->constructed = exc_window_constructed;
  object_class->dispose = exc_window_dispose;
  object_class->finalize = exc_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = exc_window_close_request;

  properties[PROP_CONTEXT] =
      g_param_spec_object ("context",
                           NULL,
                           NULL,
                           EXC_TYPE_CONTEXT,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, "certificates", flags);
  properties[PROP_SCOPE] = g_param_spec_string ("scope", NULL, NULL, NULL, flags);
  properties[PROP_N_ACTIVE] = g_param_spec_uint (
      "n-active", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_AWAITING] = g_param_spec_uint (
      "n-awaiting", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DETAILS_SHOWN] = g_param_spec_boolean ("details-shown", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (EXC_TYPE_BANNER);
  g_type_ensure (EXC_TYPE_PADLOCK);
  g_type_ensure (EXC_TYPE_SIDEBAR);
  g_type_ensure (EXC_TYPE_WELCOME_PAGE);
  g_type_ensure (EXC_TYPE_CERTIFICATES_PAGE);
  g_type_ensure (EXC_TYPE_SERVERS_PAGE);
  g_type_ensure (EXC_TYPE_JOBS_PAGE);
  g_type_ensure (EXC_TYPE_DETAILS_PANE);

  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
exc_window_init (ExcWindow *self)
{
  g_autoptr(GtkBuilder) menus = NULL;
  GMenuModel *menu = NULL;

  self->page = g_strdup ("certificates");
  self->cancellable = g_cancellable_new ();
  self->organization_signals = g_signal_group_new (EXC_TYPE_ORGANIZATION);
  g_signal_group_connect_swapped (
      self->organization_signals, "notify", G_CALLBACK (update_organization), self);
  self->jobs_signals = g_signal_group_new (EXC_TYPE_JOBS);
  g_signal_group_connect_swapped (
      self->jobs_signals, "items-changed", G_CALLBACK (on_jobs_changed_cb), self);
  g_signal_group_connect_swapped (
      self->jobs_signals, "notify::is-read-only", G_CALLBACK (exc_window_update_actions), self);

  gtk_widget_init_template (GTK_WIDGET (self));
  exc_window_install_actions (self);

  menus = gtk_builder_new_from_resource ("/io/github/thumbprint/Thumbprint/ui/menus.ui");
  menu = G_MENU_MODEL (gtk_builder_get_object (menus, "main_menu"));
  gtk_menu_button_set_menu_model (self->welcome_menu_button, menu);
  gtk_menu_button_set_menu_model (self->main_menu_button, menu);
}

GtkWidget *
exc_window_new (GtkApplication *application, ExcContext *context)
{
  g_return_val_if_fail (EXC_IS_CONTEXT (context), NULL);

  return g_object_new (EXC_TYPE_WINDOW, "application", application, "context", context, NULL);
}

ExcContext *
exc_window_get_context (ExcWindow *self)
{
  g_return_val_if_fail (EXC_IS_WINDOW (self), NULL);

  return self->context;
}

void
exc_window_open_demo (ExcWindow *self, const char *scenario)
{
  g_return_if_fail (EXC_IS_WINDOW (self));
  g_return_if_fail (scenario != NULL);

  if (self->scenario != scenario) {
    g_free (self->scenario);
    self->scenario = g_strdup (scenario);
  }
  self->is_opening = TRUE;
  exc_window_update_actions (self);
  exc_welcome_page_show_opening (self->welcome_page);
  exc_context_open_demo_async (self->context,
                               self->scenario,
                               self->cancellable,
                               exc_window_on_demo_opened_cb,
                               g_object_ref (self));
}

void
exc_window_set_page (ExcWindow *self, const char *page)
{
  if (page == NULL || g_str_equal (self->page, page))
    return;

  g_free (self->page);
  self->page = g_strdup (page);
  gtk_stack_set_visible_child_name (self->pages, page);
  update_title (self);
  update_details (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE]);
}

void
exc_window_set_scope (ExcWindow *self, const char *scope)
{
  if (scope != NULL && scope[0] == '\0')
    scope = NULL;
  if (g_strcmp0 (self->scope, scope) == 0)
    return;

  g_free (self->scope);
  self->scope = g_strdup (scope);
  update_title (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCOPE]);
}

void
exc_window_set_details_shown (ExcWindow *self, gboolean shown)
{
  if (self->details_shown == shown)
    return;

  self->details_shown = shown;
  update_compact (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAILS_SHOWN]);
  exc_window_update_actions (self);
}
