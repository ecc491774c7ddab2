#!/usr/bin/env python3
"""make-cmdlet-table.py — the part of Microsoft's cmdlet reference that Thumbprint needs

SPDX-License-Identifier: GPL-3.0-or-later

    data/make-cmdlet-table.py REFERENCE.json > data/exchange-cmdlets.json

REFERENCE.json holds the facts of Microsoft's Exchange PowerShell reference: per cmdlet its parameter
sets with their syntax lines, and per parameter the type, position, pipeline input, whether it is
required, and the products it applies to. Kept are the cmdlets below, and of these the parameters
that Exchange Server 2016, 2019 or SE has; the shape stays the same, so that whatever reads the
reference reads this table too.
"""

import json
import re
import sys

# What inventory, plans and `thumbprintctl query` send, and what the renewals name next.
CMDLETS = [
    "Get-ExchangeCertificate", "New-ExchangeCertificate", "Enable-ExchangeCertificate",
    "Remove-ExchangeCertificate", "Import-ExchangeCertificate", "Export-ExchangeCertificate",
    "Get-AuthConfig", "Set-AuthConfig",
    "Get-ExchangeServer", "Get-TransportService",
    "Get-SendConnector", "Set-SendConnector", "Get-ReceiveConnector", "Set-ReceiveConnector",
    "Get-HybridConfiguration", "Set-HybridConfiguration", "Get-FederationTrust",
    "Get-EdgeSubscription", "Start-EdgeSynchronization", "Test-EdgeSynchronization",
    "Get-PopSettings", "Set-PopSettings", "Get-ImapSettings", "Set-ImapSettings",
    "Get-UMService", "Get-UMCallRouterSettings",
    "Get-DatabaseAvailabilityGroup", "Get-ServerComponentState", "Get-OrganizationConfig",
    "Get-MailboxDatabaseCopyStatus", "Test-ServiceHealth",
]
PRODUCTS = ("Exchange Server 2016", "Exchange Server 2019", "Exchange Server SE")
FACTS = ("type", "required", "position", "pipeline")


def is_on_premises(parameter):
    return any(product in parameter["applicable"] for product in PRODUCTS)


def is_mandatory(syntax, parameter):
    return re.search(rf" (-{parameter}|\[-{parameter}\]) <", syntax) is not None


def without(syntax, parameter):
    """The syntax line without a parameter that these products do not have."""
    return re.sub(rf" \[?\[?-{parameter}\]?(?: <[^>]*>)?\]?(?= |$)", "", syntax)


def trim(cmdlet):
    kept = {name: {fact: p[fact] for fact in FACTS}
            for name, p in sorted(cmdlet["parameters"].items()) if is_on_premises(p)}
    sets = []
    for entry in cmdlet["sets"]:
        syntax = entry["syntax"]
        dropped = sorted(cmdlet["parameters"].keys() - kept.keys())
        if any(is_mandatory(syntax, name) for name in dropped):
            continue  # a set that these products do not have
        for name in dropped:
            syntax = without(syntax, name)
        sets.append({"set": entry["set"], "syntax": syntax})
    return {"sets": sets, "parameters": kept}


def lines(table):
    """JSON with one line a parameter, so that a changed fact is a changed line."""
    yield "{"
    yield f' "source": {json.dumps(table["source"])},'
    yield ' "cmdlets": {'
    cmdlets = list(table["cmdlets"].items())
    for i, (name, cmdlet) in enumerate(cmdlets):
        yield f'  {json.dumps(name)}: {{'
        yield '   "sets": ['
        yield ",\n".join("    " + json.dumps(s) for s in cmdlet["sets"])
        yield '   ],'
        yield '   "parameters": {'
        yield ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}"
                         for k, v in cmdlet["parameters"].items())
        yield '   }'
        yield '  }' + ("," if i + 1 < len(cmdlets) else "")
    yield ' }'
    yield "}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        reference = json.load(file)
    table = {
        "source": "Made by make-cmdlet-table.py; the facts (names, types, sets, positions, pipeline "
                  "input) come from " + reference["source"],
        "cmdlets": {name: trim(reference["cmdlets"][name]) for name in CMDLETS},
    }
    text = "\n".join(lines(table)) + "\n"
    assert json.loads(text) == table
    sys.stdout.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
