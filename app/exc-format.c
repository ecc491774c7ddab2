/* exc-format.c — pure functions from values to what people read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-format"

#include "config.h"

#include "exc-format.h"

#include <glib/gi18n.h>

char *
exc_format_isolate (const char *text)
{
  return g_strdup_printf ("\u2068%s\u2069", text != NULL ? text : "");
}

char *
exc_format_short_host (const char *fqdn)
{
  const char *dot = NULL;

  if (fqdn == NULL)
    return g_strdup ("");

  dot = strchr (fqdn, '.');

  return dot != NULL && !g_ascii_isdigit (fqdn[0]) ? g_strndup (fqdn, (gsize) (dot - fqdn))
                                                   : g_strdup (fqdn);
}

const char *
exc_format_health_word (ExcCertificate *certificate)
{
  switch (exc_certificate_get_health (certificate)) {
  case EXC_HEALTH_EXPIRED:
    return _("Expired");
  case EXC_HEALTH_EXPIRING:
    return _("Expiring soon");
  case EXC_HEALTH_SOON:
  case EXC_HEALTH_OK:
    return _("Valid");
  case EXC_HEALTH_PROBLEM:
    /* The server looks at the chain, not at the day on which it begins. */
    return exc_certificate_get_record (certificate)->status == EXC_STATUS_VALID
        ? _("Not yet valid")
        : exc_certificate_get_status_text (certificate);
  case EXC_HEALTH_UNKNOWN:
  default:
    return _("Unknown");
  }
}

const char *
exc_format_health_icon (ExcHealth health)
{
  switch (health) {
  case EXC_HEALTH_EXPIRED:
  case EXC_HEALTH_PROBLEM:
    return "dialog-error-symbolic";
  case EXC_HEALTH_EXPIRING:
    return "dialog-warning-symbolic";
  case EXC_HEALTH_SOON:
    return "appointment-soon-symbolic";
  case EXC_HEALTH_OK:
    return "emblem-ok-symbolic";
  case EXC_HEALTH_UNKNOWN:
  default:
    return "dialog-question-symbolic";
  }
}

const char *
exc_format_health_class (ExcHealth health)
{
  switch (health) {
  case EXC_HEALTH_EXPIRED:
  case EXC_HEALTH_PROBLEM:
    return "error";
  case EXC_HEALTH_EXPIRING:
    return "warning";
  case EXC_HEALTH_OK:
    return "success";
  case EXC_HEALTH_SOON:
  case EXC_HEALTH_UNKNOWN:
  default:
    return "dim-label";
  }
}

const char *
exc_format_server_icon (ExcServerState state)
{
  switch (state) {
  case EXC_SERVER_LOADING:
    return "content-loading-symbolic";
  case EXC_SERVER_OK:
    return "emblem-ok-symbolic";
  case EXC_SERVER_PARTIAL:
    return "dialog-warning-symbolic";
  case EXC_SERVER_UNREACHABLE:
    return "network-offline-symbolic";
  case EXC_SERVER_UNSUPPORTED:
  default:
    return "action-unavailable-symbolic";
  }
}

const char *
exc_format_server_class (ExcServerState state)
{
  switch (state) {
  case EXC_SERVER_OK:
    return "success";
  case EXC_SERVER_PARTIAL:
    return "warning";
  case EXC_SERVER_UNREACHABLE:
    return "error";
  case EXC_SERVER_LOADING:
  case EXC_SERVER_UNSUPPORTED:
  default:
    return "dim-label";
  }
}

const char *
exc_format_state_class (ExcState state)
{
  switch (state) {
  case EXC_STATE_DONE:
    return "success";
  case EXC_STATE_WARNINGS:
  case EXC_STATE_INTERRUPTED:
  case EXC_STATE_CANCELLED:
    return "warning";
  case EXC_STATE_FAILED:
  case EXC_STATE_UNREACHABLE:
    return "error";
  case EXC_STATE_RUNNING:
  case EXC_STATE_WAITING:
    return "accent";
  case EXC_STATE_PENDING:
  case EXC_STATE_SKIPPED:
  case EXC_STATE_UNDONE:
  default:
    return "dim-label";
  }
}

