/* exc-server.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-server"

#include "config.h"

#include "exc-snapshot-private.h"

#include <glib/gi18n.h>

#include "exc-section.h"

struct _ExcServer {
  GObject parent_instance;

  ExcServerFacts *facts;
  GPtrArray *certificates;       /* (element-type ExcCertificate) */
  GPtrArray *receive_connectors; /* (element-type ExcConnectorRecord) (nullable) */
  char *product;                 /* (nullable) */
  char *state_text;
  ExcHealth worst_health; /* of its certificates in use */
  int worst_days;
  GListModel *sections; /* made when somebody looks */
};

G_DEFINE_FINAL_TYPE (ExcServer, exc_server, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_FQDN,
  PROP_NAME,
  PROP_SITE,
  PROP_VERSION,
  PROP_PRODUCT,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_PROBLEM,
  PROP_LAST_SEEN,
  PROP_WORST_DAYS,
  PROP_WORST_HEALTH,
  PROP_N_CERTIFICATES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
exc_server_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcServer *self = EXC_SERVER (object);

  switch (prop_id) {
  case PROP_FQDN:
    g_value_set_string (value, exc_server_get_fqdn (self));
    break;
  case PROP_NAME:
    g_value_set_string (value, exc_server_get_name (self));
    break;
  case PROP_SITE:
    g_value_set_string (value, exc_server_get_site (self));
    break;
  case PROP_VERSION:
    g_value_set_string (value, exc_server_get_version (self));
    break;
  case PROP_PRODUCT:
    g_value_set_string (value, self->product);
    break;
  case PROP_STATE:
    g_value_set_int (value, self->facts->state);
    break;
  case PROP_STATE_TEXT:
    g_value_set_string (value, self->state_text);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->facts->problem);
    break;
  case PROP_LAST_SEEN:
    g_value_set_int64 (value, self->facts->seen);
    break;
  case PROP_WORST_DAYS:
    g_value_set_int (value, self->worst_days);
    break;
  case PROP_WORST_HEALTH:
    g_value_set_int (value, self->worst_health);
    break;
  case PROP_N_CERTIFICATES:
    g_value_set_uint (value, self->certificates->len);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_server_finalize (GObject *object)
{
  ExcServer *self = EXC_SERVER (object);

  g_clear_pointer (&self->facts, exc_server_facts_unref);
  g_clear_pointer (&self->certificates, g_ptr_array_unref);
  g_clear_pointer (&self->receive_connectors, g_ptr_array_unref);
  g_clear_pointer (&self->product, g_free);
  g_clear_pointer (&self->state_text, g_free);
  g_clear_object (&self->sections);

  G_OBJECT_CLASS (exc_server_parent_class)->finalize (object);
}

static void
exc_server_class_init (ExcServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_server_get_property;
  object_class->finalize = exc_server_finalize;

  properties[PROP_FQDN] = g_param_spec_string ("fqdn", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SITE] = g_param_spec_string ("site", NULL, NULL, NULL, flags);
  properties[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, flags);
  properties[PROP_PRODUCT] = g_param_spec_string ("product", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, 0, EXC_SERVER_UNSUPPORTED, 0, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_LAST_SEEN] =
      g_param_spec_int64 ("last-seen", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_WORST_DAYS] =
      g_param_spec_int ("worst-days", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_WORST_HEALTH] =
      g_param_spec_int ("worst-health", NULL, NULL, 0, EXC_HEALTH_OK, EXC_HEALTH_UNKNOWN, flags);
  properties[PROP_N_CERTIFICATES] =
      g_param_spec_uint ("n-certificates", NULL, NULL, 0, G_MAXUINT, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_server_init (ExcServer *self)
{
}

static char *
format_seen (gint64 seen)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (seen);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  if (g_date_time_get_year (time) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now)) {
    /* TRANSLATORS: a time of today, for g_date_time_format() */
    return g_date_time_format (time, _("%H:%M"));
  }
  /* TRANSLATORS: a date and a time, for g_date_time_format() */
  return g_date_time_format (time, _("%-d %B %Y, %H:%M"));
}

/* The server's clock against ours; Kerberos gives up at five. */
static gint64
count_minutes_ahead (ExcServerFacts *facts)
{
  return (facts->windows->utc_now - facts->seen) / 60;
}

static char *
describe_clock (ExcServerFacts *facts)
{
  gint64 minutes = count_minutes_ahead (facts);
  gulong n = (gulong) ABS (minutes);

  if (minutes == 0)
    return g_strdup (_("Agrees with this computer"));
  if (minutes > 0)
    return g_strdup_printf (ngettext ("%lu minute ahead", "%lu minutes ahead", n), n);
  return g_strdup_printf (ngettext ("%lu minute behind", "%lu minutes behind", n), n);
}

static char *
describe_state (ExcServerFacts *facts)
{
  g_autofree char *seen = NULL;

  switch (facts->state) {
  case EXC_SERVER_LOADING:
    return g_strdup (_("Reading…"));
  case EXC_SERVER_OK:
    return g_strdup (_("Connected"));
  case EXC_SERVER_PARTIAL:
    return g_strdup_printf (_("Certificates only: %s"),
                               facts->problem != NULL ? facts->problem
                                                      : _("the rest was not told"));
  case EXC_SERVER_UNREACHABLE:
    if (facts->seen == 0)
      return g_strdup (_("Unreachable, never seen"));
    seen = format_seen (facts->seen);
    return g_strdup_printf (_("Unreachable, last seen %s"), seen);
  default:
    return g_strdup (_("Edge server: not managed from here"));
  }
}

/**
 * exc_server_new:
 * @facts: what is known of the server
 * @certificates: (element-type ExcCertificate): its certificates
 * @receive_connectors: (nullable) (element-type ExcConnectorRecord): its connectors
 *
 * Returns: (transfer full): the server
 */
ExcServer *
exc_server_new (ExcServerFacts *facts, GPtrArray *certificates, GPtrArray *receive_connectors)
{
  ExcServer *self = g_object_new (EXC_TYPE_SERVER, NULL);

  self->facts = exc_server_facts_ref (facts);
  self->certificates = g_ptr_array_ref (certificates);
  if (receive_connectors != NULL)
    self->receive_connectors = g_ptr_array_ref (receive_connectors);
  self->product = exc_server_record_dup_product (facts->server);
  self->state_text = describe_state (facts);
  self->worst_days = G_MAXINT;
  self->worst_health = facts->state == EXC_SERVER_OK || facts->state == EXC_SERVER_PARTIAL
                           ? EXC_HEALTH_OK
                           : EXC_HEALTH_UNKNOWN;
  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = certificates->pdata[i];

    if (exc_certificate_get_uses (certificate) == 0)
      continue;
    self->worst_days = MIN (self->worst_days, exc_certificate_get_days_left (certificate));
    self->worst_health = MIN (self->worst_health, exc_certificate_get_health (certificate));
  }
  return self;
}

