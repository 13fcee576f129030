using System.Xml.Linq;

namespace ContainerChaos.Build;

/// <summary>How many tests passed, failed and were skipped, and what to say about it before the sum.</summary>
internal sealed record TestCounts(int Passed = 0, int Failed = 0, int Skipped = 0)
{
    public IReadOnlyList<string> Notes { get; private init; } = [];

    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped) { Notes = [.. left.Notes, .. right.Notes] };

    public static TestCounts Skip(int count, string reason) => new(Skipped: count) { Notes = [reason] };

    public static TestCounts Failure(string what) => new(Failed: 1) { Notes = [what] };

    /// <summary>Reads a .trx, NUnit or JUnit file. A run that failed without saying so in its file counts as one failure.</summary>
    public static TestCounts Read(string path, string suite, int exitCode, string output)
    {
        if (!File.Exists(path))
        {
            // vstest writes no file for an assembly without tests.
            return exitCode == 0 ? new TestCounts() : Failure($"{suite}: no results, exit code {exitCode}\n{Tail(output)}");
        }

        var root = XDocument.Load(path).Root!;
        var counts = root.Name.LocalName switch
        {
            "TestRun" => ReadTrx(root),
            "testsuites" or "testsuite" => ReadJUnit(root),
            _ => ReadNUnit(root),
        };
        return exitCode == 0 || counts.Failed > 0 ? counts : counts + Failure($"{suite}: exit code {exitCode}\n{Tail(output)}");
    }

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    private static TestCounts ReadTrx(XElement root) =>
        Sum(Named(root, "UnitTestResult"), result => result.Attribute("outcome")?.Value switch
        {
            "Passed" => new TestCounts(Passed: 1),
            "NotExecuted" => new TestCounts(Skipped: 1),
            _ => FailedTest(result, "testName", Named(result, "ErrorInfo").FirstOrDefault()),
        });

    private static TestCounts ReadJUnit(XElement root) =>
        Sum(Named(root, "testcase"), test =>
            (Named(test, "failure").Concat(Named(test, "error")).FirstOrDefault() is { } failure) ? FailedTest(test, "name", failure)
            : Named(test, "skipped").Any() ? new TestCounts(Skipped: 1)
            : new TestCounts(Passed: 1));

    // NUnit 3 writes result="Passed"; NUnit 2.5, Pester's default, result="Success" and executed="False".
    private static TestCounts ReadNUnit(XElement root) =>
        Sum(Named(root, "test-case"), test => test.Attribute("result")?.Value switch
        {
            "Passed" or "Success" => new TestCounts(Passed: 1),
            "Skipped" or "Ignored" or "Inconclusive" or "NotRunnable" => new TestCounts(Skipped: 1),
            _ => FailedTest(test, "name", Named(test, "failure").FirstOrDefault()),
        });

    private static TestCounts FailedTest(XElement test, string nameAttribute, XElement? failure) =>
        Failure($"FAILED {test.Attribute(nameAttribute)?.Value}\n{Indent(failure?.Value ?? failure?.Attribute("message")?.Value ?? "")}");

    private static TestCounts Sum(IEnumerable<XElement> tests, Func<XElement, TestCounts> count) =>
        tests.Select(count).Aggregate(new TestCounts(), (sum, one) => sum + one);

    private static IEnumerable<XElement> Named(XElement root, string name) => root.Descendants().Where(element => element.Name.LocalName == name);

    private static string Indent(string text) => string.Join('\n', text.Trim().Split('\n').Take(30).Select(line => $"    {line.TrimEnd()}"));

    private static string Tail(string output) => Indent(string.Join('\n', output.TrimEnd().Split('\n').TakeLast(25)));
}
