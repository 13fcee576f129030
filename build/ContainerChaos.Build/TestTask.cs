using System.Text.RegularExpressions;

namespace ContainerChaos.Build;

/// <summary>
/// <c>test</c>: the format check, every xUnit project one after the other (they share one kernel) and the Pester suites, all beside the
/// cgroup v2 machine, which has a kernel of its own and takes the time that the others leave; the last line sums them up.
/// </summary>
internal static partial class TestTask
{
    private static readonly TimeSpan SuiteLimit = TimeSpan.FromMinutes(6);

    // It shares the processors with everything else. The guest is told a minute less.
    private static readonly TimeSpan VirtualMachineLimit = TimeSpan.FromMinutes(14);

    public static int Run(Repository repository, string[] arguments)
    {
        BuildTask.Run(repository, []);
        if (Directory.Exists(repository.TestResults))
        {
            Directory.Delete(repository.TestResults, recursive: true);
        }

        Directory.CreateDirectory(repository.TestResults);
        var total = new TestCounts();
        void Suite(string name, Func<TestCounts> run) => Progress.Step($"test: {name}", () =>
        {
            var counts = run();
            total += counts;
            return counts.ToString();
        });

        var machine = StartVirtualMachine(repository);
        Suite("format", () => Format(repository));
        foreach (var project in repository.Projects("tests", ".Tests"))
        {
            Suite(Path.GetFileNameWithoutExtension(project), () => XUnit(repository, project));
        }

        Suite("Pester", () => Pester(repository));
        Suite("cgroup v2 machine", () => machine.GetAwaiter().GetResult());
        foreach (var line in total.Notes)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(total);
        return total.Failed == 0 && total.Passed > 0 ? 0 : 1;
    }

    private static TestCounts Format(Repository repository)
    {
        var (exitCode, output) = Command.Capture(
            "dotnet", ["format", "whitespace", repository.Root, "--folder", "--verify-no-changes", "--exclude", repository.Artifacts], repository.Root);
        return exitCode == 0 ? new TestCounts(Passed: 1) : TestCounts.Failure($"to mend: dotnet format whitespace . --folder\n{string.Join('\n', output.TrimEnd().Split('\n').Take(10))}");
    }

    private static TestCounts XUnit(Repository repository, string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var results = Path.Combine(repository.TestResults, $"{name}.trx");
        var (exitCode, output) = Command.Capture(
            "dotnet",
            [
                "test", Repository.AssemblyOf(project), "--nologo", $"--logger:trx;LogFileName={name}.trx", "--results-directory", repository.TestResults,
                // A test that hangs is named, and what the others found is kept. One suite plays all of its scenes before its first test, for two minutes on a busy machine.
                "--blame-hang-timeout", "300s", "--blame-hang-dump-type", "none",
            ],
            repository.Root, SuiteLimit, TestEnvironment(repository));
        return TestCounts.Read(results, name, exitCode, output);
    }

    private static TestCounts Pester(Repository repository)
    {
        var folder = repository.Combine("tests", "Pester");
        var cases = !Directory.Exists(folder) ? 0 : Directory.EnumerateFiles(folder, "*.Tests.ps1", SearchOption.AllDirectories)
            .Sum(file => PesterCase().Count(File.ReadAllText(file)));
        if (cases == 0)
        {
            return new TestCounts();
        }

        if (PowerShellHost.Find(repository, out var reason) is not { } pwsh)
        {
            return TestCounts.Skip(cases, $"Pester suites skipped: {reason}");
        }

        var pester = new Version(5, 7);
        if (!pwsh.HasPester(pester))
        {
            return TestCounts.Skip(cases, $"Pester suites skipped: Pester {pester} is not installed and the PowerShell Gallery cannot be reached");
        }

        var results = Path.Combine(repository.TestResults, "Pester.xml");
        var (exitCode, output) = Command.Capture(
            pwsh.Program, pwsh.Arguments("-File", Path.Combine(folder, "run.ps1"), "-OutputFile", results),
            repository.Root, SuiteLimit, TestEnvironment(repository));
        return TestCounts.Read(results, "Pester", exitCode, output);
    }

    private static Task<TestCounts> StartVirtualMachine(Repository repository)
    {
        if (Prerequisites.RequireVirtualMachine() is { } reason)
        {
            return Task.FromResult(TestCounts.Skip(1, $"cgroup v2 machine skipped: {reason}"));
        }

        Progress.Step("build: kernel tests", () => PublishKernelTests(repository));
        return Task.Run(() => VirtualMachine(repository));
    }

    private static void PublishKernelTests(Repository repository)
    {
        // Compiled ahead of time, because JIT is what emulation makes slowest; without the feed's compiler it only takes longer.
        string[] publish = ["publish", repository.Combine("tests", "ContainerChaos.KernelRunner"), "-c", "Release", "-o", repository.Combine("artifacts", "vm"), "-v", "quiet", "-nologo"];
        if (Command.Capture("dotnet", [.. publish, "-p:CompileAhead=true"], repository.Root).ExitCode != 0)
        {
            Command.Run("dotnet", publish, repository.Root);
        }
    }

    // At a lower priority: what runs beside it measures times, and this has ten times the patience.
    private static TestCounts VirtualMachine(Repository repository)
    {
        var folder = Directory.CreateDirectory(Path.Combine(repository.TestResults, "vm")).FullName;
        var (exitCode, output) = Command.Capture(
            "nice", ["-n", "10", repository.Combine("tests", "vm", "run"), "--results", folder], repository.Root, VirtualMachineLimit,
            new Dictionary<string, string> { ["VM_SECONDS"] = $"{VirtualMachineLimit.TotalSeconds - 60:0}" });
        return exitCode == SkipExitCode
            ? TestCounts.Skip(1, $"cgroup v2 machine skipped: {output.Trim()}")
            : TestCounts.Read(Path.Combine(folder, "kernel.xml"), "cgroup v2 machine", exitCode, output);
    }

    /// <summary>tests/vm/run exits with this (as automake's test driver does) when the machine cannot run it.</summary>
    private const int SkipExitCode = 77;

    private static Dictionary<string, string> TestEnvironment(Repository repository) => new()
    {
        ["CONTAINERCHAOS_CCRUN"] = Path.Combine(repository.Binaries, "ccrun"),
        ["CONTAINERCHAOS_TARGET"] = Path.Combine(repository.Binaries, "target"),
        ["CONTAINERCHAOS_ARTIFACTS"] = repository.Artifacts,
    };

    [GeneratedRegex(@"^\s*It\s+['""]", RegexOptions.Multiline)]
    private static partial Regex PesterCase();
}
