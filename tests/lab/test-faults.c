/* test-faults.c — each fault of the lab does to a client what it says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-lab-control.h"
#include "exc-queries.h"
#include "lab-process.h"

#define EXCH01 "exch01.contoso.lab"
#define EXCH02 "exch02.contoso.lab"

typedef struct {
  const char *name;
  const char *request;
  int code;         /* of EXC_ERROR; -1: the call works */
  gboolean is_open; /* the shell is open before the fault is switched on */
} Case;

static const Case cases[] = {
  { "refuse",
    "{\"op\":\"fault\",\"kind\":\"refuse\",\"server\":\"EXCH01\"}",
    EXC_ERROR_UNREACHABLE,
    FALSE },
  { "refuse-open",
    "{\"op\":\"fault\",\"kind\":\"refuse\",\"endpoint\":\"exchange\"}",
    EXC_ERROR_UNREACHABLE,
    TRUE },
  { "down",
    "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"exch01.contoso.lab\"}",
    EXC_ERROR_UNREACHABLE,
    FALSE },
  { "status-401", "{\"op\":\"fault\",\"kind\":\"status\",\"status\":401}", EXC_ERROR_AUTH, FALSE },
  { "gone",
    "{\"op\":\"fault\",\"kind\":\"fault\",\"code\":2150858843,\"operation\":\"Command\"}",
    EXC_ERROR_GONE,
    TRUE },
  { "too-many-shells",
    "{\"op\":\"fault\",\"kind\":\"fault\",\"code\":2150859173,\"operation\":\"Create\"}",
    EXC_ERROR_BUSY,
    FALSE },
  { "drop-command",
    "{\"op\":\"fault\",\"kind\":\"drop\",\"operation\":\"Command\"}",
    EXC_ERROR_UNREACHABLE,
    TRUE },
  { "other-server", "{\"op\":\"fault\",\"kind\":\"refuse\",\"server\":\"EXCH02\"}", -1, FALSE },
  { "other-endpoint",
    "{\"op\":\"fault\",\"kind\":\"status\",\"endpoint\":\"windows\"}",
    -1,
    FALSE },
  { "delay", "{\"op\":\"fault\",\"kind\":\"delay\",\"ms\":50}", -1, FALSE },
  { "after-many", "{\"op\":\"fault\",\"kind\":\"status\",\"after\":1000}", -1, FALSE },
};

static ExcPipeline *
query (void)
{
  return exc_query_internal_transport (EXCH02, TRUE);
}

static void
test_request_fault (gconstpointer data)
{
  const Case *it = data;
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) first = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) again = NULL;
  g_autoptr(JsonNode) on = NULL;
  g_autoptr(JsonNode) off = NULL;
  ExcShell *fresh;

  if (it->is_open) {
    first = lab_process_run (shell, query (), &error);
    g_assert_no_error (error);
  }
  on = lab_process_control (lab, it->request);
  reply = lab_process_run (shell, query (), &error);
  if (it->code < 0) {
    g_assert_no_error (error);
    g_assert_true (exc_reply_check (reply, NULL));
  } else {
    g_assert_null (reply);
    g_assert_error (error, EXC_ERROR, it->code);
    g_clear_error (&error);
  }
  lab_process_close (shell);

  off = lab_process_control (lab, "{\"op\":\"clear\"}");
  fresh = lab_process_open (lab, EXCH01, "exchange", NULL);
  again = lab_process_run (fresh, query (), &error);
  g_assert_no_error (error);
  g_assert_true (exc_reply_check (again, NULL));
  lab_process_close (fresh);
}

static guint
count_certificates (LabProcess *lab)
{
  ExcShell *shell = lab_process_open (lab, EXCH02, "exchange", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply =
                 lab_process_run (shell, exc_query_certificates (EXCH01, NULL, TRUE), &error);
  guint n;

  g_assert_no_error (error);
  n = exc_reply_get_output (reply)->len;
  lab_process_close (shell);
  return n;
}

static ExcPipeline *
create (void)
{
  return exc_change_create_default (EXCH01, "EXCH01", EXCH01);
}

/* The reply is lost, the effect is not: what a runner has to find out by looking. */
static void
test_lost_after_effect (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  const guint before = count_certificates (lab);
  g_autoptr(JsonNode) on = lab_process_control (
      lab,
      "{\"op\":\"fault\",\"kind\":\"drop\",\"server\":\"EXCH01\",\"when\":\"after\","
      "\"command\":\"New-ExchangeCertificate\",\"times\":1}");
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = lab_process_run (shell, create (), &error);

  /* a repeated Receive may still find the answer; then it is the right one */
  if (reply != NULL)
    g_assert_true (exc_reply_check (reply, NULL));
  g_assert_cmpuint (count_certificates (lab), ==, before + 1);
  lab_process_close (shell);
}

static void
test_error_before_and_after (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  const guint before = count_certificates (lab);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) first = lab_process_control (
      lab,
      "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"new-exchangecertificate\","
      "\"message\":\"The directory is unavailable.\",\"errorId\":\"Lab1\",\"times\":1}");
  g_autoptr(ExcReply) failed = lab_process_run (shell, create (), &error);
  g_autoptr(ExcReply) late = NULL;
  g_autoptr(JsonNode) second = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (exc_reply_get_failure (failed)->message, ==, "The directory is unavailable.");
  g_assert_cmpstr (exc_reply_get_failure (failed)->error_id, ==, "Lab1");
  g_assert_cmpuint (count_certificates (lab), ==, before);

  second = lab_process_control (lab,
                                "{\"op\":\"fault\",\"kind\":\"error\",\"when\":\"after\","
                                "\"command\":\"New-ExchangeCertificate\",\"times\":1}");
  late = lab_process_run (shell, create (), &error);
  g_assert_no_error (error);
  g_assert_nonnull (exc_reply_get_failure (late));
  g_assert_cmpuint (count_certificates (lab), ==, before + 1);
  lab_process_close (shell);
}

static void
test_script_error (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "windows", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) on = lab_process_control (
      lab, "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"inventory.ps1\"}");
  g_autoptr(ExcReply) reply = lab_process_run (shell, exc_query_windows (), &error);

  g_assert_no_error (error);
  g_assert_nonnull (exc_reply_get_failure (reply));
  lab_process_close (shell);
}

static void
test_refused_requests (void)
{
  static const char *const requests[] = {
    "nonsense",
    "[]",
    "{\"op\":\"explode\"}",
    "{\"op\":\"fault\",\"kind\":\"flood\"}",
    "{\"op\":\"clear\",\"id\":77}",
    "{\"op\":\"service\",\"server\":\"EXCH01\",\"name\":\"x\"}"
  };
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) answer = exc_lab_control_send (lab->control, requests[i], &error);

    g_assert_null (answer);
    g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  }
}

static void
test_reset (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH02, "exchange", NULL);
  const guint before = count_certificates (lab);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) created = lab_process_run (shell, create (), &error);
  g_autoptr(JsonNode) reset = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (count_certificates (lab), ==, before + 1);
  reset = lab_process_control (lab, "{\"op\":\"reset\"}");
  g_assert_cmpuint (count_certificates (lab), ==, before);
  lab_process_close (shell);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/process/faults/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_request_fault);
  }
  g_test_add_func ("/process/faults/lost-after-effect", test_lost_after_effect);
  g_test_add_func ("/process/faults/error-before-and-after", test_error_before_and_after);
  g_test_add_func ("/process/faults/script-error", test_script_error);
  g_test_add_func ("/process/faults/refused-requests", test_refused_requests);
  g_test_add_func ("/process/faults/reset", test_reset);
  return g_test_run ();
}