#define GETTER(type, name, expression, otherwise)                                                  \
  type exc_server_get_##name (ExcServer *self)                                                     \
  {                                                                                                \
    g_return_val_if_fail (EXC_IS_SERVER (self), otherwise);                                        \
    return expression;                                                                             \
  }

GETTER (ExcServerFacts *, facts, self->facts, NULL)
GETTER (GPtrArray *, certificates, self->certificates, NULL)
GETTER (ExcServerRecord *, record, self->facts->server, NULL)
GETTER (const char *, fqdn, self->facts->server->fqdn, NULL)
GETTER (const char *, name, self->facts->server->name, NULL)
GETTER (const char *, site, self->facts->server->site, NULL)
GETTER (const char *, version, self->facts->server->version, NULL)
GETTER (const char *, product, self->product, NULL)
GETTER (ExcServerState, state, self->facts->state, EXC_SERVER_LOADING)
GETTER (const char *, state_text, self->state_text, NULL)
GETTER (const char *, problem, self->facts->problem, NULL)
GETTER (gint64, last_seen, self->facts->seen, 0)
GETTER (int, worst_days, self->worst_days, G_MAXINT)
GETTER (guint, n_certificates, self->certificates->len, 0)
GETTER (const char *, internal_transport, self->facts->internal_transport, NULL)
GETTER (ExcWindowsRecord *, windows, self->facts->windows, NULL)
GETTER (GPtrArray *, receive_connectors, self->receive_connectors, NULL)
GETTER (const char *, pop_name, self->facts->pop_name, NULL)
GETTER (const char *, imap_name, self->facts->imap_name, NULL)
GETTER (const char *, um_mode, self->facts->um_mode, NULL)

/**
 * exc_server_get_settings_problem:
 * @self: a server
 *
 * Returns: (nullable): why a setting of POP, IMAP or UM is not known: of the first that is not
 */
const char *
exc_server_get_settings_problem (ExcServer *self)
{
  g_return_val_if_fail (EXC_IS_SERVER (self), NULL);

  for (guint i = 0; i < EXC_N_SETTINGS; i++)
    if (self->facts->settings_problems[i] != NULL)
      return self->facts->settings_problems[i];
  return NULL;
}

