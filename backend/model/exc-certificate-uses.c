/* exc-certificate-uses.c — what uses a certificate on a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-certificate"

#include "config.h"

#include "exc-snapshot-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define FRONT_END_SITE "Default Web Site"
#define BACK_END_SITE  "Exchange Back End"
#define LOOPBACK       "127.0.0.1:"

/* Where to look, and for what. */
typedef struct {
  ExcOrganizationFacts *shared;
  ExcServerFacts *facts;
  const char *thumbprint;
  ExcCertificateRecord *record; /* (nullable): the server does not list it */
  GPtrArray *uses;              /* (element-type ExcCertificateUse) */
} Search;

/* Whether a certificate has the name that a service looks for. */
typedef gboolean (*MatchFunc) (ExcCertificateRecord *record, const char *name);

static void
use_free (ExcCertificateUse *use)
{
  g_free (use->what);
  g_free (use->other);
  g_free (use->text);
  g_free (use);
}

static ExcCertificateUse *
add_use (Search *search, ExcUses bit, const char *what)
{
  ExcCertificateUse *use = g_new0 (ExcCertificateUse, 1);

  use->use = bit;
  use->what = g_strdup (what);
  g_ptr_array_add (search->uses, use);
  return use;
}

static gboolean
is_it (Search *search, const char *thumbprint)
{
  return thumbprint != NULL && g_ascii_strcasecmp (thumbprint, search->thumbprint) == 0;
}

/* ---- by thumbprint */

/* "address:port:host" as IIS writes bindings; an IPv6 address stands in brackets. */
static gboolean
binding_has_port (const ExcBindingRecord *binding, const char *port)
{
  const char *host = binding->info != NULL ? strrchr (binding->info, ':') : NULL;
  g_autofree char *suffix = g_strconcat (":", port, NULL);
  g_autofree char *front = NULL;

  if (host == NULL)
    return FALSE;
  front = g_strndup (binding->info, (gsize) (host - binding->info));
  return g_str_has_suffix (front, suffix);
}

/* 0 for a binding that is none of Exchange's own. */
static guint
classify_binding (const ExcBindingRecord *binding)
{
  if (binding->site == NULL)
    return 0;
  if (g_ascii_strcasecmp (binding->site, BACK_END_SITE) == 0 && binding_has_port (binding, "444"))
    return EXC_USE_BACK_END;
  if (g_ascii_strcasecmp (binding->site, FRONT_END_SITE) == 0 && binding_has_port (binding, "443"))
    return g_str_has_prefix (binding->info, LOOPBACK) ? EXC_USE_FRONT_END_LOOPBACK
                                                      : EXC_USE_FRONT_END;
  return 0;
}

static void
find_bindings (Search *search)
{
  GPtrArray *bindings = search->facts->windows->bindings;

  for (guint i = 0; i < bindings->len; i++) {
    const ExcBindingRecord *binding = bindings->pdata[i];
    const guint use = classify_binding (binding);

    if (use != 0 && is_it (search, binding->hash))
      add_use (search, use, binding->info);
  }
}

/* http.sys holds the bindings of sites and of WMSVC too, under the same ports. */
static gboolean
is_accounted_for (Search *search, const char *address)
{
  ExcWindowsRecord *windows = search->facts->windows;
  const gboolean is_loopback = g_str_has_prefix (address, LOOPBACK);
  const char *port = strrchr (address, ':');

  if (port == NULL)
    return FALSE;
  port++;
  if (is_it (search, windows->wmsvc_hash) &&
      g_ascii_strtoll (port, NULL, 10) == windows->wmsvc_port)
    return TRUE;
  for (guint i = 0; i < windows->bindings->len; i++) {
    const ExcBindingRecord *binding = windows->bindings->pdata[i];

    if (classify_binding (binding) != 0 && is_it (search, binding->hash) &&
        binding_has_port (binding, port) &&
        g_str_has_prefix (binding->info, LOOPBACK) == is_loopback)
      return TRUE;
  }
  return FALSE;
}

