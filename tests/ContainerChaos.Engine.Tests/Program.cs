using System.Diagnostics;

namespace ContainerChaos.Engine.Tests;

/// <summary>What a test has done in a process of its own, so that it can die in the middle of it.</summary>
internal static class Program
{
    /// <summary>
    /// <c>import DATAROOT ARCHIVE STEP</c> or <c>rename DATAROOT OLD:NEW STEP</c>: dies at that step of what becomes durable, or says how many there are.
    /// </summary>
    private static int Main(string[] arguments)
    {
        if (arguments is not [var verb, var root, var what, var step])
            return 2;
        var (last, count) = (int.Parse(step, System.Globalization.CultureInfo.InvariantCulture), 0);
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
}
