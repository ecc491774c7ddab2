/* exc-welcome-page.c — what is seen while no organization is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-welcome-page"

#include "config.h"

#include "exc-welcome-page.h"

struct _ExcWelcomePage {
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *failed_page;
  GtkWidget *demo_button;
};

G_DEFINE_FINAL_TYPE (ExcWelcomePage, exc_welcome_page, ADW_TYPE_BIN)

static void
exc_welcome_page_dispose (GObject *object)
{
  /* The template would free its child first, and the bin after it. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_WELCOME_PAGE);

  G_OBJECT_CLASS (exc_welcome_page_parent_class)->dispose (object);
}

static gboolean
exc_welcome_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (EXC_WELCOME_PAGE (widget)->demo_button);
}

static void
exc_welcome_page_class_init (ExcWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_welcome_page_dispose;
  widget_class->grab_focus = exc_welcome_page_grab_focus;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcWelcomePage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, ExcWelcomePage, demo_button);
}

static void
exc_welcome_page_init (ExcWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_welcome_page_new (void)
{
  return g_object_new (EXC_TYPE_WELCOME_PAGE, NULL);
}

void
exc_welcome_page_show_welcome (ExcWelcomePage *self)
{
  g_return_if_fail (EXC_IS_WELCOME_PAGE (self));

  gtk_stack_set_visible_child_name (self->stack, "welcome");
}

void
exc_welcome_page_show_opening (ExcWelcomePage *self)
{
  g_return_if_fail (EXC_IS_WELCOME_PAGE (self));

  gtk_stack_set_visible_child_name (self->stack, "opening");
}

void
exc_welcome_page_show_failed (ExcWelcomePage *self, const char *problem)
{
  g_autofree char *markup = NULL;

  g_return_if_fail (EXC_IS_WELCOME_PAGE (self));
  g_return_if_fail (problem != NULL);

  markup = g_markup_escape_text (problem, -1);
  adw_status_page_set_description (self->failed_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "failed");
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}