static void
find_http_sys (Search *search)
{
  GHashTableIter iter;
  gpointer address, hash;

  g_hash_table_iter_init (&iter, search->facts->windows->http_sys);
  while (g_hash_table_iter_next (&iter, &address, &hash))
    if (is_it (search, hash) && !is_accounted_for (search, address))
      add_use (search, EXC_USE_HTTP_SYS, address);
}

static void
find_auth (Search *search)
{
  ExcAuthConfigRecord *auth_config = search->shared->auth_config;

  if (auth_config == NULL)
    return;
  if (is_it (search, auth_config->current))
    add_use (search, EXC_USE_AUTH_CURRENT, NULL);
  if (is_it (search, auth_config->next))
    add_use (search, EXC_USE_AUTH_NEXT, NULL);
  if (is_it (search, auth_config->previous))
    add_use (search, EXC_USE_AUTH_PREVIOUS, NULL);
}

/* Exchange computes these two flags from the thumbprints in its configuration (domain.md 1.3); of
 * the others none is evidence. */
static gboolean
has_service (Search *search, int services)
{
  return search->record != NULL && search->record->services != EXC_SERVICES_UNKNOWN &&
         (search->record->services & services) != 0;
}

static void
find_federation (Search *search)
{
  GPtrArray *trusts = search->shared->federation;
  gboolean is_found = FALSE;

  for (guint i = 0; trusts != NULL && i < trusts->len; i++) {
    const ExcFederationRecord *trust = trusts->pdata[i];

    if (is_it (search, trust->current) || is_it (search, trust->next) ||
        is_it (search, trust->previous)) {
      add_use (search, EXC_USE_FEDERATION, trust->name);
      is_found = TRUE;
    }
  }
  if (!is_found && has_service (search, EXC_SERVICE_FEDERATION))
    add_use (search, EXC_USE_FEDERATION, NULL);
}

/* ---- by name */

static gboolean
matches_tls (ExcCertificateRecord *record, const char *name)
{
  return exc_tls_certificate_name_matches (name, record);
}

/* "*.contoso.com" is every name with one label more. */
static gboolean
covers (const char *domain, const char *name)
{
  const char *dot = NULL;

  if (g_ascii_strcasecmp (domain, name) == 0)
    return TRUE;
  if (!g_str_has_prefix (domain, "*."))
    return FALSE;
  dot = strchr (name, '.');
  return dot != NULL && dot != name && g_ascii_strcasecmp (domain + 1, dot) == 0;
}

gboolean
exc_certificate_has_name (ExcCertificateRecord *record, const char *name)
{
  g_autoptr(ExcX509) x509 = NULL;
  char **names = record->domains;

  if (*name == '\0')
    return FALSE;
  if (names == NULL) {
    x509 = exc_x509_new_from_der (record->der, NULL);
    if (x509 == NULL)
      return FALSE;
    if (x509->common_name != NULL && covers (x509->common_name, name))
      return TRUE;
    names = x509->dns_names;
  }
  for (guint i = 0; names[i] != NULL; i++)
    if (covers (names[i], name))
      return TRUE;
  return FALSE;
}

static gboolean
is_usable (Search *search, ExcCertificateRecord *record)
{
  return record->status != EXC_STATUS_PENDING_REQUEST && record->has_private_key != EXC_NO &&
         record->not_after > search->facts->seen;
}

/* Exchange takes one that is in date, one of an authority before a self-signed one, and the newest
 * of them (domain.md 1.1, steps.md A8). */
static gboolean
is_better (Search *search, ExcCertificateRecord *one, ExcCertificateRecord *other)
{
  if (is_usable (search, one) != is_usable (search, other))
    return is_usable (search, one);
  if ((one->is_self_signed == EXC_YES) != (other->is_self_signed == EXC_YES))
    return other->is_self_signed == EXC_YES;
  return one->not_before > other->not_before;
}

