using System.Diagnostics;

namespace ContainerChaos.Clients.Tests;

/// <summary>A command of a client that goes on telling what happens, until it is disposed.</summary>
internal sealed class ClientListener : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    internal ClientListener(string program, IEnumerable<string> arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    /// <summary>The next line with a text in it.</summary>
    internal string Await(string text)
    {
        using var deadline = new CancellationTokenSource(Limit);
        try
        {
            while (_process.StandardOutput.ReadLineAsync(deadline.Token).AsTask().Result is { } line)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
            throw new InvalidOperationException($"It ended without '{text}'.");
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException)
        {
            throw new TimeoutException($"No '{text}' within {Limit.TotalSeconds} s.");
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
