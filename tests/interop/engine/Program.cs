// SPDX-License-Identifier: GPL-3.0-or-later
// The real PowerShell 7 engine, as a witness for scripts and for PSRP. See README.md.
using System;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;

static class Program
{
    const string Usage = """
        usage: powershell-engine parse FILE...
               powershell-engine serve [--module FILE.psm1]...
               powershell-engine serve --exchange REFERENCE.json [--objects DIR] [--log FILE] [--restricted]
        """;

    static int Main(string[] args)
    {
        if (args.Length > 1 && args[0] == "parse")
            return args.Skip(1).Sum(Parse) > 0 ? 1 : 0;
        if (args.FirstOrDefault() != "serve")
            return Fail(Usage);

        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--restricted")
            {
                Session.Restricted = true;
                continue;
            }
            var value = args.ElementAtOrDefault(i + 1);
            if (value is null)
                return Fail(Usage);
            switch (args[i++])
            {
                case "--module": Session.Modules.Add(Path.GetFullPath(value)); break;
                case "--exchange": Exchange.Load(value); break;
                case "--objects": Exchange.Objects = value; break;
                case "--log": Exchange.Log = value; break;
                default: return Fail(Usage);
            }
        }
        Session.Serve();
        return 0;
    }

    static int Fail(string text)
    {
        Console.Error.WriteLine(text);
        return 2;
    }

    static int Parse(string file)
    {
        var script = Parser.ParseFile(Path.GetFullPath(file), out _, out var errors);
        var findings = errors.Select(e => (e.Extent, e.Message))
            .Concat(script.FindAll(IsTooNew, searchNestedScriptBlocks: true)
                .Select(a => (a.Extent, "not in Windows PowerShell 4: " + a.Extent.Text)))
            .ToList();
        foreach (var (at, message) in findings)
            Console.WriteLine($"{file}:{at.StartLineNumber}:{at.StartColumnNumber} {message}");
        return findings.Count;
    }

    // Exchange 2016 runs on Windows Server 2012 R2, which has PowerShell 4.
    static bool IsTooNew(Ast ast) => ast switch
    {
        TernaryExpressionAst or PipelineChainAst or TypeDefinitionAst or UsingStatementAst => true,
        BinaryExpressionAst b => b.Operator == TokenKind.QuestionQuestion,
        AssignmentStatementAst a => a.Operator == TokenKind.QuestionQuestionEquals,
        InvokeMemberExpressionAst i => i.NullConditional || i.Static && i.Member is StringConstantExpressionAst { Value: "new" },
        MemberExpressionAst m => m.NullConditional,
        _ => false,
    };
}