/* Adds the use where the certificate matches; *is_chosen: and Exchange would take it. */
static ExcCertificateUse *
add_by_name (Search *search,
             ExcUses bit,
             const char *what,
             MatchFunc match,
             const char *name,
             gboolean *is_chosen)
{
  ExcCertificateRecord *record = search->record;
  GPtrArray *certificates = search->facts->certificates;
  ExcCertificateRecord *best = NULL; /* of the others */
  ExcCertificateUse *use = NULL;

  if (record == NULL || name == NULL || record->status == EXC_STATUS_PENDING_REQUEST ||
      !match (record, name))
    return NULL;
  for (guint i = 0; certificates != NULL && i < certificates->len; i++) {
    ExcCertificateRecord *other = certificates->pdata[i];

    if (!is_it (search, other->thumbprint) && other->status != EXC_STATUS_PENDING_REQUEST &&
        match (other, name) && (best == NULL || is_better (search, other, best)))
      best = other;
  }
  use = add_use (search, bit, what);
  if (best != NULL && is_usable (search, best))
    use->other = g_strdup (best->thumbprint);
  if (best != NULL && is_better (search, best, record))
    *is_chosen = FALSE;
  return use;
}

static gboolean
find_by_name (Search *search, ExcUses bit, const char *what, MatchFunc match, const char *name)
{
  gboolean is_chosen = TRUE;

  return add_by_name (search, bit, what, match, name, &is_chosen) != NULL && is_chosen;
}

static guint
find_connectors (Search *search, ExcUses bit, GPtrArray *connectors)
{
  guint chosen = 0;

  for (guint i = 0; connectors != NULL && i < connectors->len; i++) {
    const ExcConnectorRecord *connector = connectors->pdata[i];

    if (find_by_name (search, bit, connector->name, matches_tls, connector->tls_certificate_name))
      chosen |= bit;
  }
  return chosen;
}

/* Fills search->uses with all; returns the bits of those by name that Exchange would take it for.
 */
static guint
find_all (Search *search)
{
  ExcOrganizationFacts *shared = search->shared;
  ExcServerFacts *facts = search->facts;
  guint chosen = 0;

  if (is_it (search, facts->internal_transport))
    add_use (search, EXC_USE_INTERNAL_TRANSPORT, NULL);
  if (facts->windows != NULL) {
    find_bindings (search);
    if (is_it (search, facts->windows->wmsvc_hash))
      add_use (search, EXC_USE_WMSVC, NULL);
    find_http_sys (search);
  }
  find_auth (search);
  find_federation (search);
  if (has_service (search, EXC_SERVICE_UM | EXC_SERVICE_UM_CALL_ROUTER))
    add_use (search, EXC_USE_UM, NULL);

  chosen |= find_connectors (search, EXC_USE_SEND_CONNECTOR, shared->send_connectors);
  chosen |= find_connectors (
      search,
      EXC_USE_RECEIVE_CONNECTOR,
      exc_organization_facts_find_receive_connectors (shared, facts->server->name));
  if (shared->hybrid != NULL &&
      find_by_name (
          search, EXC_USE_HYBRID, NULL, matches_tls, shared->hybrid->tls_certificate_name))
    chosen |= EXC_USE_HYBRID;
  if (find_by_name (
          search, EXC_USE_POP, facts->pop_name, exc_certificate_has_name, facts->pop_name))
    chosen |= EXC_USE_POP;
  if (find_by_name (
          search, EXC_USE_IMAP, facts->imap_name, exc_certificate_has_name, facts->imap_name))
    chosen |= EXC_USE_IMAP;
  return chosen;
}

#define BY_NAME                                                                                    \
  (EXC_USE_SEND_CONNECTOR | EXC_USE_RECEIVE_CONNECTOR | EXC_USE_HYBRID | EXC_USE_POP | EXC_USE_IMAP)

