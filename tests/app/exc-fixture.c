/* exc-fixture.c — a small organization made in memory, for tests of what shows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-fixture.h"

#include "exc-organization-private.h"

#include <adwaita.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#define DAY (24 * 60 * 60)

static EVP_PKEY *
get_key (void)
{
  static EVP_PKEY *key;

  /* One key for all of them: what is shown does not depend on it. */
  if (key == NULL)
    key = EVP_EC_gen ("P-256");

  return key;
}

static GBytes *
make_der (const char *common_name, const char *issuer, gint64 not_before, gint64 not_after)
{
  static long serial = 4096;
  X509 *x509 = X509_new ();
  X509_NAME *name = X509_NAME_new ();
  X509_NAME *issuer_name = X509_NAME_new ();
  unsigned char *der = NULL;
  int length = 0;

  X509_set_version (x509, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (x509), serial++);
  ASN1_TIME_set (X509_getm_notBefore (x509), not_before);
  ASN1_TIME_set (X509_getm_notAfter (x509), not_after);
  X509_NAME_add_entry_by_txt (
      name, "CN", MBSTRING_UTF8, (const unsigned char *) common_name, -1, -1, 0);
  X509_NAME_add_entry_by_txt (
      issuer_name, "CN", MBSTRING_UTF8, (const unsigned char *) issuer, -1, -1, 0);
  X509_set_subject_name (x509, name);
  X509_set_issuer_name (x509, issuer_name);
  X509_set_pubkey (x509, get_key ());
  X509_sign (x509, get_key (), EVP_sha256 ());
  length = i2d_X509 (x509, &der);
  g_assert_cmpint (length, >, 0);
  X509_NAME_free (name);
  X509_NAME_free (issuer_name);
  X509_free (x509);

  return g_bytes_new_with_free_func (der, (gsize) length, (GDestroyNotify) free, der);
}

static ExcCertificateRecord *
make_record (const char *friendly_name,
             const char *common_name,
             const char *issuer,
             int days_left,
             int services,
             gint64 now)
{
  ExcCertificateRecord *record = g_new0 (ExcCertificateRecord, 1);
  gint64 not_after = now + (gint64) days_left * DAY + DAY / 2;
  gint64 not_before = MIN (not_after - 5 * 365 * (gint64) DAY, now - 30 * (gint64) DAY);
  g_autoptr(GBytes) der = make_der (common_name, issuer, not_before, not_after);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (der, &size);
  g_autofree char *sha1 = g_compute_checksum_for_data (G_CHECKSUM_SHA1, data, size);
  gboolean is_self_signed = g_str_equal (common_name, issuer);

  g_atomic_ref_count_init (&record->ref_count);
  record->route = EXC_ROUTE_PROJECTED;
  record->der = g_bytes_ref (der);
  record->thumbprint = g_ascii_strup (sha1, -1);
  record->friendly_name = g_strdup (friendly_name);
  record->subject = g_strdup_printf ("CN=%s", common_name);
  record->issuer = g_strdup_printf ("CN=%s", issuer);
  record->serial_number = g_strdup ("1000");
  record->not_before = not_before;
  record->not_after = not_after;
  record->services = services;
  record->status = days_left < 0 ? EXC_STATUS_DATE_INVALID : EXC_STATUS_VALID;
  record->root_ca_type = g_strdup (is_self_signed ? "Registry" : "ThirdParty");
  record->is_self_signed = is_self_signed ? EXC_YES : EXC_NO;
  record->has_private_key = EXC_YES;
  record->private_key_exportable = EXC_NO;
  record->key_size = 2048;
  record->domains = g_strsplit (common_name, ",", -1);

  return record;
}

static ExcServerFacts *
make_facts (const char *name, const char *version, const char *site)
{
  g_autoptr(ExcServerRecord) record = g_new0 (ExcServerRecord, 1);

  g_atomic_ref_count_init (&record->ref_count);
  record->name = g_ascii_strup (name, -1);
  record->fqdn = g_strdup_printf ("%s.example.com", name);
  record->domain = g_strdup ("example.com");
  record->site = g_strdup (site);
  record->version = g_strdup (version);
  record->role = g_strdup ("Mailbox");
  record->edition = g_strdup ("Enterprise");
  record->is_mailbox = TRUE;

  return exc_server_facts_new (record);
}

