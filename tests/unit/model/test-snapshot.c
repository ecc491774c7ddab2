/* test-snapshot.c — kinds by use, what is kept, what is not told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model-test.h"

#include "../exchange/exchange-test.h"

#include "exc-queries.h"

#define BACK_END  "Exchange Back End"
#define FRONT_END "Default Web Site"

static ExcCertificate *
find (ExcSnapshot *snapshot, const char *thumbprint)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  ExcCertificate *certificate =
      exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (servers->pdata[0]), thumbprint);

  g_assert_nonnull (certificate);
  return certificate;
}

static void
assert_is (ExcSnapshot *snapshot, const char *thumbprint, ExcKind kind, guint uses)
{
  ExcCertificate *certificate = find (snapshot, thumbprint);

  g_assert_cmpstr (
      exc_kind_to_id (exc_certificate_get_kind (certificate)), ==, exc_kind_to_id (kind));
  g_assert_cmphex (exc_certificate_get_uses (certificate), ==, uses);
}

static void
test_kinds_by_use (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcAuthConfigRecord) auth = exc_auth_config_record_new ();
  g_autoptr(ExcSnapshot) snapshot = NULL;
  ExcCertificateRecord *public = model_test_record ("mail.contoso.lab", NULL, 90);
  const char *current, *default_one, *leftover, *wmsvc, *web;

  public->is_self_signed = EXC_NO;
  public->issuer = (g_free (public->issuer), g_strdup ("CN=Public CA"));
  /* The names lie on purpose: only use counts. */
  current = model_test_add (facts, model_test_record ("anything", "Microsoft Exchange", 400));
  default_one = model_test_add (facts, model_test_record ("EX01", "EX01", 300));
  leftover = model_test_add (facts, model_test_record ("EX01", "Microsoft Exchange", -5));
  wmsvc = model_test_add (facts, model_test_record ("WMSvc-WIN-OLDNAME", "", 3000));
  web = model_test_add (facts, public);

  auth->current = g_ascii_strdown (current, -1);
  facts->internal_transport = g_strdup (default_one);
  model_test_bind (facts, FRONT_END, "*:443:", web);
  model_test_bind (facts, FRONT_END, "127.0.0.1:443:", default_one);
  model_test_bind (facts, BACK_END, "*:444:", default_one);
  facts->windows->wmsvc_hash = g_strdup (wmsvc);
  snapshot = model_test_snapshot (facts, auth);

  assert_is (snapshot, current, EXC_KIND_AUTH, EXC_USE_AUTH_CURRENT);
  assert_is (snapshot,
             default_one,
             EXC_KIND_MICROSOFT_EXCHANGE,
             EXC_USE_INTERNAL_TRANSPORT | EXC_USE_FRONT_END_LOOPBACK | EXC_USE_BACK_END);
  assert_is (snapshot, leftover, EXC_KIND_OTHER, 0);
  assert_is (snapshot, wmsvc, EXC_KIND_WMSVC, EXC_USE_WMSVC);
  assert_is (snapshot, web, EXC_KIND_OTHER, EXC_USE_FRONT_END);
}

/* An Auth certificate that somebody made internal transport with a wrong Y stays an Auth one. */
static void
test_auth_goes_first (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcAuthConfigRecord) auth = exc_auth_config_record_new ();
  g_autoptr(ExcSnapshot) snapshot = NULL;
  const char *next = model_test_add (facts, model_test_record ("x", NULL, 1000));

  auth->next = g_strdup (next);
  auth->previous = g_strdup (next);
  facts->internal_transport = g_strdup (next);
  snapshot = model_test_snapshot (facts, auth);
  assert_is (snapshot,
             next,
             EXC_KIND_AUTH,
             EXC_USE_INTERNAL_TRANSPORT | EXC_USE_AUTH_NEXT | EXC_USE_AUTH_PREVIOUS);
}

/* A certificate of an authority on 444 is used there, but it is not ours to renew. */
static void
test_authority_is_never_a_default (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcSnapshot) snapshot = NULL;
  ExcCertificateRecord *record = model_test_record ("EX01", "Microsoft Exchange", 90);
  const char *thumbprint = model_test_add (facts, record);

  record->is_self_signed = EXC_NO;
  model_test_bind (facts, BACK_END, "*:444:", thumbprint);
  snapshot = model_test_snapshot (facts, NULL);
  assert_is (snapshot, thumbprint, EXC_KIND_OTHER, EXC_USE_BACK_END);
}

