using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>A PID that belongs to somebody else by now is not touched: its start time gives it away.</summary>
[Trait("Category", "Kernel")]
public sealed class ReusedPidTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_stranger_with_the_container_s_PID_is_neither_signalled_nor_taken_for_it()
    {
        var bundle = new Bundle(_root, ["pause"]);
        bundle.Launch();
        using var stranger = Process.Start(TestRoot.TargetPath, "pause");
        try
        {
            // As if the container had ended and its number come round again.
            var status = Path.Combine(bundle.StateDirectory, "status");
            var record = JsonNode.Parse(File.ReadAllText(status))!;
            var own = (int)record["pid"]!;
            record["pid"] = stranger.Id;
            File.WriteAllText(status, record.ToJsonString());

            Assert.Contains("\"stopped\"", bundle.Run("state", bundle.Id).Output);
            Assert.NotEqual(0, bundle.Run("kill", bundle.Id, "KILL").Code);
            Assert.NotEqual(0, bundle.Run("exec", bundle.Id, "/target", "true").Code);
            Assert.NotEqual(0, bundle.Run("start", bundle.Id).Code);
            Assert.NotEqual(0, bundle.Run("pause", bundle.Id).Code);
            Assert.False(stranger.HasExited);

            record["pid"] = own;
            File.WriteAllText(status, record.ToJsonString());
            bundle.Delete();
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
            stranger.WaitForExit();
        }
    }
}