static void
add (ExcServerFacts *facts, ExcCertificateRecord *take)
{
  take->identity = g_strdup_printf ("%s\\%s", facts->server->fqdn, take->thumbprint);
  g_ptr_array_add (facts->certificates, take);
}

static ExcBindingRecord *
make_binding (const char *site, const char *info, const char *hash)
{
  ExcBindingRecord *binding = g_new0 (ExcBindingRecord, 1);

  binding->site = g_strdup (site);
  binding->info = g_strdup (info);
  binding->hash = g_strdup (hash);
  binding->store = g_strdup ("My");

  return binding;
}

static void
binding_free (ExcBindingRecord *binding)
{
  g_free (binding->site);
  g_free (binding->info);
  g_free (binding->hash);
  g_free (binding->store);
  g_free (binding);
}

/* The Windows side: which certificate each site serves. */
static ExcWindowsRecord *
make_windows (const char *front_end, const char *back_end, const char *wmsvc, gint64 now)
{
  ExcWindowsRecord *windows = g_new0 (ExcWindowsRecord, 1);

  g_atomic_ref_count_init (&windows->ref_count);
  windows->computer = g_strdup ("EX");
  windows->utc_now = now;
  windows->bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) binding_free);
  g_ptr_array_add (windows->bindings, make_binding ("Default Web Site", "*:443:", front_end));
  g_ptr_array_add (windows->bindings, make_binding ("Exchange Back End", "*:444:", back_end));
  windows->services = g_ptr_array_new ();
  windows->root = g_ptr_array_new ();
  windows->my = g_ptr_array_new ();
  windows->wmsvc_hash = g_strdup (wmsvc);
  windows->wmsvc_port = 8172;
  windows->http_sys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return windows;
}

static ExcServerFacts *
make_read_server (const char *name, int days_left, ExcCertificateRecord *auth, gint64 now)
{
  g_autofree char *wmsvc_name = g_strdup_printf ("WMSvc-SHA2-%s", name);
  g_autofree char *public_name = g_strdup ("mail.example.com");
  ExcServerFacts *facts = make_facts (name, "Version 15.2 (Build 1118.7)", "Default-First-Site");
  ExcCertificateRecord *own =
      make_record ("Microsoft Exchange", name, name, days_left, EXC_SERVICE_SMTP, now);
  ExcCertificateRecord *wmsvc = make_record (wmsvc_name, wmsvc_name, wmsvc_name, 2900, 0, now);
  ExcCertificateRecord *public_one =
      make_record ("Mail 2026", public_name, "Example Public CA", 200, EXC_SERVICE_IIS, now);

  facts->certificates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) exc_certificate_record_unref);
  facts->state = EXC_SERVER_OK;
  facts->seen = now;
  add (facts, own);
  add (facts, wmsvc);
  add (facts, public_one);
  g_ptr_array_add (facts->certificates, exc_certificate_record_ref (auth));
  facts->internal_transport = g_strdup (own->thumbprint);
  facts->pop_name = g_strdup ("");
  facts->imap_name = g_strdup ("");
  facts->windows = make_windows (public_one->thumbprint, own->thumbprint, wmsvc->thumbprint, now);

  return facts;
}

void
exc_fixture_init (int *argc, char ***argv)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-test-XXXXXX", &error);
  g_autoptr(GtkCssProvider) style = gtk_css_provider_new ();

  g_assert_no_error (error);
  /* Not g_test's isolation: that hides the desktop's settings schemas too. */
  if (g_getenv (EXC_FIXTURE_CHILD) == NULL)
    g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (argc, argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);

  /* What an application adds by itself. */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/thumbprint/Thumbprint/icons");
  gtk_css_provider_load_from_resource (style, "/io/github/thumbprint/Thumbprint/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

ExcConnectionSettings *
exc_fixture_settings_new (void)
{
  ExcConnectionSettings *settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) password = exc_secret_new ("secret", 6);

  settings->name = g_strdup ("example.com");
  settings->exchange_url = g_strdup ("http://127.0.0.1:9/PowerShell/");
  settings->windows_url = g_strdup ("http://127.0.0.1:9/wsman?%s");
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, "administrator", password);

  return settings;
}