static void
test_names_decide_where_use_is_unread (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcSnapshot) unread = NULL;
  g_autoptr(ExcSnapshot) read = NULL;
  g_autoptr(ExcSnapshot) told = NULL;
  g_autoptr(ExcAuthConfigRecord) auth = exc_auth_config_record_new ();
  const char *auth_cert, *default_one;

  auth_cert = model_test_add (
      facts, model_test_record ("Microsoft Exchange Server Auth Certificate", NULL, 100));
  default_one = model_test_add (facts, model_test_record ("EX01", "Microsoft Exchange", 100));
  unread = model_test_snapshot (facts, NULL);
  assert_is (unread, auth_cert, EXC_KIND_AUTH, 0);
  assert_is (unread, default_one, EXC_KIND_MICROSOFT_EXCHANGE, 0);

  facts->internal_transport = g_strdup ("");
  read = model_test_snapshot (facts, auth);
  assert_is (read, auth_cert, EXC_KIND_OTHER, 0);
  assert_is (read, default_one, EXC_KIND_OTHER, 0);
  /* the bindings were not read: "no use" would be a guess */
  g_assert_false (exc_certificate_is_use_told (find (read, default_one)));
  model_test_bind (facts, BACK_END, "*:444:", NULL);
  told = model_test_snapshot (facts, auth);
  g_assert_true (exc_certificate_is_use_told (find (told, default_one)));
}

typedef struct {
  const char *site;
  const char *info;
  guint uses;
} BindingCase;

static const BindingCase binding_cases[] = {
  { BACK_END, "*:444:", EXC_USE_BACK_END },
  { BACK_END, "*:444:ex01.contoso.lab", EXC_USE_BACK_END },
  { BACK_END, "*:1444:", 0 },
  { BACK_END, "*:81:", 0 },
  { "exchange back end", "10.0.0.5:444:", EXC_USE_BACK_END },
  { FRONT_END, ":443:", EXC_USE_FRONT_END },
  { FRONT_END, "*:443:", EXC_USE_FRONT_END },
  { FRONT_END, "127.0.0.1:443:", EXC_USE_FRONT_END_LOOPBACK },
  { FRONT_END, "[::1]:443:", EXC_USE_FRONT_END },
  { FRONT_END, "*:8443:", 0 },
  { "Another Site", "*:443:", 0 },
  { BACK_END, NULL, 0 },
  { BACK_END, "444", 0 },
};

static void
test_binding (gconstpointer data)
{
  const BindingCase *c = data;
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  ExcCertificateRecord *record = model_test_record ("EX01", NULL, 100);

  model_test_bind (facts, c->site, c->info, model_test_add (facts, record));
  g_assert_cmphex (exc_find_uses (record, facts, NULL), ==, c->uses);
}

static void
test_root_copy (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcSnapshot) by_word = NULL;
  g_autoptr(ExcSnapshot) by_store = NULL;
  ExcCertificateRecord *registry = model_test_record ("EX01", NULL, 100);
  const char *in = model_test_add (facts, registry);
  const char *out = model_test_add (facts, model_test_record ("EX01", NULL, 100));
  ExcStoreEntry *entry = g_new0 (ExcStoreEntry, 1);

  registry->root_ca_type = (g_free (registry->root_ca_type), g_strdup ("Registry"));
  by_word = model_test_snapshot (facts, NULL);
  g_assert_cmpint (exc_certificate_get_in_root (find (by_word, in)), ==, EXC_YES);
  g_assert_cmpint (exc_certificate_get_in_root (find (by_word, out)), ==, EXC_UNKNOWN);

  model_test_bind (facts, BACK_END, "*:444:", NULL);
  entry->thumbprint = g_strdup (out);
  g_ptr_array_add (facts->windows->root, entry);
  by_store = model_test_snapshot (facts, NULL);
  g_assert_cmpint (exc_certificate_get_in_root (find (by_store, in)), ==, EXC_NO);
  g_assert_cmpint (exc_certificate_get_in_root (find (by_store, out)), ==, EXC_YES);
}

