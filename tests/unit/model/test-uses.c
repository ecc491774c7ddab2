/* test-uses.c — what uses a certificate, by thumbprint and by name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model-test.h"

#include <string.h>

#define TLS_NAME "<I>CN=mail.contoso.lab<S>CN=mail.contoso.lab"

typedef struct {
  ExcServerFacts *facts;
  ExcOrganizationFacts *shared;
  ExcSnapshot *snapshot; /* (nullable): made by look () */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->facts = model_test_facts ("EX01");
  fixture->shared = model_test_shared (NULL);
  fixture->shared->auth_config = exc_auth_config_record_new ();
  fixture->facts->internal_transport = g_strdup ("");
  model_test_bind (fixture->facts, "Exchange Back End", "*:444:", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->snapshot);
  exc_server_facts_unref (fixture->facts);
  exc_organization_facts_unref (fixture->shared);
}

static ExcConnectorRecord *
connector_new (const char *name, const char *tls_certificate_name)
{
  ExcConnectorRecord *connector = g_new0 (ExcConnectorRecord, 1);

  connector->name = g_strdup (name);
  connector->tls_certificate_name = g_strdup (tls_certificate_name);
  return connector;
}

static GPtrArray *
look (Fixture *fixture, const char *thumbprint)
{
  g_clear_object (&fixture->snapshot);
  fixture->snapshot = model_test_snapshot_with (fixture->facts, fixture->shared);
  return exc_certificate_uses (fixture->snapshot, "EX01", thumbprint);
}

static guint
bits (Fixture *fixture, const char *thumbprint)
{
  return exc_certificate_get_uses (
      exc_snapshot_find_certificate (fixture->snapshot, "EX01", thumbprint));
}

static ExcCertificateUse *
find (GPtrArray *uses, ExcUses bit)
{
  for (guint i = 0; i < uses->len; i++) {
    ExcCertificateUse *use = uses->pdata[i];

    if (use->use == bit)
      return use;
  }
  return NULL;
}

static void
test_free (Fixture *fixture, gconstpointer data)
{
  const char *one = model_test_add (fixture->facts, model_test_record ("a", NULL, 100));
  g_autoptr(GPtrArray) uses = look (fixture, one);

  g_assert_cmpuint (uses->len, ==, 0);
  g_assert_cmphex (bits (fixture, one), ==, 0);
  g_assert_true (
      exc_certificate_is_use_told (exc_snapshot_find_certificate (fixture->snapshot, "EX01", one)));
  g_assert_null (exc_certificate_uses (fixture->snapshot, "EX09", one));
}

static void
test_by_thumbprint (Fixture *fixture, gconstpointer data)
{
  const char *one = model_test_add (fixture->facts, model_test_record ("a", NULL, 100));
  ExcWindowsRecord *windows = fixture->facts->windows;
  ExcFederationRecord *trust = g_new0 (ExcFederationRecord, 1);
  const guint expected = EXC_USE_INTERNAL_TRANSPORT | EXC_USE_AUTH_CURRENT | EXC_USE_AUTH_NEXT |
                         EXC_USE_AUTH_PREVIOUS | EXC_USE_FRONT_END | EXC_USE_FRONT_END_LOOPBACK |
                         EXC_USE_BACK_END | EXC_USE_HTTP_SYS | EXC_USE_WMSVC | EXC_USE_FEDERATION |
                         EXC_USE_UM;
  g_autoptr(GPtrArray) uses = NULL;
  guint found = 0;

  g_free (fixture->facts->internal_transport);
  fixture->facts->internal_transport = g_ascii_strdown (one, -1); /* in any case of letters */
  fixture->shared->auth_config->current = g_strdup (one);
  fixture->shared->auth_config->next = g_strdup (one);
  fixture->shared->auth_config->previous = g_strdup (one);
  model_test_bind (fixture->facts, "Default Web Site", "*:443:", one);
  model_test_bind (fixture->facts, "Default Web Site", "127.0.0.1:443:", one);
  model_test_bind (fixture->facts, "Exchange Back End", "*:444:", one);
  windows->wmsvc_hash = g_strdup (one);
  windows->wmsvc_port = 8172;
  g_hash_table_insert (windows->http_sys, g_strdup ("0.0.0.0:443"), g_strdup (one));
  g_hash_table_insert (windows->http_sys, g_strdup ("0.0.0.0:8172"), g_strdup (one));
  g_hash_table_insert (windows->http_sys, g_strdup ("0.0.0.0:9443"), g_strdup (one));
  trust->name = g_strdup ("Microsoft Federation Gateway");
  trust->next = g_strdup (one);
  g_ptr_array_add (fixture->shared->federation, trust);
  ((ExcCertificateRecord *) fixture->facts->certificates->pdata[0])->services =
      EXC_SERVICE_UM | EXC_SERVICE_FEDERATION;

  uses = look (fixture, one);
  for (guint i = 0; i < uses->len; i++) {
    ExcCertificateUse *use = uses->pdata[i];

    g_test_message ("%s", use->text);
    g_assert_cmpint (strlen (use->text), >, 10);
    g_assert_cmphex (found & use->use, ==, 0); /* each once */
    found |= use->use;
  }
  g_assert_cmphex (found, ==, expected);
  g_assert_cmphex (bits (fixture, one), ==, expected);
  g_assert_cmpstr (find (uses, EXC_USE_HTTP_SYS)->what, ==, "0.0.0.0:9443");
  g_assert_nonnull (strstr (find (uses, EXC_USE_FEDERATION)->text, "Federation Gateway"));
}

