/* exc-plan-form.h — what is asked before a plan of one kind is made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-job.h"
#include "exc-secret.h"

G_BEGIN_DECLS

typedef enum {
  EXC_SCOPE_MANY, /* one or more of the items */
  EXC_SCOPE_ONE,  /* exactly one */
  EXC_SCOPE_ALL,  /* nothing is chosen: the items only tell what the plan is about */
} ExcScopeMode;

/* A row of the scope page: a server, or a certificate of a server. */
typedef struct {
  char *key; /* FQDN, or a certificate's key */
  char *title;
  char *subtitle;
  char *problem; /* (nullable): why it cannot be chosen, at length */
  gboolean can_choose;
  gboolean is_chosen; /* at first */
  ExcHealth health;
} ExcScopeItem;

#define EXC_TYPE_PLAN_FORM (exc_plan_form_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcPlanForm, exc_plan_form, EXC, PLAN_FORM, AdwPreferencesPage)

/**
 * ExcPlanFormClass:
 * @list_scope: adds the items of the scope page
 * @make_plan: (transfer full) (nullable): the plan for the keys that are chosen
 * @dup_verb: (transfer full): what the last button says, with a mnemonic: "_Renew on 3 servers"
 *
 * The options page of a kind of plan, and all that the plan window has to know of the kind. Signal
 * `changed`: is_complete or the scope may have changed.
 */
struct _ExcPlanFormClass {
  AdwPreferencesPageClass parent_class;

  void (*list_scope) (ExcPlanForm *self, GPtrArray *items);
  ExcPlan *(*make_plan) (ExcPlanForm *self, const char *const *keys, GError **error);
  char *(*dup_verb) (ExcPlanForm *self, guint n_chosen);
};

/* For subclasses: what every form is made with. wanted: (nullable): keys chosen at first. */
void exc_plan_form_set_up (ExcPlanForm *self,
                           ExcOrganization *organization,
                           const char *const *wanted);
void exc_plan_form_set_scope (ExcPlanForm *self,
                              ExcScopeMode mode,
                              const char *title,
                              const char *description);
void exc_plan_form_set_title (ExcPlanForm *self, const char *title);
/* The last button warns by its colour: what it does cannot be undone. */
void exc_plan_form_set_is_destructive (ExcPlanForm *self, gboolean is_destructive);
/* Whether what was entered is enough for a plan; TRUE at first. */
void exc_plan_form_set_is_complete (ExcPlanForm *self, gboolean is_complete);
/* Adds an item for every server, with its certificate of that kind that is used for one of these;
 * none: (nullable): what is said of a server that has none. Where nothing was wanted, those whose
 * certificate has expired or soon will are chosen. */
void exc_plan_form_add_servers (
    ExcPlanForm *self, GPtrArray *items, ExcKind kind, guint uses, const char *none);
void exc_plan_form_add_item (GPtrArray *items, const ExcScopeItem *item);
/* Adds an item for every server that has the certificate of exc_plan_form_get_certificate(). */
void exc_plan_form_add_holders (ExcPlanForm *self, GPtrArray *items);
/* By its key. (transfer none) (nullable) */
ExcCertificate *exc_plan_form_find_certificate (ExcPlanForm *self, const char *key);
/* Of a form that is about one certificate: the first that is wanted. (transfer none) (nullable) */
ExcCertificate *exc_plan_form_get_certificate (ExcPlanForm *self);
gboolean exc_plan_form_wants (ExcPlanForm *self, const char *key);
ExcSnapshot *exc_plan_form_get_snapshot (ExcPlanForm *self);
ExcOrganization *exc_plan_form_get_organization (ExcPlanForm *self);
const char *const *exc_plan_form_get_wanted (ExcPlanForm *self); /* never NULL */

/* For the plan window. */
const char *exc_plan_form_get_title (ExcPlanForm *self);
const char *exc_plan_form_get_scope_title (ExcPlanForm *self);
const char *exc_plan_form_get_scope_description (ExcPlanForm *self);
ExcScopeMode exc_plan_form_get_scope_mode (ExcPlanForm *self);
gboolean exc_plan_form_get_is_complete (ExcPlanForm *self);
gboolean exc_plan_form_get_is_destructive (ExcPlanForm *self);
GPtrArray *exc_plan_form_dup_scope (ExcPlanForm *self); /* (element-type ExcScopeItem) */
char *exc_plan_form_dup_verb (ExcPlanForm *self, guint n_chosen);
ExcPlan *exc_plan_form_make_plan (ExcPlanForm *self, const char *const *keys, GError **error);

/* Rows of an options page; each says its consequence in one line. All are (transfer none). */
GtkWidget *exc_plan_form_add_group (ExcPlanForm *self, const char *title, const char *description);
/* One of several: group: (nullable): the first choice */
GtkCheckButton *exc_plan_form_add_choice (GtkWidget *page_group,
                                          GtkCheckButton *group,
                                          const char *title,
                                          const char *consequence);
GtkSwitch *exc_plan_form_add_switch (GtkWidget *page_group,
                                     const char *title,
                                     const char *consequence,
                                     gboolean is_active);
GtkSpinButton *exc_plan_form_add_number (GtkWidget *page_group,
                                         const char *title,
                                         const char *consequence,
                                         int lowest,
                                         int highest,
                                         int value);
GtkEditable *exc_plan_form_add_entry (GtkWidget *page_group, const char *title);
GtkEditable *exc_plan_form_add_password (GtkWidget *page_group, const char *title);
/* A path, with a button that asks for it; suggested: (nullable): a name to save under */
GtkEditable *exc_plan_form_add_file (GtkWidget *page_group,
                                     const char *title,
                                     gboolean is_save,
                                     const char *suggested);
/* The form is complete while there is a text. */
void exc_plan_form_require_text (ExcPlanForm *self, GtkEditable *editable);
/* The file that was chosen; at most a megabyte. */
GBytes *exc_plan_form_read_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcSecret *exc_plan_form_read_secret (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