/**
 * exc_server_get_route:
 * @self: a server
 *
 * Returns: how its certificates were read: the poorest way that any of them needed
 */
ExcRoute
exc_server_get_route (ExcServer *self)
{
  ExcRoute route = EXC_ROUTE_PROJECTED;

  g_return_val_if_fail (EXC_IS_SERVER (self), EXC_ROUTE_RAW);

  for (guint i = 0; i < self->certificates->len; i++)
    route = MAX (route, exc_certificate_get_record (self->certificates->pdata[i])->route);
  return route;
}

static const char *
route_to_text (ExcServer *self)
{
  if (self->certificates->len == 0)
    return NULL;
  switch (exc_server_get_route (self)) {
  case EXC_ROUTE_PROJECTED:
    return _("The server chose the properties (Select-Object)");
  case EXC_ROUTE_SERIALIZED:
    return _("From serialized objects, because the server refused to choose properties");
  default:
    return _("From the certificates' bytes alone: services and status are not known");
  }
}

static void
describe_general (ExcServer *self, GListStore *sections)
{
  g_autoptr(ExcSection) section = exc_section_new (_("General"));
  ExcServerRecord *record = self->facts->server;

  exc_section_add (section, _("Name"), record->name);
  exc_section_add (section, _("Full name"), record->fqdn);
  exc_section_add (section, _("Site"), record->site);
  exc_section_add (section, _("Product"), self->product);
  exc_section_add (section, _("Version"), record->version);
  exc_section_add (section, _("Edition"), record->edition);
  exc_section_add (section, _("Role"), record->role);
  g_list_store_append (sections, section);
}

static void
describe_reading (ExcServer *self, GListStore *sections)
{
  g_autoptr(ExcSection) section = exc_section_new (_("Connection"));

  exc_section_add (section, _("State"), self->state_text);
  if (self->facts->problem != NULL)
    exc_section_add (section, _("Problem"), self->facts->problem);
  if (self->facts->seen == 0)
    exc_section_add (section, _("Last seen"), _("Never"));
  else
    exc_section_add_field (section, exc_field_new_time (_("Last seen"), self->facts->seen));
  exc_section_add (section, _("Certificates were read"), route_to_text (self));
  if (self->facts->windows != NULL) {
    g_autofree char *clock = describe_clock (self->facts);

    exc_section_add (section, _("Clock"), clock);
  }
  g_list_store_append (sections, section);
}

static void
describe_bindings (ExcServer *self, GListStore *sections)
{
  g_autoptr(ExcSection) section = exc_section_new (_("Bound certificates"));
  ExcWindowsRecord *windows = self->facts->windows;
  const char *transport = self->facts->internal_transport;

  exc_section_add_field (section,
                         exc_field_new_monospace (_("Internal transport"),
                                                     g_strcmp0 (transport, "") == 0
                                                     ? C_("certificate", "None") : transport));
  for (guint i = 0; windows != NULL && i < windows->bindings->len; i++) {
    const ExcBindingRecord *binding = windows->bindings->pdata[i];
    g_autofree char *label = g_strdup_printf ("%s %s", binding->site, binding->info);

    exc_section_add_field (
        section,
        exc_field_new_monospace (
            label, binding->hash != NULL ? binding->hash : C_("certificate", "None")));
  }
  if (windows != NULL && windows->wmsvc_hash != NULL) {
    g_autofree char *label = g_strdup_printf ("WMSVC %d", windows->wmsvc_port);

    exc_section_add_field (section, exc_field_new_monospace (label, windows->wmsvc_hash));
  }
  g_list_store_append (sections, section);
}

static void
describe_names (ExcServer *self, GListStore *sections)
{
  g_autoptr(ExcSection) section = exc_section_new (_("Certificate names"));
  const char *pop = self->facts->pop_name;
  const char *imap = self->facts->imap_name;
  const char *problem = exc_server_get_settings_problem (self);

  exc_section_add (section, _("POP"), g_strcmp0 (pop, "") == 0 ? C_("name", "None") : pop);
  exc_section_add (section, _("IMAP"), g_strcmp0 (imap, "") == 0 ? C_("name", "None") : imap);
  if (self->facts->um_mode != NULL)
    exc_section_add (section, _("UM startup mode"), self->facts->um_mode);
  if (problem != NULL)
    exc_section_add (section, _("Problem"), problem);
  for (guint i = 0; self->receive_connectors != NULL && i < self->receive_connectors->len; i++) {
    const ExcConnectorRecord *connector = self->receive_connectors->pdata[i];

    if (connector->tls_certificate_name != NULL)
      exc_section_add (section, connector->name, connector->tls_certificate_name);
  }
  g_list_store_append (sections, section);
}

