using System.Diagnostics;

namespace ContainerChaos.Build;

/// <summary>One line a step: its name when it starts, what came of it and how long it took when it ends.</summary>
internal static class Progress
{
    public static void Step(string name, Action action) => Step(name, () => { action(); return ""; });

    public static void Step(string name, Func<string> action)
    {
        Console.Write($"{name,-40} ");
        Console.Out.Flush();
        var watch = Stopwatch.StartNew();
        try
        {
            var result = action();
            Console.WriteLine($"{(result.Length == 0 ? "done" : result)}  ({watch.Elapsed.TotalSeconds:0.0} s)");
        }
        catch
        {
            Console.WriteLine("failed");
            throw;
        }
    }
}
