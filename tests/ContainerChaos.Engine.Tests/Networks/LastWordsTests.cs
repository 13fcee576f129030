using System.Net;
using System.Net.Sockets;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A container that ends while somebody has not yet read what it said.</summary>
public sealed class LastWordsTests : NetworkTest
{
    private const int Length = 20_000;

    [BusyboxFact]
    public void They_arrive_though_it_is_gone() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        // A reader that the machine keeps from reading for a second is given up, so it may try again.
        var received = 0;
        for (var attempt = 1; attempt <= 5 && received != Length; attempt++)
        {
            using var reader = Speak($"last{attempt}", out var container);
            try
            {
                // Its network would be gone by then.
                using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));
                Engine.Wait(container.Id, late.Token);
            }
            catch (OperationCanceledException)
            {
                // The monitor waits for this reader.
            }
            received = ReadToEnd(reader);
            Engine.Wait(container.Id);
        }
        Assert.Equal(Length, received);
    });

    // OnOwnHost looks for the addresses, the ports and the wires that stay: the kernel would try to be heard for minutes.
    [BusyboxFact]
    public void Nothing_stays_of_one_whose_reader_never_reads() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        using var reader = Speak("mute", out var container);
        Engine.Wait(container.Id);
        Engine.Remove(container.Id);
        Assert.True(SpinWait.SpinUntil(() => !Links().Any(link => link.StartsWith("ccv", StringComparison.Ordinal)), TimeSpan.FromSeconds(10)));
    });

    [BusyboxFact]
    public void Nothing_stays_of_one_whose_monitor_is_killed_while_it_waits() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        using var reader = Speak("cut", out var container);
        KillMonitor(container);
        Assert.Equal(ContainerStatus.Exited, Engine.Wait(container.Id).State);
        Engine.Remove(container.Id);
    });

    /// <summary>A container that has said its last words to a reader that takes next to nothing of them, so that most wait in its network.</summary>
    private Socket Speak(string name, out Container container)
    {
        // The first process becomes the service's answer, and ends as soon as the kernel has all of it.
        container = Start(name, "bridge", $"exec busybox nc -l -p 80 -e /bin/busybox head -c {Length} /dev/zero", options => options with { Publish = ["8080:80"] });
        using var process = PidFd.Open(container.Pid!.Value);
        var reader = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048, ReceiveTimeout = 500 };
        while (!reader.Connected)
        {
            try
            {
                reader.Connect(IPAddress.Parse("198.51.100.1"), 8080);
            }
            catch (SocketException)
            {
                // It is not listening yet.
            }
        }
        Assert.True(process.WaitForEnd(TimeSpan.FromSeconds(10)));
        return reader;
    }

    private static int ReadToEnd(Socket reader)
    {
        var received = 0;
        var buffer = new byte[1000];
        try
        {
            while (reader.Receive(buffer) is > 0 and var count)
                received += count;
        }
        catch (SocketException)
        {
            // Nobody is there any more.
        }
        return received;
    }
}