/**
 * exc_find_uses:
 * @record: a certificate of the server
 * @facts: what is known of the server
 * @shared: (nullable): what is known of the organization
 *
 * Returns: bits of ExcUses: what was seen to use it, by name only where Exchange would take it of
 *   all that have the name. The Services flags of SMTP, IIS, POP and IMAP are no evidence: they say
 *   S for a readable key and W for any site (domain.md 1.3).
 */
guint
exc_find_uses (ExcCertificateRecord *record, ExcServerFacts *facts, ExcOrganizationFacts *shared)
{
  g_autoptr(ExcOrganizationFacts) nothing = exc_organization_facts_new ();
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) use_free);
  Search search = { shared != NULL ? shared : nothing, facts, record->thumbprint, record, found };
  guint uses = find_all (&search);

  for (guint i = 0; i < found->len; i++)
    uses |= ((ExcCertificateUse *) found->pdata[i])->use & ~(guint) BY_NAME;
  return uses;
}

/* ---- for people */

static char *
add_other (ExcCertificateUse *use, char *take_sentence)
{
  g_autofree char *sentence = take_sentence;

  if (use->other == NULL)
    return g_steal_pointer (&sentence);
  /* TRANSLATORS: %1$s is a whole sentence about a certificate, %2$s the thumbprint of another. */
  return g_strdup_printf (
      _("%1$s The certificate %2$s has the same names and stays."), sentence, use->other);
}

static char *
describe_use (ExcCertificateUse *use)
{
  switch (use->use) {
  case EXC_USE_INTERNAL_TRANSPORT:
    return g_strdup (_("It is the default SMTP certificate between Exchange servers."));
  case EXC_USE_FRONT_END:
    return g_strdup_printf (_("Clients see it: the Default Web Site uses it on %s."), use->what);
  case EXC_USE_FRONT_END_LOOPBACK:
    return g_strdup_printf (_("The server itself uses it: Default Web Site, %s."), use->what);
  case EXC_USE_BACK_END:
    return g_strdup_printf (_("The site Exchange Back End uses it on %s."), use->what);
  case EXC_USE_HTTP_SYS:
    return g_strdup_printf (_("Windows answers with it at %s."), use->what);
  case EXC_USE_WMSVC:
    return g_strdup (_("The Web Management Service uses it."));
  case EXC_USE_AUTH_CURRENT:
    return g_strdup (_("It is the organization’s current Auth certificate."));
  case EXC_USE_AUTH_NEXT:
    return g_strdup (_("It is staged as the organization’s next Auth certificate."));
  case EXC_USE_AUTH_PREVIOUS:
    return g_strdup (_("It is the organization’s previous Auth certificate: tokens that it has "
                       "signed are still valid."));
  case EXC_USE_FEDERATION:
    return use->what != NULL ? g_strdup_printf (_("The federation trust “%s” uses it."), use->what)
                             : g_strdup (_("A federation trust uses it."));
  case EXC_USE_UM:
    return g_strdup (_("Unified messaging uses it."));
  case EXC_USE_SEND_CONNECTOR:
    return add_other (use, g_strdup_printf (_("The Send connector “%s” names it."), use->what));
  case EXC_USE_RECEIVE_CONNECTOR:
    return add_other (use, g_strdup_printf (_("The Receive connector “%s” names it."), use->what));
  case EXC_USE_HYBRID:
    return add_other (use, g_strdup (_("The hybrid configuration names it.")));
  case EXC_USE_POP:
    return g_strdup_printf (_("POP has no other certificate with the name “%s”."), use->what);
  case EXC_USE_IMAP:
    return g_strdup_printf (_("IMAP has no other certificate with the name “%s”."), use->what);
  default:
    return g_strdup ("");
  }
}

static void
add_untold (Search *search, const char *sentence, const char *problem)
{
  ExcCertificateUse *use = add_use (search, EXC_USE_UNTOLD, NULL);

  use->text = problem != NULL ? g_strconcat (sentence, " ", problem, NULL) : g_strdup (sentence);
}