/* http.sys points to a certificate to which no site does: the old one of a broken binding. */
static void
test_stray_http_sys (Fixture *fixture, gconstpointer data)
{
  const char *one = model_test_add (fixture->facts, model_test_record ("a", NULL, 100));
  g_autoptr(GPtrArray) other = NULL;
  g_autoptr(GPtrArray) uses = NULL;

  g_hash_table_insert (
      fixture->facts->windows->http_sys, g_strdup ("0.0.0.0:444"), g_ascii_strdown (one, -1));
  uses = look (fixture, one);
  g_assert_cmpuint (uses->len, ==, 1);
  g_assert_cmpstr (find (uses, EXC_USE_HTTP_SYS)->what, ==, "0.0.0.0:444");

  /* a port of a site that is none of Exchange's own does not account for it either */
  model_test_bind (fixture->facts, "Default Web Site", "*:8443:", one);
  g_hash_table_insert (
      fixture->facts->windows->http_sys, g_strdup ("0.0.0.0:8443"), g_strdup (one));
  other = look (fixture, one);
  g_assert_cmpuint (other->len, ==, 2);
}

/* Both have the names: Exchange takes the newer and refuses to remove either. */
static void
test_connectors (Fixture *fixture, gconstpointer data)
{
  ExcCertificateRecord *old_record = model_test_record ("mail.contoso.lab", NULL, 10);
  ExcCertificateRecord *new_record = model_test_record ("mail.contoso.lab", NULL, 400);
  const char *old = model_test_add (fixture->facts, old_record);
  const char *new = model_test_add (fixture->facts, new_record);
  const char *other = model_test_add (fixture->facts, model_test_record ("other", NULL, 400));
  GPtrArray *receive = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_connector_record_free);
  const guint names = EXC_USE_SEND_CONNECTOR | EXC_USE_RECEIVE_CONNECTOR | EXC_USE_HYBRID;
  g_autoptr(GPtrArray) old_uses = NULL;
  g_autoptr(GPtrArray) new_uses = NULL;
  g_autoptr(GPtrArray) other_uses = NULL;

  new_record->not_before += MODEL_TEST_DAY;
  g_ptr_array_add (fixture->shared->send_connectors, connector_new ("Internet", TLS_NAME));
  g_ptr_array_add (fixture->shared->send_connectors, connector_new ("Plain", NULL));
  g_ptr_array_add (receive, connector_new ("Default EX01", TLS_NAME));
  g_hash_table_insert (fixture->shared->receive_connectors, g_strdup ("ex01"), receive);
  fixture->shared->is_hybrid = EXC_YES;
  fixture->shared->hybrid = exc_hybrid_record_new ();
  fixture->shared->hybrid->tls_certificate_name = g_strdup (TLS_NAME);

  old_uses = look (fixture, old);
  g_assert_cmpuint (old_uses->len, ==, 3);
  g_assert_cmpstr (find (old_uses, EXC_USE_SEND_CONNECTOR)->what, ==, "Internet");
  g_assert_cmpstr (find (old_uses, EXC_USE_SEND_CONNECTOR)->other, ==, new);
  g_assert_nonnull (strstr (find (old_uses, EXC_USE_RECEIVE_CONNECTOR)->text, new));
  g_assert_cmphex (bits (fixture, old), ==, 0);
  g_assert_cmphex (bits (fixture, new), ==, names);
  other_uses = look (fixture, other);
  g_assert_cmpuint (other_uses->len, ==, 0);

  /* without the old one in date, nothing stays */
  old_record->not_after = MODEL_TEST_NOW - 1;
  new_uses = look (fixture, new);
  g_assert_cmpuint (new_uses->len, ==, 3);
  g_assert_null (find (new_uses, EXC_USE_HYBRID)->other);
}

