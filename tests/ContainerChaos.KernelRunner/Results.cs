using System.Globalization;
using System.Xml.Linq;
using Xunit.Abstractions;

namespace ContainerChaos.KernelRunner;

/// <summary>Collects results as a JUnit document; and prints each as it comes.</summary>
internal sealed class Results
{
    private readonly XElement suite = new("testsuite", new XAttribute("name", "kernel"));
    private int passed;
    private int skipped;

    public int Failed { get; private set; }

    public void Add(ITest test, decimal seconds)
    {
        passed++;
        Append(test.DisplayName, seconds);
    }

    public void AddSkipped(ITest test, string reason)
    {
        skipped++;
        Append(test.DisplayName, 0, new XElement("skipped", new XAttribute("message", reason)));
    }

    public void AddFailed(ITest test, decimal seconds, IFailureInformation failure, string output) =>
        AddFailure(test.DisplayName, seconds, $"{Describe(failure)}\n{output}".TrimEnd());

    public void AddError(IFailureInformation failure) => AddFailure("outside a test", 0, Describe(failure));

    public void Write(string path) => new XDocument(suite).Save(path);

    public override string ToString() => $"{passed} passed, {Failed} failed, {skipped} skipped";

    private void AddFailure(string name, decimal seconds, string what)
    {
        Failed++;
        Console.WriteLine($"FAILED {name}\n{what}");
        Append(name, seconds, new XElement("failure", Printable(what)));
    }

    // Each test is a line at once: when the machine is stopped for taking too long, the last one tells where it was.
    private void Append(string name, decimal seconds, XElement? outcome = null)
    {
        Console.WriteLine($"{outcome?.Name.LocalName ?? "passed",-8}{seconds,6:0.0} s  {name}");
        suite.Add(new XElement("testcase",
            new XAttribute("name", Printable(name)),
            new XAttribute("time", seconds.ToString(CultureInfo.InvariantCulture)),
            outcome));
    }

    private static string Describe(IFailureInformation failure) =>
        string.Join("\n----> ", failure.ExceptionTypes.Zip(failure.Messages, failure.StackTraces).Select(one => $"{one.First}: {one.Second}\n{one.Third}"));

    // XML 1.0 has no control characters, and a test's output may.
    private static string Printable(string text) => string.Concat(text.Select(c => c < ' ' && c is not ('\n' or '\t') ? '?' : c));
}
