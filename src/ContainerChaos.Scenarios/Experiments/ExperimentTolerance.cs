using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>The tolerance of a probe of an experiment, in our own words: <c>status = 200</c>, <c>output matches ^ok$</c>.</summary>
internal static class ExperimentTolerance
{
    internal static IReadOnlyList<Tolerance> Read(YamlSection yaml, ScenarioProbe probe)
    {
        const string Key = "tolerance";
        bool isProgram = probe is ProcessProbe;
        ToleranceGrammar grammar = isProgram ? ExecProbe.Grammar : HttpProbe.Grammar;
        string status = isProgram ? "exit-code" : "status", text = isProgram ? "output" : "body";
        if (yaml.List(Key) is { } list)
            return [Parse($"{status} in {string.Join(", ", list.Select(Number))}")];
        if (yaml.Literal(Key) is { } literal)
        {
            if (IsNumber(literal))
                return [Parse($"{status} = {literal.Value}")];
            return literal is { Style: ScalarStyle.Plain, Value: "true" or "false" }
                ? throw yaml.Error(Key, $"what comes of it is a number and a text, and never a truth. Write the {(isProgram ? "exit code" : "status")}: {(isProgram ? "0" : "200")}.")
                : [Parse($"{text} matches ^{Regex.Escape(literal.Value ?? "")}$")];
        }

        YamlSection judge = yaml.Section(Key)!;
        IReadOnlyList<Tolerance> tolerances = judge.Required("type") switch
        {
            "regex" => [Parse($"{Target(text)} matches (?:{judge.Required("pattern")})")],
            "range" when judge.List("range") is [var low, var high] && (judge.Text("target") ?? "status") == "status" => [Parse($"{status} >= {Number(low)}"), Parse($"{status} <= {Number(high)}")],
            "range" => throw judge.Error("range", "it is a list of two numbers, of the 'target' status."),
            "jsonpath" => throw judge.Error("type", "a JSON path is not looked for here. Write 'regex', or ask a program such as jq in a provider of the type process."),
            var other => throw judge.Error("type", $"'{other}' is none of regex, range, probe."),
        };
        judge.Finish();
        return tolerances;

        Tolerance Parse(string tolerance)
        {
            try
            {
                return grammar.Parse(tolerance);
            }
            catch (FormatException e)
            {
                throw yaml.Error(Key, e.Message);
            }
        }

        string Number(YamlNode node) => node is YamlScalarNode scalar && IsNumber(scalar) ? scalar.Value! : throw yaml.Error(Key, $"'{node}' is not a number, which the {(isProgram ? "exit code" : "status")} is.");

        string Target(string usual) => judge.Text("target") switch
        {
            null => usual,
            "stdout" when isProgram => "output",
            "stderr" when isProgram => "error",
            "body" when !isProgram => "body",
            var other => throw judge.Error("target", $"'{other}' is none of {(isProgram ? "stdout, stderr" : "body")}."),
        };
    }

    private static bool IsNumber(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
