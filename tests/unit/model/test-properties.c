/* test-properties.c — reads back every property of every type of the core
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model-test.h"

#include "exc-organization.h"
#include "exc-progress.h"
#include "exc-section.h"

#include <string.h>

/* Every readable property has the value its getter-less readers, the views, would see. */
static guint
read_all (GObject *object)
{
  g_autofree GParamSpec **specs = NULL;
  guint n_specs;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n_specs);
  for (guint i = 0; i < n_specs; i++) {
    g_auto(GValue) value = G_VALUE_INIT;

    g_assert_true (specs[i]->flags & G_PARAM_READABLE);
    g_object_get_property (object, specs[i]->name, &value);
    g_assert_true (G_VALUE_TYPE (&value) == specs[i]->value_type);
    /* the value is one that the property allows: clamping would change it */
    g_assert_false (g_param_value_validate (specs[i], &value));
  }
  return n_specs;
}

static void
test_certificate (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", "Microsoft Exchange", -3);
  g_autoptr(ExcCertificate) certificate = exc_certificate_new (
      "ex01.contoso.lab", record, EXC_KIND_WMSVC, 255, EXC_UNKNOWN, MODEL_TEST_NOW, MODEL_TEST_NOW);
  g_autofree char *name = NULL;
  g_autofree char *health = NULL;
  int days, kind;

  g_assert_cmpuint (read_all (G_OBJECT (certificate)), ==, 21);
  g_object_get (
      certificate, "name", &name, "health-text", &health, "days-left", &days, "kind", &kind, NULL);
  g_assert_cmpstr (name, ==, "Microsoft Exchange");
  g_assert_cmpstr (health, ==, exc_certificate_get_health_text (certificate));
  g_assert_cmpint (days, ==, -3);
  g_assert_cmpint (kind, ==, EXC_KIND_WMSVC);
}

static void
test_server (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autofree char *fqdn = NULL;
  int worst_days;

  snapshot = model_test_snapshot (facts, NULL);
  read_all (G_OBJECT (exc_snapshot_find_server (snapshot, "EX01")));
  g_object_get (
      exc_snapshot_find_server (snapshot, "EX01"), "fqdn", &fqdn, "worst-days", &worst_days, NULL);
  g_assert_cmpstr (fqdn, ==, "ex01.contoso.lab");
  g_assert_cmpint (worst_days, ==, G_MAXINT);
  read_all (G_OBJECT (snapshot));
}

static void
test_sections (void)
{
  g_autoptr(ExcSection) section = exc_section_new ("Names");
  g_autoptr(ExcField) field = NULL;

  exc_section_add (section, "Issuer", NULL);
  exc_section_add_field (section, exc_field_new_time ("Expires on", MODEL_TEST_NOW));
  read_all (G_OBJECT (section));
  field = g_list_model_get_item (exc_section_get_fields (section), 0);
  g_assert_cmpstr (exc_field_get_value (field), ==, "Not told by the server");
  read_all (G_OBJECT (field));
}

static void
test_organization (void)
{
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) secret = exc_secret_new ("P@ss", (gsize) -1);
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(ExcConnection) connection = NULL;
  g_autoptr(ExcOrganization) organization = NULL;
  g_autoptr(ExcProgress) progress = exc_progress_new ();
  g_autofree char *name = NULL;
  gboolean is_demo;

  settings->name = g_strdup ("contoso.lab");
  settings->exchange_url = g_strdup ("http://127.0.0.1:1/PowerShell/");
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, "admin", secret);
  settings->is_demo = TRUE;
  connection = exc_connection_new (settings, NULL);
  organization = exc_organization_new (connection, clock);
  read_all (G_OBJECT (organization));
  g_object_get (organization, "name", &name, "is-demo", &is_demo, NULL);
  g_assert_cmpstr (name, ==, "contoso.lab");
  g_assert_true (is_demo);
  read_all (G_OBJECT (connection));
  read_all (G_OBJECT (progress));
  read_all (G_OBJECT (clock));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/properties/certificate", test_certificate);
  g_test_add_func ("/model/properties/server", test_server);
  g_test_add_func ("/model/properties/sections", test_sections);
  g_test_add_func ("/model/properties/organization", test_organization);

  return g_test_run ();
}