static void
test_pop (Fixture *fixture, gconstpointer data)
{
  ExcCertificateRecord *exact = model_test_record ("pop.contoso.lab", NULL, 100);
  ExcCertificateRecord *wildcard = model_test_record ("*.contoso.lab", NULL, 100);
  const char *one = model_test_add (fixture->facts, exact);
  const char *two = NULL;
  g_autoptr(GPtrArray) alone = NULL;
  g_autoptr(GPtrArray) shared = NULL;
  g_autoptr(GPtrArray) pending = NULL;

  g_free (fixture->facts->pop_name);
  fixture->facts->pop_name = g_strdup ("POP.contoso.lab");
  alone = look (fixture, one);
  g_assert_cmpuint (alone->len, ==, 1);
  g_assert_nonnull (find (alone, EXC_USE_POP));
  g_assert_cmphex (bits (fixture, one), ==, EXC_USE_POP);

  /* a certificate of an authority goes before, and then the first is free */
  wildcard->is_self_signed = EXC_NO;
  two = model_test_add (fixture->facts, wildcard);
  shared = look (fixture, one);
  g_assert_cmpuint (shared->len, ==, 0);
  g_assert_cmphex (bits (fixture, one), ==, 0);
  g_assert_cmphex (bits (fixture, two), ==, EXC_USE_POP);

  /* a request is no certificate yet */
  wildcard->status = EXC_STATUS_PENDING_REQUEST;
  pending = look (fixture, one);
  g_assert_cmpuint (pending->len, ==, 1);
  g_assert_cmphex (bits (fixture, two), ==, 0);
}

typedef struct {
  const char *domain;
  const char *name;
  gboolean is_provided;
} NameCase;

static const NameCase name_cases[] = {
  { "pop.contoso.lab", "pop.contoso.lab", TRUE },
  { "*.contoso.lab", "pop.contoso.lab", TRUE },
  { "*.contoso.lab", "a.pop.contoso.lab", FALSE },
  { "*.contoso.lab", "contoso.lab", FALSE },
  { "*.contoso.lab", ".contoso.lab", FALSE },
  { "contoso.lab", "pop.contoso.lab", FALSE },
  { "pop", "pop.contoso.lab", FALSE },
};

static void
test_name (gconstpointer data)
{
  const NameCase *c = data;
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  ExcCertificateRecord *record = model_test_record (c->domain, NULL, 100);

  model_test_add (facts, record);
  g_free (facts->imap_name);
  facts->imap_name = g_strdup (c->name);
  g_assert_cmphex (exc_find_uses (record, facts, NULL), ==, c->is_provided ? EXC_USE_IMAP : 0);
  /* a server that told the bytes alone */
  g_clear_pointer (&record->domains, g_strfreev);
  g_assert_cmphex (exc_find_uses (record, facts, NULL), ==, c->is_provided ? EXC_USE_IMAP : 0);
}

/* What could not be read is never taken for no. */
static void
test_untold (Fixture *fixture, gconstpointer data)
{
  const char *one = model_test_add (fixture->facts, model_test_record ("a", NULL, 100));
  g_autoptr(GPtrArray) uses = NULL;
  g_autoptr(GPtrArray) nothing = NULL;
  g_autoptr(ExcOrganizationFacts) unread = exc_organization_facts_new ();
  g_autoptr(ExcSnapshot) snapshot = NULL;

  fixture->shared->problems[EXC_FACT_SEND_CONNECTORS] = g_strdup ("Nobody answered.");
  uses = look (fixture, one);
  g_assert_cmpuint (uses->len, ==, 1);
  g_assert_nonnull (strstr (find (uses, EXC_USE_UNTOLD)->text, "Nobody answered."));

  g_clear_pointer (&fixture->facts->windows, exc_windows_record_unref);
  g_clear_pointer (&fixture->facts->internal_transport, g_free);
  g_clear_pointer (&fixture->facts->pop_name, g_free);
  g_clear_pointer (&fixture->facts->imap_name, g_free);
  snapshot = model_test_snapshot_with (fixture->facts, unread);
  nothing = exc_certificate_uses (snapshot, "EX01", one);
  g_assert_cmpuint (nothing->len, ==, 9);
  for (guint i = 0; i < nothing->len; i++)
    g_assert_cmphex (((ExcCertificateUse *) nothing->pdata[i])->use, ==, EXC_USE_UNTOLD);
}

#define ADD(path, test) g_test_add ("/model/uses/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("free", test_free);
  ADD ("by-thumbprint", test_by_thumbprint);
  ADD ("stray-http-sys", test_stray_http_sys);
  ADD ("connectors", test_connectors);
  ADD ("pop", test_pop);
  ADD ("untold", test_untold);
  for (gsize i = 0; i < G_N_ELEMENTS (name_cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/model/uses/name/%s-%s", name_cases[i].domain, name_cases[i].name);

    g_test_add_data_func (path, &name_cases[i], test_name);
  }

  return g_test_run ();
}