static void
test_same_facts_give_the_same_objects (void)
{
  g_autoptr(ExcServerFacts) one = model_test_facts ("EX01");
  g_autoptr(ExcServerFacts) two = model_test_facts ("EX02");
  g_autoptr(ExcServerFacts) changed = NULL;
  g_autoptr(ExcOrganizationFacts) shared = model_test_shared (NULL);
  g_autoptr(ExcSnapshotBuilder) first = exc_snapshot_builder_new (shared, NULL, MODEL_TEST_NOW);
  g_autoptr(ExcSnapshotBuilder) second = NULL;
  g_autoptr(ExcSnapshot) old = NULL;
  g_autoptr(ExcSnapshot) new = NULL;

  model_test_add (one, model_test_record ("EX01", NULL, 100));
  model_test_add (two, model_test_record ("EX02", NULL, 100));
  exc_snapshot_builder_add (first, one);
  exc_snapshot_builder_add (first, two);
  old = exc_snapshot_builder_finish (first);

  changed = exc_server_facts_copy (two);
  changed->state = EXC_SERVER_UNREACHABLE;
  second = exc_snapshot_builder_new (shared, old, MODEL_TEST_NOW);
  exc_snapshot_builder_add (second, one);
  exc_snapshot_builder_add (second, changed);
  new = exc_snapshot_builder_finish (second);

  g_assert_true (exc_snapshot_find_server (old, "ex01") == exc_snapshot_find_server (new, "EX01"));
  g_assert_false (exc_snapshot_find_server (old, "ex02.contoso.lab") ==
                  exc_snapshot_find_server (new, "EX02"));
  g_assert_cmpuint (exc_snapshot_get_certificates (new)->len, ==, 2);
  g_assert_null (exc_snapshot_find_server (new, "EX03"));
  g_assert_null (exc_snapshot_find_certificate (new, "EX01", "00"));
}

static void
test_server_states (void)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcServerFacts) gone = NULL;
  g_autoptr(ExcServerFacts) half = NULL;
  g_autoptr(ExcServerFacts) other = NULL;
  g_autoptr(ExcSnapshot) ok = NULL;
  g_autoptr(ExcSnapshot) unreachable = NULL;
  g_autoptr(ExcSnapshot) partial = NULL;
  g_autoptr(ExcSnapshot) edge = NULL;
  ExcServer *server;

  model_test_add (facts, model_test_record ("unused", NULL, -400));
  facts->internal_transport =
      g_strdup (model_test_add (facts, model_test_record ("EX01", "Microsoft Exchange", 12)));
  ok = model_test_snapshot (facts, NULL);
  server = exc_snapshot_find_server (ok, "EX01");
  g_assert_cmpint (exc_server_get_worst_days (server), ==, 12); /* the unused one does not count */
  g_assert_cmpstr (exc_server_get_product (server), ==, "Exchange Server 2019");
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 2);
  g_assert_cmpstr (exc_server_get_state_text (server), ==, "Connected");
  g_assert_cmpuint (g_list_model_get_n_items (exc_server_get_sections (server)), ==, 4);

  gone = exc_server_facts_copy (facts);
  gone->state = EXC_SERVER_UNREACHABLE;
  gone->problem = g_strdup ("no answer");
  unreachable = model_test_snapshot (gone, NULL);
  server = exc_snapshot_find_server (unreachable, "EX01");
  g_assert_true (g_str_has_prefix (exc_server_get_state_text (server), "Unreachable, last seen "));
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 2);
  g_assert_false (exc_server_equal (server, exc_snapshot_find_server (ok, "EX01")));

  half = exc_server_facts_copy (gone);
  half->state = EXC_SERVER_PARTIAL;
  partial = model_test_snapshot (half, NULL);
  g_assert_cmpstr (exc_server_get_state_text (exc_snapshot_find_server (partial, "EX01")),
                   ==,
                   "Certificates only: no answer");

  other = exc_server_facts_copy (facts);
  other->state = EXC_SERVER_UNSUPPORTED;
  other->server->is_edge = TRUE;
  edge = model_test_snapshot (other, NULL);
  g_assert_true (g_str_has_prefix (
      exc_server_get_state_text (exc_snapshot_find_server (edge, "EX01")), "Edge server"));
}

/* Real objects: current and next of five Auth certificates, the default one on 444 alone, another
 * self-signed one on 443. */
