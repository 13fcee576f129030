using System.Diagnostics;
using System.Globalization;

namespace ContainerChaos.Engine.Tests;

/// <summary>What a test has done in a process of its own, so that it can die in the middle of it.</summary>
internal static class Program
{
    /// <summary>
    /// <c>import DATAROOT ARCHIVE STEP</c> or <c>rename DATAROOT OLD:NEW STEP</c>: dies at that step of what becomes durable, or says how many there
    /// are. <c>all DIRECTORY STEP</c>: the same with each <see cref="CrashScenario"/> at once.
    /// </summary>
    private static int Main(string[] arguments) => arguments switch
    {
        ["import" or "rename", var root, var what, var step] => RunOne(arguments[0], root, what, int.Parse(step, CultureInfo.InvariantCulture)),
        ["all", var directory, var step] => RunAll(directory, int.Parse(step, CultureInfo.InvariantCulture)),
        _ => 2,
    };

    private static int RunOne(string verb, string root, string what, int last)
    {
        var count = 0;
        Durable.Step = _ =>
        {
            if (count++ == last)
                Process.GetCurrentProcess().Kill();
        };
        var engine = new ContainerEngine(new EngineOptions { DataRoot = root, RunRoot = root + ".run", TargetPath = root + ".none" });
        if (verb == "import")
            engine.Images.ImportAll(what);
        else
            engine.Rename(what.Split(':')[0], what.Split(':')[1]);
        Console.WriteLine(count);
        return 0;
    }

    // Each on a thread and a data root of its own: one that has come to the step stands still there, and when all do, the process dies.
    private static int RunAll(string directory, int last)
    {
        var counts = new ThreadLocal<int>(() => int.MinValue);
        using var arrived = new CountdownEvent(CrashScenario.All.Count);
        void Step(string what)
        {
            if (counts.Value++ != last)
                return;
            arrived.Signal();
            Thread.Sleep(Timeout.Infinite);
        }

        Durable.Step = Step;
        Supervisor.VolumeFiles.Step = Step;
        foreach (var scenario in CrashScenario.All)
        {
            new Thread(() =>
            {
                var root = Path.Combine(directory, scenario.Name);
                scenario.Prepare(CrashScenario.Open(root), root);
                counts.Value = 0;
                scenario.Act(CrashScenario.Open(root), root);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name} {counts.Value}"));
                arrived.Signal();
            })
            { IsBackground = true }.Start();
        }

        arrived.Wait();
        if (last >= 0)
            Process.GetCurrentProcess().Kill();
        return 0;
    }
}