/* What was not read may use it: unknown is never no. */
static void
find_untold (Search *search)
{
  static const struct {
    ExcFact fact;
    const char *sentence;
  } sentences[] = {
    { EXC_FACT_AUTH_CONFIG, N_("The Auth configuration could not be read.") },
      { EXC_FACT_SEND_CONNECTORS, N_("The Send connectors could not be read.") },
        { EXC_FACT_RECEIVE_CONNECTORS, N_("The Receive connectors could not be read.") },
          { EXC_FACT_HYBRID, N_("The hybrid configuration could not be read.") },
            { EXC_FACT_FEDERATION, N_("The federation trusts could not be read.") },
          };
  ExcOrganizationFacts *shared = search->shared;
  ExcServerFacts *facts = search->facts;
  const gboolean is_told[] = {
    shared->auth_config != NULL,        shared->send_connectors != NULL,
    shared->receive_connectors != NULL, shared->is_hybrid != EXC_UNKNOWN,
    shared->federation != NULL,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++) {
    const char *problem = shared->problems[sentences[i].fact];

    if (!is_told[i] || problem != NULL)
      add_untold (search, _(sentences[i].sentence), problem);
  }
  if (facts->certificates == NULL || facts->state == EXC_SERVER_UNREACHABLE)
    add_untold (search, _("The server’s certificates could not be read."), facts->problem);
  if (facts->internal_transport == NULL)
    add_untold (search, _("The default SMTP certificate could not be read."), NULL);
  if (facts->windows == NULL)
    add_untold (search, _("The bindings on the server could not be read."), facts->problem);
  if (facts->pop_name == NULL)
    add_untold (search,
                _("The settings of POP could not be read."),
                   facts->settings_problems[EXC_SETTING_POP]);
  if (facts->imap_name == NULL)
    add_untold (search,
                _("The settings of IMAP could not be read."),
                   facts->settings_problems[EXC_SETTING_IMAP]);
}

/* POP and IMAP go on with any certificate that has the name: only without one they lose it. */
static gboolean
is_harmless (ExcCertificateUse *use)
{
  return (use->use == EXC_USE_POP || use->use == EXC_USE_IMAP) && use->other != NULL;
}

/**
 * exc_certificate_uses:
 * @snapshot: an organization
 * @server: FQDN or name, in any case
 * @thumbprint: 40 hex digits, in any case
 *
 * The guard list of steps.md A9. Exchange itself checks a part of it only (domain.md 2.3). A
 * connector counts with every certificate that its names mean: Exchange refuses to remove any of
 * them, and @other tells whether one of them stays.
 *
 * Returns: (transfer full) (nullable) (element-type ExcCertificateUse): everything that uses the
 *   certificate there, and what could not be read; %NULL: no such server
 */
GPtrArray *
exc_certificate_uses (ExcSnapshot *snapshot, const char *server, const char *thumbprint)
{
  ExcServer *found = NULL;
  ExcCertificate *certificate = NULL;
  GPtrArray *uses = NULL;
  Search search = { 0 };

  g_return_val_if_fail (EXC_IS_SNAPSHOT (snapshot), NULL);
  g_return_val_if_fail (server != NULL && thumbprint != NULL, NULL);

  found = exc_snapshot_find_server (snapshot, server);
  if (found == NULL)
    return NULL;
  certificate = exc_snapshot_find_certificate (snapshot, server, thumbprint);
  uses = g_ptr_array_new_with_free_func ((GDestroyNotify) use_free);
  search.shared = exc_snapshot_get_facts (snapshot);
  search.facts = exc_server_get_facts (found);
  search.thumbprint = thumbprint;
  search.record = certificate != NULL ? exc_certificate_get_record (certificate) : NULL;
  search.uses = uses;

  find_all (&search);
  for (guint i = uses->len; i > 0; i--) {
    ExcCertificateUse *use = uses->pdata[i - 1];

    if (is_harmless (use))
      g_ptr_array_remove_index (uses, i - 1);
    else
      use->text = describe_use (use);
  }
  find_untold (&search);
  return uses;
}
