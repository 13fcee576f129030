using System.Collections;
using System.ComponentModel;
using System.Diagnostics;

namespace ContainerChaos.PowerShell;

/// <summary>
/// Whether ssh gets into a host at all, asked before PowerShell does: ssh says why it does not, and PowerShell 7.6 may end the whole process when the ssh of a session
/// ends as soon as it has begun.
/// </summary>
internal static class SshLogin
{
    // ssh(1): what it exits with when the failure is its own and not the command's.
    private const int Failed = 255;

    /// <summary>Logs in once and out again.</summary>
    /// <param name="host">The host, as New-PSSession takes it.</param>
    /// <param name="connection">The parameters of New-PSSession beside the host.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Why it does not get in, as ssh says it; null when it does.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static string? Try(string host, IReadOnlyDictionary<string, object> connection, TimeSpan timeout, CancellationToken cancellation)
    {
        // Nobody is asked for a password or a host key: several hosts would ask at once.
        var start = new ProcessStartInfo("ssh", ["-o", "BatchMode=yes", .. Arguments(connection), $"ssh://{host}", "exit"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            using var ssh = Process.Start(start)!;
            try
            {
                ssh.StandardInput.Close();
                var said = ssh.StandardError.ReadToEndAsync(limit.Token);
                ssh.StandardOutput.ReadToEndAsync(limit.Token).GetAwaiter().GetResult();
                ssh.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
                return ssh.ExitCode == Failed ? said.GetAwaiter().GetResult().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault("ssh does not say why.") : null;
            }
            catch (OperationCanceledException)
            {
                ssh.Kill();
                cancellation.ThrowIfCancellationRequested();
                return $"ssh was not there after {timeout.TotalSeconds:0} s.";
            }
        }
        catch (Win32Exception e)
        {
            return $"ssh cannot be run: {e.Message}";
        }
    }

    private static IEnumerable<string> Arguments(IReadOnlyDictionary<string, object> connection)
    {
        foreach (DictionaryEntry option in (Hashtable)connection["Options"])
            yield return $"-o{option.Key}={option.Value}";
        foreach (var (name, flag) in ((string, string)[])[("UserName", "-l"), ("Port", "-p"), ("KeyFilePath", "-i")])
            if (connection.TryGetValue(name, out var value))
            {
                yield return flag;
                yield return $"{value}";
            }
    }
}