ExcOrganization *
exc_fixture_organization_new (void)
{
  g_autoptr(ExcConnectionSettings) settings = exc_fixture_settings_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcConnection) connection = exc_connection_new (settings, &error);
  g_autoptr(ExcClock) clock = exc_clock_new ();

  g_assert_no_error (error);

  return exc_organization_new (connection, clock);
}

static GPtrArray *
facts_array_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) exc_server_facts_unref);
}

void
exc_fixture_fill (ExcOrganization *organization)
{
  gint64 now = exc_clock_now (exc_organization_get_clock (organization));
  const char *auth_name = "Microsoft Exchange Server Auth Certificate";
  g_autoptr(ExcCertificateRecord) auth =
                 make_record (auth_name, auth_name, auth_name, 400, EXC_SERVICE_SMTP, now);
  g_autoptr(ExcOrganizationFacts) shared = exc_organization_facts_new ();
  ExcServerFacts *third = make_facts ("ex03", "Version 15.1 (Build 2507.6)", "Second-Site");
  GPtrArray *all = facts_array_new ();

  shared->auth_config = exc_auth_config_record_new ();
  shared->auth_config->current = g_strdup (auth->thumbprint);
  shared->send_connectors = g_ptr_array_new ();
  shared->receive_connectors = g_hash_table_new (g_str_hash, g_str_equal);
  shared->is_hybrid = EXC_NO;
  shared->federation = g_ptr_array_new ();
  third->state = EXC_SERVER_UNREACHABLE;
  third->problem = g_strdup ("ex03.example.com does not answer on port 5985. Check that it runs.");
  exc_organization_set_shared (organization, shared);
  g_ptr_array_add (all, make_read_server ("ex01", 20, auth, now));
  g_ptr_array_add (all, make_read_server ("ex02", -3, auth, now));
  g_ptr_array_add (all, third);
  exc_organization_take_facts (organization, all);
  exc_organization_publish (organization);
}

void
exc_fixture_read_again (ExcOrganization *organization)
{
  gint64 now = exc_clock_now (exc_organization_get_clock (organization));
  GPtrArray *old = exc_organization_get_facts (organization);
  GPtrArray *all = facts_array_new ();

  for (guint i = 0; i < old->len; i++) {
    ExcServerFacts *facts = exc_server_facts_copy (g_ptr_array_index (old, i));

    facts->seen = facts->seen != 0 ? now : 0;
    g_ptr_array_add (all, facts);
  }
  exc_organization_take_facts (organization, all);
  exc_organization_publish (organization);
}

void
exc_fixture_fill_many (ExcOrganization *organization, guint n_servers)
{
  gint64 now = exc_clock_now (exc_organization_get_clock (organization));
  GPtrArray *all = facts_array_new ();

  for (guint i = 0; i < n_servers; i++) {
    g_autofree char *name = g_strdup_printf ("ex%04u", i);
    ExcServerFacts *facts = make_facts (name, "Version 15.2 (Build 1118.7)", "Default-First-Site");

    facts->certificates =
        g_ptr_array_new_with_free_func ((GDestroyNotify) exc_certificate_record_unref);
    facts->state = EXC_SERVER_OK;
    facts->seen = now;
    add (facts,
         make_record ("Microsoft Exchange", name, name, (int) (i % 900), EXC_SERVICE_SMTP, now));
    g_ptr_array_add (all, facts);
  }
  exc_organization_take_facts (organization, all);
  exc_organization_publish (organization);
}

static gboolean
on_alarm_cb (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

GSource *
exc_fixture_alarm_new (void)
{
  GSource *source = g_timeout_source_new_seconds (1);

  g_source_set_callback (source, on_alarm_cb, NULL, NULL);
  g_source_attach (source, NULL);

  return source;
}