const char *
exc_format_primary_action (ExcCertificate *certificate, const char **label)
{
  ExcKind kind =
      certificate != NULL ? exc_certificate_get_kind (certificate) : EXC_KIND_MICROSOFT_EXCHANGE;

  *label = _("_Renew…");
  if (certificate != NULL &&
      exc_certificate_get_record (certificate)->status == EXC_STATUS_PENDING_REQUEST) {
    *label = _("_Complete…");
    return "win.complete";
  }
  switch (kind) {
  case EXC_KIND_AUTH:
    *label = _("_Rotate…");
    return "win.rotate-auth";
  case EXC_KIND_WMSVC:
    return "win.renew-wmsvc";
  case EXC_KIND_OTHER:
    *label = _("_Assign services…");
    return "win.assign";
  case EXC_KIND_MICROSOFT_EXCHANGE:
  default:
    return "win.renew";
  }
}

char *
exc_format_haystack (ExcCertificate *certificate)
{
  g_auto(GStrv) uses = exc_certificate_dup_use_texts (certificate);
  g_autofree char *use_text = g_strjoinv (" ", uses);
  const char *services = exc_certificate_get_services_text (certificate);
  ExcX509 *x509 = exc_certificate_get_x509 (certificate);
  g_autofree char *names =
      x509 != NULL && x509->dns_names != NULL ? g_strjoinv (" ", x509->dns_names) : NULL;

  return g_strjoin ("\n",
                    exc_certificate_get_name (certificate),
                    exc_certificate_get_server (certificate),
                    exc_certificate_get_thumbprint (certificate),
                    exc_certificate_get_kind_text (certificate),
                    exc_certificate_get_subject (certificate),
                    exc_certificate_get_issuer (certificate),
                    exc_format_health_word (certificate),
                    use_text,
                    services != NULL ? services : "",
                    names != NULL ? names : "",
                    NULL);
}

void
exc_format_set_label (GtkWidget *widget, const char *label)
{
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* Closures of the templates. A list item without its item asks too: NULL gives nothing. */

static char *
certificate_kind (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? g_strdup (exc_certificate_get_kind_text (certificate)) : NULL;
}

static char *
certificate_name (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? exc_format_isolate (exc_certificate_get_name (certificate)) : NULL;
}

static char *
certificate_subject (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? exc_format_isolate (exc_certificate_get_subject (certificate))
                             : NULL;
}

static char *
certificate_server (gpointer unused, ExcCertificate *certificate)
{
  g_autofree char *host = NULL;

  if (certificate == NULL)
    return NULL;

  host = exc_format_short_host (exc_certificate_get_server (certificate));

  return exc_format_isolate (host);
}

static char *
certificate_fqdn (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? exc_format_isolate (exc_certificate_get_server (certificate)) : NULL;
}

/* The loopback binding of port 443 follows the other one: a badge of its own says nothing more. */
static char **
certificate_uses (gpointer unused, ExcCertificate *certificate)
{
  const guint both = EXC_USE_FRONT_END | EXC_USE_FRONT_END_LOOPBACK;
  g_autoptr(GStrvBuilder) builder = NULL;
  g_auto(GStrv) texts = NULL;

  if (certificate == NULL)
    return NULL;

  texts = exc_certificate_dup_use_texts (certificate);
  if ((exc_certificate_get_uses (certificate) & both) != both)
    return g_steal_pointer (&texts);

  builder = g_strv_builder_new ();
  for (gsize i = 0; texts[i] != NULL; i++) {
    if (strstr (texts[i], "127.0.0.1") == NULL)
      g_strv_builder_add (builder, texts[i]);
  }

  return g_strv_builder_end (builder);
}

static char *
certificate_status (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? g_strdup (exc_format_health_word (certificate)) : NULL;
}

static char *
certificate_status_long (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? g_strdup (exc_certificate_get_health_text (certificate)) : NULL;
}

static char *
certificate_status_icon (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL
             ? g_strdup (exc_format_health_icon (exc_certificate_get_health (certificate)))
             : NULL;
}

static char **
certificate_status_classes (gpointer unused, ExcCertificate *certificate)
{
  const char *classes[] = { NULL, NULL };

  if (certificate != NULL)
    classes[0] = exc_format_health_class (exc_certificate_get_health (certificate));

  return g_strdupv ((char **) classes);
}

static char *
certificate_expires (gpointer unused, ExcCertificate *certificate)
{
  g_autofree char *date = NULL;

  if (certificate == NULL)
    return NULL;

  date = exc_format_date (exc_certificate_get_not_after (certificate));

  return exc_format_isolate (date);
}

static char *
certificate_expires_utc (gpointer unused, ExcCertificate *certificate)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autofree char *text = NULL;

  if (certificate == NULL)
    return NULL;

  utc = g_date_time_new_from_unix_utc (exc_certificate_get_not_after (certificate));
  text = utc != NULL ? g_date_time_format (utc, "%Y-%m-%d %H:%M:%S UTC") : NULL;

  return text != NULL ? exc_format_isolate (text) : NULL;
}