static void
describe_services (ExcServer *self, GListStore *sections)
{
  g_autoptr(ExcSection) section = NULL;
  ExcWindowsRecord *windows = self->facts->windows;

  if (windows == NULL || windows->services->len == 0)
    return;
  section = exc_section_new (_("Windows services"));
  for (guint i = 0; i < windows->services->len; i++) {
    const ExcServiceRecord *service = windows->services->pdata[i];

    exc_section_add (section, service->name, service->status);
  }
  g_list_store_append (sections, section);
}

/**
 * exc_server_get_sections:
 * @self: a server
 *
 * Returns: (transfer none): the server described for people, in sections
 */
GListModel *
exc_server_get_sections (ExcServer *self)
{
  g_return_val_if_fail (EXC_IS_SERVER (self), NULL);

  if (self->sections == NULL) {
    GListStore *sections = g_list_store_new (EXC_TYPE_SECTION);

    describe_general (self, sections);
    describe_reading (self, sections);
    describe_bindings (self, sections);
    describe_names (self, sections);
    describe_services (self, sections);
    self->sections = G_LIST_MODEL (sections);
  }
  return self->sections;
}

const char *
exc_server_state_to_id (ExcServerState state)
{
  static const char *const ids[] = { "loading", "ok", "partial", "unreachable", "unsupported" };

  g_return_val_if_fail ((gsize) state < G_N_ELEMENTS (ids), NULL);

  return ids[state];
}

static gboolean
windows_equal (ExcServerFacts *left, ExcServerFacts *right)
{
  ExcWindowsRecord *a = left->windows;
  ExcWindowsRecord *b = right->windows;

  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || a->bindings->len != b->bindings->len ||
      a->services->len != b->services->len || g_strcmp0 (a->wmsvc_hash, b->wmsvc_hash) != 0 ||
      count_minutes_ahead (left) != count_minutes_ahead (right))
    return FALSE;
  for (guint i = 0; i < a->bindings->len; i++) {
    const ExcBindingRecord *one = a->bindings->pdata[i], *two = b->bindings->pdata[i];

    if (g_strcmp0 (one->site, two->site) != 0 || g_strcmp0 (one->info, two->info) != 0 ||
        g_strcmp0 (one->hash, two->hash) != 0)
      return FALSE;
  }
  for (guint i = 0; i < a->services->len; i++) {
    const ExcServiceRecord *one = a->services->pdata[i], *two = b->services->pdata[i];

    if (g_strcmp0 (one->name, two->name) != 0 || g_strcmp0 (one->status, two->status) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
connectors_equal (GPtrArray *left, GPtrArray *right)
{
  if (left == right)
    return TRUE;
  if (left == NULL || right == NULL || left->len != right->len)
    return FALSE;
  for (guint i = 0; i < left->len; i++) {
    const ExcConnectorRecord *one = left->pdata[i], *two = right->pdata[i];

    if (g_strcmp0 (one->name, two->name) != 0 ||
        g_strcmp0 (one->tls_certificate_name, two->tls_certificate_name) != 0)
      return FALSE;
  }
  return TRUE;
}

/**
 * exc_server_equal:
 * @self: a server
 * @other: another
 *
 * Returns: whether both show the same, whenever they were seen
 */
gboolean
exc_server_equal (ExcServer *self, ExcServer *other)
{
  ExcServerFacts *a, *b;

  g_return_val_if_fail (EXC_IS_SERVER (self) && EXC_IS_SERVER (other), FALSE);

  a = self->facts;
  b = other->facts;
  return (a->state != EXC_SERVER_UNREACHABLE || a->seen == b->seen) && a->state == b->state &&
         g_strcmp0 (a->server->fqdn, b->server->fqdn) == 0 &&
         g_strcmp0 (a->server->name, b->server->name) == 0 &&
         g_strcmp0 (a->server->site, b->server->site) == 0 &&
         g_strcmp0 (a->server->version, b->server->version) == 0 &&
         g_strcmp0 (a->problem, b->problem) == 0 && windows_equal (a, b) &&
         g_strcmp0 (a->internal_transport, b->internal_transport) == 0 &&
         g_strcmp0 (a->pop_name, b->pop_name) == 0 && g_strcmp0 (a->imap_name, b->imap_name) == 0 &&
         g_strcmp0 (a->um_mode, b->um_mode) == 0 &&
         connectors_equal (self->receive_connectors, other->receive_connectors) &&
         self->worst_days == other->worst_days && self->worst_health == other->worst_health &&
         self->certificates->len == other->certificates->len;
}