static void
test_recorded_server (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("meac-collect-GetExchangeCertificate.xml");
  g_autoptr(ExcReply) auth_reply = NULL;
  g_autoptr(ExcServerFacts) facts = model_test_facts ("E2k16-1");
  g_autoptr(ExcAuthConfigRecord) auth = NULL;
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  guint n_auth = 0, n_other = 0;
  GPtrArray *certificates;
  ExcCertificate *default_one;

  if (reply == NULL)
    return;
  auth_reply = exchange_test_recorded ("meac-collect-GetAuthConfig.xml");
  auth = exc_read_auth_config (auth_reply, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (facts->certificates);
  facts->certificates = exc_read_certificates (reply, NULL, &error);
  g_assert_no_error (error);
  facts->internal_transport = g_strdup ("D003810E8D8A8A0000000000000000000000000A");
  for (guint i = 0; i < facts->certificates->len; i++) {
    ExcCertificateRecord *record = facts->certificates->pdata[i];

    if (g_str_has_prefix (record->thumbprint, "D003810E"))
      model_test_bind (facts, BACK_END, "*:444:", record->thumbprint);
    if (g_str_has_prefix (record->thumbprint, "2759456D"))
      model_test_bind (facts, FRONT_END, "*:443:", record->thumbprint);
  }
  snapshot = model_test_snapshot (facts, auth);
  certificates = exc_snapshot_get_certificates (snapshot);
  g_assert_cmpuint (certificates->len, ==, 8);
  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = certificates->pdata[i];
    const char *thumbprint = exc_certificate_get_thumbprint (certificate);

    switch (exc_certificate_get_kind (certificate)) {
    case EXC_KIND_AUTH:
      n_auth++;
      break;
    case EXC_KIND_MICROSOFT_EXCHANGE:
      g_assert_true (g_str_has_prefix (thumbprint, "D003810E"));
      break;
    case EXC_KIND_WMSVC:
      g_assert_true (g_str_has_prefix (thumbprint, "FE0FAE93"));
      break;
    default:
      n_other++;
    }
    g_assert_cmpstr (exc_certificate_get_x509 (certificate)->sha1, ==, thumbprint);
    g_assert_cmpstr (exc_certificate_get_subject (certificate),
                     ==,
                     exc_certificate_get_x509 (certificate)->subject);
  }
  /* Of the five with the Auth certificate's name, only those the configuration names. */
  g_assert_cmpuint (
      n_auth, ==, (auth->current != NULL) + (auth->next != NULL) + (auth->previous != NULL));
  g_assert_cmpuint (n_other, ==, 8 - 2 - n_auth);

  default_one = NULL;
  for (guint i = 0; i < certificates->len; i++) {
    if (exc_certificate_get_kind (certificates->pdata[i]) == EXC_KIND_MICROSOFT_EXCHANGE)
      default_one = certificates->pdata[i];
  }
  g_assert_nonnull (default_one);
  g_assert_cmpstr (exc_certificate_get_services_text (default_one), ==, "IMAP, IIS, SMTP");
}

static void
test_recorded_kinds_by_name (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("hc-E19-GetExchangeCertificate.xml");
  g_autoptr(ExcServerFacts) facts = model_test_facts ("Solo-E19A");
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;

  if (reply == NULL)
    return;
  g_ptr_array_unref (facts->certificates);
  facts->certificates = exc_read_certificates (reply, NULL, &error);
  g_assert_no_error (error);
  snapshot = model_test_snapshot (facts, NULL);
  assert_is (snapshot, "C3EDCF181EF4F9B53D01768ECA99564014BCA6E7", EXC_KIND_AUTH, 0);
  assert_is (snapshot, "6C7DE09FB39A40144F57EFEBC3DF0148E3A9AB28", EXC_KIND_MICROSOFT_EXCHANGE, 0);
  assert_is (snapshot, "38247AD2B76244411748274C508D13446311830B", EXC_KIND_WMSVC, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/snapshot/kinds-by-use", test_kinds_by_use);
  g_test_add_func ("/model/snapshot/auth-goes-first", test_auth_goes_first);
  g_test_add_func ("/model/snapshot/authority-is-never-a-default",
                   test_authority_is_never_a_default);
  g_test_add_func ("/model/snapshot/names-decide-where-use-is-unread",
                   test_names_decide_where_use_is_unread);
  for (gsize i = 0; i < G_N_ELEMENTS (binding_cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/model/snapshot/binding/%s %s",
                         binding_cases[i].site,
                         binding_cases[i].info ? binding_cases[i].info : "none");

    g_test_add_data_func (path, &binding_cases[i], test_binding);
  }
  g_test_add_func ("/model/snapshot/root-copy", test_root_copy);
  g_test_add_func ("/model/snapshot/same-facts-give-the-same-objects",
                   test_same_facts_give_the_same_objects);
  g_test_add_func ("/model/snapshot/server-states", test_server_states);
  g_test_add_func ("/model/snapshot/recorded-server", test_recorded_server);
  g_test_add_func ("/model/snapshot/recorded-kinds-by-name", test_recorded_kinds_by_name);

  return g_test_run ();
}