static char *
certificate_days (gpointer unused, ExcCertificate *certificate)
{
  g_autofree char *days = NULL;

  if (certificate == NULL)
    return NULL;

  /* Isolated, as a minus would go to the other end in a script that runs from right to left. */
  days = g_strdup_printf ("%d", exc_certificate_get_days_left (certificate));

  return exc_format_isolate (days);
}

static char *
certificate_services (gpointer unused, ExcCertificate *certificate)
{
  const char *services = NULL;

  if (certificate == NULL)
    return NULL;

  services = exc_certificate_get_services_text (certificate);
  /* Translators: in a table: the server kept this fact to itself */
  return g_strdup (services != NULL ? services : _("not told"));
}

static char *
certificate_thumbprint (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL
             ? exc_format_isolate (exc_certificate_get_short_thumbprint (certificate))
             : NULL;
}

static char *
certificate_thumbprint_long (gpointer unused, ExcCertificate *certificate)
{
  return certificate != NULL ? exc_format_isolate (exc_certificate_get_thumbprint (certificate))
                             : NULL;
}

/* An action keeps a target of its type even while a list item is empty. */
static GVariant *
make_target (const char *text)
{
  return g_variant_ref_sink (g_variant_new_string (text != NULL ? text : ""));
}

static GVariant *
certificate_key_target (gpointer unused, ExcCertificate *certificate)
{
  return make_target (certificate != NULL ? exc_certificate_get_key (certificate) : NULL);
}

/* Of a string filter: the certificate is what the expression is evaluated on. */
static char *
certificate_haystack (ExcCertificate *certificate)
{
  return exc_format_haystack (certificate);
}

static char *
server_name (gpointer unused, ExcServer *server)
{
  return server != NULL ? exc_format_isolate (exc_server_get_name (server)) : NULL;
}

static char *
server_fqdn (gpointer unused, ExcServer *server)
{
  return server != NULL ? exc_format_isolate (exc_server_get_fqdn (server)) : NULL;
}

static char *
server_state (gpointer unused, ExcServer *server)
{
  return server != NULL ? g_strdup (exc_server_get_state_text (server)) : NULL;
}

static char *
server_icon (gpointer unused, ExcServer *server)
{
  return server != NULL ? g_strdup (exc_format_server_icon (exc_server_get_state (server))) : NULL;
}

static char **
server_classes (gpointer unused, ExcServer *server)
{
  const char *classes[] = { NULL, NULL };

  if (server != NULL)
    classes[0] = exc_format_server_class (exc_server_get_state (server));

  return g_strdupv ((char **) classes);
}

static char *
server_product (gpointer unused, ExcServer *server)
{
  const char *product = server != NULL ? exc_server_get_product (server) : NULL;

  return product != NULL ? g_strdup (product) : NULL;
}

static char *
server_version (gpointer unused, ExcServer *server)
{
  const char *version = server != NULL ? exc_server_get_version (server) : NULL;

  if (version == NULL)
    return NULL;

  /* "Version 15.2 (Build 1118.7)": the heading of the column says the first word already. */
  return exc_format_isolate (g_str_has_prefix (version, "Version ") ? version + strlen ("Version ")
                                                                    : version);
}

static char *
server_site (gpointer unused, ExcServer *server)
{
  const char *site = server != NULL ? exc_server_get_site (server) : NULL;

  return site != NULL ? exc_format_isolate (site) : NULL;
}

static char *
server_count (gpointer unused, ExcServer *server)
{
  return server != NULL ? g_strdup_printf ("%u", exc_server_get_n_certificates (server)) : NULL;
}

static char *
server_worst (gpointer unused, ExcServer *server)
{
  int days = server != NULL ? exc_server_get_worst_days (server) : G_MAXINT;

  if (server == NULL)
    return NULL;
  if (days == G_MAXINT)
    return g_strdup ("–");
  if (days < 0)
    return g_strdup (_("Expired"));

  return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) days), days);
}

static char *
server_problem (gpointer unused, ExcServer *server)
{
  return server != NULL ? g_strdup (exc_server_get_problem (server)) : NULL;
}

static GVariant *
server_target (gpointer unused, ExcServer *server)
{
  return make_target (server != NULL ? exc_server_get_fqdn (server) : NULL);
}

static gboolean
text_is_set (gpointer unused, const char *text)
{
  return text != NULL && text[0] != '\0';
}

static gboolean
object_is_set (gpointer unused, GObject *object)
{
  return object != NULL;
}

static char *
state_icon (gpointer unused, int state)
{
  return g_strdup (exc_state_to_icon_name ((ExcState) state));
}

static char **
state_classes (gpointer unused, int state)
{
  const char *classes[] = { exc_format_state_class ((ExcState) state), NULL };

  return g_strdupv ((char **) classes);
}

static char *
isolate (gpointer unused, const char *text)
{
  return text != NULL ? exc_format_isolate (text) : NULL;
}

static GVariant *
string_target (gpointer unused, const char *text)
{
  return make_target (text);
}

void
exc_format_bind (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, certificate_kind);
  gtk_widget_class_bind_template_callback (widget_class, certificate_name);
  gtk_widget_class_bind_template_callback (widget_class, certificate_subject);
  gtk_widget_class_bind_template_callback (widget_class, certificate_server);
  gtk_widget_class_bind_template_callback (widget_class, certificate_fqdn);
  gtk_widget_class_bind_template_callback (widget_class, certificate_uses);
  gtk_widget_class_bind_template_callback (widget_class, certificate_status);
  gtk_widget_class_bind_template_callback (widget_class, certificate_status_long);
  gtk_widget_class_bind_template_callback (widget_class, certificate_status_icon);
  gtk_widget_class_bind_template_callback (widget_class, certificate_status_classes);
  gtk_widget_class_bind_template_callback (widget_class, certificate_expires);
  gtk_widget_class_bind_template_callback (widget_class, certificate_expires_utc);
  gtk_widget_class_bind_template_callback (widget_class, certificate_days);
  gtk_widget_class_bind_template_callback (widget_class, certificate_services);
  gtk_widget_class_bind_template_callback (widget_class, certificate_thumbprint);
  gtk_widget_class_bind_template_callback (widget_class, certificate_thumbprint_long);
  gtk_widget_class_bind_template_callback (widget_class, certificate_key_target);
  gtk_widget_class_bind_template_callback (widget_class, certificate_haystack);
  gtk_widget_class_bind_template_callback (widget_class, server_name);
  gtk_widget_class_bind_template_callback (widget_class, server_fqdn);
  gtk_widget_class_bind_template_callback (widget_class, server_state);
  gtk_widget_class_bind_template_callback (widget_class, server_icon);
  gtk_widget_class_bind_template_callback (widget_class, server_classes);
  gtk_widget_class_bind_template_callback (widget_class, server_product);
  gtk_widget_class_bind_template_callback (widget_class, server_version);
  gtk_widget_class_bind_template_callback (widget_class, server_site);
  gtk_widget_class_bind_template_callback (widget_class, server_count);
  gtk_widget_class_bind_template_callback (widget_class, server_worst);
  gtk_widget_class_bind_template_callback (widget_class, server_problem);
  gtk_widget_class_bind_template_callback (widget_class, server_target);
  gtk_widget_class_bind_template_callback (widget_class, text_is_set);
  gtk_widget_class_bind_template_callback (widget_class, object_is_set);
  gtk_widget_class_bind_template_callback (widget_class, state_icon);
  gtk_widget_class_bind_template_callback (widget_class, state_classes);
  gtk_widget_class_bind_template_callback (widget_class, isolate);
  gtk_widget_class_bind_template_callback (widget_class, string_target);
}
